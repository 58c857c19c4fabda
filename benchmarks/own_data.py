"""A user's own files, each from file to tested classifier by the one command, beside the cheap way on the same rows.

    python benchmarks/own_data.py --data FOLDER [--only NAME] [--results docs/results]

FOLDER holds the files as their authors published them: banking77_train.csv and banking77_test.csv (PolyAI, CC BY 4.0),
tweets_hate_offensive.csv (Davidson et al. 2017, MIT), comments_toxicity.csv (Surge AI, MIT). Each command runs in a
process of its own, so time and peak memory are the command's. Writes own-NAME.json and own-NAME-tfidf.json.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

# Name -> (which of the files, what says how they are read, what the head reads).
FILES = {
    "comments": (["comments_toxicity.csv"], "--data comments_toxicity.csv", "--readout general"),
    "banking77": (
        ["banking77_train.csv", "banking77_test.csv"],
        "--data banking77_train.csv --test-data banking77_test.csv",
        "--readout general",
    ),
    "tweets": (
        ["tweets_hate_offensive.csv"],
        "--data tweets_hate_offensive.csv --text-column tweet --label-column class",
        "--readout general",
    ),
}


def commands(name: str) -> dict[str, list[str]]:
    """Results file -> the command that makes it, in a folder that has the files."""
    _, reading, readout = FILES[name]
    read, how = shlex.split(reading), shlex.split(readout)
    results = {way: f"own-{name}{way}.json" for way in ("", "-tfidf")}
    transfer = ["transfer", "--from", "bundled", *read, *how, "--out", name, "--results", results[""]]
    return {results[""]: transfer, results["-tfidf"]: ["baseline", *read, "--results", results["-tfidf"]]}


def measure(name: str, data: Path, results: Path) -> None:
    """Runs the commands for one file in an empty folder with an empty cache, so that nothing is reused."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for file in FILES[name][0]:
            (work / file).symlink_to((data / file).resolve())
        environment = {**os.environ, "VALENCE_HOME": str(work / "home")}
        for file, arguments in commands(name).items():
            print("$ valence", shlex.join(arguments), flush=True)
            command = [str(Path(sys.executable).with_name("valence")), *arguments]
            subprocess.run(command, cwd=work, env=environment, check=True)
            results.mkdir(parents=True, exist_ok=True)
            (results / file).write_bytes((work / file).read_bytes())


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="The folder with the files.")
    parser.add_argument("--only", choices=FILES, action="append", help="One of the files; again for another.")
    parser.add_argument("--results", type=Path, default=Path("docs/results"), help="Where the results files go.")
    given = parser.parse_args(arguments)
    names = given.only or list(FILES)
    missing = [file for name in names for file in FILES[name][0] if not (given.data / file).is_file()]
    if missing:
        parser.error(f"{given.data} lacks {', '.join(missing)}.")
    for name in names:
        measure(name, given.data, given.results.resolve())


if __name__ == "__main__":
    main()
