"""What a run on a cluster is asked to do, and the counts that it ends with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from valence.cluster.plans import Reading
from valence.cluster.shards import Receipt
from valence.tables.answers import PREFIX, Added
from valence.tables.options import BadRows, ReadOptions
from valence.tables.posts import Cleaning

PART_ROWS = 16_384  # half a minute of one core: the most that a killed worker costs


@dataclass(frozen=True)
class ClusterRequest:
    """What is scored, and where the shards go.

    Attributes:
        files: paths, folders, patterns and addresses.
        out: the folder for the shards; an address, or a folder that all machines share.
        model: a model folder on this machine.
        text_column, reading, prefix, bad_rows, clean, missing: as in bulk.request.ScoreRequest; with `stop`, a file
            that cannot be read ends the run, too.
        converted: the format of the shards; None for each file's own.
        part_rows: rows of a shard, rounded up to whole blocks.
        restart: score everything again.
    """

    files: Sequence[str]
    out: str
    model: Path
    text_column: str | None = None
    reading: ReadOptions = field(default_factory=ReadOptions)
    prefix: str = PREFIX
    converted: str | None = None
    part_rows: int = PART_ROWS
    bad_rows: BadRows = "skip"
    restart: bool = False
    clean: Cleaning | None = None
    missing: tuple[str, ...] = ()

    def read_as(self, *, several: bool) -> Reading:
        """How its files are read; `several` if the model is multi-label."""
        added = Added(self.prefix, several=several)
        keys = self.converted not in {None, "jsonl"}
        return Reading(self.reading, self.text_column, added, self.part_rows, keys, self.missing)


@dataclass
class Counts:
    """Counts of all shards.

    Attributes:
        rows: in the shards.
        blank: of these, rows without a text.
        unscored: of these, rows whose text could not be scored.
        unread: rows that are in no shard.
        words: words that may mean that a text is missing -> number of such texts, which were scored.
    """

    rows: int = 0
    blank: int = 0
    unscored: int = 0
    unread: int = 0
    words: Counter[str] = field(default_factory=Counter)

    def add(self, receipt: Receipt) -> None:
        self.rows += receipt.rows
        self.blank += receipt.blank
        self.unscored += receipt.unscored
        self.unread += receipt.unread
        self.words.update(receipt.words)
