"""The preflight, on a clone as small as can be: a Procfile, no requirement, a server of twenty lines."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from valence.cli.deploy import deploy
from valence.deploy.limits import limited
from valence.deploy.preflight import Check, Preflight, preflight, run_as_a_dyno
from valence.deploy.programs import node_environment
from valence.deploy.slug import Slug, build_slug
from valence.deploy.web_process import memory_mb, run_release
from valence.system.errors import DeployError

SERVER = """
import http.server, json, os, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200)
    def do_POST(self):
        long = len(self.rfile.read(int(self.headers["Content-Length"]))) > 10_000
        time.sleep(float(os.environ.get("SLOW_S", "0")) * long)
        visitor = "Authorization" not in self.headers
        self.answer(int(os.environ.get("ANSWER", "200")) if visitor else 200)
    def answer(self, status):
        fit = os.environ.get("FIT", "done") if self.path.endswith("/fit") else ""
        content = json.dumps({"state": fit, "version": 1, "reason": "too few"}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
    def log_message(self, *_):
        pass
if "--fail" in sys.argv:
    sys.exit("no model here")
hog = bytearray(int(os.environ.get("HOG_MB", "1")) << 20)
assert os.environ["WEB_CONCURRENCY"] == "2"
http.server.ThreadingHTTPServer.request_queue_size = 64  # sixteen callers come at once; the default is 5
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def commit(clone: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        path = clone / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    git = ["git", "-C", str(clone), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "all"]):
        subprocess.run([*git, *words], check=True)
    return clone


FILES = {
    "Procfile": "release: python release.py\nweb: python server.py $PORT\n",
    "server.py": SERVER,
    "release.py": "print('migrated')",
    "valence/__main__.py": "print('a key')",
    "requirements.txt": "",
    ".slugignore": "/docs\n*.ipynb\n",
    "docs/long.md": "words",
    "notes/one.ipynb": "{}",
    "kept.txt": "kept",
    "bin/post_compile": "touch compiled",
}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return commit(tmp_path / "clone", FILES)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Slug:
    """Built once: it takes most of the time, and only its files differ between the tests."""
    room = tmp_path_factory.mktemp("built")
    clone = commit(room / "clone", FILES)
    (clone / "stray.txt").write_text("not committed", "utf-8")
    return build_slug(clone, room / "slug")


@pytest.fixture
def slug(built: Slug, tmp_path: Path) -> Slug:
    """One whose files a test may change."""
    return replace(built, root=Path(shutil.copytree(built.root, tmp_path / "app")))


def run_with(slug: Slug, **variables: str) -> Preflight:
    return run_as_a_dyno(replace(slug, environment={**slug.environment, **variables}), minutes=0.001)


def test_the_slug_is_what_is_committed_less_what_slugignore_names(slug: Slug) -> None:
    found = {path.relative_to(slug.root).as_posix() for path in slug.root.rglob("*") if path.is_file()}
    assert found == {
        "Procfile", "server.py", "release.py", "requirements.txt", ".slugignore", "kept.txt", "bin/post_compile",
        "compiled", "valence/__main__.py",
    }  # fmt: skip
    assert 5 < slug.compressed_mb < 200
    assert slug.command("worker") is None


def test_a_server_is_measured_within_a_dynos_limits(clone: Path) -> None:
    """The whole way once; the tests below begin with the slug."""
    found = preflight(clone, minutes=0.001)
    assert found.ok, found
    assert {check.name for check in found.checks} >= {"Release phase", "Slug, compressed", "Stop after SIGTERM"}
    assert {check.name for check in found.checks} >= {"Fit of 400 comments beside visitors", "Most memory during it"}
    assert found.memory_held_by in {"cgroup", "rlimit"}


@pytest.mark.slow(reason="builds a slug and starts servers of it; a run within the limits is tested above")
def test_a_server_that_does_not_start_is_told_in_its_own_words(slug: Slug) -> None:
    (slug.root / "Procfile").write_text("web: python server.py $PORT --fail\n", "utf-8")
    with pytest.raises(DeployError, match="no model here"):
        run_with(slug)


@pytest.mark.slow(reason="builds a slug and starts servers of it; a run within the limits is tested above")
def test_a_server_that_outgrows_a_dyno_does_not_start(slug: Slug) -> None:
    with pytest.raises(DeployError, match="ended with"):
        run_with(slug, HOG_MB="600")


@pytest.mark.slow(reason="starts servers of a slug; a run within the limits is tested above")
def test_calls_that_fail_are_counted(slug: Slug) -> None:
    found = run_with(slug, ANSWER="500")
    failed = next(check for check in found.checks if check.name == "Calls without an answer")
    assert failed.measured > 0
    assert not found.ok


@pytest.mark.slow(reason="starts servers of a slug; a run within the limits is tested above")
def test_a_stop_that_cuts_off_calls_is_counted(slug: Slug) -> None:
    # This server does not wait for its threads.
    found = run_with(slug, SLOW_S="2")
    cut_off = next(check for check in found.checks if "cut off" in check.name)
    assert cut_off.measured == 4
    assert not found.ok


@pytest.mark.slow(reason="starts servers of a slug; a run within the limits is tested above")
def test_a_call_that_is_refused_over_a_restart_is_counted(slug: Slug) -> None:
    found = {check.name: check for check in run_with(slug, ANSWER="503").checks}
    assert found["Calls without an answer"].measured == 0, "before it, a refusal is an answer"
    (over,) = (check for name, check in found.items() if name.endswith("calls over a restart, failed"))
    assert over.measured > 0


@pytest.mark.slow(reason="starts servers of a slug; a run within the limits is tested above")
def test_a_fit_that_fails_is_told_with_the_reason(slug: Slug) -> None:
    with pytest.raises(DeployError, match="A fit of 400 comments failed: too few"):
        run_with(slug, FIT="failed")


@pytest.mark.slow(reason="builds a slug and starts servers of it; a run within the limits is tested above")
def test_the_release_is_given_a_postgresql_in_herokus_form(slug: Slug) -> None:
    (slug.root / "release.py").write_text(
        "import os; assert os.environ['DATABASE_URL'].startswith('postgres://')", "utf-8"
    )
    found = run_with(slug)
    assert found.database == "postgresql"


@pytest.mark.slow(reason="builds a slug and starts servers of it; a run within the limits is tested above")
def test_a_release_phase_that_fails_stops_it(slug: Slug) -> None:
    (slug.root / "release.py").write_text("raise SystemExit('the migration broke')", "utf-8")
    with pytest.raises(DeployError, match="the migration broke"):
        run_with(slug)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("print('out', flush=True); raise SystemExit('err')", r"(?s)out.*err"),
        ("print('only out'); raise SystemExit(3)", r"ended with 3.*\n.*only out"),
        ("raise SystemExit(3)", r"printed nothing"),
    ],
    ids=["both", "out alone", "nothing"],
)
def test_whatever_a_failed_release_phase_prints_is_told(clone: Path, step: str, words: str) -> None:
    (clone / "release.py").write_text(step, "utf-8")
    with pytest.raises(DeployError, match=words):
        run_release("python release.py", clone, os.environ)


