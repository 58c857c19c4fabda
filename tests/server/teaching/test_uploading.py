"""A version that is uploaded: what is taken, what is refused, and the way from a download back to a version."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save
from transformers import pipeline

from tests.models import BLAME, PRAISE
from tests.server.fakes import FakeBody
from tests.server.teaching.conftest import Person, comments
from valence.inference.engine import Engine
from valence.model.folder import ModelFolder

Files = dict[str, bytes]
TEXTS = ["what an idiot", "very kind"]


@pytest.fixture
def taught(person: Person) -> Person:
    """With a version 1 that is published."""
    person.create()
    person.add(comments(60))
    person.fit()
    person.publish(1)
    return person


@pytest.fixture
def files(taught: Person, body: FakeBody, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """head.json and head.safetensors of version 1, which this body's readouts fit."""
    monkeypatch.setattr(body, "folder", tiny_model)
    with downloaded(taught, "?parts=head") as archive:
        return {name: archive.read(f"forum-1/{name}") for name in ("head.json", "head.safetensors")}


def downloaded(person: Person, query: str = "") -> zipfile.ZipFile:
    """Version 1."""
    answer = person.call("get", f"/classifiers/forum/versions/1/download{query}")
    with answer:
        return zipfile.ZipFile(io.BytesIO(answer.data))


def packed(files: Mapping[str, bytes], folder: str = "", **options: Any) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, data in files.items():
            archive.writestr(folder + name, data)
    return content.getvalue()


def upload(person: Person, content: bytes, *, expect: int, name: str = "forum", query: str = "") -> Any:
    address = f"/classifiers/{name}/versions{query}"
    return person.call("post", address, expect=expect, data=content, content_type="application/zip")


def changed(files: Files, **fields: Any) -> Files:
    """With other fields in head.json."""
    return {**files, "head.json": json.dumps({**json.loads(files["head.json"]), **fields}).encode()}


