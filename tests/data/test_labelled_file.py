"""A user's file as a whole: formats, columns, labels, what is left out, and every refusal."""

from __future__ import annotations

import gzip
import json
import logging
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from valence.data.labelled_file import LabelledFile, is_table, read
from valence.system.errors import DataError
from valence.tables.decoding import zstd
from valence.tables.options import ReadOptions, TableOptions

ROWS = [
    {"text": "A fine film.", "label": "good"},
    {"text": "Dull, and long.", "label": "bad"},
    {"text": 'He said "see it".\nI did.', "label": "good"},
    {"text": "Clumsy from start to end.", "label": "bad"},
]


def csv_of(rows: list[dict[str, Any]], delimiter: str = ",") -> str:
    def quoted(value: Any) -> str:
        return '"' + str(value).replace('"', '""') + '"'

    return "\n".join(delimiter.join(map(quoted, line)) for line in [rows[0], *(row.values() for row in rows)]) + "\n"


def read_text(tmp_path: Path, content: str, name: str = "own.csv", **options: Any) -> LabelledFile:
    (tmp_path / name).write_text(content, "utf-8")
    return read(tmp_path / name, TableOptions(**options))


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_every_format_gives_the_same_texts_labels_and_checksum(tmp_path: Path) -> None:
    files = {
        "own.csv": csv_of(ROWS).encode(),
        "own.tsv": csv_of(ROWS, "\t").encode(),
        "semicolons.csv": csv_of(ROWS, ";").encode(),
        "own.jsonl": lines(ROWS).encode(),
        "own.ndjson": lines(ROWS).encode(),
        "own.csv.gz": gzip.compress(csv_of(ROWS).encode()),
        "own.jsonl.zst": zstd().compress(lines(ROWS).encode()),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    parquet.write_table(pa.Table.from_pylist(ROWS), tmp_path / "own.parquet")
    found = [read(tmp_path / name, TableOptions()) for name in [*files, "own.parquet"]]
    assert {each.examples.texts for each in found} == {tuple(row["text"] for row in ROWS)}
    assert {each.examples.labels for each in found} == {("good", "bad", "good", "bad")}
    assert len({each.checksum for each in found}) == 1
    assert found[0].examples.keys == ("own.csv:2", "own.csv:3", "own.csv:4", "own.csv:6")


def test_the_checksum_is_of_the_labels_too(tmp_path: Path) -> None:
    turned = [{**row, "label": "bad" if row["label"] == "good" else "good"} for row in ROWS]
    assert read_text(tmp_path, csv_of(ROWS)).checksum != read_text(tmp_path, csv_of(turned)).checksum


def test_class_names_that_datasets_keeps_in_a_parquet_file_are_the_labels(tmp_path: Path) -> None:
    table = pa.table({"text": ["a", "b", "c", "d", "e"], "label": [0, 1, 1, 0, -1], "ids": [[1], [2], [3], [4], [5]]})
    features = {"info": {"features": {"label": {"names": ["no", "yes"], "_type": "ClassLabel"}}}}
    parquet.write_table(table.replace_schema_metadata({"huggingface": json.dumps(features)}), tmp_path / "own.parquet")
    found = read(tmp_path / "own.parquet", TableOptions())
    assert found.examples.labels == ("no", "yes", "yes", "no")
    assert found.unlabelled == ("e",)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["0", "1", "1", "0"], ["0", "1", "1", "0"]),
        (["1.0", "2", "2.0", "1"], ["1.0", "2", "2", "1.0"]),
        (["True", "FALSE", "true", "False"], ["true", "false", "true", "false"]),
        ([" yes", "no ", "yes", "no"], ["yes", "no", "yes", "no"]),
        (["007", "1", "007", "1"], ["007", "1", "007", "1"]),
        (["9007199254740992", "9007199254740993"] * 2, ["9007199254740992", "9007199254740993"] * 2),
        (["9" * 5000, "-0", "+0.0", "9" * 5000], ["9" * 5000, "-0", "-0", "9" * 5000]),
        (["none", "nan", "none", "nan"], ["none", "nan", "none", "nan"]),
    ],
)
def test_labels_as_programs_write_them(tmp_path: Path, labels: list[str], expected: list[str]) -> None:
    rows = [{"text": f"text number {row}", "label": label} for row, label in enumerate(labels)]
    assert list(read_text(tmp_path, csv_of(rows)).examples.labels) == expected


def test_json_labels_are_what_the_csv_labels_are(tmp_path: Path) -> None:
    for values in ([True, False, True, False], [0, 1, 1, 0], [1.5, 2.5, 1.5, 2.5]):
        rows = [{"text": f"text number {row}", "label": label} for row, label in enumerate(values)]
        found = [read_text(tmp_path, lines(rows), "own.jsonl"), read_text(tmp_path, csv_of(rows))]
        assert found[0].examples.labels == found[1].examples.labels


