"""A user's own files, each from file to tested classifier by the one command, beside other ways on the same rows.

    python benchmarks/own_data.py --data FOLDER [--only NAME] [--way WAY] [--results docs/results]

FOLDER holds the files as their authors published them: banking77_train.csv and banking77_test.csv (PolyAI, CC BY 4.0),
tweets_hate_offensive.csv (Davidson et al. 2017, MIT), comments_toxicity.csv (Surge AI, MIT). Each command runs in a
process of its own, so time and peak memory are the command's. Writes own-NAME.json (ours), own-NAME-tfidf.json and
own-NAME-setfit.json. The exit code is 1 if ours took more than three minutes for a file.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

# Name -> (which of the files, what says how they are read).
FILES = {
    "comments": (["comments_toxicity.csv"], "--data comments_toxicity.csv"),
    "banking77": (
        ["banking77_train.csv", "banking77_test.csv"],
        "--data banking77_train.csv --test-data banking77_test.csv",
    ),
    "tweets": (
        ["tweets_hate_offensive.csv"],
        "--data tweets_hate_offensive.csv --text-column tweet --label-column class",
    ),
}


WAYS = ("ours", "tfidf", "setfit")
MOST_S = 180  # from file to tested classifier, on a frozen body
_HERE = Path(__file__).parent


def commands(name: str, ways: Sequence[str] = WAYS) -> dict[str, list[str]]:
    """Results file -> the command that makes it, in a folder that has the files."""
    read = shlex.split(FILES[name][1])
    each = {
        "ours": (f"own-{name}.json", ["valence", "transfer", "--from", "bundled", *read, "--out", name]),
        "tfidf": (f"own-{name}-tfidf.json", ["valence", "baseline", *read]),
        "setfit": (f"own-{name}-setfit.json", ["python", "train_rivals.py", "--rival", "setfit", *read]),
    }
    option = {"ours": "--results", "tfidf": "--results", "setfit": "--out"}
    return {each[way][0]: [*each[way][1], option[way], each[way][0]] for way in ways}


def measure(name: str, data: Path, results: Path, ways: Sequence[str], build: Path) -> float:
    """Runs the commands for one file in an empty folder with an empty cache, so that nothing is reused.

    Returns the seconds that ours took; 0 where it was not asked for.
    """
    took = 0.0
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for file in FILES[name][0]:
            (work / file).symlink_to((data / file).resolve())
        environment = {**os.environ, "VALENCE_HOME": str(work / "home")}
        for file, words in commands(name, ways).items():
            print("$", shlex.join(words), flush=True)
            subprocess.run(_as_run(words, build), cwd=work, env=environment, check=True)
            results.mkdir(parents=True, exist_ok=True)
            (results / file).write_bytes((work / file).read_bytes())
            if file == f"own-{name}.json":
                took = json.loads((work / file).read_text("utf-8"))["results"][0]["wall_time_s"]
    return took


def _as_run(words: list[str], build: Path) -> list[str]:
    if words[0] == "valence":
        return [str(Path(sys.executable).with_name("valence")), *words[1:]]
    return [sys.executable, str(_HERE / words[1]), *words[2:], "--build", str(build)]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="The folder with the files.")
    parser.add_argument("--only", choices=FILES, action="append", help="One of the files; again for another.")
    parser.add_argument("--way", choices=WAYS, action="append", help="One of the ways; again for another.")
    parser.add_argument("--results", type=Path, default=Path("docs/results"), help="Where the results files go.")
    parser.add_argument("--build", type=Path, default=Path("build/rivals"), help="Where rivals' environments are made.")
    given = parser.parse_args(arguments)
    names = given.only or list(FILES)
    missing = [file for name in names for file in FILES[name][0] if not (given.data / file).is_file()]
    if missing:
        parser.error(f"{given.data} lacks {', '.join(missing)}.")
    took = {
        name: measure(name, given.data, given.results.resolve(), given.way or WAYS, given.build.resolve())
        for name in names
    }
    slow = {name: seconds for name, seconds in took.items() if seconds > MOST_S}
    for name, seconds in slow.items():
        print(f"{name} took {seconds:.0f} s, more than {MOST_S}.", file=sys.stderr)
    return int(bool(slow))


if __name__ == "__main__":
    sys.exit(main())
