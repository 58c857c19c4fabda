"""Every `heroku` command of the documentation is one that Heroku's own command takes; it gets as far as the network."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.deploy.test_heroku_local import HEROKU, environment

pytestmark = pytest.mark.slow(reason="needs Heroku's command: 400 MB")

__all__ = ["environment"]

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
# Lines of blocks, and commands within a sentence that are whole ones.
_COMMAND = re.compile(r"^(?:\$ )?(heroku .+)$|`(heroku [^`]+ [^`]+)`", re.MULTILINE)
COMMANDS = sorted({line or inline for page in PAGES for line, inline in _COMMAND.findall(page.read_text("utf-8"))})
LOCAL = re.compile(r"heroku local\b")  # runs without the network: test_heroku_local


@pytest.mark.parametrize("command", [each for each in COMMANDS if not LOCAL.match(each)])
def test_heroku_takes_it(command: str, environment: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", command.replace("heroku", str(HEROKU), 1)],
        cwd=tmp_path,  # no clone: the app is named in the command
        env={**environment, "HEROKU_API_KEY": "nobody's"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "ECONNREFUSED" in done.stderr, done.stdout + done.stderr
