"""Deploying with a stand-in for Heroku's command, which keeps what it was told; git is real."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.deploy.test_preflight import commit
from valence.cli import main

STAND_IN = """#!/bin/sh
echo "$*" >> "$STATE/log"
case "$1" in
  auth:whoami) if [ -e "$STATE/anonymous" ]; then echo " ›   Error: not logged in" >&2; exit 100; fi; echo me ;;
  apps) if [ -e "$STATE/app" ]; then echo '[{"name": "forum"}]'; else echo '[]'; fi ;;
  create) if [ -e "$STATE/taken" ]; then echo "Name forum is already taken" >&2; exit 1; fi; touch "$STATE/app" ;;
  buildpacks) cat "$STATE/buildpacks" 2>/dev/null ;;
  buildpacks:set) echo "$2" > "$STATE/buildpacks" ;;
  buildpacks:add) echo "$2" >> "$STATE/buildpacks" ;;
  addons) if [ -e "$STATE/db" ]; then echo '[{"addon_service": {"name": "heroku-postgresql"}}]'; else echo '[]'; fi ;;
  addons:create)
    if [ -e "$STATE/gone" ]; then
      echo 'Couldn'"'"'t find either the add-on service or the add-on plan of "'"$2"'".' >&2; exit 1
    fi
    touch "$STATE/db" ;;
  apps:info) echo '{"app": {"web_url": "https://forum.example.org/"}}' ;;
esac
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    files = {
        "Procfile": "web: valence serve\n",
        "served/body.json": "{}",
        ".slugignore": "/models\n",
        "models/a/body.json": "{}",
    }
    return commit(tmp_path / "clone", files)


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the stand-in keeps its state in; `git push` goes to a bare repository beside it."""
    folder, programs = tmp_path / "state", tmp_path / "programs"
    folder.mkdir()
    programs.mkdir()
    (programs / "heroku").write_text(STAND_IN, "utf-8")
    (programs / "heroku").chmod(stat.S_IRWXU)
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "forum.git")], check=True)
    config = tmp_path / "gitconfig"
    config.write_text(f'[url "{tmp_path.as_posix()}/"]\n  insteadOf = https://git.heroku.com/\n', "utf-8")
    monkeypatch.setenv("STATE", str(folder))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    return folder


def run(clone: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["deploy", "heroku", "forum", "--source", str(clone), *words])
    return done.exit_code, done.output


def told(state: Path) -> list[str]:
    return (state / "log").read_text("utf-8").splitlines()


def test_from_nothing_to_an_address(clone: Path, state: Path, tmp_path: Path) -> None:
    status, output = run(clone, "--model", "reviews=served")
    assert status == 0, output
    assert "https://forum.example.org/" in output
    assert [
        line for line in told(state) if line.split()[0] in {"create", "addons:create", "config:set", "ps:scale"}
    ] == [
        "create forum --stack heroku-26 --no-remote",
        "addons:create heroku-postgresql:essential-0 --wait --app forum",
        "config:set VALENCE_TRUSTED_PROXIES=1 VALENCE_MODELS=reviews=served --app forum",
        "ps:scale web=1:basic --app forum",
    ]
    pushed, here = (
        subprocess.run(["git", "-C", str(at), "rev-parse", name], capture_output=True, check=True).stdout
        for at, name in ((tmp_path / "forum.git", "main"), (clone, "HEAD"))
    )
    assert pushed == here


def test_what_is_done_is_not_done_twice(clone: Path, state: Path) -> None:
    run(clone)
    (state / "log").unlink()
    status, output = run(clone)
    assert status == 0, output
    assert not [line for line in told(state) if line.startswith(("create", "addons:create", "buildpacks:"))]


def test_a_dry_run_shows_every_step_and_takes_none(clone: Path, state: Path) -> None:
    status, output = run(clone, "--dry-run", "--plan", "none")
    assert status == 0
    assert "git push https://git.heroku.com/forum.git" in output
    assert "addons:create" not in output
    assert not (state / "log").exists()


@pytest.mark.parametrize(
    ("flag", "words"),
    [("anonymous", "heroku login"), ("taken", "Choose another name"), ("gone", "choose one with --plan")],
    ids=["login", "name", "plan"],
)
def test_what_goes_wrong_at_heroku_is_told_with_a_way_out(clone: Path, state: Path, flag: str, words: str) -> None:
    (state / flag).touch()
    status, output = run(clone)
    assert status == 2
    assert words in output


def test_a_push_that_is_refused_for_its_size_is_told(clone: Path, state: Path, tmp_path: Path) -> None:
    hook = tmp_path / "forum.git" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'Compiled slug size: 612.3M is too large (max is 500M).'\nexit 1\n", "utf-8")
    hook.chmod(stat.S_IRWXU)
    status, output = run(clone)
    assert status == 2
    assert "The slug is too large." in output
    assert "valence deploy check" in output


def test_without_herokus_command_it_says_where_to_get_it(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    status, output = run(clone)
    assert status == 2
    assert "devcenter.heroku.com" in output


@pytest.mark.parametrize("model", ["nowhere", "models/a"], ids=["not committed", "dropped by .slugignore"])
def test_a_model_that_the_push_would_leave_behind_is_refused(clone: Path, state: Path, model: str) -> None:
    status, output = run(clone, "--model", model)
    assert status == 2
    assert "valence bundle" in output


def test_changes_that_are_not_committed_stop_it(clone: Path, state: Path) -> None:
    (clone / "Procfile").write_text("web: other\n", "utf-8")
    status, output = run(clone)
    assert status == 2
    assert "not committed" in output
