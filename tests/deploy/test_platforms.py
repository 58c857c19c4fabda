"""render.yaml, railway.json, fly.toml and the head of a Space: in step with the server that they start and stop."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from flask import Flask
from huggingface_hub import SpaceCard

from valence.cli import main
from valence.server.api import health
from valence.server.production import GRACE_S
from valence.server.settings_reference import described_settings

ROOT = Path(__file__).parents[2]
(RENDER,) = yaml.safe_load((ROOT / "render.yaml").read_text("utf-8"))["services"]
DATABASE: dict[str, Any] = yaml.safe_load((ROOT / "render.yaml").read_text("utf-8"))["databases"][0]
RAILWAY: dict[str, Any] = json.loads((ROOT / "railway.json").read_text("utf-8"))
FLY: dict[str, Any] = tomllib.loads((ROOT / "fly.toml").read_text("utf-8"))
PORT = int(re.findall(r"^EXPOSE (\d+)$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)[0])

each_platform = pytest.mark.parametrize("platform", ["render", "railway", "fly"])


@each_platform
def test_the_step_before_a_release_is_a_command(platform: str) -> None:
    commands = {
        "render": RENDER["preDeployCommand"],
        "railway": RAILWAY["deploy"]["preDeployCommand"][0],
        "fly": FLY["deploy"]["release_command"],
    }
    program, *words = commands[platform].split()
    assert program == "valence"
    assert CliRunner().invoke(main, [*words, "--help"]).exit_code == 0


@each_platform
def test_a_release_takes_over_once_it_can_score(platform: str) -> None:
    paths = {
        "render": RENDER["healthCheckPath"],
        "railway": RAILWAY["deploy"]["healthcheckPath"],
        "fly": FLY["http_service"]["checks"][0]["path"],
    }
    app = Flask("health")
    app.register_blueprint(health.blueprint)
    assert app.url_map.bind("").match(paths[platform])[0] == "health.readyz"


@each_platform
def test_a_stop_leaves_the_server_the_time_that_it_takes(platform: str) -> None:
    seconds = {
        "render": RENDER["maxShutdownDelaySeconds"],
        "railway": RAILWAY["deploy"]["drainingSeconds"],  # a number: Railway refuses the text that its page shows
        "fly": FLY["kill_timeout"],
    }
    assert seconds[platform] > GRACE_S


def test_fly_sends_the_signal_on_which_calls_are_finished() -> None:
    assert FLY["kill_signal"] == "SIGTERM"


@each_platform
def test_the_image_is_the_dockerfiles(platform: str) -> None:
    named = {
        "render": RENDER["dockerfilePath"],
        "railway": RAILWAY["build"]["dockerfilePath"],
        "fly": FLY["build"]["dockerfile"],
    }
    assert (ROOT / named[platform]).samefile(ROOT / "Dockerfile")


def test_what_they_set_are_settings() -> None:
    known = {each.variable for each in described_settings()} | {"DATABASE_URL"}
    assert {each["key"] for each in RENDER["envVars"]} | set(FLY["env"]) <= known


def test_renders_database_is_the_one_that_its_service_is_given() -> None:
    (given,) = (each["fromDatabase"] for each in RENDER["envVars"] if each["key"] == "DATABASE_URL")
    assert given == {"name": DATABASE["name"], "property": "connectionString"}
    assert DATABASE["ipAllowList"] == []


def test_fly_asks_the_port_that_the_image_listens_on() -> None:
    assert FLY["http_service"]["internal_port"] == PORT


def test_the_folder_for_a_space_is_what_is_committed_with_the_head_that_the_hub_reads(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "deploy" / "spaces.md").read_text("utf-8")
    commands = re.findall(r"^(?:mkdir|printf) .+$", page, re.MULTILINE)
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", ROOT.as_uri(), str(clone)], check=True)
    subprocess.run(["bash", "-euo", "pipefail", "-c", "\n".join(commands)], cwd=clone, check=True)
    card = SpaceCard.load(tmp_path / "space" / "README.md")
    assert (card.data.sdk, card.data.app_port) == ("docker", PORT)
    assert card.text.strip() == (clone / "README.md").read_text("utf-8").strip()
    assert (tmp_path / "space" / "Dockerfile").exists()
