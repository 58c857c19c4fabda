"""What a preview says of a file, and that its options do what it says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from valence.cli import main
from valence.data import labelled_file
from valence.data.preview import Preview, preview
from valence.system.errors import DataError
from valence.tables.byte_streams import Limits
from valence.tables.options import ReadOptions, TableOptions

ROWS = [("It came late.", "bad"), ("Thank you all!", "good"), ("", "good"), ("Never again here.", "")] * 3


def written(path: Path, rows: Sequence[tuple[str, ...]], separator: str = ",", header: str = "text,label") -> Path:
    lines = [separator.join(f'"{cell}"' for cell in row) for row in rows]
    path.write_text("\n".join([header.replace(",", separator), *lines]) + "\n", "utf-8")
    return path


def shown(path: Path, most_rows: int = 100, **options: Any) -> Preview:
    return preview(path, TableOptions(**options), most_rows=most_rows)


def guesses(found: Preview) -> dict[str, tuple[str, str]]:
    return {guess.what: (guess.value, guess.reason) for guess in found.guesses}


def test_it_says_what_a_training_would_read(tmp_path: Path) -> None:
    path = written(tmp_path / "own.csv", ROWS, ";")
    found = shown(path)
    assert guesses(found) == {
        "format": ("csv", "detected"),
        "encoding": ("utf-8", "detected"),
        "separator": ("semicolon", "detected"),
        "header": ("the first row", "detected"),
        "text column": ("text", "by its name"),
        "label column": ("label", "by its name"),
    }
    trained = labelled_file.read(path, TableOptions())
    assert dict(found.labels) == trained.examples.label_counts == {"bad": 3, "good": 3}
    assert [(out.rows, out.why) for out in found.left_out] == [(3, "have no text"), (3, "have no label")]
    assert found.first_rows[:4] == tuple((text or None, label or None) for text, label in ROWS[:4])
    assert (found.rows, found.complete, len(found.first_rows), found.problems) == (12, True, 5, ())


def test_what_was_given_is_told_from_what_was_detected(tmp_path: Path) -> None:
    path = written(tmp_path / "own.csv", [("a", "A long text here.", "b")] * 3, header="x,y,z")
    found = shown(path, text_column="y", label_columns=("z",), reading=ReadOptions(encoding="cp1252", separator=","))
    reasons = {what: reason for what, (_, reason) in guesses(found).items()}
    assert reasons["encoding"] == reasons["separator"] == "as given"
    assert reasons["text column"] == reasons["label column"] == "as named"


def test_only_the_beginning_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "own.csv", ROWS * 100)
    assert (shown(path, 8).rows, shown(path, 8).complete) == (8, False)
    assert (shown(path, 1200).rows, shown(path, 1200).complete) == (1200, True)
    by_characters = preview(path, TableOptions(), most_rows=10**6, most_characters=100)
    assert by_characters.rows < 12
    assert not by_characters.complete


def test_a_packed_file_grows_only_as_far_as_allowed(tmp_path: Path) -> None:
    import gzip

    path = tmp_path / "own.csv.gz"
    path.write_bytes(gzip.compress(b"text,label\n" + b"a" * 10_000_000))
    with pytest.raises(DataError):
        preview(path, TableOptions(), most_rows=10, limits=Limits(most_bytes=100_000))


def test_rows_that_cannot_be_read_are_listed_and_their_option_named(tmp_path: Path) -> None:
    path = written(tmp_path / "own.csv", [*ROWS, ("One", "too", "many")])
    stopped, skipped = shown(path), shown(path, bad_rows="skip")
    (problem,) = stopped.problems
    assert "line 14" in problem.message
    assert "--bad-rows skip" in str(problem)
    assert skipped.problems == ()
    assert (1, "cannot be read") in [(out.rows, out.why) for out in skipped.left_out]


def test_why_training_would_stop_is_said_and_the_rest_shown(tmp_path: Path) -> None:
    path = written(
        tmp_path / "own.csv", [(f"A text, number {row}", "1", "0") for row in range(9)], header="text,is_a,is_b"
    )
    found = shown(path)
    assert [problem.code for problem in found.problems] == ["columns-ambiguous"]
    assert guesses(found)["text column"] == ("text", "by its name")
    assert found.labels == ()
    no_labels = shown(written(tmp_path / "texts.csv", [("A text here",)] * 3, header="text"))
    assert [problem.code for problem in no_labels.problems] == ["columns-missing"]
    assert guesses(no_labels)["text column"] == ("text", "the only column")


def test_a_single_label_is_a_problem_of_training_alone(tmp_path: Path) -> None:
    found = shown(written(tmp_path / "own.csv", [("A text", "good"), ("Another", "good")]))
    assert [problem.code for problem in found.problems] == ["single-class"]
    assert found.labels == (("good", 2),)


def test_texts_that_quote_are_noticed_and_the_option_named(tmp_path: Path) -> None:
    posts = [("[quote]Fine.[/quote] No.", "bad"), ("> No.", "bad"), ("I think so.", "good")] * 2
    path = written(tmp_path / "own.csv", posts)
    (note,) = [note for note in shown(path).notes if note.code == "texts-are-posts"]
    assert "4 of the first 6 texts quote" in note.message
    assert "--clean forum" in str(note)
    cleaned = shown(path, clean="forum")
    assert not [note for note in cleaned.notes if note.code == "texts-are-posts"]
    assert (2, "have nothing but quotes, code or a signature") in [(out.rows, out.why) for out in cleaned.left_out]


@pytest.mark.parametrize("name", ["own.csv", "own.jsonl"])
def test_each_option_that_is_offered_is_one_of_the_command(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    rows = [{"note": "x", "text": "A long text.", "label": label, "author": "Ann"} for label in ("a", "b") * 6]
    if name.endswith("jsonl"):
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        written(path, [tuple(row.values()) for row in rows], header="note,text,label,author")
    found = shown(path)
    assert found.guesses
    offered = {str(offer).split()[0] for guess in found.guesses for offer in guess.offers}
    known = CliRunner().invoke(main, ["data", "show", "--help"]).output
    assert all(option in known for option in offered), offered
    assert "--group-column author" in [str(offer) for guess in found.guesses for offer in guess.offers]


def test_the_command_writes_text_and_json(tmp_path: Path) -> None:
    path = written(tmp_path / "own.csv", [("Fine\x1b[31m text", "good"), ("Dull text", "bad"), *ROWS])
    text = CliRunner().invoke(main, ["data", "show", str(path)])
    assert text.exit_code == 0
    assert "own.csv: 14 rows read, all of them." in text.output
    assert "good  4" in text.output
    assert "3 rows that have no label" in text.output
    assert "\x1b" not in text.output
    found = json.loads(CliRunner().invoke(main, ["data", "show", "--json", "--rows", "3", str(path)]).output)
    assert (found["rows"], found["complete"], found["read_as"]["separator"]) == (3, False, ",")
    assert found["labels"][0] == {"label": "bad", "rows": 2}


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 100)
    done = CliRunner().invoke(main, ["data", "show", str(path)])
    assert done.exit_code != 0
    assert "PNG" in done.output
