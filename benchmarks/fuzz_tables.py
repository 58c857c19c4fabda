"""Mutated tables: each must end in rows or in one clear error, never in a traceback, and no row may be lost silently.

    python benchmarks/fuzz_tables.py --files 100000

Takes the files of tests/tables/cases and generated tables, changes some bytes or lines by a seed, and reads each as
`valence score`, `valence data show`, `valence transfer` and a job do. For CSV, TSV and JSON lines, the rows in the
output and those reported must be all records. Prints the seed of each failure; the exit code is 1 when there is one.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from tqdm import tqdm

from valence.bulk.blocks import Block, blocks_of
from valence.data import labelled_file
from valence.data.preview import preview
from valence.inference.cores import available_cores
from valence.server.jobs import uploads
from valence.server.problems import ProblemError
from valence.server.schemas.jobs import JobQuery
from valence.system.errors import DataError, SettingsError
from valence.system.files import write_json
from valence.system.machine import processor
from valence.tables.answers import NO_TEXT, Added, Answer
from valence.tables.open_table import OpenTable
from valence.tables.opening import opened
from valence.tables.options import ReadOptions, TableOptions
from valence.tables.text_rows import TextRows
from valence.tables.writers import writer_to, written_as

CASES = Path(__file__).parent.parent / "tests" / "tables" / "cases"
_ENDINGS = (".csv", ".tsv", ".jsonl", ".json", ".txt", ".parquet", ".xlsx", ".gz", ".zip")
# What a mutation puts in: separators, quotes, breaks, a NUL, broken UTF-8, a BOM, a zero-width space.
_ODD = [bytes([code]) for code in b'\0"\n\r,;\t\xff\\{[='] + [b"\xef\xbb\xbf", b"\xe2\x80\x8b"]
_ADDED = Added()
BATCH = 500


class LostError(AssertionError):
    """Rows that are neither in the output nor reported."""


def mutated(seed: int, sources: Sequence[Path]) -> tuple[str, bytes]:
    """A file's name and its content; the same for the same seed."""
    made = random.Random(seed)
    if made.random() < 0.5:
        path = made.choice(sources)
        name, content = path.name, path.read_bytes()
    else:
        name, content = _generated(made)
    for _ in range(made.choice((0, 1, 1, 2, 5))):
        content = made.choice(_MUTATIONS)(made, content)
    if made.random() < 0.05:
        name = f"{Path(name).stem}{made.choice(_ENDINGS)}"
    if made.random() < 0.05:
        content = gzip.compress(content, mtime=0)
    return name, content


def read(path: Path, options: TableOptions | None = None) -> str:
    """Reads the file in every way and writes its output; the code of its error, or "rows". Raises LostError."""
    options = options or TableOptions(bad_rows="skip")
    found: list[int] = []
    scored = _outcome(partial(_append, found, _scored, path))
    _outcome(lambda: preview(path, options, most_rows=10))
    for way in (_trained, _as_a_job):
        counted: list[int] = []
        _outcome(partial(_append, counted, way, path, options))
        if found and counted and counted != found:
            raise LostError(f"{found[0]} records are in the file, {counted[0]} in {way.__name__}")
    return scored


def _append(found: list[int], count: Callable[..., int], *given: object) -> None:
    found.append(count(*given))


def _outcome(read_it: Callable[[], object]) -> str:
    try:
        read_it()
    except (DataError, SettingsError, ProblemError) as error:
        if not str(error).strip() or "Traceback" in str(error):
            raise LostError(f"an error without words: {error!r}") from error
        return getattr(error, "code", "problem")
    return "rows"


def _trained(path: Path, options: TableOptions) -> int:
    file = labelled_file.read(path, options)
    return len(file.examples.texts) + sum(file.left_out.values())


def _as_a_job(path: Path, options: TableOptions) -> int:
    given = {"bad_rows": options.bad_rows, "missing": ",".join(options.missing), "clean": options.clean}
    query = JobQuery.model_validate(given)
    named = {".tsv": "text/tab-separated-values", ".jsonl": "application/jsonl"}
    media_type = named.get(path.suffix, "application/octet-stream")
    with path.open("rb") as file:
        upload = uploads.read(file, media_type, query, max_rows=100_000, max_bytes=100_000_000)
    if (stored := sum(len(part) for part in upload.parts)) != upload.rows:
        raise LostError(f"{upload.rows} rows are counted, {stored} are stored")
    for part in upload.parts:
        for row in part:
            uploads.text_of(row, upload.shape, upload.columns, upload.text_column)
    return upload.rows + upload.rows_left_out


def _scored(path: Path) -> int:
    """The number of its records. Raises LostError if the output does not hold them."""
    with opened(path, ReadOptions(), on_read=lambda _: None) as table:
        blocks = list(blocks_of(TextRows.of(table, _ADDED, None)))
        written = _written(table, blocks)
        known = table.understood
    _check_counted(table.kind, blocks, written)
    records = sum(block.records for block in blocks)
    counted = None
    if table.kind in {"csv", "tsv", "jsonl"} and known.packing is None:
        counted = _records_in(path.read_bytes(), table.kind, known.encoding)
    if counted not in {None, records}:
        raise LostError(f"{counted} records are in the file, {records} were read")
    return records


def _written(table: OpenTable, blocks: Sequence[Block]) -> bytes:
    file = io.BytesIO()
    writer = writer_to(file, written_as(table.kind), table, _ADDED)
    for block in blocks:
        writer.write(block.rows, [_answer(text) for text in block.texts])
    writer.close()
    return b"" if file.closed else file.getvalue()


