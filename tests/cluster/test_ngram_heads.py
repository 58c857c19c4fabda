"""A head with n-grams beside the body's features scores a text alike on every path, whatever stands beside it."""

from __future__ import annotations

import csv
import gzip
import json
import random
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask

import valence
from tests.cluster.conftest import invoked
from tests.cluster.inputs import shards
from tests.server.fakes import bearer
from tests.server.jobs.requests import scored
from valence.bulk import blocks, run
from valence.bulk.output import FileOutput, State
from valence.fitting.choice import with_ngrams
from valence.inference.engine import Engine
from valence.inference.prediction import Prediction
from valence.model.folder import ModelFolder
from valence.model.ngrams import NGrams, Vocabulary
from valence.model.serving import serving_copy
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.settings import load_settings
from valence.server.state import KEY

_DRAW = random.Random(4)
TEXTS = [
    " ".join(_DRAW.choices(["dull", "wonderful", "film", "very", "zyzzyva", "Éclair", "not bad,"], k=1 + row % 17))
    for row in range(60)
]
EXPLAINED = 9  # texts: an explanation takes as long as dozens of scores
DIGITS = 1e-6  # to which files and answers are written

Scores = Sequence[float]


@pytest.fixture(scope="module")
def model(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model with n-grams of the texts, whose weights are drawn."""
    folder = ModelFolder(shutil.copytree(tiny_model, tmp_path_factory.mktemp("ngrams") / "model"))
    before, vocabulary = folder.head(), Vocabulary.of(TEXTS, 2)
    weight = np.random.default_rng(2).normal(size=(len(vocabulary.buckets), 2)).astype(np.float16)
    ngrams = NGrams(vocabulary, weight)
    folder.write_head(replace(before, head=with_ngrams(before.head, ngrams), ngrams=ngrams))
    return folder.path


@pytest.fixture(scope="module")
def expected(model: Path) -> Scores:
    """The probability of `positive` of each text, read alone by one thread."""
    engine = Engine(model, threads=1)
    return [float(engine.predict_proba([text])[0, 1]) for text in TEXTS]


@pytest.fixture
def app(model: Path, tmp_path: Path) -> Iterator[Flask]:
    settings = load_settings(models=str(model)).model_copy(update={"jobs": True, "max_texts": len(TEXTS)})
    app = create_app(settings, page_folder=tmp_path)
    yield app
    app.extensions[KEY].database.close()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["text"], *([text] for text in TEXTS)])
    return path


def of_predictions(predictions: Sequence[object]) -> Scores:
    return [each.probabilities["positive"] for each in predictions if isinstance(each, Prediction)]


def of_rows(rows: Iterable[Mapping[str, Any]]) -> Scores:
    """Of rows that name the more probable one of two labels."""
    found = [(row["predicted_label"], float(row["predicted_probability"])) for row in rows]
    return [probability if label == "positive" else 1 - probability for label, probability in found]


IN_PYTHON: dict[str, Callable[[Path, Path], Scores]] = {
    "all at once, by two threads": lambda model, _: list(Engine(model, threads=2).predict_proba(TEXTS)[:, 1]),
    "all at once, by one thread": lambda model, _: list(Engine(model, threads=1).predict_proba(TEXTS)[:, 1]),
    "in another order": lambda model, _: list(Engine(model, threads=2).predict_proba(TEXTS[::-1])[::-1, 1]),
    "the classifier": lambda model, _: of_predictions(valence.load(model).predict(TEXTS)),
    "a copy to serve": lambda model, home: of_predictions(
        valence.load(serving_copy(ModelFolder(model), home / "served").path).predict(TEXTS)
    ),
    "saved again": lambda model, home: of_predictions(valence.load(_saved_again(model, home / "again")).predict(TEXTS)),
    "explained": lambda model, _: of_predictions([valence.load(model).explain(text) for text in TEXTS[:EXPLAINED]]),
}


def _saved_again(model: Path, home: Path) -> Path:
    copy = ModelFolder(shutil.copytree(model, home))
    copy.write_head(ModelFolder(model).head())
    return home


@pytest.mark.parametrize("way", IN_PYTHON)
def test_in_python(model: Path, expected: Scores, tmp_path: Path, way: str) -> None:
    found = IN_PYTHON[way](model, tmp_path)
    np.testing.assert_allclose(found, expected[: len(found)], rtol=0, atol=2e-7)
    assert len(found) in {len(TEXTS), EXPLAINED}


@pytest.mark.parametrize("out", ["out.csv", "out.jsonl", "out.csv.gz"])
@pytest.mark.parametrize("killed", [False, True])
def test_by_the_command(
    model: Path, expected: Scores, source: Path, monkeypatch: pytest.MonkeyPatch, killed: bool, out: str
) -> None:
    """At once, and by a run that was killed and started again."""
    target = source.with_name(out)
    command: list[str | Path] = ["score", source, "--out", target, "--model", model]
    if killed:
        _kill_once(command, monkeypatch)
    done = invoked(*command)
    assert done.exit_code == 0, done.output
    np.testing.assert_allclose(_scores(target), expected, rtol=0, atol=DIGITS)


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_on_a_cluster(model: Path, expected: Scores, source: Path, kind: str) -> None:
    out = source.with_name("out")
    options = ["--cluster", "local", "--shard-rows", "25", "--to", kind]
    done = invoked("score", source, "--out", out, "--model", model, *options)
    assert done.exit_code == 0, done.output
    written = shards(out / source.name)
    assert len(written) > 1
    np.testing.assert_allclose([score for path in written for score in _scores(path)], expected, rtol=0, atol=DIGITS)


def _scores(path: Path) -> Scores:
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    if ".jsonl" in path.name:
        return of_rows(json.loads(line) for line in text.splitlines())
    return of_rows(csv.DictReader(text.splitlines()))


class Killed(BaseException):
    """Stands for a kill: nothing of the product catches it."""


def _kill_once(command: Sequence[str | Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs the command until its second block is committed."""
    real = FileOutput.commit

    def commit(self: FileOutput, state: State) -> None:
        real(self, state)
        if state.blocks == 2:
            raise Killed

    monkeypatch.setattr(run, "COMMIT_S", -1.0)
    monkeypatch.setattr(blocks, "BLOCK_ROWS", 24)
    with monkeypatch.context() as patch:
        patch.setattr(FileOutput, "commit", commit)
        with pytest.raises(Killed):
            invoked(*command)


def test_by_the_server_in_a_request_and_in_a_job(app: Flask, expected: Scores, source: Path) -> None:
    client, state = app.test_client(), app.extensions[KEY]
    me = bearer(keys.create(state.database, "me", ["score-files"]))
    results = client.post("/api/v1/predict", json={"texts": TEXTS}).get_json()["results"]
    np.testing.assert_allclose([_positive(each["probabilities"]) for each in results], expected, atol=DIGITS)
    job = scored(client, me, state.runner, source.read_bytes())
    assert job.status_code == 200, job.text
    np.testing.assert_allclose(of_rows(csv.DictReader(job.text.splitlines())), expected, rtol=0, atol=DIGITS)


def _positive(probabilities: Sequence[dict[str, Any]]) -> float:
    return next(float(each["probability"]) for each in probabilities if each["label"] == "positive")
