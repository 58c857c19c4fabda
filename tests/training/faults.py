"""Training killed on purpose: python -m tests.training.faults [--kills 20] [--out FILE]

Each way of training runs on a tiny base and made-up texts, over a model that is there already, and is killed with
SIGKILL at random moments, up to three times before it may come to its end with --resume. After every kill what can be
read must be whole: the model, its results file, the features kept on disk. At each end the model must be the one of a
run that nobody disturbed, byte for byte. The tests do the same with fewer kills.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from valence.evaluation.results import read
from valence.model.folder import ModelFolder
from valence.system.files import sha256_of, write_json

_KILLS_IN_A_ROW = 3
_RUNS_A_KILL = 20  # a way that always ends before it is killed is told, not tried for ever
_SMALL_DATA = Path(__file__).parents[2] / "runs" / "small_data.py"
_LOOP = "--batch-size 16 --learning-rate 2e-3 --precision fp32"
# Way -> the command without --out and --results; {room} holds base/, teacher/, aclImdb/ and SST-2/.
WAYS = {
    "pretrain": f"pretrain --base {{room}}/base --data {{room}}/aclImdb --epochs 3 --max-tokens 62 {_LOOP}",
    "pretrain, adapted first": "pretrain --base {room}/base --data {room}/aclImdb --epochs 2 --max-tokens 62 "
    f"--adapt-epochs 1 --truncation auto --layer-decay 0.9 --patience 4 {_LOOP}",
    "transfer": "transfer --from {room}/base --data {room}/SST-2 --precision fp32",
    "transfer, layers trained": "transfer --from {room}/base --data {room}/SST-2 --train-layers 2 " + _LOOP,
    "distill": "distill --student {room}/base --teacher {room}/teacher --data {room}/SST-2 --data {room}/aclImdb "
    f"--sentences 50 --short-passes 1 --epochs 3 --max-tokens 62 {_LOOP}",
}
_GOES_ON = WAYS.keys() - {"transfer"}  # with --resume; a frozen body has its features kept


@dataclass
class Killed:
    """What became of one way.

    Attributes:
        kills: runs that were killed; `while_writing` of them left something half-written aside.
        unreadable: what was there in part, or could not be read, after a kill.
        ends: runs that came to their end after kills; `different` of them with another model.
        left_behind: what was half-written and is still there after such an end.
    """

    kills: int = 0
    while_writing: int = 0
    ends: int = 0
    different: int = 0
    left_behind: int = 0
    unreadable: list[str] = field(default_factory=list)


class Way:
    """One way of training with its place: a model folder, a results file and a cache of its own."""

    def __init__(self, room: Path, command: str, *, goes_on: bool) -> None:
        self.place = Path(tempfile.mkdtemp(dir=room))
        self.out, self.results, self.home = self.place / "out", self.place / "results.json", self.place / "home"
        self._command = [
            *command.format(room=room).split(),
            "--out",
            str(self.out),
            "--overwrite",
            "--results",
            str(self.results),
        ]
        self._goes_on = goes_on

    def run(self, *, resume: bool, kill_after_s: float | None = None) -> bool:
        """Whether it came to its end before it was killed. Raises AssertionError if it failed by itself."""
        command = [*self._command, *(["--resume"] if resume and self._goes_on else [])]
        process = multiprocessing.get_context("fork").Process(target=_command, args=(command, self.home))
        process.start()
        process.join(kill_after_s)
        if process.exitcode is None:
            process.kill()
        process.join()
        assert process.exitcode in {0, -signal.SIGKILL}, f"{' '.join(command)} ended with {process.exitcode}"
        return process.exitcode == 0

    def result(self) -> dict[str, Any]:
        """What must be the same whenever the way comes to its end."""
        folder = ModelFolder(self.out)
        (*found,) = (result.model_dump(include={"metrics", "confusion", "rows"}) for result in read(self.results))
        return {
            "body": folder.body().id,
            "files": folder.body().files,
            "head": sha256_of(self.out / "head.safetensors"),
            "results": found,
        }

    def unreadable(self) -> list[str]:
        """What is there and not whole: of the model, of its results file, of the features kept."""
        faults = []
        try:
            folder = ModelFolder(self.out)
            folder.head()
            for name in folder.body().files:
                folder.file(name)
            read(self.results)
            for path in (self.home / "features").glob("[!.]*/[!.]*/*.npy"):
                np.load(path).sum()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            faults.append(f"{type(error).__name__}: {error}")
        return faults

    def half_written(self) -> int:
        """Drafts that were left aside, and checkpoints without the list that makes them whole."""
        drafts = len([*self.place.glob(".*.draft-*"), *(self.home / "features").glob("*/.*.draft-*")])
        unlisted = [
            each for each in self.place.glob("out.training/checkpoint-*") if not (each / "complete.json").exists()
        ]
        return drafts + len(unlisted)


def _command(arguments: list[str], home: Path) -> None:
    """In a process forked from this one, so that the moments are spent on work and not on imports."""
    from valence.cli import main

    os.environ["VALENCE_HOME"] = str(home)
    silent = os.open(home.parent / "said.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    main(arguments, prog_name="valence", standalone_mode=True)


def prepare(room: Path) -> None:
    """The base, the data, and a teacher, in `room`."""
    from tests.bases import build_tiny_roberta

    build_tiny_roberta(room / "base")
    subprocess.run([sys.executable, str(_SMALL_DATA), str(room)], check=True)
    teacher = Way(room, WAYS["pretrain"].replace("aclImdb", "SST-2"), goes_on=True)
    assert teacher.run(resume=False)
    teacher.out.rename(room / "teacher")


def kill(room: Path, name: str, kills: int, draw: random.Random) -> Killed:
    """Kills one way so many times; `room` is as `prepare` made it."""
    way, found = Way(room, WAYS[name], goes_on=name in _GOES_ON), Killed()
    began = time.monotonic()
    assert way.run(resume=False)
    undisturbed, took = way.result(), time.monotonic() - began
    for _ in range(kills * _RUNS_A_KILL):
        if found.kills >= kills:
            break
        shutil.rmtree(way.home, ignore_errors=True)
        ended = False
        for number in range(_KILLS_IN_A_ROW):
            if found.kills >= kills or ended:
                break
            ended = way.run(resume=number > 0, kill_after_s=draw.uniform(0, took))
            found.kills += not ended
            found.while_writing += not ended and way.half_written() > 0
            found.unreadable += way.unreadable()
        if not ended:
            assert way.run(resume=True)
        found.ends += 1
        found.different += way.result() != undisturbed
        found.left_behind += way.half_written()
    assert found.kills == kills, f"{name} was killed {found.kills} times only"
    return found


def record(name: str, found: Killed) -> Mapping[str, Any]:
    return {"way": name, **vars(found)}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=20, help="of each way")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("docs/results/training-faults.json"))
    parser.add_argument("--way", choices=WAYS, action="append", help="one of them; again for another")
    options = parser.parse_args()
    import_before_forking()
    kept = json.loads(options.out.read_text("utf-8"))["faults"] if options.way and options.out.exists() else []
    found = [each for each in kept if each["way"] not in options.way]
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        for name in options.way or WAYS:
            found.append(record(name, kill(Path(folder), name, options.kills, random.Random(options.seed))))
            print(json.dumps(found[-1]), flush=True)  # noqa: T201
            write_json(options.out, {"seed": options.seed, "faults": found})
    sys.exit(any(each["different"] or each["left_behind"] or each["unreadable"] for each in found))


def import_before_forking() -> None:
    """What the ways need, with one thread: a forked process has no others, and so small a network needs none."""
    import torch

    from valence.training import distill, fine_tune, pretrain, transfer  # noqa: F401

    torch.set_num_threads(1)


if __name__ == "__main__":
    main()
