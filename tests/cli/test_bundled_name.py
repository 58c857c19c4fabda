"""The model in the package has one name, "bundled", wherever a model is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import valence
from valence.cli import main
from valence.inference.batching import Batcher
from valence.model.bundled import BUNDLED_FOLDER, bundled_folder, model_path
from valence.server.classifiers.loading import facts, loaders
from valence.server.classifiers.registry import Registry
from valence.server.model_path import ModelPath
from valence.server.settings import default_settings

ROWS = "text,label\n" + "a fine film,positive\na dull film,negative\n" * 12


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.csv").write_text(ROWS)


@pytest.mark.parametrize(
    "command",
    [
        ("predict", "--model", "bundled", "A wonderful film."),
        ("score", "own.csv", "--out", "scored.csv", "--model", "bundled"),
        ("evaluate", "--model", "bundled", "--data", "own.csv", "--test-data", "own.csv"),
        ("bundle", "--model", "bundled", "--out", "copy"),
    ],
    ids=lambda command: str(command[0]),
)
def test_a_command_takes_it_by_its_name(command: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, list(command))
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("command", [("export",), ("parity", "--data", "own.csv")])
def test_a_command_that_needs_its_network_says_what_it_lacks(command: tuple[str, ...]) -> None:
    done = CliRunner().invoke(
        main, [*command, "--model", "bundled", *(["--overwrite"] if command == ("export",) else [])]
    )
    assert done.exit_code == 2
    assert "There is no model at" not in done.stderr


@pytest.mark.parametrize("named", ["bundled", "films=bundled"])
def test_the_server_takes_it_by_its_name(named: str) -> None:
    model = ModelPath.parse(named)
    assert (model.name, model.path) == (named.partition("=")[0], BUNDLED_FOLDER)
    assert facts(model).labels == ("negative", "positive")


def test_python_takes_it_by_its_name() -> None:
    assert valence.load("bundled").labels == valence.load().labels
    assert model_path("bundled") == bundled_folder()
    assert model_path("./bundled") == Path("bundled"), "a folder that is called so"


def test_the_head_with_a_third_label_has_a_name_and_no_engine_of_its_own() -> None:
    done = CliRunner().invoke(main, ["predict", "--model", "sentiment", "The shop opens at nine."])
    assert done.output.startswith("neutral")
    both = default_settings().model_copy(update={"models": tuple(map(ModelPath.parse, ("bundled", "sentiment")))})
    registry = Registry()
    registry.load(loaders(both))
    assert [isinstance(model.scorer, Batcher) for model in registry.all()] == [True, False]
    assert registry.model("sentiment").facts.labels == ("negative", "neutral", "positive")
    registry.close()
