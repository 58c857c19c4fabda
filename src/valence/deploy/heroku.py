"""From a clone to a live address on Heroku, as steps of Heroku's own command; each may be repeated without harm."""

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
from valence.errors import DeployError
from valence.model.bundled import BUNDLED

STACK = "heroku-26"
BUILDPACKS = ("heroku/nodejs", "heroku/python")  # in this order: the page is built before the server is installed
CLI_ADDRESS = "https://devcenter.heroku.com/articles/heroku-cli"

# What Heroku's command says -> what is wrong, and a hint.
_KNOWN_FAILURES = (
    ("not logged in", "You are not logged in to Heroku.", "Run `heroku login`, then this again."),
    ("Invalid credentials", "You are not logged in to Heroku.", "Run `heroku login`, then this again."),
    ("is already taken", "The name is taken by somebody else's app.", "Give another name."),
    ("verify your account", "Heroku wants a payment method first.", "Add one at https://heroku.com/verify."),
    ("do not have access", "The app is somebody else's.", "Give another name."),
    (
        "add-on plan",
        "Heroku has no such plan of its database.",
        "`heroku addons:plans heroku-postgresql`, then --plan.",
    ),
    ("slug size", "The slug is too big.", "`valence deploy check` says what it holds."),
    ("Couldn't find that app", "There is no such app.", "Check the name."),
)


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        why: in words, for the person who watches.
        command: as it is run, and as one could type it.
    """

    why: str
    command: tuple[str, ...]

    def __str__(self) -> str:
        return shlex.join(self.command)


def steps(app: str, branch: str, exists: Callable[[str], bool], *, plan: str | None, model: str | None) -> list[Step]:
    """What is left to do; `exists` tells of "app", "buildpacks" and "database" whether they are there."""
    heroku, new = ("--app", app), not exists("app")
    left = []
    if new:
        left.append(Step("The app, on Cedar", ("heroku", "create", app, "--stack", STACK, "--no-remote")))
    if new or not exists("buildpacks"):
        left.append(Step("First the page is built ...", ("heroku", "buildpacks:set", BUILDPACKS[0], *heroku)))
        left.append(Step("... then the server", ("heroku", "buildpacks:add", BUILDPACKS[1], *heroku)))
    if plan and (new or not exists("database")):
        name = f"heroku-postgresql:{plan}"
        left.append(Step("A database for what people report", ("heroku", "addons:create", name, "--wait", *heroku)))
    settings = ["VALENCE_TRUSTED_PROXIES=1", *([f"VALENCE_MODELS={model}"] if model else [])]
    left.append(Step("One router in front, and the model", ("heroku", "config:set", *settings, *heroku)))
    left.append(Step("The push", ("git", "push", f"https://git.heroku.com/{app}.git", f"{branch}:refs/heads/main")))
    left.append(Step("One small dyno", ("heroku", "ps:scale", "web=1:basic", *heroku)))
    return left


def deploy(app: str, root: Path, *, plan: str | None, model: str | None, dry_run: bool) -> Iterator[Step]:
    """Takes the steps one by one, yielding each before it is taken; `dry_run` only yields, as for a new app.

    Raises DeployError when Heroku's command is missing, one is not logged in, or a step fails.
    """
    branch = _branch(root)
    if model:
        _check_committed(root, model)
    if dry_run:
        yield from steps(app, branch, lambda _: False, plan=plan, model=model)
        return
    if shutil.which("heroku") is None:
        raise DeployError(
            "Heroku's own command is not installed.",
            hint=f"Install it ({CLI_ADDRESS}), run `heroku login`, then this again; --dry-run shows the steps.",
        )
    run(["heroku", "auth:whoami"], root)
    for step in steps(app, branch, _there(app, root), plan=plan, model=model):
        yield step
        run(step.command, root)


def address(app: str, root: Path) -> str:
    """Where the app answers, by Heroku's own word."""
    found: dict[str, Any] = json.loads(run(["heroku", "apps:info", "--json", "--app", app], root))
    return str(found["app"]["web_url"])


def run(command: Sequence[str], root: Path) -> str:
    """Output of a command. Raises DeployError with what is the matter, where it is known, and its own last words."""
    done = programs.run(command, root, os.environ)
    if done.returncode == 0:
        return done.stdout
    said = programs.last_lines(done.stdout, done.stderr)
    for sign, problem, hint in _KNOWN_FAILURES:
        if sign.lower() in said.lower():
            raise DeployError(f"{problem} `{shlex.join(command)}` says: {said}", hint=hint)
    raise DeployError(
        f"`{shlex.join(command)}` ended with {done.returncode}. It says: {said}",
        hint="Put that right, then run this again: what is done already is not done twice.",
    )


def _there(app: str, root: Path) -> Callable[[str], bool]:
    """Asks Heroku what is there already."""

    def exists(what: str) -> bool:
        if what == "app":
            return any(each["name"] == app for each in json.loads(run(["heroku", "apps", "--json"], root)))
        if what == "buildpacks":
            found = run(["heroku", "buildpacks", "--app", app], root)
            return all(name in found for name in BUILDPACKS)
        addons = json.loads(run(["heroku", "addons", "--json", "--app", app], root))
        return any(each["addon_service"]["name"] == "heroku-postgresql" for each in addons)

    return exists


def _branch(root: Path) -> str:
    """The branch that is checked out. Raises DeployError where there is none, or where changes are not committed."""
    if run(["git", "status", "--porcelain", "--untracked-files=no"], root).strip():
        raise DeployError(
            "Some changes are not committed, and only commits are pushed.", hint="Commit or stash them first."
        )
    branch = run(["git", "branch", "--show-current"], root).strip()
    if not branch:
        raise DeployError("No branch is checked out here.", hint="`git switch main`, then this again.")
    return branch


def _check_committed(root: Path, model: str) -> None:
    """`--model` names folders in the repository: NAME=PATH or PATH, which must be committed to be pushed."""
    path = model.partition("=")[2] or model
    if path == BUNDLED:  # it comes with the package
        return
    listed = ["git", "ls-files", "--cached"]
    ignored = ["--ignored", "--exclude-from=.slugignore"] if (root / ".slugignore").exists() else []
    body = ["--", f"{path}/body.json"]
    dropped = ignored and run([*listed, *ignored, *body], root).strip()
    if dropped or not run([*listed, *body], root).strip():
        raise DeployError(
            f"{path} is not committed, or .slugignore drops it, or it is no model: a push would leave it behind.",
            hint=f"Make the half that serving needs with `valence bundle --model {path} --out served`, commit that, "
            "and give --model served.",
        )
