"""The Python programs of the how-to guides for existing clients, run against a real server with the bundled model."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = "http://127.0.0.1:8000"
# Page -> what its last program prints.
PAGES = {"hugging-face": "positive", "openai": "True True", "perspective": "True", "mcp": "positive"}
PATIENCE_S = 120  # only a hang takes as long


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with every adapter on."""
    settings = {
        "VALENCE_DATA_FOLDER": str(tmp_path_factory.mktemp("data")),
        "VALENCE_LOG_LEVEL": "error",
        "VALENCE_PERSPECTIVE_ATTRIBUTES": "TOXICITY=bundled:negative",
    }
    command = [sys.executable, "-c", "from valence.cli import main; main()", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | settings) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[4]
        process.terminate()


@pytest.mark.parametrize(("page", "printed"), PAGES.items())
def test_the_programs_print_what_the_page_says(server: str, page: str, printed: str) -> None:
    text = (ROOT / "docs" / "how-to" / f"{page}.md").read_text("utf-8")
    programs = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert programs
    for program in programs:
        done = subprocess.run(
            [sys.executable, "-c", program.replace(HERE, server)],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == printed


def test_the_command_that_compares_old_scores_runs_as_the_page_says(tmp_path: Path, tiny_model: Path) -> None:
    text = (ROOT / "docs" / "how-to" / "perspective.md").read_text("utf-8")
    (command,) = re.findall(r"^valence (perspective compare .*)$", text, re.MULTILINE)
    (tmp_path / "old.csv").write_text("comment,toxicity\nit was bad,0.9\nit was good,0.1\n", "utf-8")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "toxicity").symlink_to(tiny_model)
    arguments = shlex.split(command.replace("--label toxic", "--label negative"))
    program = [sys.executable, "-c", "from valence.cli import main; main()", *arguments]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stderr
    assert "as many texts are flagged as before" in done.stdout
    assert (tmp_path / "changed.csv").exists()
