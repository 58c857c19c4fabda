"""The container's files: sound by the tools made for them, and in step with Heroku's files and with each other."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from valence.cli import main
from valence.server.settings_reference import described_settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
HEROKU: dict[str, Any] = yaml.safe_load((ROOT / "heroku.yml").read_text("utf-8"))
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [
        ("hadolint", "Dockerfile"),
        ("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"),
    ],
    ids=lambda command: str(command[0]),
)
def test_the_tool_made_for_it_finds_no_fault(command: tuple[str, ...]) -> None:
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_image_has_the_versions_that_heroku_runs() -> None:
    python = (ROOT / ".python-version").read_text("utf-8").strip()
    node = json.loads((ROOT / "package.json").read_text("utf-8"))["engines"]["node"].removesuffix(".x")
    images = re.findall(r"^FROM .*?(node|python):([\d.]+)-slim", DOCKERFILE, re.MULTILINE)
    assert set(images) == {("node", node), ("python", python)}


def test_a_base_image_is_named_by_its_version_and_a_digest_is_whole() -> None:
    """docs/deploy/compose.md says how to add the digests."""
    of_stages = re.findall(r"^FROM (?:--\S+ )?(\S+)", DOCKERFILE, re.MULTILINE)
    of_services = [
        each["image"] for each in COMPOSE["services"].values() if "build" not in each and each["image"] != "valence"
    ]
    for image in (*of_stages, *of_services):
        assert re.fullmatch(r"[a-z]+:[\w.-]+(?:@sha256:[0-9a-f]{64})?", image), image


def test_the_image_runs_as_nobody_in_particular_and_tells_how_it_is() -> None:
    kept = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER [1-9]\d+$", kept, re.MULTILINE)
    check, command = re.findall(r'^(?:    )?CMD \["valence", (.*)\]$', kept.partition("HEALTHCHECK")[2], re.MULTILINE)
    assert (check, command) == ('"healthcheck"', '"serve"'), "both read host and port from the same settings"
    assert "VALENCE_HOST=0.0.0.0" in kept


def test_heroku_yml_runs_what_the_procfile_runs() -> None:
    lines = (ROOT / "Procfile").read_text("utf-8").splitlines()
    assert dict(line.split(": ", 1) for line in lines) == {
        "web": HEROKU["run"]["web"],
        "release": HEROKU["release"]["command"][0],
    }


def test_the_settings_that_the_files_set_are_settings() -> None:
    known = {each.variable for each in described_settings()} | {"DATABASE_URL"}
    assert set(COMPOSE["services"]["valence"]["environment"]) | set(HEROKU["setup"]["config"]) <= known


def test_the_server_on_compose_has_a_dynos_memory_and_its_tables_first() -> None:
    server, migrate = COMPOSE["services"]["valence"], COMPOSE["services"]["migrate"]
    assert server["mem_limit"] == "512m"
    assert server["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert CliRunner().invoke(main, [*migrate["command"][1:], "--help"]).exit_code == 0


def test_compose_publishes_the_proxy_alone_and_knows_no_secret() -> None:
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["back"]["internal"]
    used = [
        line for line in (ROOT / "compose.yaml").read_text("utf-8").splitlines() if "PASSWORD" in line and ": " in line
    ]
    assert len(used) == 2
    assert all("${POSTGRES_PASSWORD:?" in line for line in used)


def test_a_secret_beside_the_sources_never_reaches_the_builder() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
    roots = {source.split("/")[0] for line in copied for source in line.split()}
    assert roots == {rule.removeprefix("!").split("/")[0] for rule in rules if rule.startswith("!")}
