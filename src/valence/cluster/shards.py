"""What a scored part becomes: a shard, a list of its problems, and a receipt, which is written last.

Each of them is complete or absent.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from valence.bulk.output import problem_line
from valence.bulk.scoring import Scored
from valence.cluster.plans import Part, Table
from valence.cluster.storage import Place, read_bytes, remove, size_of, write_bytes, written
from valence.system.files import indented_json
from valence.tables.answers import WITHOUT_TEXT
from valence.tables.writers import FileWriter, written_as

RECEIPT_VERSION = 3
_PACKED, _TEXT_FORMATS = frozenset(("gz", "zst")), frozenset(("csv", "tsv", "jsonl"))
_OF_SHARD = re.compile(r"part-\d{6,}\.")


@dataclass(frozen=True)
class Model:
    """Which model scores: the first digits of the body's id, and the version of the head."""

    body: str
    head: str


@dataclass(frozen=True)
class Scoring:
    """What a shard depends on besides its part.

    Attributes:
        model: scores it.
        asked: a digest of the run's options.
    """

    model: Model
    asked: str


@dataclass(frozen=True)
class Receipt:
    """Describes a finished shard.

    Attributes:
        shard: its file name.
        input: the address of the scored file.
        part: the part's index in that file.
        first: the line or row on which the part begins.
        checksum: of the part.
        scoring: what the shard was made with.
        rows, blank, unscored, unread, words: as in bulk.output.State, for this shard.
        size: of the shard, in bytes.
    """

    shard: str
    input: str
    part: int
    first: int
    checksum: str
    scoring: Scoring
    rows: int
    blank: int
    unscored: int
    unread: int
    words: dict[str, int]
    size: int
    version: int = RECEIPT_VERSION


@dataclass(frozen=True)
class Shard:
    """Where a part's rows go.

    Attributes:
        folder: holds all shards of the file.
        index: of the part.
        ending: of the shard's name, such as .csv or .jsonl.gz.
    """

    folder: Place
    index: int
    ending: str

    @property
    def file(self) -> Place:
        return self.folder / f"part-{self.index:06}{self.ending}"

    @property
    def problems(self) -> Place:
        """The list of rows that could not be read or scored; the file exists only if there are any."""
        return self.folder / f"{self.file.name}.problems.jsonl"

    @property
    def receipt(self) -> Place:
        return self.folder / f"part-{self.index:06}.json"

    def finished(self, part: Part, scoring: Scoring) -> Receipt | None:
        """The receipt, if this part was scored with the same model and options, and the shard is complete."""
        raw = read_bytes(self.receipt)
        try:
            fields = json.loads(raw or b"{}")
            made = Scoring(Model(**fields["scoring"]["model"]), fields["scoring"]["asked"])
            receipt = Receipt(**{**fields, "scoring": made})
        except (ValueError, TypeError, KeyError):
            return None  # no receipt, or a damaged one: the part is scored again
        same = (receipt.checksum, receipt.scoring, receipt.version) == (part.checksum, scoring, RECEIPT_VERSION)
        return receipt if same and size_of(self.file) == receipt.size else None

    def files(self) -> tuple[Place, Place, Place]:
        """All files that may belong to it."""
        return self.receipt, self.file, self.problems


def format_of_shard(table: Table, converted: str | None) -> str:
    """The format of a file's shards."""
    return converted or written_as(table.kind)


def ending_of(table: Table, converted: str | None) -> str:
    """The ending of the names of a file's shards: with the file's compression, if they have its format.

    >>> place = Place("", "/a/Comments.jsonl.GZ")
    >>> from valence.tables.options import ReadOptions
    >>> ending_of(Table(place, "", "jsonl", "line", "t", "", ReadOptions(), packing="gz"), None)
    '.jsonl.gz'
    """
    kind = format_of_shard(table, converted)
    packed = table.packing in _PACKED and kind == table.kind and kind in _TEXT_FORMATS
    return f".{kind}.{table.packing}" if packed else f".{kind}"


def write_shard(
    shard: Shard,
    table: Table,
    part: Part,
    scored: Iterator[Scored],
    writer_of: Callable[[IO[bytes]], FileWriter],
    scoring: Scoring,
) -> Receipt:
    """Writes the shard, its problems and its receipt, in this order, and returns the receipt.

    `writer_of` makes a FileWriter for an open file. Raises DataError, and then the shard is as it was before.
    """
    rows = blank = unscored = unread = 0
    words, problems = Counter[str](), list[bytes]()
    with written(shard.file) as file, closing(writer_of(file)) as writer:
        for block, answers, block_problems in scored:
            writer.write(block.rows, answers)
            problems += [problem_line(problem, table.unit) for problem in block_problems]
            kept = sum(problem.kept for problem in block_problems)
            rows += len(answers)
            words.update(block.words)
            unscored += kept
            unread += len(block_problems) - kept
            blank += sum(answer.error in WITHOUT_TEXT for answer in answers)
    if problems:
        write_bytes(shard.problems, b"".join(problems))
    else:
        remove(shard.problems)  # from an earlier run
    size = size_of(shard.file)
    assert size is not None, "it has just been written"
    receipt = Receipt(
        shard=str(shard.file.name),
        input=str(table.place),
        part=part.index,
        first=part.first,
        checksum=part.checksum,
        scoring=scoring,
        rows=rows,
        blank=blank,
        unscored=unscored,
        unread=unread,
        words=dict(words),
        size=size,
    )
    write_bytes(shard.receipt, (indented_json(asdict(receipt)) + "\n").encode())
    return receipt


def belongs_to_shard(place: Place) -> bool:
    """Whether it is a shard, its list of problems, or its receipt."""
    return _OF_SHARD.match(str(place.name)) is not None


def shards_in(files: Sequence[Place]) -> Iterator[tuple[Place, int]]:
    """(folder, index) of every receipt among these files."""
    for file in files:
        name = Path(file.name).name
        if name.startswith("part-") and name.endswith(".json") and name[5:-5].isdecimal():
            yield file.parent, int(name[5:-5])
