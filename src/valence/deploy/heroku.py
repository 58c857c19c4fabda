"""Deploys a clone to Heroku, in steps of Heroku's own command line; every step is safe to repeat."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from valence.deploy import programs
from valence.model.bundled import BUNDLED, BUNDLED_HEADS
from valence.system.errors import DeployError

STACK = "heroku-26"
BUILDPACKS = ("heroku/nodejs", "heroku/python")  # in this order: the page is built before the server is installed
CLI_ADDRESS = "https://devcenter.heroku.com/articles/heroku-cli"

# What Heroku's command says -> what is wrong, and a hint.
_KNOWN_FAILURES = (
    ("not logged in", "You are not logged in to Heroku.", "Run `heroku login`, then run this again."),
    ("Invalid credentials", "You are not logged in to Heroku.", "Run `heroku login`, then run this again."),
    ("is already taken", "Another app already has this name.", "Choose another name."),
    ("verify your account", "Heroku needs a payment method first.", "Add one at https://heroku.com/verify."),
    ("do not have access", "You do not have access to this app.", "Choose another name."),
    (
        "add-on plan",
        "Heroku has no such database plan.",
        "List them with `heroku addons:plans heroku-postgresql`, and choose one with --plan.",
    ),
    ("slug size", "The slug is too large.", "`valence deploy check` shows its size."),
    ("Couldn't find that app", "There is no such app.", "Check the name."),
)


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        why: its purpose, shown to the user.
        command: as it is run, and as you could type it.
    """

    why: str
    command: tuple[str, ...]

    def __str__(self) -> str:
        return shlex.join(self.command)


def steps(app: str, branch: str, exists: Callable[[str], bool], *, plan: str | None, model: str | None) -> list[Step]:
    """The remaining steps; `exists` tells whether "app", "buildpacks" and "database" exist."""
    heroku, new = ("--app", app), not exists("app")
    remaining = []
    if new:
        remaining.append(Step("Create the app, on Cedar", ("heroku", "create", app, "--stack", STACK, "--no-remote")))
    if new or not exists("buildpacks"):
        remaining.append(Step("Build the web page first", ("heroku", "buildpacks:set", BUILDPACKS[0], *heroku)))
        remaining.append(Step("Then install the server", ("heroku", "buildpacks:add", BUILDPACKS[1], *heroku)))
    if plan and (new or not exists("database")):
        name = f"heroku-postgresql:{plan}"
        remaining.append(Step("A database for feedback", ("heroku", "addons:create", name, "--wait", *heroku)))
    settings = ["VALENCE_TRUSTED_PROXIES=1", *([f"VALENCE_MODELS={model}"] if model else [])]
    remaining.append(Step("Settings: one router in front, and the model", ("heroku", "config:set", *settings, *heroku)))
    remaining.append(
        Step("Push the code", ("git", "push", f"https://git.heroku.com/{app}.git", f"{branch}:refs/heads/main"))
    )
    remaining.append(Step("Start one small dyno", ("heroku", "ps:scale", "web=1:basic", *heroku)))
    return remaining


def deploy(app: str, root: Path, *, plan: str | None, model: str | None, dry_run: bool) -> Iterator[Step]:
    """Runs the steps, yielding each one before it runs; `dry_run` only yields the steps for a new app.

    Raises DeployError if Heroku's command line is missing, you are not logged in, or a step fails.
    """
    branch = _branch(root)
    if model:
        _check_committed(root, model)
    if dry_run:
        yield from steps(app, branch, lambda _: False, plan=plan, model=model)
        return
    if shutil.which("heroku") is None:
        raise DeployError(
            "Heroku's command line is not installed.",
            hint=f"Install it ({CLI_ADDRESS}), run `heroku login`, and run this again; --dry-run shows the steps.",
        )
    run(["heroku", "auth:whoami"], root)
    for step in steps(app, branch, _existing(app, root), plan=plan, model=model):
        yield step
        run(step.command, root)


def address(app: str, root: Path) -> str:
    """The app's web address, from Heroku."""
    info: dict[str, Any] = json.loads(run(["heroku", "apps:info", "--json", "--app", app], root))
    return str(info["app"]["web_url"])


def run(command: Sequence[str], root: Path) -> str:
    """The output of a command. Raises DeployError with the known cause, if any, and its last lines."""
    done = programs.run(command, root, os.environ)
    if done.returncode == 0:
        return done.stdout
    output = programs.last_lines(done.stdout, done.stderr)
    for sign, problem, hint in _KNOWN_FAILURES:
        if sign.lower() in output.lower():
            raise DeployError(f"{problem} `{shlex.join(command)}` printed: {output}", hint=hint)
    raise DeployError(
        f"`{shlex.join(command)}` ended with {done.returncode}. It printed: {output}",
        hint="Fix this and run the command again: finished steps are not repeated.",
    )


def _existing(app: str, root: Path) -> Callable[[str], bool]:
    """Asks Heroku what exists."""

    def exists(what: str) -> bool:
        if what == "app":
            return any(entry["name"] == app for entry in json.loads(run(["heroku", "apps", "--json"], root)))
        if what == "buildpacks":
            buildpacks = run(["heroku", "buildpacks", "--app", app], root)
            return all(name in buildpacks for name in BUILDPACKS)
        addons = json.loads(run(["heroku", "addons", "--json", "--app", app], root))
        return any(addon["addon_service"]["name"] == "heroku-postgresql" for addon in addons)

    return exists


def _branch(root: Path) -> str:
    """The current branch. Raises DeployError if there is none, or if changes are not committed."""
    if run(["git", "status", "--porcelain", "--untracked-files=no"], root).strip():
        raise DeployError(
            "Some changes are not committed, but only commits are pushed.", hint="Commit or stash them first."
        )
    branch = run(["git", "branch", "--show-current"], root).strip()
    if not branch:
        raise DeployError("No branch is checked out here.", hint="Run `git switch main`, then run this again.")
    return branch


def _check_committed(root: Path, model: str) -> None:
    """Raises DeployError if a model folder, given as NAME=PATH or PATH, would not be pushed."""
    path = model.partition("=")[2] or model
    if path in (BUNDLED, *BUNDLED_HEADS):  # part of the package
        return
    listed = ["git", "ls-files", "--cached"]
    ignored = ["--ignored", "--exclude-from=.slugignore"] if (root / ".slugignore").exists() else []
    body = ["--", f"{path}/body.json"]
    dropped = ignored and run([*listed, *ignored, *body], root).strip()
    if dropped or not run([*listed, *body], root).strip():
        raise DeployError(
            f"{path} is not committed, is excluded by .slugignore, or is not a model, so it would not be deployed.",
            hint=f"Copy the files that serving needs with `valence bundle --model {path} --out served`, commit them, "
            "and use --model served.",
        )
