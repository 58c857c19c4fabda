"""Checks the engine's C code: every set of instructions gives the same bits, and no access leaves an array.

    python benchmarks/engine_check.py [--cases 60] [--sanitize]       on this computer
    python benchmarks/engine_check.py --all --out docs/results/engine-bits.json

engine_check.c runs random networks and texts through every set that the processor has. With --sanitize it is built with
the address and undefined-behaviour sanitizers. With --all it is also built by clang, for aarch64, and run by emulators
of processors that lack most sets; what is not installed is left out, and named. Its hash of all results must be the
same everywhere. So must that of the bundled model's features of odd texts, which is computed with every set here.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from valence.inference.engine import Engine
from valence.inference.fused.library import load_library
from valence.model.bundled import bundled_folder
from valence.system.files import write_json
from valence.system.machine import INSTRUCTIONS, Instructions, processor

_HERE = Path(__file__).parent
FUSED = _HERE.parent / "src" / "valence" / "inference" / "fused"
# As in setup.py, beside the optimisation.
_OPTIONS = ("-std=gnu11", "-ffp-contract=off", "-fno-math-errno", "-Wall", "-Wextra", "-Werror")
_SANITIZERS = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
_PLAIN = ("-O2", "-static")
# Odd characters: Latin, Greek, Arabic, Devanagari, Han, Hangul, joiners and marks, emoji, tags.
_SCRIPTS = ((32, 126), (161, 591), (880, 1023), (1536, 1791), (2304, 2431), (19968, 20991), (44032, 44999))
_SYMBOLS = ((8192, 8303), (768, 879), (127744, 128591), (917504, 917631))
_FEW = 24  # texts that the tests score with every set; more take too long in portable C
_WORDS = ("a", "film", "not", "wonderful", "terrible", "the", "of", "and", "boring", "I", "was", "7/10", "...", "!!!")


class Place(NamedTuple):
    """Where engine_check.c is built and run: a compiler, what emulates its processor, and that processor's name."""

    compiler: str
    emulator: tuple[str, ...] = ()
    name: str = "this processor"


HERE = Place("cc")
ELSEWHERE = (
    Place("clang"),
    Place("cc", ("qemu-x86_64", "-cpu", "Haswell"), "x86-64 with AVX2, emulated"),
    Place("cc", ("qemu-x86_64", "-cpu", "Nehalem"), "x86-64 without AVX, emulated"),
    Place("aarch64-linux-gnu-gcc", ("qemu-aarch64",), "aarch64, emulated"),
    Place("aarch64-linux-gnu-gcc", ("qemu-aarch64", "-cpu", "cortex-a53"), "aarch64 without dot products, emulated"),
)


def check(place: Place, *, cases: int, seed: int, sanitize: bool = False) -> dict[str, Any]:
    """The sets that were compared and the hash of their results. Raises CalledProcessError where it fails."""
    sources = [*sorted(FUSED.glob("*.c")), *sorted(FUSED.glob("sets/*.c")), _HERE / "engine_check.c"]
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "engine_check")
        options = (*_OPTIONS, *(_SANITIZERS if sanitize else _PLAIN), f"-I{FUSED}")
        subprocess.run([place.compiler, *options, *map(str, sources), "-o", str(program)], check=True)
        found = _run([*place.emulator, str(program)], cases, seed)
    return {"compiler": place.compiler, "processor": place.name, **found}


def check_built(*, cases: int, seed: int) -> dict[str, Any]:
    """As `check`, of the library as setup.py built it."""
    functions = load_library().functions
    if functions is None:
        raise RuntimeError(load_library().missing)
    library = functions._name  # noqa: SLF001  # ctypes has no public name for its path
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "engine_check")
        command = [HERE.compiler, *_OPTIONS, "-O1", f"-I{FUSED}", str(_HERE / "engine_check.c"), library]
        subprocess.run([*command, "-o", str(program)], check=True)
        return _run([str(program)], cases, seed)


def _run(command: Sequence[str], cases: int, seed: int) -> dict[str, Any]:
    done = subprocess.run([*command, str(cases), str(seed)], check=True, stdout=subprocess.PIPE, text=True)
    _, sets, _, hashed = done.stdout.split()
    return {"sets": [name for i, name in enumerate(INSTRUCTIONS) if int(sets) >> i & 1], "hash": hashed}


def odd_texts(count: int) -> list[str]:
    """Texts of one character to several windows: words, and characters of many scripts."""
    chance = random.Random(32)
    return [_odd_text(chance, i) for i in range(count)]


def _odd_text(chance: random.Random, number: int) -> str:
    length = min(int(chance.paretovariate(0.6)) + number % 3, 900)
    if number % 2:
        return " ".join(chance.choices(_WORDS, k=length))
    ranges = chance.choices((*_SCRIPTS, *_SYMBOLS), k=3)
    return "a" + "".join(chr(chance.randint(*chance.choice(ranges))) for _ in range(length))


def hash_of_texts(instructions: Instructions, count: int) -> str:
    """Of the bundled model's features, of every readout, for the windows of odd texts."""
    engine = Engine(bundled_folder(), threads=1, instructions=instructions)
    readings = map(engine.reader.read, odd_texts(count))
    windows = [engine.reader.window(each.ids[first:past]) for each in readings for first, past in each.bounds]
    digest = hashlib.sha256()
    for _, features in sorted(engine.run_all(windows).items()):
        digest.update(features.astype("<f4").tobytes())
    return digest.hexdigest()


def _texts(count: int) -> dict[str, Any]:
    return {"count": count, "hashes": {name: hash_of_texts(name, count) for name in load_library().instructions}}


def main(arguments: Sequence[str] | None = None) -> int:
    given = _options(arguments)
    rows, left_out = [], []
    for place in (HERE, *ELSEWHERE) if given.all else (HERE,):
        tools = (place.compiler, *place.emulator[:1])
        if missing := [tool for tool in tools if not shutil.which(tool)]:
            left_out.append(f"{place.name}: {missing[0]} is not installed")
            continue
        rows.append(check(place, cases=given.cases, seed=given.seed, sanitize=given.sanitize))
        print(f"{place.compiler}, {place.name}: {', '.join(rows[-1]['sets'])}: {rows[-1]['hash']}", flush=True)
    print("".join(f"left out: {each}\n" for each in left_out), end="")
    texts = [_texts(count) for count in sorted({min(_FEW, given.texts), given.texts})]
    for each in texts:
        print(f"bundled model, {each['count']} odd texts: {each['hashes']}")
    same = len({row["hash"] for row in rows}) == 1 == max(len({*each["hashes"].values()}) for each in texts)
    if given.out:
        about = {"processor": processor(), "cases": given.cases, "seed": given.seed}
        write_json(given.out, {**about, "rows": rows, "left_out": left_out, "texts": texts, "same": same})
    return int(not same)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=60, help="random networks, each with a few texts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--texts", type=int, default=300, help="odd texts for the bundled model")
    parser.add_argument("--sanitize", action="store_true", help="build with the sanitizers, only for this processor")
    parser.add_argument("--all", action="store_true", help="by every compiler and emulator that is installed")
    parser.add_argument("--out", type=Path, help="where to write the results")
    given = parser.parse_args(arguments)
    if given.sanitize and given.all:
        parser.error("--sanitize is for this processor: leave out --all.")
    return given


if __name__ == "__main__":
    sys.exit(main())
