"""`valence predict` through the command line's own entry."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tests.models import with_neutral
from valence.cli import main


def _run(*arguments: str, typed: str | bytes | None = None, colour: bool = False) -> Result:
    return CliRunner().invoke(main, ["predict", *arguments], input=typed, color=colour)


def test_texts_of_the_command_line(tiny_model: Path) -> None:
    done = _run("--model", str(tiny_model), "a wonderful film", "a dull film")
    assert done.exit_code == 0
    first, second = done.stdout.splitlines()
    assert first.startswith("positive")
    assert "a wonderful film" in first
    assert "%" in first
    assert second.startswith("negative")


def test_lines_of_standard_input(tiny_model: Path) -> None:
    done = _run("--model", str(tiny_model), "--json", typed=b"a wonderful film\n\n  a dull film  \n")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(each["text"], each["label"]) for each in found] == [
        ("a wonderful film", "positive"),
        ("a dull film", "negative"),
    ]
    assert found[0]["words"] is None


def test_a_line_that_the_model_can_not_read_does_not_stop_the_others() -> None:
    lines = "A wonderful film.\nEin wunderbarer Film, den ich gerne gesehen habe.\nA dull film.\n"
    done = _run(typed=lines)
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["positive", "negative"]
    assert "Not readable: it seems to be in another language." in done.stderr
    assert "'Ein wunderbarer Film" in done.stderr


def test_forum_posts_are_scored_without_what_they_quote(tiny_model: Path) -> None:
    post = "> a wonderful film\n\na dull film"
    done = _run("--model", str(tiny_model), "--json", "--clean", "forum", post, "> a wonderful film", "a dull film")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(each["text"], each["label"]) for each in found] == [("a dull film", "negative")] * 2
    assert done.stderr == "Not scored, nothing but quotes, code or a signature: '> a wonderful film'\n"


def test_bytes_that_are_no_utf8_are_read_all_the_same(tiny_model: Path) -> None:
    done = _run("--model", str(tiny_model), typed=b"a wonderful \xff film\n")
    assert done.exit_code == 0
    assert done.stdout.startswith("positive")


def test_an_explanation_marks_words_by_sign_and_colour(tiny_model: Path) -> None:
    plain = _run("--model", str(tiny_model), "--explain", "a dull film").stdout
    assert "dull[+" in plain
    coloured = _run("--model", str(tiny_model), "--explain", "a dull film", colour=True).stdout
    assert click.unstyle(coloured) == plain
    assert coloured != plain


def test_an_explanation_in_json_has_offsets(tiny_model: Path) -> None:
    done = _run("--model", str(tiny_model), "--explain", "--json", "a dull film")
    words = json.loads(done.stdout)["words"]
    assert [(word["start"], word["end"]) for word in words] == [(0, 1), (2, 6), (7, 11)]


def test_labels_that_are_asked_for(tiny_model: Path, tmp_path: Path) -> None:
    three = str(with_neutral(tiny_model, tmp_path / "three"))
    done = _run("--model", three, "--json", "--labels", "negative, positive", "a dull film")
    assert list(json.loads(done.stdout)["probabilities"]) == ["negative", "positive"]
    done = _run("--model", three, "--labels", "negative,angry", "a dull film")
    assert done.exit_code == 2
    assert "no label 'angry'" in done.stderr


def test_a_prompt_at_a_terminal(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["a wonderful film", ""])
    monkeypatch.setattr("valence.cli.predict._at_terminal", lambda: True)
    monkeypatch.setattr(click, "prompt", lambda *_arguments, **_options: next(typed))
    done = _run("--model", str(tiny_model))
    assert done.exit_code == 0
    assert done.stdout.startswith("positive")
    assert "empty line ends" in done.stderr


@pytest.mark.parametrize("arguments", [("--model", "nowhere", "text"), ("--model", "nowhere")])
def test_a_missing_model_is_one_clear_message(arguments: tuple[str, ...]) -> None:
    done = _run(*arguments)
    assert done.exit_code != 0
    assert "There is no model at nowhere" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_text_is_one_clear_message(tiny_model: Path) -> None:
    done = _run("--model", str(tiny_model), "")
    assert done.exit_code != 0
    assert "The text is empty" in done.stderr
