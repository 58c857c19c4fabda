"""Every curl command of the documentation, run in its page's order against a real server."""

from __future__ import annotations

import doctest
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from valence.server.auth import keys
from valence.server.store.address import database_address
from valence.server.store.database import Database

ROOT = Path(__file__).parents[2]
PATIENCE_S = 120  # only a hang takes as long
# Commands in blocks, with the output that stands under them, and commands within a sentence.
_IN_BLOCK = re.compile(r"^(?:\$ )?(curl .+)\n((?:[^$`\n].*\n)*)", re.MULTILINE)
_IN_SENTENCE = re.compile(r"`(curl [^`]+)`")
# Where the pages' servers are; here all of them are this one.
_PLACES = re.compile(
    r"http://127\.0\.0\.1:8000|https://(?:YOUR-APP\.herokuapp\.com|YOUR-SERVICE\.onrender\.com|YOUR-ADDRESS)"
    r"|https://forum\.(?:example\.org|fly\.dev)"
)


def _commands(page: Path) -> list[tuple[str, str]]:
    text = page.read_text("utf-8")
    blocks = "\n".join(re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    shown = [
        (command, output if command.startswith("curl -s http") else "") for command, output in _IN_BLOCK.findall(blocks)
    ]
    prose = re.sub(r"^```\w*\n.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return shown + [(command, "") for command in _IN_SENTENCE.findall(prose)]


_IN_A_BROWSER = ROOT / "docs/tutorial/4-your-own-labels.md"  # its classifier is made by web/e2e/tutorial.spec.ts
PAGES = [
    page
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
    if page != _IN_A_BROWSER and _commands(page)
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of whoever types the commands. curl tells the status, and says what a proxy with HTTPS would."""
    folder = tmp_path_factory.mktemp("home")
    (folder / ".curlrc").write_text('write-out = "%{stderr}%{http_code}"\nheader = "X-Forwarded-Proto: https"\n')
    decisions = [f"comment number {n} was {'rude, idiot' if n % 2 else 'kind, thanks'}" for n in range(40)]
    rows = "".join(f'"{text}",{"removed" if n % 2 else "kept"}\n' for n, text in enumerate(decisions))
    (folder / "decisions.csv").write_text(f"text,label\n{rows}")
    (folder / "comments.csv").write_text("id,author,text\nc1,eve,A waste of an evening.\nc2,ann,I loved it.\n")
    (folder / "reviews.csv").write_text("id,review\n1,A wonderful film.\n2,Dull and far too long.\n")
    return folder


@pytest.fixture(scope="module")
def environment(home: Path) -> Iterator[dict[str, str]]:
    """What the pages let their readers set: SERVER, KEY and SECRET. The server has the bundled model."""
    data = home / "data"
    database = Database(database_address(f"sqlite:///{data / 'valence.db'}"))
    key = keys.create(database, "the reader", ["admin"])
    database.close()
    settings = {
        "VALENCE_DATA_FOLDER": str(data),
        "VALENCE_JOBS": "true",
        "VALENCE_TRUSTED_PROXIES": "1",
        "VALENCE_PERSPECTIVE_ATTRIBUTES": "TOXICITY=bundled:negative",
        "VALENCE_CORAL_SECRETS": "secret",
        "VALENCE_DISCOURSE_SECRETS": "secret",
    }
    command = [sys.executable, "-c", "from valence.cli import main; main()", "serve", "--port", "0"]
    env = os.environ | settings | {"VALENCE_LOG_LEVEL": "error"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as server:
        assert server.stdout is not None
        server_at = server.stdout.readline().split()[4]
        yield {"PATH": os.environ["PATH"], "HOME": str(home), "SERVER": server_at, "KEY": key, "SECRET": "secret"}
        server.terminate()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_do_what_the_page_says(page: Path, home: Path, environment: dict[str, str]) -> None:
    environment = dict(environment)
    for command, shown in _commands(page):
        if "/result" in command:
            _wait_for(environment, f"jobs/{environment['JOB']}")
        if "/versions/1" in command:
            _wait_for(environment, "classifiers/my-forum/fit")
        here = _PLACES.sub(environment["SERVER"], command)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", here],
            cwd=home,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        if " -sI " in command:  # for a header, whether or not the page is built here
            assert "strict-transport-security" in done.stdout
            continue
        assert done.stderr[-3:] in {"200", "201", "202", "204"}, f"{command}: {done.stdout}{done.stderr}"
        if shown:
            assert doctest.OutputChecker().check_output(shown, done.stdout + "\n", doctest.ELLIPSIS), done.stdout
        if "/api/v1/jobs?" in command:
            environment["JOB"] = json.loads(done.stdout)["id"]
        if "scored.csv" in command:
            assert "predicted_label" in (home / "scored.csv").read_text("utf-8")


def test_every_kind_of_page_has_some() -> None:
    names = {str(page.relative_to(ROOT)) for page in PAGES}
    assert names >= {"README.md", "docs/jobs.md", "docs/deploy.md", "docs/tutorial/3-deploy.md", "docs/how-to/proxy.md"}


def _wait_for(environment: dict[str, str], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    command = ["curl", "-s", f"{environment['SERVER']}/api/v1/{what}"]
    command += ["-H", f"Authorization: Bearer {environment['KEY']}"]
    while json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["state"] != "done":
        assert time.monotonic() < end, f"{what} was never done"
        time.sleep(0.1)