def _node(folder: Path, version: str) -> str:
    """A folder with a `node` of that version and an `npm` that fails as the real one does: in words of its own."""
    folder.mkdir()
    for name, script in (("node", f"echo {version}"), ("npm", f"echo 'npm error of {version}' >&2; exit 1")):
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        (folder / name).chmod(0o755)
    return str(folder)


def test_the_page_is_built_by_a_node_that_is_new_enough(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old one on the PATH gives way to the one beside this Python; npm's error is told."""
    commit(clone, {"package.json": json.dumps({"engines": {"node": "24.x"}})})
    monkeypatch.setenv("PATH", _node(tmp_path / "old", "v20.1.0"), prepend=os.pathsep)
    monkeypatch.setattr(sys, "executable", f"{_node(tmp_path / 'own', 'v24.0.0')}/python")
    with pytest.raises(DeployError, match=r"ended with 1\. It printed:\nnpm error of v24\.0\.0"):
        build_slug(clone, tmp_path / "room")


def test_without_a_node_that_is_new_enough_it_says_which_is_missing(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = clone / "package.json"
    package.write_text(json.dumps({"engines": {"node": "24.x"}}), "utf-8")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    for path, words in ((_node(tmp_path / "old", "v20.1.0"), "the Node on the PATH is v20.1.0"), ("", "no `node`")):
        with pytest.raises(DeployError, match=f"needs Node 24 with npm, and .*{words}") as caught:
            node_environment(package, {"PATH": path or str(tmp_path)})
        assert "make setup" in str(caught.value.hint)


def test_a_step_of_the_build_that_fails_is_told(clone: Path, tmp_path: Path) -> None:
    commit(clone, {"requirements.txt": "./no-such-package\n"})
    with pytest.raises(DeployError, match=r"(?s)Cannot install requirements.txt.*no-such-package"):
        build_slug(clone, tmp_path / "room")


def test_what_is_no_clone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match="find a commit"):
        build_slug(tmp_path, tmp_path / "room")


def test_too_much_is_said_recorded_and_ends_with_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = [
        Check("Memory", 600.0, 512, "MB"),
        Check("Start until ready", 2.0, 10, "s"),
        Check("Slowest", 1.5, 30, "s", goal=1),
    ]
    monkeypatch.setattr(
        "valence.deploy.preflight.preflight",
        lambda *_, **__: Preflight(checks, "cgroup", "postgresql", 0.5, "any", busy=1000.0),
    )
    results = tmp_path / "check.json"
    result = CliRunner().invoke(deploy, ["check", "--results", str(results)])
    assert result.exit_code == 1
    assert [line.split("  ")[-1] for line in result.output.splitlines()[:3]] == [
        "TOO MUCH", "ok", "ok, above our goal of 1 s",
    ]  # fmt: skip
    assert "1000 other processes" in result.output
    assert [(each["name"], each["goal"]) for each in json.loads(results.read_text("utf-8"))["checks"]] == [
        ("Memory", None), ("Start until ready", None), ("Slowest", 1),
    ]  # fmt: skip


def test_memory_is_that_of_the_process_and_its_children() -> None:
    assert memory_mb(os.getpid()) > 10


def test_a_limited_child_that_stays_inside_ends_well() -> None:
    with limited(256) as limits:
        subprocess.run([*limits.prefix, "python", "-c", "bytearray(50 << 20)"], check=True)


def test_a_limited_child_that_outgrows_them_does_not() -> None:
    with limited(64) as limits:
        done = subprocess.run(
            [*limits.prefix, "python", "-c", "bytearray(200 << 20)"], capture_output=True, check=False
        )
    assert done.returncode != 0
