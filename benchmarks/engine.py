"""Our engine beside other ways to run the same model, and beside cheaper models: `make bench`, one run, one table.

    python benchmarks/engine.py --model models/sst2 [--way Valence] [--rounds 3] [--out docs/results/engine.json]

Every way starts from texts and ends in probabilities. Each runs in a process of its own, in turns over the rounds, so
that other work on the machine strikes all alike; the best of a way's rounds counts. The first process of each answers
every sentence and review, which gives accuracy, exactness and peak memory; the others are timed. A model that has not
been exported yet is exported first.

Ours is also measured as on lesser processors, with each set of instructions that this one has. It reads a review in
windows to its end; the others cut it at the model's longest. TF-IDF and model2vec learn from the training rows of
--train. Rivals are installed in environments of their own (--build).

The distance to the limit: the multiply-adds that the network needs for a text (linear layers and attention, nothing of
padding), times texts a second, over the rate at which this machine multiplies matrices of int8, bf16 and float32.

sst2 and imdb have to be here (`valence data get imdb sst2`); --sst2 and --imdb take copies by path. What is measured is
kept as it comes: --go-on takes it up again. The exit code is 1 when a bar fails.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from engine_figures import against, bars, best_rates, figures, limit_table, multiply_adds, shares, table
from engine_way import Settings, Way
from engine_ways import PIPELINE, REFERENCE, ways_here  # next to this file
from environments import interpreter

from valence.data import sources
from valence.data.examples import Examples
from valence.data.splits import sample
from valence.encoder import bases
from valence.export.to_body import export_body
from valence.inference.cores import available_cores
from valence.inference.windows import TextReader
from valence.model.body import SERVED
from valence.model.folder import ModelFolder
from valence.system.errors import ValenceError
from valence.system.files import write_json
from valence.system.machine import processor

_HERE = Path(__file__).parent
SINGLES = 200
PATIENCE_S = 1200  # of one process: a rival that hangs is left out


class WayError(Exception):
    """A way that could not be installed, prepared or run, in words."""


class Bench:
    """The run: what is given to the ways, and what has been measured so far."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        self.ways = [way for way in ways_here() if not given.way or any(each in way.name for each in given.way)]
        self.made = given.build.resolve() / "made"
        self.made.mkdir(parents=True, exist_ok=True)
        self.texts = self._write_texts()
        self.settings = self._write_settings()
        self.kept = self.made / "measured.json"
        self.measured: dict[str, Any] = {"answers": {}, "timed": {}, "rates": [], "left_out": {}}
        if given.go_on and self.kept.exists():
            self.measured = json.loads(self.kept.read_text("utf-8"))
            self.measured["left_out"] = {}

    def run(self) -> dict[str, Any]:
        for way in self.ways:
            self._try(way, self._first)
        for each in range(self.given.rounds):
            if len(self.measured["rates"]) <= each:
                self.measured["rates"].append(self._rates())
            for way in self.ways:
                if len(self.measured["timed"].get(way.name, ())) <= each:
                    self._try(way, self._round)
        return self.found()

    def found(self) -> dict[str, Any]:
        """What docs/results/engine.json holds."""
        answers, left_out = self.measured["answers"], self.measured["left_out"]
        arithmetic, rates = self._arithmetic(), best_rates(self.measured["rates"])
        rows: list[dict[str, Any]] = []
        for way in self.ways:
            if way.name in left_out:
                continue
            row = figures(answers[way.name], self.measured["timed"][way.name], self.texts)
            if way.kind != "cheap":
                row["shares"] = shares(row["texts_per_second"], arithmetic, rates)
                if REFERENCE in answers:
                    row |= against(answers[way.name], answers[REFERENCE])
            rows.append({"way": way.name, "kind": way.kind, **row, "note": way.note})
        return {
            "processor": processor(),
            "threads": self.given.threads,
            "model": self.given.model.name,
            "rounds": self.given.rounds,
            "texts": len(self.texts["sentences"]),
            "reviews": len(self.texts["reviews"]),
            "timed_reviews": self.texts["timed_reviews"],
            "seed": self.given.seed,
            "trained_on": f"{self.texts['train_rows']} training rows of {Path(self.given.train).name}",
            "multiply_adds": round(arithmetic),
            "rates": rates,
            "rows": rows,
            "left_out": left_out,
            "bars": bars(rows, PIPELINE),
        }

    def _try(self, way: Way, step: Any) -> None:
        """A rival that cannot be run is left out, and the reason told; ours may not fail."""
        if way.name in self.measured["left_out"]:
            return
        try:
            step(way)
        except (WayError, subprocess.SubprocessError) as error:
            if way.kind == "ours":
                raise
            self.measured["left_out"][way.name] = _reason(error)
            print(f"left out: {way.name}: {_reason(error)}", flush=True)
        write_json(self.kept, self.measured)

    def _first(self, way: Way) -> None:
        if way.name in self.measured["answers"]:
            return
        self._process("prepare", way)
        self.measured["answers"][way.name] = self._process("answers", way)

    def _round(self, way: Way) -> None:
        self.measured["timed"].setdefault(way.name, []).append(self._process("timed", way))

    def _process(self, task: str, way: Way) -> dict[str, Any]:
        """What the way found, with the seconds from the start of its process to its first answer."""
        python = interpreter(self.given.build.resolve(), way.packages, dependencies=way.dependencies)
        slug = re.sub(r"\W+", "-", way.name.lower())
        out, said = self.made / f"{slug}.json", self.made / f"{slug}.log"
        command = [str(python), str(_HERE / "engine_ways.py"), task, way.name, str(self.settings), str(out)]
        out.unlink(missing_ok=True)
        print(f"{task}: {way.name}", flush=True)
        environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true"}
        with said.open("w") as log:
            start = time.time()
            ended = subprocess.run(
                command, stdout=log, stderr=log, env=environment, timeout=PATIENCE_S, check=False
            ).returncode
        if ended or not out.exists():
            last = said.read_text("utf-8", "replace").strip().splitlines()[-1:]
            raise WayError(f"{task} failed: {''.join(last)[:300]}")
        found: dict[str, Any] = json.loads(out.read_text("utf-8"))
        if "first_answer_at" in found:
            found["cold_start_s"] = found.pop("first_answer_at") - start
        return found

    def _rates(self) -> dict[str, Any]:
        print("rates of matrix products", flush=True)
        out, (hidden, inner, _) = self.made / "rates.json", self._shape()
        command = [sys.executable, str(_HERE / "engine_rates.py"), str(hidden), str(inner)]
        subprocess.run([*command, str(self.given.threads), str(out)], check=True)
        found: dict[str, Any] = json.loads(out.read_text("utf-8"))
        return found

    def _shape(self) -> tuple[int, int, int]:
        """(hidden, inner, layers) of the network, whatever its family calls them."""
        config = json.loads((self.given.model / "config.json").read_text("utf-8"))
        names = (("hidden_size", "dim"), ("intermediate_size", "hidden_dim"), ("num_hidden_layers", "n_layers"))
        hidden, inner, layers = (next(config[name] for name in pair if name in config) for pair in names)
        return hidden, inner, layers

    def _arithmetic(self) -> float:
        folder = ModelFolder(self.given.model)
        reader = TextReader(folder.file("tokenizer.json"), folder.body().max_tokens)
        windows = [
            reader.window(each.ids[first:past])
            for each in map(reader.read, self.texts["sentences"])
            for first, past in each.bounds
        ]
        hidden, inner, layers = self._shape()
        lengths = [len(window) for window in windows]
        return multiply_adds(lengths, hidden, inner, layers) * len(lengths) / len(self.texts["sentences"])

    def _write_texts(self) -> dict[str, Any]:
        """Writes what the ways read, and returns it with the labels, which they are not told."""
        given, labels = self.given, ModelFolder(self.given.model).head().labels
        sentences = _some(sources.load(given.sst2).test, given.texts_limit, given.seed)
        reviews = _some(sources.load(given.imdb).test, given.reviews, given.seed)
        train = _some(sources.load(given.train).train, given.train_rows, given.seed)
        texts = {"sentences": list(sentences.texts), "reviews": list(reviews.texts)}
        (self.made / "texts.json").write_text(json.dumps(texts), "utf-8")
        learnt = {"texts": list(train.texts), "labels": labels.encode(train.labels).tolist()}
        (self.made / "train.json").write_text(json.dumps(learnt), "utf-8")
        return {
            **texts,
            "sentences_labels": labels.encode(sentences.labels).tolist(),
            "reviews_labels": labels.encode(reviews.labels).tolist(),
            "timed_reviews": min(given.timed_reviews, len(reviews)),
            "train_rows": len(train),
        }

    def _write_settings(self) -> Path:
        model = self.given.model.resolve()
        folder = ModelFolder(model)
        settings = Settings(
            model=str(model),
            made=str(self.made),
            base=_base(folder.body().base),
            window=_longest(model),
            threads=self.given.threads,
            labels=folder.head().labels.names,
            train=str(self.made / "train.json"),
            texts=str(self.made / "texts.json"),
            timed_reviews=self.texts["timed_reviews"],
            singles=SINGLES,
        )
        path: Path = self.made / "settings.json"
        write_json(path, asdict(settings))
        return path


