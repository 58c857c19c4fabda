"""What `--data` accepts: the name of a data set, a copy of one, a user's own file, or an id on the Hub."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from valence.data import hub, labelled_file, store
from valence.data.catalog import CATALOG
from valence.data.examples import Dataset, Examples, content_checksum
from valence.data.labelled_file import LabelledFile
from valence.data.splits import CROSS_VALIDATION, cut_test
from valence.system.errors import DataError, SettingsError
from valence.tables import labels
from valence.tables.archives import check_members
from valence.tables.decoding import FORMATS_IN_WORDS
from valence.tables.options import ReadOptions, TableOptions
from valence.tables.posts import Cleaning, cleaning_of

log = logging.getLogger(__name__)

_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
_NO_ROWS = Examples((), (), ())


@dataclass(frozen=True)
class DataRequest:
    """The data that a command is to use.

    Attributes:
        data: a name of the catalogue, a path, or an id on the Hugging Face Hub.
        test_data: a separate file to test on.
        options: how the user's files are read.
    """

    data: str
    test_data: Path | None = None
    options: TableOptions = field(default_factory=TableOptions)

    def load(self, *, seed: int, whole_below: int = 0) -> Dataset:
        """The data set with a test set: its own, `test_data`, or, for a single file, one cut from it.

        A single file with fewer rows than `whole_below` is not cut: it has no test set, and its `test_split` is
        CROSS_VALIDATION. A local copy of a published set need not be complete; it is named after its file.
        Raises DataError for data that are missing, damaged or in an unknown layout.
        """
        path = Path(self.data)
        if self.data not in CATALOG and labelled_file.is_table(path, self.options):
            return self._from_file(path, seed, whole_below)
        if hub.is_id(self.data):
            return self._from_hub(seed, whole_below)
        dataset = store.load(self.data) if self.data in CATALOG else _copy_of_a_published_set(self.data)
        if self.test_data is None:
            self._refuse_idle_options()
            return dataset
        test = _table(self.test_data, self.options)
        return _with_test(dataset, self.test_data, test)

    def load_to_test(self, trained_on: Sequence[Mapping[str, Any]], *, seed: int) -> Dataset:
        """As `load`, for testing finished models, which must not be tested on their own training rows.

        A single file is tested whole if no model has seen it. If a model was trained on it, the same rows are reserved
        as in that training. `trained_on` holds what each model's provenance says about its data.

        Posts are cleaned as they were for training, unless the options say otherwise.

        Raises DataError if no row of the file is new to every model, or if these cleaned their posts differently.
        """
        path = Path(self.data)
        is_own = self.test_data is not None or hub.is_id(self.data) or labelled_file.is_table(path, self.options)
        if is_own and self.options.clean is None and (clean := _common_cleaning(trained_on)) != "none":
            return replace(self, options=replace(self.options, clean=clean)).load_to_test(trained_on, seed=seed)
        if hub.is_id(self.data):
            hub_data = hub.find(self.data)
            if hub_data.test is None and self.test_data is None:
                local = replace(self, data=str(hub_data.train)).load_to_test(trained_on, seed=seed)
                return replace(local, name=hub_data.name.partition("/")[2])
        if self.test_data is not None or self.data in CATALOG or not labelled_file.is_table(path, self.options):
            return self.load(seed=seed)
        file = labelled_file.read(path, self.options, to_learn=False)
        trained_on = [one for data in trained_on for one in data.get("sets", (data,))]  # distillation takes several
        seen = [data for data in trained_on if data.get("train_checksum", data.get("checksum")) == file.checksum]
        if seen:
            return self._cut(path, file, _common_cut_seed(path, seen))
        if any(data.get("file") == path.name for data in trained_on):
            log.warning(
                "%s has changed since a model was trained on it; the test may include rows that the model has seen.",
                path.name,
            )
        return Dataset(_name(path), _NO_ROWS, file.examples, file.checksum, (), f"all of {path.name}", file.facts)

    def _from_file(self, path: Path, seed: int, whole_below: int) -> Dataset:
        file = labelled_file.read(path, self.options)
        whole = Dataset(_name(path), file.examples, _NO_ROWS, file.checksum, file.unlabelled, facts=file.facts)
        if self.test_data is None and len(file.examples) < whole_below:
            return replace(whole, test_split=CROSS_VALIDATION)
        if self.test_data is None:
            return self._cut(path, file, seed)
        used = replace(
            self.options,
            text_column=file.choice.text,
            label_columns=file.choice.labels,
            group_column=file.choice.group,
        )
        return _with_test(whole, self.test_data, _table(self.test_data, used))

    def _from_hub(self, seed: int, whole_below: int) -> Dataset:
        """A data set on the Hub, with its commit; --test-data takes precedence over its own test split."""
        hub_data = hub.find(self.data)
        test = self.test_data or hub_data.test
        dataset = replace(self, data=str(hub_data.train), test_data=test).load(seed=seed, whole_below=whole_below)
        facts = {**dataset.facts, "hub_id": hub_data.name, "hub_commit": hub_data.commit}
        return replace(dataset, name=hub_data.name.partition("/")[2], facts=facts)

    def _cut(self, path: Path, file: LabelledFile, seed: int) -> Dataset:
        """The file with a test set cut from it. Logs the labels that cannot be tested."""
        train, test = cut_test(file.examples, seed=seed)
        log.info("%s: %s rows are held out as the test set.", path.name, f"{len(test):,}")
        untested = sorted(train.label_counts.keys() - test.label_counts.keys())
        if untested:
            log.warning(
                "%s: no row of %d label(s) could be held out, so these labels are not tested: %s.",
                path.name,
                len(untested),
                ", ".join(map(repr, untested[:5])),
            )
        split, facts = f"test (cut from {path.name})", {**file.facts, "test_cut_seed": seed}
        return Dataset(_name(path), train, test, file.checksum, file.unlabelled, split, facts)

    def _refuse_idle_options(self) -> None:
        given = self.options.given()
        if given:
            option = given[0]
            raise SettingsError(
                f"{option} is for a file of your own; {self.data} has a fixed layout.",
                hint=f"Leave out {option}.",
                code="option-idle",
            )


def load(name_or_path: str, *, seed: int = 42) -> Dataset:
    """The data set of a name or path, with all options detected. See DataRequest.load."""
    return DataRequest(name_or_path).load(seed=seed)


def _common_cleaning(trained_on: Sequence[Mapping[str, Any]]) -> Cleaning:
    cleanings = {cleaning_of(data) for data in trained_on} or {"none"}
    if len(cleanings) > 1:
        raise DataError(
            "The models were trained on posts that were cleaned differently.",
            hint="Say how they are cleaned for the test, by --clean forum or --clean none, or test each model alone.",
            code="cleaning-differs",
        )
    return cleanings.pop()


def _common_cut_seed(path: Path, seen: Sequence[Mapping[str, Any]]) -> int:
    """The seed that reserved the same test rows of this file for every model in `seen`."""
    if not all("test_cut_seed" in data for data in seen):
        raise DataError(
            f"The model was trained on every row of {path.name}, so no row is left to test it on.",
            hint="Give rows that it has not seen, by --data or --test-data.",
            code="test-seen",
        )
    seeds = sorted({int(data["test_cut_seed"]) for data in seen})
    if len(seeds) > 1:
        raise DataError(
            f"The models reserved different test rows of {path.name} (seeds {', '.join(map(str, seeds))}).",
            hint="Test each model alone, or train them with the same --seed.",
            code="test-seen",
        )
    return seeds[0]


def _with_test(dataset: Dataset, path: Path, test: LabelledFile) -> Dataset:
    """The data set with a separate test file; its checksum covers both. Whole numbers are spelt as in the data set."""
    spelling = {labels.canonical(name): name for name in dataset.train.label_counts}
    return replace(
        dataset,
        test=test.examples.renamed(lambda name: spelling.get(labels.canonical(name), name)),
        test_split=f"test ({path.name})",
        checksum=content_checksum([("train", dataset.checksum), ("test", test.checksum)]),
        facts={**dataset.facts, "train_checksum": dataset.checksum, "test": dict(test.facts)},
    )


def _table(path: Path, options: TableOptions) -> LabelledFile:
    if not path.exists():
        raise _nothing_at(str(path))
    check_members(path, options.reading)
    if not labelled_file.is_table(path, options):
        raise _layout_unknown(path)
    return labelled_file.read(path, options, to_learn=False)


def _copy_of_a_published_set(name_or_path: str) -> Dataset:
    path = Path(name_or_path)
    if not path.exists():
        raise _nothing_at(name_or_path)
    if path.is_file() and not path.name.lower().endswith(_ARCHIVES):
        raise _layout_unknown(path)
    for read in store.READERS.values():
        try:
            return replace(read(path), name=_name(path))
        except DataError as error:
            if error.code != "split-missing":
                raise
    check_members(path, ReadOptions())
    raise _layout_unknown(path)


def _name(path: Path) -> str:
    """The name of a data set given by path: the name of the file or folder up to the first dot."""
    return path.resolve().name.partition(".")[0]


def _nothing_at(name_or_path: str) -> DataError:
    return DataError(
        f"{name_or_path!r} is neither a data set that Valence knows by name nor an existing path.",
        hint=f"Known by name: {', '.join(CATALOG)}.",
        code="data-unknown",
    )


def _layout_unknown(path: Path) -> DataError:
    return DataError(
        f"{path} is not in a layout that Valence reads.",
        hint=f"Your own file is {FORMATS_IN_WORDS}; an archive holds one such file. "
        "IMDb's layout is {train,test}/{pos,neg}/ID_RATING.txt; SST-2's is train.tsv and dev.tsv.",
        code="layout-unknown",
    )