def test_whole_numbers_are_the_same_label_and_the_same_content_however_they_are_spelt(tmp_path: Path) -> None:
    def file_with(*labels: object) -> LabelledFile:
        rows = [{"text": f"text number {row}", "label": label} for row, label in enumerate(labels)]
        return read_text(tmp_path, csv_of(rows))

    spelt, plain = file_with("1.0", "0", "1", "0.0"), file_with(1, 0, 1, 0)
    assert spelt.examples.labels == ("1.0", "0", "1.0", "0")
    assert plain.examples.labels == ("1", "0", "1", "0")
    assert spelt.checksum == plain.checksum


def test_rows_without_text_or_label_are_left_out_counted_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    odd = [
        {"text": "  ", "label": "good"},
        {"text": "No label here.", "label": ""},
        {"text": "Nor here.", "label": " "},
    ]
    with caplog.at_level(logging.INFO, "valence"):
        found = read_text(tmp_path, csv_of([*ROWS, *odd]))
    assert len(found.examples) == 4
    assert found.unlabelled == ("No label here.", "Nor here.")
    assert (found.facts["rows_without_text"], found.facts["rows_without_label"]) == (1, 2)
    assert "left out 1 rows without text" in caplog.text
    assert "texts from 'text' (by its name), labels from 'label' (by its name)" in caplog.text


def test_columns_are_found_by_their_looks_among_odd_ones(tmp_path: Path) -> None:
    rows = [
        {"": row, "votes": 3 + row % 7, "was": f"This is the message number {row}.", "mark": "ab"[row % 2]}
        for row in range(10)
    ]
    found = read_text(tmp_path, csv_of(rows), label_columns=("mark",))
    assert found.examples.texts[0] == "This is the message number 0."
    two = [{"what": row["was"], "kind": row["mark"]} for row in rows]
    assert read_text(tmp_path, csv_of(two)).examples.labels[:2] == ("a", "b")


def test_labels_that_differ_in_case_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    read_text(tmp_path, csv_of([*ROWS, {"text": "Nice one.", "label": "Good"}, {"text": "Bad one.", "label": "bad"}]))
    assert "Are 'good' (2) and 'Good' (1) the same label?" in caplog.text