def _some(examples: Examples, rows: int | None, seed: int) -> Examples:
    """All, or a stratified sample, in an order by chance: sets are often sorted by label."""
    chosen = examples if rows is None else sample(examples, rows=rows, seed=seed)
    return chosen.take(np.random.default_rng(seed).permutation(len(chosen)).tolist())


def _base(name: str) -> str:
    """The base's folder, which model2vec is distilled from; empty where it is not here."""
    try:
        return str(bases.find(name).path)
    except ValenceError:
        return ""


def _longest(model: Path) -> int:
    """Tokens at which the other ways cut a text: the most that the network reads, as its tokenizer says."""
    about = model / "tokenizer_config.json"
    said = json.loads(about.read_text("utf-8")) if about.exists() else {}
    return int(min(said.get("model_max_length", ModelFolder(model).body().max_tokens), 512))


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return "its packages cannot be installed"
    return re.sub(r"(/[\w.@+-]+){2,}", "...", str(error))


def main(arguments: Sequence[str] | None = None) -> int:
    given = _options(arguments)
    if not (given.model / SERVED).exists():
        print(f"{given.model} has no {SERVED} yet: exporting it, as `valence export --model {given.model}` does.")
        export_body(given.model)
    found = Bench(given).run()
    write_json(given.out, found)
    print(f"\n{found['processor']}; {found['threads']} threads; best of {found['rounds']} rounds\n")
    print(table(found["rows"]), limit_table(found), sep="\n\n", end="\n\n")
    for row in found["rows"]:
        print(f"{row['way']}: {row['note']}")
    print(*(f"{name}: left out, {why}" for name, why in found["left_out"].items()), "", sep="\n")
    for each in found["bars"]:
        print(f"{'held' if each['held'] else 'MISSED':<6}  {each['bar']}: {each['figure']} (bar {each['at']})")
    return int(not all(each["held"] for each in found["bars"]))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="a model folder with its network")
    parser.add_argument("--sst2", default="sst2", help="the sentences, by name or path")
    parser.add_argument("--imdb", default="imdb", help="the reviews, by name or path")
    parser.add_argument("--train", default="sst2", help="what TF-IDF and model2vec learn from, by name or path")
    parser.add_argument("--train-rows", type=int, help="of those, at most")
    parser.add_argument("--texts-limit", type=int, help="sentences at most, for a quick run, in which bars mean little")
    parser.add_argument("--reviews", type=int, default=1_000, help="test reviews that every way answers")
    parser.add_argument("--timed-reviews", type=int, default=256, help="of those, how many are timed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=42, help="of the samples")
    parser.add_argument("--way", action="append", help="a part of a way's name; again for another")
    parser.add_argument("--go-on", action="store_true", help="take up what a cut run with these options measured")
    parser.add_argument("--threads", type=int, default=available_cores())
    parser.add_argument("--build", type=Path, default=Path("build/rivals"), help="where environments are made")
    parser.add_argument("--out", type=Path, default=Path("docs/results/engine.json"))
    given = parser.parse_args(arguments)
    if not (given.model / "model.safetensors").exists():
        parser.error(f"{given.model} lacks model.safetensors, which every other way reads.")
    if given.way and not any(part in way.name for part in given.way for way in ways_here()):
        parser.error(f"No way's name has {given.way[0]!r}.")
    return given


if __name__ == "__main__":
    sys.exit(main())
