"""A fit: the same head as `valence transfer` fits, in a process that ends with its server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.server.fakes import FakeBody
from tests.server.teaching.conftest import comments
from tests.server.teaching.materials import NONE, files
from valence.data.examples import Dataset
from valence.fitting import blocks
from valence.inference.batching import Batcher
from valence.inference.engine import Engine
from valence.model.fitted_head import head_bytes
from valence.model.head import Floats
from valence.server.classifiers.bodies import Body
from valence.server.teaching import process, task
from valence.server.teaching.fitting import fit
from valence.server.teaching.outcome import Made
from valence.server.teaching.process import FitCrashedError, FitRefusedError
from valence.server.teaching.reading import ExampleReader
from valence.server.teaching.task import Published, Rows, Task
from valence.training.transfer import TransferConfig, transfer

# What a dyno doesn't have.
MISSING = ("sklearn", "scipy", "torch", "transformers", "matplotlib", "pyarrow", "flask")


@pytest.fixture
def body(tiny_model: Path) -> Iterator[Body]:
    batcher = Batcher(Engine(tiny_model, threads=1))
    yield Body(batcher)
    batcher.close()


def _rows(count: int, *, first: int = 0) -> Rows:
    given = comments(count, first=first)
    return Rows([*range(first, first + count)], [each["text"] for each in given], [each["labels"] for each in given])


def _task(**more: object) -> Task:
    values = {"several": False, "body": "b", "engine": "e", "readout": "auto", "clean": "none", "published": None}
    return Task(**{"name": "forum", **values, **more})  # type: ignore[arg-type]  # as given


def _fitted(train: Rows, test: Rows, **more: object) -> Made:
    """In this process."""
    with files(_features(train, test), train, test) as room:
        return fit(_task(**more), room.material())


def _run(train: Rows, test: Rows = NONE, *, wanted: bool = True) -> Made | None:
    """In a process of its own."""
    with files(_features(train, test), train, test) as room:
        return process.run(_task(), room.examples, room.features, lambda: wanted)


def _features(train: Rows, test: Rows = NONE) -> dict[str, Floats]:
    fake, texts = FakeBody(), [*train.texts, *test.texts]
    read: dict[str, list[Floats]] = {name: [] for name in fake.readouts}
    for name, found in read.items():
        found += [row for row in fake.features(texts, name) if isinstance(row, np.ndarray)]
    return {name: np.stack(found) for name, found in read.items()}


@pytest.mark.parametrize("most", [blocks._MOST_NUMBERS, 1000], ids=["in memory", "on disk"])
def test_the_head_is_the_one_of_valence_transfer_to_the_last_bit(
    tiny_model: Path, body: Body, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(blocks, "_MOST_NUMBERS", most)
    train, test = _rows(120), _rows(60, first=120)
    reader = ExampleReader()
    texts = [*train.texts, *test.texts]
    features, failed = reader.read("id", body, ["final", "general"], texts)
    reader.close()
    assert not failed
    with files(features, train, test) as room:
        made = fit(_task(body=body.id), room.material())
    learnt, tested = train.examples(several=False), test.examples(several=False)
    config = TransferConfig(baseline=False)
    finished = transfer(str(tiny_model), Dataset("forum", learnt, tested, checksum=""), tmp_path / "out", config)
    expected = finished.folder.head()
    assert made.head == head_bytes(expected)
    assert (made.fingerprint, made.labels) == (expected.version, list(expected.labels.names))
    assert made.outcome.result is not None
    for name in ("accuracy", "macro_f1", "log_loss"):
        assert made.outcome.result.metrics[name] == finished.results[0].metrics[name]


def test_a_fit_needs_nothing_that_only_training_has(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = f"import sys; sys.modules.update(dict.fromkeys({MISSING!r}))"
    run = "from valence.server.teaching.fit_process import main; main()"
    monkeypatch.setattr(process, "_COMMAND", (sys.executable, "-c", f"{missing}; {run}"))
    train, test = _rows(60), _rows(60, first=60)
    made = _run(train, test)
    assert made is not None
    assert made.head == _fitted(train, test).head
    assert made.outcome.tested == "test"


def test_a_fit_that_is_no_longer_wanted_is_ended() -> None:
    assert _run(_rows(60), wanted=False) is None


def test_examples_that_allow_no_fit_say_why() -> None:
    one = Rows([1, 2], ["a text", "another one"], [["kept"], ["kept"]])
    with pytest.raises(FitRefusedError, match="at least two labels"):
        _run(one)


def test_a_process_that_dies_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_COMMAND", (sys.executable, "-c", "import os; os._exit(9)"))
    with pytest.raises(FitCrashedError):
        _run(_rows(60))


def test_a_fit_ends_with_its_server() -> None:
    """Also when that is killed: its input ends."""
    # More rows than are fitted before the input ends.
    wide = {"final": np.zeros((60, 20_000), np.float32)}
    with files(wide, _rows(60)) as room:
        descriptors = [room.examples.descriptor(), room.features["final"].descriptor]
        child = subprocess.Popen(
            process._COMMAND, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, pass_fds=descriptors
        )
        assert child.stdin is not None
        task.write(_task(), descriptors[0], room.features, child.stdin)
        child.stdin.close()
        assert child.wait(60) == 1


def test_the_published_version_is_tested_on_the_same_examples() -> None:
    train, test = _rows(60), _rows(60, first=60)
    first = _fitted(train, test)
    published = Published(1, first.labels, first.readout, first.head.hex())
    second = _fitted(train, test, published=published)
    assert second.outcome.result is not None
    assert [rival.kind for rival in second.outcome.beside] == ["most-frequent", "n-grams", "published"]
    assert second.outcome.beside[2].accuracy.value == pytest.approx(second.outcome.result.accuracy.value, abs=1e-4)


def test_test_examples_with_a_label_that_was_not_learnt_are_left_out_and_counted() -> None:
    test = Rows(
        [*_rows(60, first=60).ids, 500], [*_rows(60, first=60).texts, "spam"], [*_rows(60, first=60).labels, ["spam"]]
    )
    made = _fitted(_rows(60), test)
    assert made.outcome.result is not None
    assert made.outcome.result.rows == 60
    assert any("1 test example" in note for note in made.outcome.notes)


def test_a_task_arrives_as_it_was_sent(tmp_path: Path) -> None:
    train, test = _rows(5), _rows(3, first=5)
    sent = _task(notes=["a note"], published=Published(3, ["a", "b"], "final", "00ff"))
    features = _features(train, test)
    with files(features, train, test) as room:
        with (tmp_path / "task").open("wb") as file:
            task.write(sent, room.examples.descriptor(), room.features, file)
        with (tmp_path / "task").open("rb") as file:
            found, material = task.read(file)
        assert found == sent
        assert (material.train, material.test) == (train, test)
        for name, rows in material.features.items():
            np.testing.assert_array_equal(rows[:], features[name])
