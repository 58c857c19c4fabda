"""What is there already is replaced only where the user says so; what is no model is never replaced."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from valence.cli import COMMANDS, main
from valence.model.overwriting import check_free
from valence.system.errors import OutputError

WRITING = {
    "pretrain": ("--base", "minilm"),
    "distill": ("--student", "minilm", "--teacher", "bundled"),
    "transfer": ("--from", "bundled"),
    "bundle": ("--model", "bundled"),
}


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


def _content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("command", WRITING)
def test_a_model_that_is_there_is_kept_and_the_way_out_told(command: str, tiny_model: Path, tmp_path: Path) -> None:
    out = Path(shutil.copytree(tiny_model, tmp_path / "own"))
    before = _content(out)
    done = _run(command, *WRITING[command], "--out", out)
    assert done.exit_code == 2
    assert f"{out} already holds a model" in done.stderr
    assert "--overwrite" in done.stderr
    assert _content(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["own"]


@pytest.mark.parametrize("command", WRITING)
def test_a_folder_of_something_else_is_kept_in_any_case(command: str, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("dear")
    done = _run(command, *WRITING[command], "--out", tmp_path / "home", "--overwrite")
    assert done.exit_code == 2
    assert "is not a model folder" in done.stderr
    assert (tmp_path / "home" / "letter.txt").read_text() == "dear"


def test_a_model_is_replaced_where_the_user_says_so(tiny_model: Path, tmp_path: Path) -> None:
    out = Path(shutil.copytree(tiny_model, tmp_path / "own"))
    (out / "body.json").write_text("{}")
    done = _run("bundle", "--model", tiny_model, "--out", out, "--overwrite")
    assert done.exit_code == 0, done.output
    assert (out / "body.json").read_text() != "{}"


def test_an_empty_folder_is_free(tmp_path: Path) -> None:
    check_free(tmp_path, overwrite=False)
    check_free(tmp_path / "new", overwrite=False)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="not a model folder"):
        check_free(tmp_path / "file", overwrite=True)


def test_every_command_with_a_folder_to_write_can_be_told_to_overwrite() -> None:
    """But `score`, which goes on with what is there."""
    for command in COMMANDS.keys() - {"score"}:
        said = _run(command, "--help").output
        assert ("The model folder to write" in said) <= ("--overwrite" in said), command


def test_an_exported_body_is_kept(tiny_model: Path) -> None:
    before = _content(tiny_model)
    done = _run("export", "--model", tiny_model)
    assert (done.exit_code, "--overwrite" in done.stderr) == (2, True)
    assert _content(tiny_model) == before
