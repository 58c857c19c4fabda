"""What `--data` takes: the name of a catalogued set on this machine, or the path of a copy in the layout of one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from valence.data import store
from valence.data.catalog import CATALOG
from valence.data.examples import Dataset
from valence.errors import DataError


def load(name_or_path: str) -> Dataset:
    """The data set. A copy by path need not be complete, and is called by its own name.

    Raises DataError if it is neither known by name nor there, or in no layout that we read.
    """
    if name_or_path in CATALOG:
        return store.load(name_or_path)
    path = Path(name_or_path)
    if not path.exists():
        raise DataError(
            f"{name_or_path!r} is neither a data set that Valence knows by name nor a path that is there.",
            way_out=f"Known by name: {', '.join(CATALOG)}.",
            code="data-unknown",
        )
    for read in store.READERS.values():
        try:
            return replace(read(path), name=path.resolve().name.partition(".")[0])
        except DataError as error:
            if error.code != "split-missing":
                raise
    raise DataError(
        f"{path} is in no layout that Valence reads.",
        way_out="IMDb's is {train,test}/{pos,neg}/ID_RATING.txt; SST-2's is train.tsv and dev.tsv.",
        code="layout-unknown",
    )
