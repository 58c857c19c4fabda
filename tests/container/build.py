"""Takes the Dockerfile's steps without Docker, each stage in an empty folder: python tests/container/build.py FOLDER.

COPY copies, RUN runs, each path of the image lying below its stage's folder; then the image's command is started, its
health check run, and a text scored. Left out: what needs root (accounts), the base images themselves, and other
processors than this machine's. Its Python and Node stand in for theirs.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from dockerfile_parse import DockerfileParser

ROOT = Path(__file__).parents[2]
PATHS = ("/app", "/opt", "/data")  # of the image, wherever a command names them
PORT = 8490


@dataclass
class Stage:
    """One stage: the folder that stands for its `/`, its working folder and its variables."""

    root: Path
    folder: str = "/"
    variables: dict[str, str] = field(default_factory=dict)

    def at(self, path: str) -> Path:
        return self.root / os.path.join(self.folder, path).lstrip("/")  # noqa: PTH118 -- a path of the image's

    def placed(self, words: str) -> str:
        """`words` with the image's paths where they are here."""
        return re.sub(rf"(?<![\w/.])({'|'.join(PATHS)})(?=[/:\s]|$)", lambda path: f"{self.root}{path[0]}", words)

    def environment(self) -> dict[str, str]:
        found = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "VIRTUAL_ENV"}}
        for name, value in self.variables.items():
            found[name] = self.placed(value).replace("$PATH", os.environ["PATH"])
        return found


def sources(folder: Path) -> None:
    """What Docker would be sent: the committed files that .dockerignore lets through."""
    rules = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line and line[0] != "#"]
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        let_through = True
        for rule in rules:  # the last one that fits decides
            pattern = rule.removeprefix("!").removeprefix("**/")
            if any(fnmatch.fnmatch(part, pattern) for part in (name, *map(str, Path(name).parents))):
                let_through = rule.startswith("!")
        if let_through:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def build(room: Path) -> Stage:
    """The last stage, built."""
    context = room / "context"
    sources(context)
    stages: dict[str, Stage] = {}
    for step in DockerfileParser(fileobj=(ROOT / "Dockerfile").open("rb")).structure:
        instruction, value = step["instruction"], step["value"]
        if instruction == "FROM":
            name = value.partition(" AS ")[2] or "image"
            stage = stages[name] = Stage(room / name)
            stage.root.mkdir()
        elif instruction == "WORKDIR":
            stage.folder = value
            stage.at(".").mkdir(parents=True, exist_ok=True)
        elif instruction == "ENV":
            stage.variables |= dict(pair.split("=", 1) for pair in value.split())
        elif instruction == "COPY":
            *given, target = value.split()
            taken = stages[given.pop(0).removeprefix("--from=")] if given[0].startswith("--from=") else Stage(context)
            for source in given:
                copy(taken.at(source), stage.at(target), into=target.endswith("/"))
        elif instruction == "RUN" and "useradd" not in value:
            print(f"RUN {value}", flush=True)  # noqa: T201
            subprocess.run(
                ["bash", "-euc", stage.placed(value)], cwd=stage.at("."), env=stage.environment(), check=True
            )
        elif instruction in {"HEALTHCHECK", "CMD"}:
            stage.variables[f"the {instruction}"] = value
    return stages["image"]


def copy(source: Path, target: Path, *, into: bool) -> None:
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    else:
        to = target / source.name if into else target
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, to)


def relocate(image: Stage, built_at: Path) -> None:
    """The image's environment has the same path in both stages; here it does not, so its commands are pointed anew."""
    for program in (image.root / "opt/valence/bin").iterdir():
        if program.is_file() and not program.is_symlink() and program.read_bytes()[:2] == b"#!":
            program.write_text(program.read_text("utf-8").replace(str(built_at), str(image.root)), "utf-8")


def main(room: Path) -> None:
    room.mkdir(parents=True)
    image = build(room)
    relocate(image, room / "server")
    health, command = (as_words(image.variables.pop(f"the {each}")) for each in ("HEALTHCHECK", "CMD"))
    environment = {**image.environment(), "PORT": str(PORT)}
    server = subprocess.Popen(command, cwd=image.at("."), env=environment)
    try:
        for _ in range(120):
            if subprocess.run(health, env=environment, capture_output=True, check=False).returncode == 0:
                break
            time.sleep(0.5)
        else:
            sys.exit("the health check never passed")
        print(ask())  # noqa: T201
    finally:
        server.terminate()
        assert server.wait(35) == 0


def as_words(value: str) -> list[str]:
    """The words of an instruction in JSON form, whatever options stand before them."""
    words: list[str] = json.loads(value[value.index("[") :])
    return words


def ask() -> str:
    """One text, once the model is loaded, and the page."""
    address = f"http://127.0.0.1:{PORT}"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/readyz", timeout=5).close()
            break
        except OSError:
            time.sleep(0.5)
    body = json.dumps({"text": "A wonderful, moving film."}).encode()
    request = urllib.request.Request(f"{address}/api/v1/predict", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        label = json.load(answer)["results"][0]["label"]
    assert label == "positive", label
    with urllib.request.urlopen(address, timeout=30) as page:
        assert b"<script" in page.read()
    return "the image's command answers, its health check passes"


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())  # its commands run in folders of their own
