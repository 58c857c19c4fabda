"""Files that break readers: each way of reading gives the same rows, or the same clear error, and loses none."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import parquet

from valence.data import labelled_file
from valence.data.preview import preview
from valence.server.jobs import uploads
from valence.server.problems import ProblemError
from valence.server.schemas.jobs import JobQuery
from valence.system.errors import DataError, SettingsError
from valence.system.offers import Offer, advice
from valence.tables.answers import Added, Answer
from valence.tables.decoding import zstd
from valence.tables.grid import Row, Unread
from valence.tables.opening import opened
from valence.tables.options import ReadOptions, TableOptions
from valence.tables.text_rows import TextRows
from valence.tables.writers import writer_to

TEXTS = [f"A film number {number} was fine" for number in range(12)]
LABELS = ["a", "b"] * 6
CSV = "text,label\n" + "".join(f"{text},{label}\n" for text, label in zip(TEXTS, LABELS, strict=True))
ROWS = CSV.partition("\n")[2]
QUOTED = "text,label\n" + "".join(
    f'"{text}; ""really"", he said",{label}\n' for text, label in zip(TEXTS, LABELS, strict=True)
)
OBJECTS = [{"text": text, "label": label} for text, label in zip(TEXTS, LABELS, strict=True)]
LINES = [json.dumps(item) for item in OBJECTS]
SURROGATE = '{"text": "half \\\\ud83d of it", "label": "a"}'


def of_parquet(names: list[str], *columns: Any) -> bytes:
    file = io.BytesIO()
    parquet.write_table(pa.Table.from_arrays([pa.array(column) for column in columns], names), file)
    return file.getvalue()


def book(sheets: dict[str, list[list[Any]]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as written:
        for title, rows in sheets.items():
            sheet = written.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return file.getvalue()


def shifted_zip() -> bytes:
    """A zip whose index says that it begins ten bytes before the file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("own.csv", CSV)
    content = bytearray(file.getvalue())
    begins = slice(len(content) - 6, len(content) - 2)  # of the index, in the last record
    content[begins] = (int.from_bytes(content[begins], "little") + 10).to_bytes(4, "little")
    return bytes(content)


def task(number: int, result: Any) -> dict[str, Any]:
    """A task as Label Studio exports it."""
    return {"id": number, "data": {"text": TEXTS[number]}, "annotations": [{"result": result}]}


def choice(label: str) -> list[dict[str, Any]]:
    return [{"from_name": "mood", "type": "choices", "value": {"choices": [label]}}]


