"""Heroku's files agree with each other, with the command line and with the settings."""

from __future__ import annotations

import json
import os
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from jsonschema_rs import Draft7Validator
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

from valence.cli import main
from valence.server.settings import load_settings
from valence.server.settings_reference import described_settings

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
APP = json.loads((ROOT / "app.json").read_text("utf-8"))


# Published by Heroku in its MCP server. It is older than the stack that we are on, which Heroku's documentation names.
SCHEMA = ROOT / "tests/deploy/heroku-cli/node_modules/@heroku/mcp-server/dist/utils/app-json.schema.json"
NEWER_STACKS = ["heroku-26"]


@pytest.fixture(scope="module")
def schema() -> Draft7Validator:
    """Heroku's own, with the newer stacks; variables' names are held to its pattern, which it does not do itself."""
    assert SCHEMA.exists(), "Heroku's schema is not installed: `make .setup/heroku`"
    found = json.loads(SCHEMA.read_text("utf-8"))
    found["definitions"]["stack"]["enum"] += NEWER_STACKS
    found["definitions"]["env"]["additionalProperties"] = False
    return Draft7Validator(found)


def _requirements(name: str = "requirements.txt") -> list[str]:
    """Each pin with its hashes, on one line."""
    lines = (ROOT / name).read_text("utf-8").replace("\\\n", "").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _processes() -> dict[str, list[str]]:
    lines = (ROOT / "Procfile").read_text("utf-8").splitlines()
    return {name: shlex.split(command) for name, command in (line.split(": ", 1) for line in lines)}


def test_the_procfile_starts_our_command() -> None:
    words = [word.replace("$PORT", "5000") for word in _processes()["web"]]
    assert words[0] in PROJECT["scripts"]
    serve = main.get_command(click.Context(main), words[1])
    assert serve is not None
    parsed = serve.make_context(words[1], words[2:])
    assert (parsed.params["host"], parsed.params["port"]) == ("0.0.0.0", 5000)


def test_a_release_brings_the_database_up_to_date() -> None:
    program, *words = _processes()["release"]
    assert program in PROJECT["scripts"]
    done = CliRunner().invoke(main, words)
    assert (done.exit_code, "brought up to date from none" in done.output) == (0, True)


@pytest.mark.slow(reason="needs Heroku's schema, which comes with its command: 400 MB")
def test_the_button_s_file_fits_herokus_schema(schema: Draft7Validator) -> None:
    assert [error.message for error in schema.iter_errors(APP)] == []


@pytest.mark.slow(reason="needs Heroku's schema, which comes with its command: 400 MB")
@pytest.mark.parametrize(
    "fault",
    [
        {"stack": "heroku-16"},
        {"formation": {"web": {"quantity": 1, "size": "large"}}},
        {"env": {"VALENCE_MODELS": {"default": "a"}}},
        {"env": {"valence-models": {"value": "a"}}},
        {"addons": [{"as": "DATABASE"}]},
        {"sucess_url": "/"},
    ],
    ids=["stack", "dyno", "key of a variable", "name of a variable", "add-on without plan", "misspelt key"],
)
def test_the_schema_finds_faults(schema: Draft7Validator, fault: dict[str, object]) -> None:
    assert not schema.is_valid({**APP, **fault})


def test_the_button_and_the_container_take_the_same_database() -> None:
    container = YAML(typ="safe").load((ROOT / "heroku.yml").read_text("utf-8"))
    assert APP["addons"] == container["setup"]["addons"]


def test_every_variable_of_the_button_is_a_setting_with_its_meaning() -> None:
    known = {described.variable: described.meaning for described in described_settings()}
    assert {name: entry["description"] for name, entry in APP["env"].items()} == {
        name: meaning for name, meaning in known.items() if name not in {"VALENCE_HOST", "VALENCE_PORT"}
    }


def test_the_buttons_values_are_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("VALENCE_") or name == "PORT"]:
        monkeypatch.delenv(name)
    for name, entry in APP["env"].items():
        monkeypatch.setenv(name, entry.get("value", ""))
    assert load_settings().trusted_proxies == 1


def test_the_page_is_built_before_the_server_is_installed() -> None:
    assert [buildpack["url"] for buildpack in APP["buildpacks"]] == ["heroku/nodejs", "heroku/python"]
    assert "npm run build" in json.loads((ROOT / "package.json").read_text("utf-8"))["scripts"]["heroku-postbuild"]
    assert os.access(ROOT / "bin" / "post_compile", os.X_OK)


def test_every_serving_dependency_is_pinned_within_its_bounds() -> None:
    pins = [Requirement(line.partition(" --hash")[0]) for line in _requirements()]
    pinned = {canonicalize_name(pin.name): pin.specifier for pin in pins}
    assert all(len(specifier) == 1 and str(specifier).startswith("==") for specifier in pinned.values())
    for needed in map(Requirement, PROJECT["dependencies"]):
        name = canonicalize_name(needed.name)
        assert name in pinned, f"requirements.txt lacks {name}"
        assert str(pinned[name]).removeprefix("==") in needed.specifier


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_file_of_a_pinned_package_is_known_by_its_hash(name: str) -> None:
    """Pip takes nothing else then, whatever an index sends; `make lock` writes them."""
    for line in _requirements(name):
        assert re.fullmatch(r"[\w.-]+==[^\s;]+(?: ; [^-]+?)?(?:\s+--hash=sha256:[0-9a-f]{64})+\s*", line), line[:60]


def test_the_requirements_name_no_index() -> None:
    assert not [line for line in _requirements() if line.startswith("-") or "://" in line]


def test_the_package_itself_is_installed_after_its_requirements() -> None:
    assert "--no-deps ." in (ROOT / "bin" / "post_compile").read_text("utf-8")


def test_the_python_version_is_one_that_we_support() -> None:
    version = (ROOT / ".python-version").read_text("utf-8").strip()
    assert version in SpecifierSet(PROJECT["requires-python"])
    assert f"Programming Language :: Python :: {version}" in PROJECT["classifiers"]


@pytest.mark.parametrize("name", ["runtime.txt", "uv.lock", "Pipfile", "poetry.lock"])
def test_no_second_file_confuses_the_buildpack(name: str) -> None:
    assert not (ROOT / name).exists()
