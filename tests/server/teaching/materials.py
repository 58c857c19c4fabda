"""What fits are made from, in files as the server has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass

from valence.model.head import Floats
from valence.model.row_file import RowFile
from valence.server.teaching.feature_store import FeatureStore
from valence.server.teaching.task import ExampleFile, Material, Rows, material

NONE = Rows([], [], [])


@dataclass(frozen=True)
class Files:
    """Examples and the features of each readout."""

    examples: ExampleFile
    features: Mapping[str, RowFile]

    def material(self) -> Material:
        return material(self.examples.descriptor(), self.features)


@contextmanager
def files(features: Mapping[str, Floats], train: Rows, test: Rows = NONE) -> Iterator[Files]:
    """Features are of the training texts and then the test texts, shape (n, width)."""
    stores = {name: FeatureStore(rows.shape[1]) for name, rows in features.items()}
    examples = ExampleFile()
    for name, store in stores.items():
        for i, row in enumerate(features[name]):
            store.add(b"%d" % i, row)
    for part, rows, first in (("train", train, 0), ("test", test, len(train.ids))):
        for i, (number, text, labels) in enumerate(zip(rows.ids, rows.texts, rows.labels, strict=True), first):
            examples.add(number, text, labels, "test" if part == "test" else "train", [i] * len(stores))
    with closing(examples):
        yield Files(examples, {name: store.file for name, store in stores.items()})
