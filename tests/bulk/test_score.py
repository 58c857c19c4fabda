"""`valence score` through the command line: what goes in comes out, with four columns more."""

from __future__ import annotations

import csv
import gzip
import io
import json
import logging
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

import valence
from tests.bulk.conftest import Score
from tests.server.jobs.test_results import AS_SPELT
from valence.bulk.blocks import BLOCK_ROWS
from valence.tables.answers import Added, Answer
from valence.tables.decoding import zstd
from valence.tables.grid import Row
from valence.tables.opening import opened
from valence.tables.options import ReadOptions
from valence.tables.writers import writer_to

ADDED = ["predicted_label", "predicted_probability", "predicted_sure", "predicted_error"]
cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)


def read_csv(content: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(content.splitlines(keepends=True), delimiter=delimiter, strict=True))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=8), st.sampled_from(",;\t|"))
def test_any_cells_come_back_in_their_columns_and_order(
    score: Score, tmp_path: Path, rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerows([("id", "text", "and more"), *rows])
    assert score(source, "--out", out, "--text-column", "text").exit_code == 0
    with out.open(encoding="utf-8", newline="") as file:
        found = list(csv.reader(file, delimiter=delimiter, strict=True))
    assert found[0] == ["id", "text", "and more", *ADDED]
    assert [row[:3] for row in found[1:]] == [list(row) for row in rows]
    assert all((row[3] == "") == (row[4] == "") for row in found[1:])
    assert all(row[3] for row in found[1:] if any("a" <= letter <= "z" for letter in row[1]))


def test_labels_restrict_the_answers_of_this_machine(score: Score, tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("text\na dull film\n", "utf-8")
    refused = score(source, "--out", out, "--labels", "negative,angry")
    assert (refused.exit_code, out.exists()) == (2, False)
    assert "no label 'angry'" in refused.stderr
    assert score(source, "--out", out, "--labels", "negative,positive").exit_code == 0
    assert read_csv(out.read_text("utf-8"))[1][1] == "negative"
    refused = score(source, "--out", tmp_path / "other.csv", "--labels", "a,b", "--cluster", "local")
    assert "--labels is for files that this machine scores" in refused.stderr


def test_numbers_of_json_come_back_as_they_were_spelt(score: Score, tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(AS_SPELT), "utf-8")
    assert score(source, "--out", out).exit_code == 0
    found = [line.partition(', "predicted_label": ')[0] for line in out.read_text("utf-8").splitlines()]
    assert found == [line[:-1].rstrip() for line in AS_SPELT]


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_python_alone_takes_for_json_costs_its_row(score: Score, tmp_path: Path, constant: str) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(f'{{"text": "a fine film"}}\n{{"text": "a dull film", "n": [{constant}]}}\n')
    done = score(source, "--out", out)
    assert done.exit_code == 0
    assert len(out.read_text("utf-8").splitlines()) == 1
    (problem,) = map(json.loads, (tmp_path / "out.jsonl.problems.jsonl").read_text("utf-8").splitlines())
    assert (problem["line"], problem["kept"], problem["code"]) == (2, False, "json-broken")
    assert f"line 2: this is not valid JSON: {constant} is Python's" in problem["error"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.dictionaries(
            st.text(max_size=5),
            st.none()
            | st.integers()
            | st.floats(allow_nan=False, allow_infinity=False)
            | st.text(max_size=20)
            | st.lists(st.booleans()),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_objects_come_back_to_the_letter(score: Score, tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines = [json.dumps({"body": "a dull film", **row}) for row in rows]
    source.write_text("\n".join(lines), "utf-8")
    assert score(source, "--out", out, "--text-column", "body").exit_code == 0
    found = out.read_text("utf-8").splitlines()
    assert [line.partition(', "predicted_label"')[0] + "}" for line in found] == lines
    assert [list(json.loads(line))[-4:] for line in found] == [ADDED] * len(rows)


def test_scores_are_those_of_the_python_interface(score: Score, tmp_path: Path, tiny_model: Path) -> None:
    texts = [f"{'very ' * (i % 30)}{['dull', 'wonderful'][i % 2]} film" for i in range(2 * BLOCK_ROWS + 7)]
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps({"t": text}) for text in texts))
    assert score(tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl").exit_code == 0
    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    expected = valence.load(tiny_model).predict(texts)
    assert [row["predicted_label"] for row in found] == [each.label for each in expected]
    for row, each in zip(found, expected, strict=True):
        assert abs(row["predicted_probability"] - each.probability) < 1e-3


def test_every_compression_gives_the_same_rows(score: Score, tmp_path: Path) -> None:
    content = b"text,id\na dull film,1\na wonderful film,2\n"
    (tmp_path / "in.csv").write_bytes(content)
    (tmp_path / "in.csv.gz").write_bytes(gzip.compress(content))
    (tmp_path / "in.csv.zst").write_bytes(zstd().compress(content))
    outputs = []
    for name, unpack in (("out.csv", bytes), ("out.csv.gz", gzip.decompress), ("out.csv.zst", _all_frames)):
        for source in ("in.csv", "in.csv.gz", "in.csv.zst"):
            assert score(tmp_path / source, "--out", tmp_path / name).exit_code == 0
            outputs.append(unpack((tmp_path / name).read_bytes()))
    assert len(set(outputs)) == 1
    assert [row[2] for row in read_csv(outputs[0].decode())] == ["predicted_label", "negative", "positive"]


def _all_frames(content: bytes) -> bytes:
    return bytes(zstd().decompress(content))


def test_standard_input_to_standard_output(score: Score, caplog: pytest.LogCaptureFixture) -> None:
    done = score("-", "--out", "-", "--format", "tsv", typed=b'id\ttext\n1\ta "dull film\n2\t\n')
    assert done.exit_code == 0
    assert read_csv(done.stdout, "\t")[0] == ["id", "text", *ADDED]
    assert done.stdout.splitlines()[1].startswith('1\ta "dull film\tnegative\t0.')
    assert done.stdout.splitlines()[2] == "2\t\t\t\t\ttext-empty"
    assert "standard output: 2 rows, 1 without a text" in caplog.text


def test_parquet_keeps_its_types_and_gets_four_columns(score: Score, tmp_path: Path) -> None:
    rows = 3 * BLOCK_ROWS + 1
    features = {"info": {"features": {"kind": {"names": ["a", "b"], "_type": "ClassLabel"}}}}
    table = pa.table(
        {
            "kind": pa.array([i % 2 for i in range(rows)], "int64"),
            "words": [[str(i)] for i in range(rows)],
            "text": [None if i == 5 else ["a dull film", "a wonderful film"][i % 2] for i in range(rows)],
            "when": pa.array(range(rows), pa.timestamp("ms")),
        }
    ).replace_schema_metadata({"huggingface": json.dumps(features)})
    parquet.write_table(table, tmp_path / "in.parquet", row_group_size=700)
    assert score(tmp_path / "in.parquet", "--out", tmp_path / "out.parquet").exit_code == 0
    found = parquet.read_table(tmp_path / "out.parquet")
    assert found.select(table.column_names).cast(table.schema).equals(table)
    assert found.column_names == [*table.column_names, *ADDED]
    assert found.column(ADDED[0]).to_pylist()[4:7] == ["negative", None, "negative"]
    assert ADDED[1] in json.loads(found.schema.metadata[b"huggingface"])["info"]["features"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.parquet", "out.parquet"]


BROKEN = {
    "in.csv": (
        b"text,id\na dull film,1\ntoo,many,cells\n"
        b'a "wonderful film,2\n"unquoted" rest,3\ncaf\xe9,4\nnul\0,5\n"never\nclosed,6\n',
        [
            "line 3: 3 cell(s)",
            "line 5: the quoting",
            "line 6: the byte 0xe9",
            "line 7: there is a NUL",
            "line 8: a quote in this row",
        ],
        ["1", "2", "6"],
    ),
    "in.jsonl": (
        b'{"text": "a dull film", "id": 1}\nno json\n[1]\n{"text": "caf\xe9", "id": 3}\n{"text": 5, "id": 4}\n'
        b'{"text": "a wonderful film", "id": 5}\n{"id": 6}\n',
        [
            "line 2: this is not valid JSON",
            "line 3: '[1]' is not a JSON object",
            "line 4: the byte 0xe9",
            "line 5: the text is 5",
        ],
        ["1", "4", "5", "6"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_rows_that_cannot_be_read_are_told_and_the_others_scored(
    score: Score, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    content, problems, kept = BROKEN[name]
    (tmp_path / name).write_bytes(content)
    out = tmp_path / f"out{Path(name).suffix}"
    done = score(tmp_path / name, "--out", out, "--text-column", "text")
    assert done.exit_code == 0, done.stderr
    listed = [json.loads(line) for line in (tmp_path / f"{out.name}.problems.jsonl").read_text("utf-8").splitlines()]
    assert len(listed) == len(problems)
    for words, each in zip(problems, listed, strict=True):
        assert words in each["error"]
        assert words in caplog.text
        assert f"line {each['line']}" in each["error"]
    written = out.read_text("utf-8")
    if name == "in.csv":
        found = [row[1] for row in read_csv(written)[1:]]
    else:
        found = [str(json.loads(line)["id"]) for line in written.splitlines()]
    assert found == kept
    strict = score(
        tmp_path / name, "--out", tmp_path / f"strict{out.suffix}", "--text-column", "text", "--bad-rows", "stop"
    )
    assert strict.exit_code == 2
    assert problems[0] in strict.stderr
    assert not (tmp_path / f"strict{out.suffix}").exists()


def test_the_list_of_problems_is_gone_once_there_are_none(score: Score, tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"text": "a dull film"}\nbroken\n')
    score(source, "--out", out)
    assert (tmp_path / "out.jsonl.problems.jsonl").exists()
    source.write_text('{"text": "a dull film"}\n')
    score(source, "--out", out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_a_broken_quote_far_up_costs_one_row_of_a_large_file(score: Score, tmp_path: Path) -> None:
    rows = 3 * BLOCK_ROWS
    lines = ["text,id", '"a dull film,0', *(f"a wonderful film,{i}" for i in range(1, rows))]
    (tmp_path / "in.csv").write_text("\n".join(lines) + "\n")
    assert score(tmp_path / "in.csv", "--out", tmp_path / "out.csv").exit_code == 0
    assert [row[1] for row in read_csv((tmp_path / "out.csv").read_text())[1:]] == [str(i) for i in range(1, rows)]


@pytest.mark.parametrize(
    ("name", "content", "arguments", "words"),
    [
        ("in.csv", "text\na\n", ("--text-column", "txt"), "no column called 'txt'. Did you mean 'text'?"),
        (
            "in.csv",
            "text,predicted_label\na,b\n",
            (),
            "already has the column 'predicted_label', which would be added.\nChoose other",
        ),
        (
            "in.jsonl",
            '{"text": "a", "predicted_probability": 1}\n',
            (),
            "already has the column 'predicted_probability'",
        ),
        ("in.csv", "", (), "is empty: it has no header"),
        ("in.csv", "text,id\n", (), "no rows below its header"),
        ("in.jsonl", "", (), "is empty: it has no rows"),
        ("in.jsonl", "garbage\n\x01\x02\n", (), "line 1: this is not valid JSON"),
        ("in.jsonl", "\x7fELF garbage\n\x01\x02\n", (), "is not a table: it is a program"),
        ("in.csv", "PK\x03\x04\0\0garbage\n", (), "damaged or incomplete"),
        ("in.parquet", "PAR1garbage", (), "cannot be read as Parquet"),
        ("in.csv.gz", "\x1f\udc8bgarbage", (), "damaged or incomplete"),
        ("in.csv.zst", "(\udcb5/\udcfdgarbage", (), "damaged or incomplete"),
        ("in.csv", "text,id\na,1\n", ("--no-header",), "--no-header needs --columns"),
        ("in.csv", "text,id\na,1\n", ("--columns", "a,b"), "--columns is for a file without a header"),
        ("in.csv", "text,id\na,1\n", ("--separator", ";;"), "--separator ';;' is not one character"),
        ("in.csv", "id,code\n1,2\n", (), "no column looks as if it held the texts"),
        ("in.csv", "text\na\n", ("--encoding", "klingon"), "no encoding called 'klingon'"),
        ("in.csv", "text,label\na,b,c\nd,e,f\n", (), "line 2: 3 cell(s), but the table has 2 columns"),
        (
            "in.csv",
            "text,label\n\udce9t\udce9,good\n",
            (),
            "is not UTF-8.\nName its encoding, or save it as UTF-8. For a file from Windows or Excel: --encoding",
        ),
    ],
)
def test_what_is_wrong_is_named_with_a_way_out(
    score: Score, tmp_path: Path, name: str, content: str, arguments: tuple[str, ...], words: str
) -> None:
    (tmp_path / name).write_bytes(content.encode("utf-8", "surrogateescape"))
    out = tmp_path / f"out.{name.split('.')[1]}"
    done = score(tmp_path / name, "--out", out, *arguments)
    assert done.exit_code == 2, done.output
    assert words in done.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("missing.csv", "--out", "out.csv"), "missing.csv cannot be read: No such file"),
        (("in.csv", "--out", "in.csv"), "is the input file"),
        (("in.csv", "--out", "out.txt"), "does not tell a format that can be written"),
        (("in.csv", "--out", "out.json"), "does not tell a format that can be written"),
        (("-", "--out", "out.parquet"), "CSV from standard input cannot become PARQUET"),
        (("in.parquet", "--out", "-"), "cannot be written to standard output"),
        (("in.csv", "--out", "in.csv/out.csv"), "cannot be written: "),
        (("in.csv", "--out", "out.parquet.gz"), "does not tell a format that can be written"),
        (("in.csv", "--out", "out.csv.zip"), "does not tell a format that can be written"),
    ],
)
def test_paths_that_cannot_be_are_refused(
    score: Score, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str
) -> None:
    (tmp_path / "in.csv").write_text("text\na dull film\n")
    parquet.write_table(pa.table({"text": ["a dull film"]}), tmp_path / "in.parquet")
    monkeypatch.chdir(tmp_path)
    done = score(*arguments, typed=b"text\na dull film\n")
    assert done.exit_code == 2
    assert words in done.stderr


ROWS = ["a dull film", "", "a wonderful, long film"]
INPUTS = {
    "in.csv": "id;text\n007;a dull film\n2;\n3;a wonderful, long film\n",
    "in.tsv": "id\ttext\n007\ta dull film\n2\t\n3\ta wonderful, long film\n",
    "in.jsonl": '{"id": "007", "text": "a dull film"}\n{"id": "2", "text": ""}\n'
    '{"id": "3", "text": "a wonderful, long film"}\n',
    "in.json": '[{"id": "007", "text": "a dull film"}, {"id": "2", "text": ""}, '
    '{"id": "3", "text": "a wonderful, long film"}]',
}


def read_back(path: Path) -> list[dict[str, Any]]:
    """Rows of a scored file of any format; an empty cell is None."""
    with opened(path, ReadOptions()) as table:
        read = [row for row in table if isinstance(row, Row)]
    return [{name: cell if cell != "" else None for name, cell in row.cells.items()} for row in read]


@pytest.mark.parametrize("out", ["out.csv", "out.tsv", "out.jsonl", "out.parquet", "out.xlsx", "out.csv.gz"])
@pytest.mark.parametrize("name", [*INPUTS, "in.parquet", "in.xlsx"])
def test_every_format_is_written_as_every_other(score: Score, tmp_path: Path, name: str, out: str) -> None:
    if name in INPUTS:
        (tmp_path / name).write_text(INPUTS[name], "utf-8")
    else:
        (tmp_path / "first.csv").write_text(INPUTS["in.csv"], "utf-8")
        assert score(tmp_path / "first.csv", "--out", tmp_path / name, "--prefix", "first_").exit_code == 0
    done = score(tmp_path / name, "--out", tmp_path / out, "--text-column", "text")
    assert done.exit_code == 0, done.output
    rows = read_back(tmp_path / out)
    assert [row["text"] for row in rows] == [text or None for text in ROWS]
    assert [row["id"] for row in rows] == ["007", "2", "3"]
    assert list(rows[0])[-4:] == ADDED
    assert [row["predicted_label"] for row in rows] == ["negative", None, "positive"]
    assert [row["predicted_error"] for row in rows] == [None, "text-empty", None]
    assert [str(row["predicted_sure"]).lower() for row in rows[1:2]] == ["none"]
    assert {str(row["predicted_sure"]).lower() for row in (rows[0], rows[2])} <= {"true", "false"}


def test_the_separator_of_a_csv_is_kept_unless_the_name_says_otherwise(score: Score, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(INPUTS["in.csv"], "utf-8")
    (tmp_path / "in.tsv").write_text(INPUTS["in.tsv"], "utf-8")
    heads = {}
    for name, out in (("in.csv", "a.csv"), ("in.csv", "b.tsv"), ("in.tsv", "c.csv"), ("in.tsv", "d.tsv")):
        assert score(tmp_path / name, "--out", tmp_path / out).exit_code == 0
        heads[out] = (tmp_path / out).read_text("utf-8").splitlines()[0][:7]
    assert heads == {"a.csv": "id;text", "b.tsv": "id\ttext", "c.csv": "id,text", "d.tsv": "id\ttext"}


def test_json_of_several_keys_becomes_a_table_with_all_of_them(score: Score, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"text": "a film", "n": 1E5}\n{"more": [1], "text": "a dull film"}\n')
    for out in ("out.csv", "out.parquet", "out.xlsx"):
        assert score(tmp_path / "in.jsonl", "--out", tmp_path / out).exit_code == 0
        rows = read_back(tmp_path / out)
        assert list(rows[0]) == ["text", "n", "more", *ADDED]
        assert [row["more"] for row in rows] == [None, "[1]"]
        assert float(rows[0]["n"]) == 100_000


def test_a_file_without_a_header_is_read_by_the_names_that_are_given(score: Score, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("1|a dull film|x\n2|a wonderful film|y\n")
    options = ("--no-header", "--columns", "id,words,tag", "--separator", "|", "--text-column", "words")
    assert score(tmp_path / "in.csv", "--out", tmp_path / "out.csv", *options).exit_code == 0
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert lines[0] == "|".join(["id", "words", "tag", *ADDED])
    assert [line.split("|")[3] for line in lines[1:]] == ["negative", "positive"]


def test_only_added_cells_are_defused(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text\n=1+1\n")
    file = io.BytesIO()
    with opened(tmp_path / "in.csv", ReadOptions()) as table:
        writer_to(file, "csv", table, Added(), begun=True).write(
            [row for row in table if isinstance(row, Row)], [Answer("=2+2", 0.5, sure=True)]
        )
    assert file.getvalue() == b"=1+1,'=2+2,0.500000,true,\n"


def test_a_cell_that_a_workbook_cannot_hold_ends_in_an_error(score: Score, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(f"text,id\n{'long ' * 7_000},1\na film,2\n")
    done = score(tmp_path / "in.csv", "--out", tmp_path / "out.xlsx")
    assert done.exit_code == 2
    assert "a cell has 35,000 characters; a workbook's hold at most 32,767" in done.stderr
    assert not list(tmp_path.glob("out.xlsx*draft"))
    assert not (tmp_path / "out.xlsx").exists()


def test_a_key_that_clashes_late_costs_its_row(score: Score, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    lines = [json.dumps({"text": "a dull film"})] * BLOCK_ROWS + ['{"text": "a film", "predicted_label": 1}']
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    done = score(tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl")
    assert done.exit_code == 0
    assert f"line {BLOCK_ROWS + 1}: it already has the key 'predicted_label'" in caplog.text
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == BLOCK_ROWS


def test_other_names_for_the_added_columns(score: Score, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text,predicted_label\na dull film,x\n")
    assert score(tmp_path / "in.csv", "--out", tmp_path / "out.csv", "--prefix", "my ").exit_code == 0
    assert (tmp_path / "out.csv").read_text().splitlines()[
        0
    ] == "text,predicted_label,my label,my probability,my sure,my error"


def test_another_encoding_comes_out_as_utf8(score: Score, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes("text,id\ncafé,1\n".encode("utf-16"))
    assert score(tmp_path / "in.csv", "--out", tmp_path / "out.csv", "--encoding", "utf-16").exit_code == 0
    assert "café" in (tmp_path / "out.csv").read_text("utf-8")


def test_a_text_too_long_is_kept_without_a_score(
    score: Score, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "in.jsonl").write_text(json.dumps({"text": "long " * 200_001}) + '\n{"text": "a dull film"}\n')
    score(tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl")
    assert "in.jsonl, line 1: The text has 1,000,005 characters" in caplog.text
    assert "2 rows, 1 whose text could not be scored" in caplog.text
    first = json.loads((tmp_path / "out.jsonl").read_text().splitlines()[0])
    assert (first["predicted_label"], first["predicted_probability"]) == (None, None)


POSTS = ["> a wonderful film\n\na dull film", "> a dull film", " ", "[quote]a dull film[/quote] a wonderful film"]


def test_forum_posts_are_scored_without_what_they_quote(
    score: Score, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source, own, out = (tmp_path / name for name in ("in.jsonl", "own.jsonl", "out.jsonl"))
    source.write_text("".join(json.dumps({"text": post}) + "\n" for post in POSTS), "utf-8")
    own.write_text('{"text": "a dull film"}\n{"text": "a wonderful film"}\n', "utf-8")
    with caplog.at_level(logging.INFO):
        assert score(source, "--out", out, "--clean", "forum").exit_code == 0
    found = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [row["text"] for row in found] == POSTS
    assert [row["predicted_error"] for row in found] == [None, "text-only-quotes", "text-empty", None]
    assert score(own, "--out", tmp_path / "expected.jsonl").exit_code == 0
    expected = [json.loads(line) for line in (tmp_path / "expected.jsonl").read_text("utf-8").splitlines()]
    assert [found[0][name] for name in ADDED] == [expected[0][name] for name in ADDED]
    assert [found[3][name] for name in ADDED] == [expected[1][name] for name in ADDED]
    assert "4 rows, 2 without a text of their own" in caplog.text
    assert not out.with_name("out.jsonl.problems.jsonl").exists()


MISSING = ["a dull film", "nan", " N/A ", "NULL and void", "nan"]


@pytest.mark.parametrize("name", ["in.csv", "in.jsonl", "in.parquet"])
@pytest.mark.parametrize("clean", ["none", "forum"])
def test_words_for_no_text_are_reported_and_get_no_score_where_they_are_named(
    score: Score, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, clean: str
) -> None:
    source, out = tmp_path / name, tmp_path / "out.jsonl"
    if name == "in.parquet":
        parquet.write_table(pa.table({"text": MISSING}), source)
    elif name == "in.csv":
        source.write_text("\n".join(["text", *MISSING]), "utf-8")
    else:
        source.write_text("\n".join(json.dumps({"text": text}) for text in MISSING), "utf-8")
    asked = [source, "--out", out, "--text-column", "text", "--clean", clean]
    assert score(*asked).exit_code == 0
    assert "3 cells of 'text' may mean that there is no text: 'nan' (2), 'N/A' (1)" in caplog.text
    assert "To give such rows no score: --missing nan,N/A" in caplog.text
    caplog.clear()
    assert score(*asked, "--missing", "nan,N/A").exit_code == 0
    assert "no score" not in caplog.text
    found = [json.loads(line)["predicted_error"] for line in out.read_text("utf-8").splitlines()]
    assert found == [None, "text-empty", "text-empty", None, "text-empty"]


def test_a_message_draws_no_bar_over_the_next_line(score: Score, tmp_path: Path) -> None:
    file = tmp_path / "ragged.csv"
    file.write_text("id,text\n1,good\n2\n", "utf-8")
    done = score(file, "--out", tmp_path / "out.csv")
    assert (done.exit_code, done.stderr) == (0, "")  # messages are logged
