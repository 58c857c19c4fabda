"""What a run on a cluster is asked to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from valence.bulk.request import ScoreOptions

PART_ROWS = 16_384  # half a minute of one core: the most that a killed worker costs


@dataclass(frozen=True)
class ClusterRequest(ScoreOptions):
    """What is scored, and where the shards go.

    Attributes: those of ScoreOptions (with `stop`, a file that cannot be read ends the run, too), and
        files: paths, folders, patterns and addresses.
        out: the folder for the shards; an address, or a folder that all machines share.
        model: a model folder on this machine.
        converted: the format of the shards; None for each file's own.
        part_rows: rows of a shard, rounded up to whole blocks.
    """

    files: Sequence[str]
    out: str
    model: Path
    converted: str | None = None
    part_rows: int = PART_ROWS
