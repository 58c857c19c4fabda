"""`valence score --cluster`: the rows of the plain command, from files of many kinds and places."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.cluster.conftest import Score, invoked
from tests.cluster.inputs import joined, packed, problems, shards, texts, write_csv, write_jsonl
from tests.models import with_several_labels
from valence.bulk.blocks import BLOCK_ROWS
from valence.cluster import run, storage
from valence.cluster.connection import Cluster
from valence.cluster.storage import place_of

ROWS = 3 * BLOCK_ROWS


def test_a_folder_of_all_formats_gives_the_rows_and_problems_of_the_plain_command(
    plain: Score, score: Score, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    files = [
        write_csv(folder / "a.csv", ROWS),
        write_csv(folder / "deep" / "b.tsv", ROWS // 2, "\t"),
        write_jsonl(folder / "c.jsonl", ROWS),
        packed(write_csv(folder / "d.csv", ROWS // 2)),
    ]
    parquet.write_table(pa.table({"text": list(texts(ROWS)), "n": range(ROWS)}), folder / "e.parquet")
    out = tmp_path / "out"
    done = score(folder, "--out", out, "--shard-rows", "500", "--text-column", "text")
    assert done.exit_code == 0, done.output
    for file in files:
        name = str(file.relative_to(folder))
        alone = tmp_path / f"alone{''.join(file.suffixes)}"
        assert plain(file, alone, "--text-column", "text").exit_code == 0
        assert (len(shards(out / name)) > 1) == (file.suffix != ".gz")
        expected = alone if alone.suffix != ".gz" else tmp_path / "alone.csv"
        if alone.suffix == ".gz":
            assert plain(file, expected, "--text-column", "text").exit_code == 0
        assert joined(out / name, header=file.suffix != ".jsonl") == expected.read_bytes()
        assert problems(out / name) == alone.with_name(f"{alone.name}.problems.jsonl").read_bytes()
    plain(folder / "e.parquet", tmp_path / "e.parquet")
    assert pa.concat_tables(map(parquet.read_table, shards(out / "e.parquet"))) == parquet.read_table(
        tmp_path / "e.parquet"
    )
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["complete"]
    assert manifest["counts"]["rows"] == sum(shard["rows"] for file in manifest["files"] for shard in file["shards"])
    assert all((out / shard["shard"]).exists() for file in manifest["files"] for shard in file["shards"])


def test_several_labels_a_text_are_lists_in_parquet_and_parted_in_csv(
    cluster: Cluster, tiny_model: Path, tmp_path: Path
) -> None:
    model = with_several_labels(tiny_model, tmp_path / "several")
    file = write_csv(tmp_path / "a.csv", 40)
    options = ("--cluster", "local", "--model", model, "--text-column", "text")
    for kind in ("csv", "parquet"):
        done = invoked("score", file, "--out", tmp_path / kind, "--to", kind, *options)
        assert done.exit_code == 0, done.output
    with shards(tmp_path / "csv" / "a.csv")[0].open(encoding="utf-8", newline="") as lines:
        cells = [(row["predicted_label"], row["predicted_probability"]) for row in csv.DictReader(lines)]
    rows = parquet.read_table(shards(tmp_path / "parquet" / "a.csv")[0]).to_pylist()
    assert {row["predicted_label"] and tuple(row["predicted_label"]) for row in rows} > {("blame",), ("praise",)}
    for row, (label, probability) in zip(rows, cells, strict=True):
        assert "|".join(row["predicted_label"] or ()) == label
        assert "|".join(f"{each:.6f}" for each in row["predicted_probability"] or ()) == probability


@pytest.mark.parametrize("kind", ["s3", "gcs"])
def test_objects_are_scored_into_objects(
    plain: Score, score: Score, tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    address: Callable[[str], str] = request.getfixturevalue(kind)
    file = write_csv(tmp_path / "a.csv", ROWS)
    storage.write_bytes(place_of(address("in/a.csv")), file.read_bytes())
    out = address("out")
    for _ in range(2):  # the second finds everything finished
        done = score(address("in/*.csv"), "--out", out, "--shard-rows", "512", "--text-column", "text")
        assert done.exit_code == 0, done.output
    home = tmp_path / "down" / "a.csv"
    home.mkdir(parents=True)
    for each, _ in storage.listed(place_of(address("out/a.csv"))):
        (home / each.name).write_bytes(storage.read_bytes(each) or b"")
    plain(file, tmp_path / "alone.csv", "--text-column", "text")
    assert joined(home, header=True) == (tmp_path / "alone.csv").read_bytes()
    assert problems(home) == (tmp_path / "alone.csv.problems.jsonl").read_bytes()


def read_csv(paths: list[Path]) -> list[dict[str, str]]:
    rows = []
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            rows += list(csv.DictReader(file, strict=True))
    return rows


def test_shards_of_another_format_hold_the_same_cells(score: Score, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_csv(folder / "a.csv", 700)
    lines = [{"text": text, "n": i} if i % 2 else {"text": text, "tags": ["é", 1]} for i, text in enumerate(texts(700))]
    # 1E5 is no number that Python would write so
    (folder / "b.jsonl").write_text("\n".join(map(json.dumps, lines)).replace(", 1]", ", 1E5]"))
    pa_rows = {
        "text": list(texts(700)),
        "n": range(700),
        "tags": [[1, i] for i in range(700)],
        "odd": [None, "\r"] * 350,
    }
    parquet.write_table(pa.table(pa_rows), folder / "c.parquet")
    for kind in ("csv", "parquet"):
        done = score(folder, "--out", tmp_path / kind, "--to", kind, "--shard-rows", "300", "--text-column", "text")
        assert done.exit_code == 0, done.output
    as_csv, as_parquet = tmp_path / "csv", tmp_path / "parquet"
    from_csv = read_csv(shards(as_csv / "a.csv"))
    table = pa.concat_tables(map(parquet.read_table, shards(as_parquet / "a.csv")))
    assert table.column("text").to_pylist() == [row["text"] for row in from_csv]
    assert [each or "" for each in table.column("predicted_label").to_pylist()] == [
        row["predicted_label"] for row in from_csv
    ]
    assert table.schema.field("predicted_probability").type == pa.float64()
    from_json = read_csv(shards(as_csv / "b.jsonl"))
    assert [row["text"] for row in from_json] == [line["text"] for line in lines]
    assert [(row["n"], row["tags"]) for row in from_json[:2]] == [("", '["é", 1E5]'), ("1", "")]
    table = pa.concat_tables(map(parquet.read_table, shards(as_parquet / "b.jsonl")))
    assert table.column("n").to_pylist()[:2] == [None, "1"]
    from_parquet = read_csv(shards(as_csv / "c.parquet"))
    assert [(row["n"], row["tags"], row["odd"]) for row in from_parquet[:2]] == [
        ("0", "[0, 1]"[:0] + "[1, 0]", ""),
        ("1", "[1, 1]", "\r"),
    ]
    assert [path.suffix for path in shards(as_parquet / "c.parquet")] == [".parquet"] * len(
        shards(as_parquet / "c.parquet")
    )


def test_many_bytes_are_cut_into_parts_by_the_workers(
    score: Score, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.csv", "b.csv"):
        write_csv(folder / name, 700)
    (folder / "c.jsonl").write_text("1")
    outputs = []
    for most in (run.READ_HERE, 0):
        monkeypatch.setattr(run, "READ_HERE", most)
        done = score(folder, "--out", tmp_path / str(most), "--shard-rows", "100", "--text-column", "text")
        assert "c.jsonl, line 1: '1' is not a JSON object" in done.stderr
        outputs.append([joined(tmp_path / str(most) / name, header=True) for name in ("a.csv", "b.csv")])
    assert outputs[0] == outputs[1]


def test_a_file_that_cannot_be_read_is_told_and_the_others_go_on(
    score: Score, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_csv(folder / "a.csv", 40)
    (folder / "b.parquet").write_bytes(b"PAR1none")
    done = score(folder, "--out", tmp_path / "out", "--text-column", "text")
    assert done.exit_code == 2
    assert "1 inputs or parts could not be scored: b.parquet" in done.stderr
    assert "b.parquet cannot be read as Parquet" in caplog.text
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert not manifest["complete"]
    assert list(manifest["faults"]) == ["b.parquet"]
    assert len(shards(tmp_path / "out" / "a.csv")) == 1
    parquet.write_table(pa.table({"text": ["a dull film"]}), folder / "b.parquet")  # mended
    caplog.clear()
    assert score(folder, "--out", tmp_path / "out", "--text-column", "text").exit_code == 0
    assert "1 of 2 shards are finished already" in caplog.text


def test_bad_rows_stop_ends_at_a_file_and_at_a_row(score: Score, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_csv(folder / "a.csv", 60)
    done = score(folder, "--out", tmp_path / "rows", "--bad-rows", "stop", "--text-column", "text")
    assert done.exit_code == 2
    assert "a.csv, line " in done.stderr
    assert "3 cell(s), but the table has 2 columns" in done.stderr
    assert not (tmp_path / "rows" / "manifest.json").exists()
    (folder / "b.parquet").write_bytes(b"PAR1none")
    done = score(folder, "--out", tmp_path / "files", "--bad-rows", "stop", "--text-column", "text")
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: b.parquet cannot be read as Parquet")


def test_the_only_file_s_fault_is_the_command_s(score: Score, tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", 10)
    done = score(tmp_path / "a.csv", "--out", tmp_path / "out", "--text-column", "txt")
    assert done.exit_code == 2
    assert "Did you mean 'text'?" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--cluster", "ray://host:10001"], "ray:// addresses are not supported"),
        (["--cluster", "more.csv"], "Put the files before --cluster"),
        (["--cluster", "local", "second.csv", "-"], "cannot use standard input or output"),
        (["--workers", "2"], "--workers: this needs --cluster"),
        (["--to", "csv", "--shard-rows", "9"], "--to and --shard-rows: this needs --cluster"),
        (["second.csv"], "Several files (2) need --cluster"),
    ],
)
def test_options_that_contradict_are_told_before_anything_starts(arguments: list[str], words: str) -> None:
    done = invoked("score", "a.csv", "--out", "out", *arguments)
    assert done.exit_code == 2
    assert words in done.stderr


def test_a_damaged_model_is_told_before_anything_is_read(tmp_path: Path, score: Score) -> None:
    write_csv(tmp_path / "a.csv", 10)
    (tmp_path / "model").mkdir()
    done = invoked(
        "score", tmp_path / "a.csv", "--out", tmp_path / "o", "--cluster", "local", "--model", tmp_path / "model"
    )
    assert done.exit_code == 2
    assert not (tmp_path / "o").exists()


def test_words_for_no_text_are_treated_as_by_the_plain_command(plain: Score, score: Score, tmp_path: Path) -> None:
    source, out, alone = tmp_path / "in.csv", tmp_path / "out", tmp_path / "alone.csv"
    source.write_text("text\na dull film\nnan\nN/A\n", "utf-8")
    done = score(source, "--out", out)
    assert "2 cells of 'text' may mean that there is no text" in done.output
    assert plain(source, alone, "--missing", "nan,N/A").exit_code == 0
    done = score(source, "--out", out, "--missing", "nan,N/A", "--restart")
    assert done.exit_code == 0, done.output
    (shard,) = shards(out / "in.csv")
    assert shard.read_bytes() == alone.read_bytes()
    assert alone.read_bytes().count(b"text-empty") == 2


def test_forum_posts_are_cleaned_as_by_the_plain_command(plain: Score, score: Score, tmp_path: Path) -> None:
    source, out, alone = tmp_path / "in.csv", tmp_path / "out", tmp_path / "alone.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["text"], ["> a wonderful film\n\na dull film"], ["> a wonderful film"]])
    assert plain(source, alone, "--clean", "forum").exit_code == 0
    done = score(source, "--out", out, "--clean", "forum")
    assert done.exit_code == 0, done.output
    (shard,) = shards(out / "in.csv")
    assert shard.read_bytes() == alone.read_bytes()
    assert b"text-only-quotes" in alone.read_bytes()
