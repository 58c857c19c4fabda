"""What goes wrong around training: each fault is one clear message with a hint and a non-zero exit; nothing is lost.

Each is given to the command, as a user meets it; what the readers below it say in detail is tested beside them.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from transformers import ViTConfig, ViTForImageClassification

from valence.cli import main
from valence.model.folder import ModelFolder

COMMAND = [sys.executable, "-c", "from valence.cli import main; main()"]
LOOP = "--epochs 1 --batch-size 16 --max-tokens 62 --precision fp32".split()
SENTENCES = [f"This is the sentence number {row}." for row in range(60)]


def table(
    path: Path, rows: Sequence[tuple[object, ...]], columns: str = "text,label", *, encoding: str = "utf-8"
) -> Path:
    path.write_bytes("\n".join([columns, *(",".join(map(str, row)) for row in rows)]).encode(encoding))
    return path


def plain(folder: Path) -> Path:
    return table(folder / "plain.csv", [(text, "good" if row % 2 else "bad") for row, text in enumerate(SENTENCES)])


def truncated(folder: Path, data: Path) -> list[str]:
    whole = folder / "aclImdb.tar.gz"
    with tarfile.open(whole, "w:gz") as archive:
        archive.add(data / "aclImdb", "aclImdb")
    (folder / "cut.tar.gz").write_bytes(whole.read_bytes()[:-2000])
    return ["--data", str(folder / "cut.tar.gz")]


def without_a_split(folder: Path, data: Path) -> list[str]:
    shutil.copytree(data / "SST-2", folder / "SST-2")
    (folder / "SST-2" / "dev.tsv").unlink()
    return ["--data", str(folder / "SST-2")]


def unreadable(folder: Path, data: Path) -> list[str]:
    (folder / "folder.csv").mkdir()
    return ["--data", str(folder / "folder.csv")]


def unknown_encoding(folder: Path, data: Path) -> list[str]:
    rows = [(f"Das ist schön, Nummer {row}".replace(",", ""), row % 2) for row in range(60)]
    return ["--data", str(table(folder / "latin.csv", rows, encoding="cp1252"))]


def empty_texts(folder: Path, data: Path) -> list[str]:
    return ["--data", str(table(folder / "empty.csv", [(" ", row % 2) for row in range(60)])), "--text-column", "text"]


def one_label(folder: Path, data: Path) -> list[str]:
    return ["--data", str(table(folder / "one.csv", [(text, "good") for text in SENTENCES])), "--label-column", "label"]


def two_text_columns(folder: Path, data: Path) -> list[str]:
    rows = [(text, f"And another one {row}.", row % 2) for row, text in enumerate(SENTENCES)]
    return ["--data", str(table(folder / "two.csv", rows, "text,comment,label"))]


def ten_megabytes(folder: Path, data: Path) -> list[str]:
    rows = [(text, row % 2) for row, text in enumerate(SENTENCES)]
    return ["--data", str(table(folder / "long.csv", [("long " * 2_000_000, 1), *rows]))]


def other_labels(folder: Path, data: Path) -> list[str]:
    test = table(folder / "test.csv", [(text, "middling") for text in SENTENCES] + [("It is so.", "good")])
    return ["--data", str(plain(folder)), "--test-data", str(test)]


def nothing(folder: Path, data: Path) -> list[str]:
    return ["--data", str(folder / "nothing.csv")]


# Fault -> (what makes it and gives the options for it, words of the message).
DATA: dict[str, tuple[Callable[[Path, Path], list[str]], str]] = {
    "truncated archive": (truncated, "is damaged or incomplete"),
    "missing split": (without_a_split, "dev.tsv"),
    "unreadable file": (unreadable, "folder.csv"),
    "unknown encoding": (unknown_encoding, "--encoding"),
    "empty texts": (empty_texts, "blank in every row"),
    "one label": (one_label, "only the label 'good'"),
    "two text columns": (two_text_columns, "2 columns could hold the texts: 'text', 'comment'"),
    "10 MB text": (ten_megabytes, "line 2: the text has 10,000,000 characters"),
    "other labels in test": (other_labels, "'middling'"),
    "no such file": (nothing, "nothing.csv"),
}


@pytest.fixture
def kept(tiny_model: Path, tmp_path: Path) -> Iterator[Path]:
    """A model at --out, which must be as it was whatever happens."""
    out = tmp_path / "out"
    shutil.copytree(tiny_model, out)
    before = snapshot(out)
    yield out
    assert snapshot(out) == before
    ModelFolder(out).head()
    assert not list(tmp_path.glob(".out.*"))


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fails(*arguments: object) -> str:
    """What the command says, on stderr and without a traceback."""
    done = CliRunner().invoke(main, [str(each) for each in arguments])
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit)
    lines = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1, done.stderr
    return done.stderr.partition("Error: ")[2]


@pytest.mark.parametrize("fault", DATA)
def test_data_that_cannot_be_taken(fault: str, kept: Path, small_data: Path, tmp_path: Path) -> None:
    make, words = DATA[fault]
    room = tmp_path / "data"
    room.mkdir()
    said = fails("transfer", "--from", "bundled", *make(room, small_data), "--out", kept, "--overwrite")
    assert words in said
    assert len(said.strip().splitlines()) >= 2, "the second line is the hint"


@pytest.mark.slow(reason="trains a thousand labels")
def test_a_thousand_labels_are_trained(tmp_path: Path) -> None:
    """No fault, though it looks like one; every label has a row to learn from."""
    rows = [
        (f"Topic{label} is what sentence {row} is about.", f"t{label}") for label in range(1000) for row in range(4)
    ]
    data, out = table(tmp_path / "many.csv", rows), tmp_path / "many"
    done = CliRunner().invoke(main, ["transfer", "--from", "bundled", "--data", str(data), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert len(ModelFolder(out).head().labels) == 1000


def test_labels_of_two_rows_each_leave_nothing_to_choose_on(kept: Path, tmp_path: Path) -> None:
    data = table(tmp_path / "two.csv", [(text, f"t{row // 2}") for row, text in enumerate(SENTENCES)])
    said = fails("transfer", "--from", "bundled", "--data", data, "--out", kept, "--overwrite")
    assert "each label needs 3 different texts, and 30 of the 30 labels have fewer" in said
    assert "Give at least 3 different texts of each label" in said


@pytest.mark.parametrize("command", [["pretrain", "--base"], ["transfer", "--from"]])
def test_a_base_that_is_no_encoder(command: list[str], kept: Path, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    ViTForImageClassification(
        ViTConfig(hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8, image_size=32)
    ).save_pretrained(pictures)
    said = fails(*command, pictures, "--data", plain(tmp_path), "--out", kept, "--overwrite")
    assert "pictures" in said
    assert "not an encoder" in said or "no tokenizer" in said
    assert "Give a" in said or "give another base" in said
    assert len(said.strip().splitlines()) == 2, "the library's list of all that it knows is left out"


@pytest.mark.slow(reason="waits for the client's retries in several processes")
def test_an_unreachable_hub(kept: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(tmp_path / "hub")}
    arguments = [
        "pretrain",
        "--base",
        "roberta-base",
        "--data",
        str(plain(tmp_path)),
        "--out",
        str(kept),
        "--overwrite",
    ]
    done = subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Error: FacebookAI/roberta-base can't be fetched from the Hub" in done.stderr
    assert "--base minilm" in done.stderr
    assert done.stderr.count("Retrying in 1s [Retry 1/5]") == 1  # who waits is told why, once
    assert "Traceback" not in done.stderr


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A disk of 300 KB: less than any model, more than a few small files. Needs root; see `tight` for others."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", disk], check=False).returncode:
        pytest.skip("only root may mount a disk")
    yield disk
    subprocess.run(["umount", disk], check=True)


def run_with_little_room(arguments: list[str], home: Path, *, bytes_a_file: int | None = None) -> str:
    """What the command says, in a process of its own; with `bytes_a_file` none of its files may be longer."""
    limit = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_a_file, bytes_a_file))) if bytes_a_file else None
    environment = {**os.environ, "VALENCE_HOME": str(home), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False, preexec_fn=limit
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    said = done.stderr.rpartition("Error: ")[2]
    assert "cannot be written: " in said
    assert "Free some space" in said
    return said


def training(base: Path, data: Path, out: Path) -> dict[str, list[str]]:
    """Each way to write a model at `out`."""
    ways = {
        "pretrain": ["pretrain", "--base", str(base), "--data", str(data / "SST-2"), *LOOP],
        "transfer": ["transfer", "--from", str(base), "--data", str(data / "SST-2"), "--precision", "fp32"],
    }
    return {name: [*command, "--out", str(out), "--overwrite"] for name, command in ways.items()}


@pytest.mark.slow(reason="a long run of faults, each in a process that trains")
@pytest.mark.parametrize("way", ["pretrain", "transfer"])
def test_a_full_disk_for_the_model(way: str, full: Path, tiny_roberta: Path, small_data: Path, tmp_path: Path) -> None:
    said = run_with_little_room(training(tiny_roberta, small_data, full / "out")[way], tmp_path / "home")
    assert "No space left on device" in said
    assert not (full / "out").exists()
    assert not list(full.glob(".out.*")), "what was half-written is gone, and with it what filled the disk"


@pytest.mark.slow(reason="a long run of faults, each in a process that trains")
def test_a_full_disk_for_what_is_kept_for_later(full: Path, kept: Path, tiny_roberta: Path, small_data: Path) -> None:
    said = run_with_little_room(training(tiny_roberta, small_data, kept)["transfer"], full)
    assert str(full / "features") in said
    assert not list((full / "features").glob("*/.*")), "what was kept before is whole, and the rest is gone"


@pytest.mark.slow(reason="a long run of faults, each in a process that trains")
@pytest.mark.parametrize("way", ["pretrain", "transfer"])
def test_files_that_may_not_grow(way: str, kept: Path, tiny_roberta: Path, small_data: Path, tmp_path: Path) -> None:
    """What a quota does, and what stands for a full disk where nobody may mount one."""
    run_with_little_room(training(tiny_roberta, small_data, kept)[way], tmp_path / "home", bytes_a_file=100_000)


def test_a_full_disk_for_a_data_set(full: Path, small_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALENCE_HOME", str(full))
    monkeypatch.setattr("valence.data.store._check_rows", lambda *_: None)  # made-up sets are smaller than the real one
    (full / "filler").write_bytes(bytes(299_008))
    said = fails("data", "get", "imdb", "--from", small_data)
    assert f"{full / 'data' / 'imdb'} cannot be written: No space left on device." in said
    assert not list((full / "data").iterdir())