# name -> content, and the format, the rows and the rows that cannot be read
READ: dict[str, tuple[str | bytes, str, int, int]] = {
    "upper_case.csv": (f"SEP=;\n{CSV.replace(',', ';')}", "csv", 12, 0),
    "blank_in_hint.csv": (f"sep= ;\r\n{CSV.replace(',', ';')}", "csv", 12, 0),
    "quoted_hint.csv": (f'"sep=;"\n{CSV.replace(",", ";")}', "csv", 12, 0),
    "cr.csv": (CSV.replace("\n", "\r"), "csv", 12, 0),
    "two_marks.csv": (b"\xef\xbb\xbf\xef\xbb\xbf" + CSV.encode(), "csv", 12, 0),
    "mark_in_the_middle.csv": (CSV.encode() + b"\xef\xbb\xbf" + ROWS.encode(), "csv", 24, 0),
    "two_encodings.csv": (CSV.encode() + "Caf\u00e9 was bad,b\n".encode("cp1252"), "csv", 12, 1),
    "unclosed.csv": (f'{CSV}"never closed,a\n{ROWS}', "csv", 24, 1),
    "ragged_both_ways.csv": (f"{CSV}a,b,c\nalone\n{ROWS}", "csv", 24, 2),
    "title.csv": (f"Reviews of films; 2026\n\n{QUOTED}", "csv", 12, 1),
    "comments.csv": (f"# made by a program, version 1\n# sent, read\n{QUOTED}", "csv", 12, 2),
    "padded_title.csv": (f"Reviews of films,\n{QUOTED}", "csv", 12, 1),
    "hint_and_title.csv": (f"sep=,\nReviews of films\n{QUOTED}a,b,c\n", "csv", 12, 2),
    "title.tsv": ("Reviews of films\n" + CSV.replace(",", "\t"), "tsv", 12, 1),
    "commented_header.csv": (f"#{CSV}", "csv", 12, 0),
    "one_column.csv": ("text\n" + "".join(f"{text}, indeed\n" for text in TEXTS), "csv", 12, 0),
    "commas.tsv": (CSV, "csv", 12, 0),
    "cr.jsonl": ("\r".join(LINES), "jsonl", 12, 0),
    "comment.jsonl": ("// made by a program\n" + "\n".join(LINES), "jsonl", 12, 1),
    "comment_named.csv": ("# made by a program\n" + "\n".join(LINES), "jsonl", 12, 1),
    "broken_first.jsonl": ("\n".join(['{"text": "a" "label": "b"}', *LINES]), "jsonl", 12, 1),
    "commas.jsonl": (",\n".join(LINES), "jsonl", 12, 0),
    "commas.json": (",\n".join(LINES) + ", \n", "jsonl", 12, 0),
    "nan.jsonl": ("\n".join([*LINES, '{"text": "A film", "label": NaN}']), "jsonl", 12, 1),
    "surrogate.jsonl": ("\n".join([*LINES, SURROGATE]), "jsonl", 13, 0),
    "odd_unit.csv": (CSV.encode("utf-16") + b"\xe5\xd8" + "x,a".encode("utf-16-le"), "csv", 12, 1),
    "half.json": (json.dumps(OBJECTS)[:-60], "json", 10, 1),
    "members.csv.gz": (gzip.compress(CSV.encode()) + gzip.compress(ROWS.encode()), "csv", 24, 0),
    "frames.csv.zst": (b"".join(zstd().compress(part.encode()) for part in (CSV, ROWS)), "csv", 24, 0),
    "skippable.csv.zst": (b"\x50\x2a\x4d\x18\4\0\0\0abcd" + zstd().compress(CSV.encode()), "csv", 12, 0),
    "repeated.parquet": (of_parquet(["text", "text", "label"], TEXTS, TEXTS, LABELS), "parquet", 12, 0),
    "unnamed.parquet": (of_parquet(["", "text", "label"], LABELS, TEXTS, LABELS), "parquet", 12, 0),
    "labels_last.txt": ("".join(f"{text} __label__{label}\n" for text, label in zip(TEXTS, LABELS, strict=True)),
                        "fasttext", 12, 0),
    "half_a_task.json": (json.dumps([*(task(n, choice("ab"[n % 2])) for n in range(10)), task(10, [None, 1]),
                                     {"id": 11, "data": [], "annotations": 3}]), "json", 12, 0),
    "unlabelled_tasks.json": (json.dumps([{"id": n, "data": {"text": TEXTS[n]}} for n in range(12)]), "json", 12, 0),
    "numbers.xlsx": (book({"One": [["text", "label"], *([n if n % 3 else n / 3 > 1, "ab"[n % 2]] for n in range(12))]}),
                     "xlsx", 12, 0),
    "taxonomy.json": (json.dumps([task(n, [{"from_name": "mood", "value": {"taxonomy": [["x", "ab"[n % 2]], 3]}}])
                                  for n in range(12)]), "json", 12, 0),
}  # fmt: skip
# name -> content and what the error says
REFUSED: dict[str, tuple[str | bytes, str]] = {
    "little.csv": (CSV.encode("utf-16-le"), "--encoding utf-16-le"),
    "big.csv": (CSV.encode("utf-16-be"), "--encoding utf-16-be"),
    "cut.csv": (CSV.encode("utf-16")[:-1], "it ends within a character"),
    "other_hint.csv": (f"sep=;\n{QUOTED}", "names the separator ';', but the lines below it have ','. Correct or "
                       "delete that line. Or name the separator: --separator ,"),
    "no_header.csv": (ROWS, "--no-header --columns text,label"),
    "lists.jsonl": ('["A film", "a"]\n' * 12, "is not a JSON object"),
    "words.json": (json.dumps(TEXTS), "is not a JSON object"),
    "python.jsonl": ("".join(f"{item}\n" for item in OBJECTS), "property name enclosed in double quotes"),
    "nested.jsonl": ('{"text": {"body": "A film"}, "label": "a"}', "the column 'text' holds an object, not texts"),
    "columns.json": (json.dumps({"text": TEXTS, "label": LABELS}), "the column 'text' holds a list, not texts"),
    "bytes.parquet": (of_parquet(["text", "label"], [b"A film"], ["a"]), "column 'text' holds bytes, not texts"),
    "control.jsonl": ('{"text": "a\x01b", "label": "a"}', "Invalid control character, at character 12."),
    "shifted.zip": (shifted_zip(), "is damaged or incomplete: it points before its beginning."),
    "cut.parquet": (of_parquet(["text", "label"], TEXTS, LABELS)[:-20], "not a parquet file. Write it again."),
    "three_times.csv.gz": (gzip.compress(gzip.compress(gzip.compress(CSV.encode()))), "is packed more than 2 times"),
    "saved_page.xls": ("<table><tr><td>text</td></tr></table>", "it is a web page. If it is a login page"),
    "prose.txt": ("".join(f"A film, number {n}, was fine\n" for n in "1231"), "If each line is a text: --format lines"),
    "two.xlsx": (book({"Q1": [["text", "label"], ["x", "a"]], "Q2": [["text", "label"], ["y", "b"]]}),
                 "To read one of them: --sheet Q1, or --sheet Q2"),
}  # fmt: skip