def test_a_group_column_gives_each_row_its_group_and_one_is_hinted_at(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    content = csv_of([{**row, "author": author} for row, author in zip(ROWS, ["ann", "bob", "", ""], strict=True)])
    with caplog.at_level(logging.INFO, "valence"):
        assert read_text(tmp_path, content).examples.groups == ()
    assert "--group-column author" in caplog.text
    groups = read_text(tmp_path, content, group_column="author").examples.groups
    assert len(set(groups)) == 4  # no author is no common author


def test_a_thousand_labels_are_labels(tmp_path: Path) -> None:
    rows = [{"text": f"text {row}", "label": f"label {row % 1000}"} for row in range(3000)]
    assert len(set(read_text(tmp_path, csv_of(rows)).examples.labels)) == 1000


SENTENCES = [f"This is the sentence number {row}." for row in range(40)]


@pytest.mark.parametrize(
    ("name", "content", "options", "words"),
    [
        ("one.csv", "text\na\nb\n", {}, "only one column, 'text'"),
        ("o.csv", csv_of(ROWS), {"text_column": "txt"}, r"no column called 'txt'\. Did you mean 'text'\? .*'label'"),
        ("o.csv", csv_of(ROWS), {"label_columns": ("text",), "text_column": "text"}, "both the texts and the labels"),
        (
            "o.csv",
            csv_of([{"text": s, "comment": s, "label": row % 2} for row, s in enumerate(SENTENCES)]),
            {},
            "2 columns could hold the texts: 'text', 'comment'. .*--text-column",
        ),
        (
            "o.csv",
            csv_of([{"text": s, "class": row % 2, "topic": row % 3} for row, s in enumerate(SENTENCES)]),
            {},
            "2 columns could hold the labels: 'class', 'topic'. .*--label-column",
        ),
        ("o.csv", csv_of([{"text": s, "label": "x"} for s in SENTENCES]), {}, "only the label 'x'"),
        ("o.csv", csv_of([{"text": s, "label": ""} for s in SENTENCES]), {}, "no label at all"),
        ("o.csv", csv_of([{"text": s, "label": f"id{row}"} for row, s in enumerate(SENTENCES)]), {}, "like ids"),
        (
            "o.csv",
            csv_of([{"text": s, "score": (row % 25) / 7} for row, s in enumerate(SENTENCES * 3)]),
            {},
            "measurements, such as scores",
        ),
        ("o.csv", csv_of([{"text": " ", "label": row % 2} for row in range(4)]), {}, "blank in every row"),
        (
            "o.jsonl",
            '{"text": "a", "label": 1}\n{"text": 5, "label": 0}\n',
            {"text_column": "text"},
            "line 2: the text is 5",
        ),
        (
            "o.jsonl",
            '{"text": "a", "label": {"x": 1}}\n',
            {"label_columns": ("label",)},
            "line 1: the label is an object",
        ),
        (
            "o.jsonl",
            '{"text": "a", "label": 1}\n{"text": "\\ud800", "label": 1}\n',
            {},
            "line 2: the text contains half",
        ),
        ("o.csv", f"text,label\na,1\n{'long ' * 200_001},0\n", {}, "line 3: the text has 1,000,005 characters"),
        ("o.jsonl", '{"text": "a", "label": 1}\nno json\n', {}, "line 2: this is not valid JSON"),
        ("o.jsonl", '{"text": "a", "label": 1}\n[1]\n', {}, r"line 2: '\[1\]' is not a JSON object"),
        ("o.jsonl", '[\n{"text": "a", "label": 1}\n', {}, "] is expected"),
        ("o.jsonl", "\n", {}, "no rows"),
        ("o.csv", "id,text\n1,A film\n2,A play\n", {}, "no column looks as if it held the labels"),
        ("o.parquet", "PAR1 no parquet at all", {}, "cannot be read as Parquet"),
        ("o.parquet", "no parquet \0 at all", {}, "does not begin like .parquet"),
        ("o.parquet", "PAR1", {"reading": ReadOptions(encoding="cp1252")}, "Leave out the encoding"),
        ("o.csv", csv_of(ROWS), {"reading": ReadOptions(encoding="klingon")}, "no encoding called 'klingon'"),
    ],
)
def test_what_is_wrong_is_named_with_a_way_out(
    tmp_path: Path, name: str, content: str, options: dict[str, str], words: str
) -> None:
    with pytest.raises(DataError, match=words) as caught:
        read_text(tmp_path, content, name, **options)
    assert caught.value.advice or "both" in words


def test_names_tell_a_table_from_an_archive_of_a_published_set(tmp_path: Path) -> None:
    for name in ("a.csv", "a.CSV.GZ", "a.jsonl.zst", "a.parquet", "a.tar.gz", "a.zip", "a.xlsx", "a"):
        (tmp_path / name).touch()
    tables = sorted(path.name for path in tmp_path.iterdir() if is_table(path, TableOptions()))
    assert tables == ["a", "a.CSV.GZ", "a.csv", "a.jsonl.zst", "a.parquet", "a.xlsx", "a.zip"]
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("train.tsv", "text\tlabel\n")
    assert is_table(tmp_path / "a.zip", TableOptions())
    with zipfile.ZipFile(tmp_path / "a.zip", "a") as archive:
        archive.writestr("dev.tsv", "text\tlabel\n")
    assert not is_table(tmp_path / "a.zip", TableOptions())
    assert is_table(tmp_path / "a.zip", TableOptions(reading=ReadOptions(member="dev.tsv")))


POSTS = [
    {"text": "> A fine film.\n\nNot at all.", "label": "bad"},
    {"text": "[quote]Dull.[/quote]\nI like it.", "label": "good"},
    {"text": "> Dull.", "label": "bad"},
    {"text": " ", "label": "bad"},
    {"text": "Clumsy from start to end.", "label": "bad"},
    {"text": "<p>It&rsquo;s fine.</p>", "label": "good"},
]


def test_posts_are_learnt_from_without_what_they_quote(tmp_path: Path) -> None:
    own = read_text(tmp_path, csv_of(POSTS), clean="forum")
    assert own.examples.texts == ("Not at all.", "I like it.", "Clumsy from start to end.", "It\u2019s fine.")
    assert own.facts["clean"] == "forum"
    assert (own.facts["rows_of_only_quotes"], own.facts["rows_without_text"]) == (1, 1)


@pytest.mark.parametrize("clean", [None, "none"])
def test_posts_are_texts_as_any_other_unless_they_are_called_posts(tmp_path: Path, clean: Any) -> None:
    whole = read_text(tmp_path, csv_of(POSTS), clean=clean)
    assert whole.examples.texts[0] == POSTS[0]["text"]
    assert "clean" not in whole.facts


def test_rows_of_only_quotes_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        read_text(tmp_path, csv_of(POSTS), clean="forum")
    assert "own.csv: left out 1 rows of only quotes." in caplog.text
