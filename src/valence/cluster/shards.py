"""What a scored part becomes: a shard, a list of its problems, and a receipt, which is written last.

Each of them is complete or absent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass

from valence.bulk.counts import Counts
from valence.bulk.output import packed, problem_lines
from valence.bulk.scoring import Scored
from valence.cluster.plans import Part, Table
from valence.cluster.storage import Place, read_bytes, remove, size_of, write_bytes, written
from valence.system.files import indented_json
from valence.tables.answers import Added
from valence.tables.open_table import OpenTable
from valence.tables.writers import writer_to

RECEIPT_VERSION = 4
_PACKED, _TEXT_FORMATS = frozenset(("gz", "zst")), frozenset(("csv", "tsv", "jsonl"))
_OF_SHARD = re.compile(r"part-\d{6,}\.")


@dataclass(frozen=True)
class Receipt:
    """Describes a finished shard.

    Attributes:
        shard: its file name.
        input: the address of the scored file.
        part: the part's index in that file.
        first: the line or row on which the part begins.
        checksum: of the part.
        asked: a digest of the model and of the run's options.
        counts: of the shard.
        size: of the shard, in bytes.
    """

    shard: str
    input: str
    part: int
    first: int
    checksum: str
    asked: str
    counts: Counts
    size: int
    version: int = RECEIPT_VERSION


@dataclass(frozen=True)
class Task:
    """A part to score, and where its rows go.

    Attributes:
        table: its file.
        folder: holds all shards of the file.
        kind: the format of the shard.
        keys: the columns of JSON objects in that format.
    """

    table: Table
    part: Part
    folder: Place
    kind: str
    keys: tuple[str, ...] = ()

    @property
    def shard(self) -> Place:
        """In the format of its file, it has the compression of that, too."""
        packing = self.table.options.packing
        packed = packing in _PACKED and self.kind == self.table.kind and self.kind in _TEXT_FORMATS
        return self.folder / f"part-{self.part.index:06}.{self.kind}{f'.{packing}' if packed else ''}"

    @property
    def problems(self) -> Place:
        """The list of rows that could not be read or scored; the file exists only if there are any."""
        return self.folder / f"{self.shard.name}.problems.jsonl"

    @property
    def receipt(self) -> Place:
        return self.folder / f"part-{self.part.index:06}.json"

    def finished(self, asked: str) -> Receipt | None:
        """The receipt, if the part was scored with the same model and options, and the shard is complete."""
        raw = read_bytes(self.receipt)
        try:
            fields = json.loads(raw or b"{}")
            receipt = Receipt(**{**fields, "counts": Counts(**fields["counts"])})
        except (ValueError, TypeError, KeyError):
            return None  # no receipt, or a damaged one: the part is scored again
        same = (receipt.checksum, receipt.asked, receipt.version) == (self.part.checksum, asked, RECEIPT_VERSION)
        return receipt if same and size_of(self.shard) == receipt.size else None


def write_shard(task: Task, open_table: OpenTable, scored: Iterable[Scored], added: Added, asked: str) -> Receipt:
    """Writes the shard, its problems and its receipt, in this order, and returns the receipt.

    Raises DataError, and then the shard is as it was before.
    """
    part, shard = task.part, task.shard
    counts, problems = Counts(), list[bytes]()
    with written(shard) as file:
        writer = writer_to(packed(file, shard.name), task.kind, open_table, added, keys=task.keys)
        with closing(writer):
            for block, answers, block_problems in scored:
                writer.write(block.rows, answers)
                problems.append(problem_lines(block_problems, task.table.unit))
                counts += Counts.of((block, answers, block_problems))
    if any(problems):
        write_bytes(task.problems, b"".join(problems))
    else:
        remove(task.problems)  # from an earlier run
    size = size_of(shard)
    assert size is not None, "it has just been written"
    receipt = Receipt(
        shard=str(shard.name),
        input=str(task.table.place),
        part=part.index,
        first=part.first,
        checksum=part.checksum,
        asked=asked,
        counts=counts,
        size=size,
    )
    write_bytes(task.receipt, (indented_json(asdict(receipt)) + "\n").encode())
    return receipt


def belongs_to_shard(place: Place) -> bool:
    """Whether it is a shard, its list of problems, or its receipt."""
    return _OF_SHARD.match(str(place.name)) is not None