def with_tensors(files: Files, change: Callable[[dict[str, Any]], object]) -> Files:
    """With other tensors, and the right checksum for them."""
    tensors = load(files["head.safetensors"])
    change(tensors)
    content = save(tensors)
    return changed({**files, "head.safetensors": content}, sha256=hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("folder", ["", "forum-1/"])
def test_an_uploaded_version_answers_as_the_one_that_was_downloaded(taught: Person, files: Files, folder: str) -> None:
    before = taught.call("post", "/predict", json={"texts": TEXTS, "model": "forum"})["results"]
    made = upload(taught, packed({**files, "README.md": b"a card"}, folder), expect=201, query="?note=from+elsewhere")
    assert (made["number"], made["uploaded"], made["rows"], made["tested_on"]) == (2, True, 0, "none")
    assert (made["note"], made["published"], made["usable"]) == ("from elsewhere", False, True)
    assert taught.call("get", "/classifiers/forum")["published"]["number"] == 1
    taught.publish(2)
    assert taught.call("post", "/predict", json={"texts": TEXTS, "model": "forum"})["results"] == before
    assert taught.call("get", "/models/forum")["provenance"]["stage"] == "upload"


def test_no_fit_replaces_an_uploaded_version(taught: Person, files: Files) -> None:
    upload(taught, packed(files), expect=201)
    assert taught.fit()["version"] == 3
    assert upload(taught, packed(files), expect=201)["number"] == 4
    numbers = [each["number"] for each in taught.call("get", "/classifiers/forum/versions")["versions"]]
    assert numbers == [4, 3, 2, 1]


def test_a_head_that_does_not_belong_here_is_refused_with_the_reason(taught: Person, files: Files) -> None:
    refused = upload(taught, packed(changed(files, body_id="f" * 64)), expect=409)
    assert (refused["code"], "fitted on body ffffffffffff" in refused["detail"]) == ("version-unusable", True)
    refused = upload(taught, packed(changed(files, labels=["kept", "spam"])), expect=422)
    assert (refused["code"], "no label 'spam'" in refused["detail"]) == ("unknown-labels", True)
    taught.create("several", multi_label=True)
    refused = upload(taught, packed(files), expect=422, name="several")
    assert refused["detail"].startswith("The head gives one label per text, and several several labels per text.")
    assert len(taught.call("get", "/classifiers/forum/versions")["versions"]) == 1


def _without(name: str) -> Callable[[Files], bytes]:
    return lambda files: packed({other: data for other, data in files.items() if other != name})


def _tensor(name: str, value: Any) -> Callable[[Files], bytes]:
    def change(tensors: dict[str, Any]) -> None:
        tensors[name] = value if isinstance(value, np.ndarray) else np.full_like(tensors[name], value)

    return lambda files: packed(with_tensors(files, change))


def _linked(files: Files) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        link = zipfile.ZipInfo("head.json")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("head.safetensors", files["head.safetensors"])
    return content.getvalue()


def _bomb(files: Files) -> bytes:
    return packed({**files, "head.json": b" " * (40 << 20)})


def _lying_bomb(files: Files) -> bytes:
    """It says that head.json is small when it is unpacked."""
    content = bytearray(_bomb(files))
    real = (40 << 20).to_bytes(4, "little")
    while (at := content.find(real)) >= 0:
        content[at : at + 4] = (100).to_bytes(4, "little")
    return bytes(content)


def _locked(files: Files) -> bytes:
    content = bytearray(packed(files))
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


HOSTILE: dict[str, tuple[Callable[[Files], bytes], str]] = {
    "no ZIP file": (lambda _: b"nothing", "is damaged, or is none"),
    "cut off": (lambda files: packed(files)[:-40], "is damaged, or is none"),
    "no head": (_without("head.json"), "needs one head.json"),
    "no tensors": (_without("head.safetensors"), "needs one head.safetensors"),
    "two heads": (lambda files: packed({**files, "other/head.json": b"{}"}), "needs one head.json"),
    "outside": (lambda files: packed(files, "../../"), "needs one head.json"),
    "absolute": (lambda files: packed(files, "/etc/"), "needs one head.json"),
    "a link": (_linked, "head.json is a link"),
    "a bomb": (_bomb, "head.json has more than 1,048,576 bytes"),
    "a bomb that lies": (_lying_bomb, "is damaged, or is none"),
    "a password": (_locked, "has a password"),
    "many files": (lambda files: packed({**files, **{f"{i}": b"" for i in range(1000)}}), "more than 1,000 files"),
    "no JSON": (lambda files: packed({**files, "head.json": b"{"}), "head.json is damaged"),
    "deep JSON": (lambda files: packed({**files, "head.json": b"[" * 200_000}), "head.json is damaged"),
    "a number that is none": (
        lambda files: packed({**files, "head.json": files["head.json"].replace(b"0.7", b"NaN")}),
        "NaN is not JSON",
    ),
    "too new": (lambda files: packed(changed(files, format=99)), "this Valence reads up to"),
    "labels that are no names": (lambda files: packed(changed(files, labels=7)), "head.json is damaged"),
    "the same label twice": (lambda files: packed(changed(files, labels=["kept", "kept"])), "must be distinct"),
    "another readout": (lambda files: packed(changed(files, readout="elsewhere")), "head.safetensors is damaged"),
    "another checksum": (lambda files: packed(changed(files, sha256="0")), "checksums differ"),
    "no safetensors": (
        lambda files: packed(
            changed({**files, "head.safetensors": b"x" * 50}, sha256=hashlib.sha256(b"x" * 50).hexdigest())
        ),
        "head.safetensors is damaged",
    ),
    "weights that are not numbers": (_tensor("weight", np.nan), "values that are not numbers"),
    "weights beyond bounds": (_tensor("weight", 3e38), "so large that scores would not be numbers"),
    "no scale": (_tensor("scale", 0), "must be above 0"),
    "another size": (_tensor("weight", np.zeros((2, 3), np.float32)), "head.safetensors is damaged"),
    "words instead of numbers": (_tensor("temperature", np.zeros(0, np.float32)), "head.safetensors is damaged"),
    "unsorted n-grams": (
        lambda files: packed(
            with_tensors(
                files,
                lambda tensors: tensors.update(
                    ngram_buckets=np.array([5, 5], np.int32),
                    ngram_idf=np.ones(2, np.float32),
                    ngram_weight=np.ones((2, 2), np.float16),
                ),
            )
        ),
        "ascending order",
    ),
}


def test_a_hostile_archive_is_refused_with_the_reason(taught: Person, files: Files) -> None:
    for case, (made, reason) in HOSTILE.items():
        refused = upload(taught, made(files), expect=422)
        assert (refused["code"], reason in refused["detail"]) == ("invalid-archive", True), (case, refused["detail"])
        assert "/tmp" not in refused["detail"]
    assert [each["number"] for each in taught.call("get", "/classifiers/forum/versions")["versions"]] == [1]


@pytest.fixture
def real(person: Person, body: FakeBody, tiny_model: Path) -> Person:
    """A classifier on a real body, whose head reads the final readout alone."""
    engine = Engine(tiny_model, threads=1)
    body.folder, body.id, body.readouts = tiny_model, engine.body.id, engine.body.readouts

    def features(texts: list[str], readout: str | None, *, timeout_s: float | None = None) -> list[Any]:
        names = list(body.readouts) if readout is None else [readout]
        return list(np.hstack([engine.features(texts, name) for name in names]))

    body.features = features  # type: ignore[method-assign, assignment]
    person.create(readout="final")
    words = [(word, ["kept"]) for word in PRAISE] + [(word, ["removed"]) for word in BLAME]
    person.add(
        [{"text": f"{start} {word}", "labels": labels} for start in ("it was", "a film") for word, labels in words]
    )
    person.fit()
    return person


def test_transformers_loads_a_download_and_scores_alike(real: Person, tmp_path: Path) -> None:
    assert real.call("get", "/classifiers/forum/versions/1")["transformers"]
    with downloaded(real, "?parts=transformers") as archive:
        archive.extractall(tmp_path)
    folder = ModelFolder(tmp_path / "forum-1")
    texts = ["the film was wonderful", "the plot was dull and awful"]
    expected = Engine(folder.path, threads=1).predict_proba(texts)
    assert list(expected.argmax(axis=1)) == [0, 1]
    classify = pipeline("text-classification", str(folder.path / "transformers"), device="cpu", top_k=None)
    for answers, row in zip(classify(texts), expected, strict=True):
        found = {each["label"]: each["score"] for each in answers}
        assert [found[name] for name in folder.head().labels.names] == pytest.approx(list(row), abs=0.02)


def test_a_head_that_transformers_cannot_load_is_told_so(taught: Person, files: Files) -> None:
    assert not taught.call("get", "/classifiers/forum/versions/1")["transformers"]
    refused = taught.call("get", "/classifiers/forum/versions/1/download?parts=transformers", expect=409)
    assert refused["code"] == "version-not-plain"
    assert "`readout` to `final`" in refused["detail"]
