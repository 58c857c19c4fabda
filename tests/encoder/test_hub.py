"""Bases from the Hub, by the real client and a stand-in for the Hub: each command is a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.encoder.hub import Hub, serving
from valence.classifier import load
from valence.encoder.bases import BASES
from valence.export.to_body import export_body
from valence.model.folder import ModelFolder

ROBERTA = BASES["roberta-base"]
FIND = "import sys; from valence.encoder import bases; print(bases.find(sys.argv[1]).path)"


def run(home: Path, address: str, *command: str) -> subprocess.CompletedProcess[str]:
    """A command with the Hub at `address` and its cache below `home`."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))},
        "HF_ENDPOINT": address,
        "HF_HOME": str(home / "hub"),
        "HF_HUB_ETAG_TIMEOUT": "5",
        "VALENCE_HOME": str(home / "valence"),
        "OMP_NUM_THREADS": "1",
    }
    return subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, check=False)


def found(home: Path, hub: Hub, name: str = "roberta-base") -> Path:
    done = run(home, hub.address, "-c", FIND, name)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def test_the_pinned_revision_is_fetched_and_then_read_without_the_hub(tiny_roberta: Path, tmp_path: Path) -> None:
    with serving(tiny_roberta, repository=ROBERTA.hub_id, commit=ROBERTA.revision) as hub:
        path = found(tmp_path, hub)
    assert path.name == ROBERTA.revision
    for file in ("config.json", "model.safetensors", "tokenizer.json"):
        assert (path / file).read_bytes() == (tiny_roberta / file).read_bytes()
    assert found(tmp_path, hub) == path, "the stand-in is gone by now"


def test_a_broken_download_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """The client writes ten megabytes at a time, so what breaks has to be larger."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "model.safetensors").write_bytes(bytes(24_000_000))
    with serving(source, repository=ROBERTA.hub_id, commit=ROBERTA.revision, cut_at=15_000_000) as hub:
        path = found(tmp_path, hub)
    assert [start for _, start in hub.asked] == [0, 10 * 1024 * 1024]
    assert (path / "model.safetensors").stat().st_size == 24_000_000


def test_a_download_that_always_breaks_is_one_message(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "model.safetensors").write_bytes(bytes(100_000))
    with serving(source, repository=ROBERTA.hub_id, commit=ROBERTA.revision, cut_at=40_000) as hub:
        done = run(tmp_path, hub.address, "-c", FIND, "roberta-base")
    assert done.returncode != 0
    assert "BaseModelError: FacebookAI/roberta-base can't be fetched from the Hub" in done.stderr
    assert len(hub.asked) > 1, "it was tried again"


def test_weights_that_are_not_what_the_hub_says_are_refused(tiny_roberta: Path, tmp_path: Path) -> None:
    with serving(tiny_roberta, repository=ROBERTA.hub_id, commit=ROBERTA.revision) as hub:
        weights = (found(tmp_path, hub) / "model.safetensors").resolve()
        content = bytearray(weights.read_bytes())
        content[-1] ^= 1
        weights.write_bytes(bytes(content))
        done = run(tmp_path, hub.address, "-c", FIND, "roberta-base")
    assert done.returncode != 0
    assert "model.safetensors is not the file on the Hub (checksums differ)" in done.stderr
    assert f"Remove {weights}" in done.stderr


def test_another_name_on_the_hub_is_taken_at_its_newest_and_the_revision_is_kept(
    tiny_roberta: Path, tmp_path: Path
) -> None:
    with serving(tiny_roberta, repository="someone/encoder", commit="a" * 40) as hub:
        assert found(tmp_path, hub, "someone/encoder").name == "a" * 40
        done = run(tmp_path, hub.address, "-c", FIND, "someone/other")
    assert "is not a base that Valence knows" in done.stderr


@pytest.mark.slow(reason="walks the whole road by commands; each step is tested beside its code")
def test_roberta_goes_from_the_hub_to_a_served_classifier(tiny_roberta: Path, small_data: Path, tmp_path: Path) -> None:
    out, own = tmp_path / "imdb", tmp_path / "sst2"
    options = "--epochs 2 --batch-size 16 --learning-rate 2e-3 --max-tokens 62 --precision fp32 --test-rows 40".split()
    main = ("-c", "from valence.cli import main; main()")
    with serving(tiny_roberta, repository=ROBERTA.hub_id, commit=ROBERTA.revision) as hub:
        arguments = ["pretrain", "--data", str(small_data / "aclImdb"), "--out", str(out), *options]
        done = run(tmp_path, hub.address, *main, *arguments)
    assert done.returncode == 0, done.stderr
    body = ModelFolder(out).body()
    assert (body.base, body.architecture, body.licence) == ("roberta-base", "RobertaForSequenceClassification", "MIT")
    assert ModelFolder(out).head().provenance["base_revision"] == ROBERTA.revision
    export_body(out)
    sst2 = str(small_data / "SST-2")
    done = run(tmp_path, hub.address, *main, "transfer", "--from", str(out), "--data", sst2, "--out", str(own))
    assert done.returncode == 0, done.stderr
    results = tmp_path / "results.json"
    arguments = ["evaluate", "--model", str(own), "--data", sst2, "--results", str(results)]
    done = run(tmp_path, hub.address, *main, *arguments)
    assert done.returncode == 0, done.stderr
    (tested,) = json.loads(results.read_text("utf-8"))["results"]
    assert tested["metrics"]["accuracy"]["value"] > 0.9
    assert load(own).predict("the film is wonderful and moving .").label == "positive"
