"""Walks every serving path on the model folder given: Python, the commands, the app. Imports the product alone."""

from __future__ import annotations

import gzip
import shutil
import sys
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner
from flask import Flask

import valence
from valence.cli import main as command_line
from valence.fitting import sparse
from valence.inference.fused import library
from valence.server.app import create_app
from valence.server.settings import load_settings
from valence.server.state import KEY

PRAISE = "A wonderful, moving film."


def walk(folder: Path) -> None:
    """Raises AssertionError where a path does not answer as it should."""
    assert library.load_library().functions is not None, "encoder.c was not built"
    assert sparse._library() is not None, "sparse.c was not built"
    classifier = valence.load(folder)
    assert classifier.predict(PRAISE).label == "positive"
    assert classifier.explain(PRAISE).words
    for command in (
        ["predict", "--model", str(folder), "--explain", PRAISE],
        ["settings"],
        ["--help"],
        ["serve", "--help"],
        ["db", "upgrade"],
        ["db", "status"],
        ["keys", "create", "me", "--scope", "admin"],
        ["keys", "list"],
        ["feedback", "export"],
    ):
        done = CliRunner().invoke(command_line, command)
        assert done.exit_code == 0, (command, done.output, done.exception)
    score(folder)
    evaluate(folder)
    app = create_app(load_settings(models=str(folder)))
    client = app.test_client()
    model = client.get("/api/v1/models").get_json()["models"][0]
    key = CliRunner().invoke(command_line, ["keys", "create", "me", "--scope", "admin"]).stdout.strip()
    said = {"id": str(uuid.uuid4()), "model": model["version"], "predicted": "positive", "probability": 0.9}
    assert client.post("/api/v1/feedback", json={**said, "correct": True}).status_code == 201
    for path in (
        "/api/v1/models",
        f"/api/v1/models/{model['name']}",
        "/api/v1/feedback",
        "/api/v1/feedback/export",
        "/api/v1/feedback/policy",
        "/metrics",
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/docs",
    ):
        assert client.get(path, headers={"Authorization": f"Bearer {key}"}).status_code == 200, path
    answer = client.post("/api/v1/predict", json={"text": PRAISE, "explain": True}).get_json()
    assert answer["results"][0]["label"] == "positive", answer
    teach(app)


def score(folder: Path) -> None:
    """Scores a compressed file; Parquet, which needs more, says so at once."""
    with TemporaryDirectory() as temporary:
        source, out = Path(temporary) / "in.csv", Path(temporary) / "out.csv.gz"
        source.write_text(f'id,text\n1,"{PRAISE}"\n', "utf-8")
        done = CliRunner().invoke(command_line, ["score", str(source), "--out", str(out), "--model", str(folder)])
        assert done.exit_code == 0, (done.output, done.exception)
        assert f'1,"{PRAISE}",positive,0.' in gzip.decompress(out.read_bytes()).decode()
        source.with_suffix(".parquet").write_bytes(b"PAR1")
        parquet = [str(source.with_suffix(".parquet")), "--out", str(out.with_name("out.parquet"))]
        refused = CliRunner().invoke(command_line, ["score", *parquet, "--model", str(folder)])
        assert refused.exit_code == 2, refused.output
        assert "Parquet needs pyarrow" in refused.output


def teach(app: Flask) -> None:
    """Teaches a classifier by examples, in a process of its own, and asks it."""
    done = CliRunner().invoke(command_line, ["keys", "create", "owner", "--scope", "classifiers"])
    client, headers = app.test_client(), {"Authorization": f"Bearer {done.stdout.strip()}"}
    texts = {"kept": "a clear and kind answer", "removed": "a rude and stupid answer"}
    examples = [{"text": f"{texts[name]} {i}", "labels": [name]} for i in range(20) for name in texts]
    for path, content in (
        ("", {"name": "forum", "labels": list(texts)}),
        *(("/forum/examples", {"examples": examples[start : start + 10]}) for start in range(0, 40, 10)),
        ("/forum/fit", {}),
        ("/forum/published", {"version": 1}),
    ):
        answer = client.post(f"/api/v1/classifiers{path}", json=content, headers=headers)
        assert answer.status_code < 300, answer.text
        if path == "/forum/fit":
            app.extensions[KEY].teacher.run_once()
    answer = client.post("/api/v1/predict", json={"text": "a stupid answer", "model": "forum"}, headers=headers)
    assert answer.get_json()["results"][0]["label"] == "removed", answer.text


def evaluate(folder: Path) -> None:
    """Tests a copy of the model on sentences in SST-2's layout and records it; what needs more says so at once."""
    with TemporaryDirectory() as temporary:
        data, model = Path(temporary) / "sentences", Path(temporary) / "model"
        data.mkdir()
        rows = "sentence\tlabel\n" + "".join(f"{PRAISE} {i}\t1\nA dull, awful film. {i}\t0\n" for i in range(20))
        for name in ("train.tsv", "dev.tsv"):
            (data / name).write_text(rows, "utf-8")
        shutil.copytree(folder, model)
        command = ["evaluate", "--model", str(model), "--data", str(data)]
        done = CliRunner().invoke(command_line, [*command, "--record"])
        assert done.exit_code == 0, (done.output, done.exception)
        assert "macro F1" in done.output
        assert "model-index" in (model / "README.md").read_text("utf-8")
        refused = CliRunner().invoke(command_line, [*command, "--report", str(Path(temporary) / "report.html")])
        assert refused.exit_code == 2, refused.output
        assert "Charts need matplotlib" in refused.output


if __name__ == "__main__":
    walk(Path(sys.argv[1]))
    print("every serving path answered without torch")  # noqa: T201 - a script whose output run.sh shows
