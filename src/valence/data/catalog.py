"""The data sets that Valence knows by name: address, checksum, licence, citation and expected content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from valence.system.errors import DataError


@dataclass(frozen=True)
class Entry:
    """One catalogued data set.

    Attributes:
        url: official address of the archive.
        sha256: checksum of the official archive. A local copy may be repacked, so it is checked by `rows` instead.
        rows: split -> number of rows in the complete data set.
        hub_id: the same data set on the Hugging Face Hub, for a model card's metadata.
    """

    name: str
    title: str
    url: str
    sha256: str
    size_mb: int
    licence: str
    citation: str
    rows: Mapping[str, int]
    hub_id: str = ""


CATALOG: Mapping[str, Entry] = {
    "imdb": Entry(
        name="imdb",
        title="Large Movie Review Dataset (IMDb)",
        url="https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
        sha256="c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe",
        size_mb=84,
        licence="for research, as published by its authors; the reviews belong to their writers",
        citation="Maas et al. 2011, Learning Word Vectors for Sentiment Analysis, ACL",
        rows={"train": 25_000, "test": 25_000, "unlabelled": 50_000},
        hub_id="stanfordnlp/imdb",
    ),
    "sst2": Entry(
        name="sst2",
        title="Stanford Sentiment Treebank, two classes (GLUE's SST-2)",
        url="https://dl.fbaipublicfiles.com/glue/data/SST-2.zip",
        sha256="d67e16fb55739c1b32cdce9877596db1c127dc322d93c082281f64057c16deaa",
        size_mb=8,
        licence="for research, as published by its authors (GLUE)",
        citation="Socher et al. 2013, Recursive Deep Models for Semantic Compositionality; Wang et al. 2019, GLUE",
        rows={"train": 67_349, "test": 872},
        hub_id="stanfordnlp/sst2",
    ),
}


def entry(name: str) -> Entry:
    """The entry of that name. Raises DataError that lists the known names."""
    if name not in CATALOG:
        raise DataError(
            f"There is no data set called {name!r}.",
            hint=f"Known by name: {', '.join(CATALOG)}.",
            code="data-unknown",
        )
    return CATALOG[name]