@pytest.fixture
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    name: str = request.param
    content = (READ.get(name) or REFUSED[name])[0]
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def as_a_job(file: Path, bad_rows: str = "skip") -> uploads.Upload:
    query = JobQuery.model_validate({"bad_rows": bad_rows})
    with file.open("rb") as sent:
        return uploads.read(sent, "application/octet-stream", query, max_rows=100, max_bytes=1_000_000)


def said(problem: ProblemError) -> str:
    """What a command would say."""
    return advice(problem.detail, [Offer(offer.purpose, offer.parameters) for offer in problem.offers])


@pytest.mark.parametrize("file", READ, indirect=True)
def test_every_row_is_read_or_reported_however_it_is_read(file: Path) -> None:
    _, kind, rows, unread = READ[file.name]
    with opened(file, ReadOptions()) as table:
        read = list(TextRows.of(table, Added(), None))
    assert table.kind == kind
    assert (sum(isinstance(row, Row) for row in read), sum(isinstance(row, Unread) for row in read)) == (rows, unread)
    job = as_a_job(file)
    assert (job.rows, job.rows_left_out) == (rows, unread)
    shown = preview(file, TableOptions(bad_rows="skip"), most_rows=100)
    assert (shown.understood.format, shown.rows) == (kind, rows)


@pytest.mark.parametrize("file", READ, indirect=True)
@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "xlsx"])
def test_what_is_read_can_be_written_as_any_format(file: Path, kind: str) -> None:
    _, _, rows, _ = READ[file.name]
    out = file.with_name(f"out.{kind}")
    with opened(file, ReadOptions()) as table, out.open("wb") as to:
        read = [row for row in table if isinstance(row, Row)]
        keys = list(dict.fromkeys(key for row in read for key in row.cells))
        writer = writer_to(to, kind, table, Added(), keys=keys)
        writer.write(read, [Answer("a", 0.5, sure=True)] * len(read))
        writer.close()
    if kind == "jsonl":  # the lines of a labelling tool are still laid out as that lays them out
        labels = [json.loads(line)["predicted_label"] for line in out.read_text("utf-8").splitlines()]
    else:
        with opened(out, ReadOptions()) as written:
            labels = [row.cells["predicted_label"] for row in written if isinstance(row, Row)]
    assert labels == ["a"] * rows


@pytest.mark.parametrize("file", REFUSED, indirect=True)
def test_a_refusal_is_the_same_however_it_is_read(file: Path) -> None:
    _, words = REFUSED[file.name]
    with pytest.raises((DataError, SettingsError)) as refused, opened(file, ReadOptions()) as table:
        TextRows.of(table, Added(), None)
    assert words in str(refused.value)
    with pytest.raises(ProblemError) as problem:
        as_a_job(file)
    assert words in said(problem.value)
    with pytest.raises(DataError):
        labelled_file.read(file, TableOptions(bad_rows="skip"))


def test_a_text_that_is_no_string_stops_a_job_or_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text("\n".join([*LINES, '{"text": 42, "label": "a"}']))
    with pytest.raises(ProblemError, match=r"line 13: the text is 42, not a string\.") as refused:
        as_a_job(path, "stop")
    assert said(refused.value).endswith("To leave such rows out: --bad-rows skip")
    assert (as_a_job(path).rows, as_a_job(path).rows_left_out) == (12, 1)


def test_half_a_surrogate_pair_is_spelt_in_other_formats(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(SURROGATE)
    file = io.BytesIO()
    with opened(path, ReadOptions()) as table:
        writer = writer_to(file, "csv", table, Added(), keys=["text", "label"])
        writer.write([row for row in table if isinstance(row, Row)], [Answer(error="text-broken")])
    assert file.getvalue().splitlines()[1] == b"half \\ud83d of it,a,,,,text-broken"