def _answer(text: str | Answer) -> Answer:
    if isinstance(text, Answer):
        return text
    return Answer("good", 0.5, sure=True) if text.strip() else Answer(error=NO_TEXT)


def _check_counted(kind: str, blocks: Sequence[Block], written: bytes) -> None:
    """The rows of the output are those of the blocks, and no place is missing between them."""
    kept = sum(len(block.rows) for block in blocks)
    if kind in {"jsonl", "json"}:
        count = written.count(b"\n")
        if count != kept:
            raise LostError(f"{count} lines are written of {kept} rows")
    elif kind in {"csv", "fasttext"}:
        shape = csv.reader(io.StringIO(written.decode(), newline=""), delimiter=_delimiter(written))
        count = sum(1 for row in shape if row) - 1
        if count != kept:
            raise LostError(f"{count} rows are written of {kept}")
    places = [row.place for block in blocks for row in block.rows]
    places += [problem.place for block in blocks for problem in block.problems if not problem.kept]
    if len(places) != len(set(places)) or len(places) != sum(block.records for block in blocks):
        raise LostError("a place occurs twice")


def _delimiter(written: bytes) -> str:
    text = written.decode()
    return text[text.index("predicted_error") - 1]


def _records_in(content: bytes, kind: str, encoding: str | None) -> int | None:
    """Records counted without a parser; None where that cannot be done."""
    if encoding != "utf-8-sig" or (kind != "jsonl" and any(odd in content.lower() for odd in (b'"', b"\\", b"sep="))):
        return None
    text = io.StringIO(content.decode("utf-8-sig", "surrogateescape"), newline="")
    lines = [line for line in text if (line.strip() if kind == "jsonl" else line.strip("\r\n"))]
    if kind == "jsonl":
        return len(lines)
    return len(lines) - 1


def _generated(made: random.Random) -> tuple[str, bytes]:
    words = ("good", "bad", 'a "quote"', "two\nlines", "a, b; c", "caf\u00e9", "", "tab\there", "=1+1", "\u200b", "nan")
    rows = [
        {"id": str(i), "text": " ".join(made.choices(words, k=made.randint(0, 5))), "label": made.choice("abc")}
        for i in range(made.randint(0, 30))
    ]
    if made.random() < 0.4:
        return "made.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    if made.random() < 0.2:
        return "made.json", json.dumps(rows).encode()
    delimiter = made.choice(",;\t|")
    buffer = io.StringIO()
    writer = csv.DictWriter(
        buffer, ["id", "text", "label"], delimiter=delimiter, lineterminator=made.choice(("\n", "\r\n"))
    )
    writer.writeheader()
    writer.writerows(rows)
    encoding = made.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16"))
    return ("made.tsv" if delimiter == "\t" else "made.csv"), buffer.getvalue().encode(encoding)


def _flip(made: random.Random, content: bytes) -> bytes:
    at = made.randrange(len(content) + 1)
    return content[:at] + bytes([made.randrange(256)]) + content[at + 1 :]


def _insert(made: random.Random, content: bytes) -> bytes:
    at = made.randrange(len(content) + 1)
    return content[:at] + made.choice(_ODD) + content[at:]


def _cut(made: random.Random, content: bytes) -> bytes:
    return content[: made.randrange(len(content) + 1)]


def _drop(made: random.Random, content: bytes) -> bytes:
    at = made.randrange(len(content) + 1)
    return content[:at] + content[at + made.randint(1, 20) :]


def _repeat(made: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    at = made.randrange(len(lines))
    return b"".join([*lines[:at], *lines[at : at + 3], *lines[at:]])


def _swap(made: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    made.shuffle(lines)
    return b"".join(lines)


_MUTATIONS: tuple[Callable[[random.Random, bytes], bytes], ...] = (_flip, _insert, _cut, _drop, _repeat, _swap)


def run(seeds: range, folder: Path | None = None) -> tuple[Counter[str], list[str]]:
    """How the files of these seeds end, and what failed."""
    sources = sorted(path for path in CASES.iterdir() if path.suffix in _ENDINGS and path.name != "expected.json")
    ends, failures = Counter[str](), list[str]()
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        for seed in seeds:
            name, content = mutated(seed, sources)
            path = Path(scratch) / name
            path.write_bytes(content)
            made = random.Random(seed)
            missing = made.choice(((), ("nan", "N/A")))
            options = TableOptions(missing=missing, bad_rows="skip", clean=made.choice((None, None, "forum")))
            try:
                ends[read(path, options)] += 1
            except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
                ends["failed"] += 1
                failures.append(f"seed {seed}, {name}: {type(error).__name__}: {str(error)[:200]}")
            path.unlink()
    return ends, failures


def main() -> None:
    options = _options()
    batches = [
        range(at, min(at + BATCH, options.first + options.files))
        for at in range(options.first, options.first + options.files, BATCH)
    ]
    ends, failures, began = Counter[str](), list[str](), time.perf_counter()
    with ProcessPoolExecutor(available_cores(), get_context("spawn")) as pool:  # a fork would copy tqdm's locks
        for some, failed in tqdm(pool.map(run, batches), total=len(batches), unit="batch"):
            ends += some
            failures += failed
    for code, count in ends.most_common():
        print(f"{count:7,}  {code}")
    print(*failures[:50], sep="\n")
    figures = {"files": options.files, "first_seed": options.first, "ends": dict(ends.most_common())}
    seconds = round(time.perf_counter() - began, 1)
    write_json(options.out, {"processor": processor(), "seconds": seconds, **figures, "failures": failures})
    sys.exit(1 if failures else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--out", type=Path, default=Path("docs/results/fuzz-tables.json"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
