"""Other ways to train a classifier, on the rows that ours works with, from the same base: SetFit, run_glue.py's recipe.

    python benchmarks/train_rivals.py --rival setfit --data FILE [--label-column C] --out docs/results/NAME-setfit.json
    python benchmarks/train_rivals.py --rival glue --data sst2 --out docs/results/sst2-glue-recipe.json

Each runs in an environment of its own (benchmarks/environments.py) as its own documentation runs it; the training rows
are ours without validation, which they do not use, and the test rows are ours. The result is a results file as every
other way has it, with the rival's own wall time and peak memory.

SetFit learns from pairs of rows, of which there are too many to try: it gets --pairs, from --most-rows at most.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from environments import interpreter  # beside this file

from valence.data.examples import Dataset, Examples
from valence.data.sources import DataRequest
from valence.data.splits import SplitConfig, prepare, sample
from valence.encoder import bases
from valence.evaluation.results import Origin, check_labels_covered, measure
from valence.evaluation.scored import Scored
from valence.evaluation.tables import cost, table
from valence.model.labels import Labels
from valence.model.results import Result
from valence.system.errors import DataError
from valence.system.files import write_json
from valence.tables.options import TableOptions

RIVALS = Path(__file__).parent / "rivals"


@dataclass(frozen=True)
class Rival:
    """A way to train: its script in rivals/, what its environment has, and what it is called in a result."""

    script: str
    packages: tuple[str, ...]
    title: str


NAMES = {
    "setfit": Rival("setfit_recipe.py", ("setfit==1.2.0",), "SetFit 1.2.0"),
    "glue": Rival("glue_recipe.py", ("transformers==5.24.0",), "run_glue.py's recipe"),
}


@dataclass(frozen=True)
class Amounts:
    """How much each rival gets: SetFit's rows and pairs, the recipe's epochs."""

    most_rows: int = 1_000
    pairs: int = 4_000
    epochs: float = 3.0


def train(
    name: str, base: str, dataset: Dataset, config: SplitConfig, amounts: Amounts, *, build: Path
) -> tuple[Result, dict[str, Any]]:
    """(the result of one rival on the reserved set, the settings that it was trained with).

    Raises DataError for several labels a text, and subprocess.CalledProcessError if it cannot be installed, or fails;
    it says why on stderr.
    """
    rival, labels, splits = NAMES[name], Labels.discover(dataset.train.labels), prepare(dataset, config)
    if labels.multi_label:
        raise DataError("The rivals learn one label a text, and these texts have several.")
    check_labels_covered(splits.train.label_counts.keys(), splits.test.label_counts.keys())
    few = name == "setfit"
    rows = sample(splits.train, rows=amounts.most_rows, seed=config.seed) if few else splits.train
    amount = amounts.pairs if few else amounts.epochs
    probabilities, said = learnt_by(name, base, (rows, splits.test), labels, amount, seed=config.seed, build=build)
    origin = Origin(
        name=f"{dataset.name}: {rival.title}, from {base}, {len(rows):,} rows",
        data=dataset.name,
        split=dataset.test_split,
        data_checksum=dataset.checksum,
        seed=config.seed,
        trained_parameters=said["trained_parameters"],
    )
    scored = Scored(probabilities, labels.encode(splits.test.labels), labels.names, splits.test.texts)
    own = {"wall_time_s": round(said["wall_time_s"], 1), "peak_memory_mb": round(said["peak_memory_mb"])}
    return measure(scored, origin, started=time.perf_counter()).model_copy(update=own), said["settings"]


def learnt_by(
    name: str,
    base: str,
    parts: tuple[Examples, Examples],
    labels: Labels,
    amount: float,
    *,
    seed: int,
    build: Path,
) -> tuple[npt.NDArray[np.float64], dict[str, Any]]:
    """(the test rows' probabilities, shape (n, classes), by a rival that learnt from the others; what else it said).

    `parts` are the training rows and the test rows; `amount` is SetFit's pairs, or the recipe's epochs. Raises
    subprocess.CalledProcessError as `train` does.
    """
    python = interpreter(build, NAMES[name].packages)
    with tempfile.TemporaryDirectory() as folder:
        for part, examples in zip(("train", "test"), parts, strict=True):
            _write(Path(folder) / f"{part}.jsonl", examples, labels)
        command = [str(python), NAMES[name].script, folder, str(bases.find(base).path), str(amount), str(seed)]
        subprocess.run(command, cwd=RIVALS, check=True)
        said = json.loads((Path(folder) / "predictions.json").read_text("utf-8"))
    probabilities = np.zeros((len(parts[1]), len(labels)))
    probabilities[:, said.pop("labels")] = said.pop("probabilities")
    return probabilities, said


def _write(path: Path, examples: Examples, labels: Labels) -> None:
    numbers = labels.encode(examples.labels).tolist()
    lines = [json.dumps({"text": text, "label": n}) for text, n in zip(examples.texts, numbers, strict=True)]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _command(given: argparse.Namespace) -> str:
    """As one would type it in the folder that has the files: no result names a place on this machine."""
    words = ["python", "benchmarks/train_rivals.py", "--rival", given.rival, "--base", Path(given.base).name]
    for name in ("data", "test_data", "text_column", "label_column"):
        value = getattr(given, name)
        if value is not None:
            words += [f"--{name.replace('_', '-')}", Path(value).name if "data" in name else value]
    return shlex.join([*words, "--out", given.out.name])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rival", choices=NAMES, required=True)
    parser.add_argument("--base", default="minilm", help="a base by name or path")
    parser.add_argument("--data", required=True, help="as valence transfer takes it")
    parser.add_argument("--test-data", type=Path)
    parser.add_argument("--text-column")
    parser.add_argument("--label-column")
    parser.add_argument("--train-rows", type=int, help="at most, for a quick run")
    parser.add_argument("--test-rows", type=int, help="at most, for a quick run")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--most-rows", type=int, default=Amounts.most_rows, help="training rows that SetFit gets")
    parser.add_argument("--pairs", type=int, default=Amounts.pairs, help="of rows, that SetFit learns from")
    parser.add_argument("--epochs", type=float, default=Amounts.epochs, help="of run_glue.py's recipe")
    parser.add_argument("--build", type=Path, default=Path("build/rivals"), help="where the environments are made")
    parser.add_argument("--out", type=Path, required=True, help="the results file")
    given = parser.parse_args(arguments)
    label_columns = (given.label_column,) if given.label_column else ()
    options = TableOptions(text_column=given.text_column, label_columns=label_columns)
    dataset = DataRequest(given.data, given.test_data, options).load(seed=given.seed)
    config = SplitConfig(train_rows=given.train_rows, test_rows=given.test_rows, seed=given.seed)
    given.build.mkdir(parents=True, exist_ok=True)
    amounts = Amounts(given.most_rows, given.pairs, given.epochs)
    try:
        result, settings = train(given.rival, given.base, dataset, config, amounts, build=given.build.resolve())
    except subprocess.CalledProcessError as error:
        sys.exit(f"{NAMES[given.rival].title} failed with {error.returncode}: {shlex.join(map(str, error.cmd))}")
    result = result.model_copy(update={"command": _command(given)})
    write_json(given.out, {"format": 1, "results": [{**result.as_json(), "settings": settings}]})
    print(table([result]), cost(result), sep="\n")


if __name__ == "__main__":
    main()
