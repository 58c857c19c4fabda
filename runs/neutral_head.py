"""Fits the head `sentiment` in the package: the bundled model's head with a third label, neutral.

    python runs/neutral_head.py --data TEXTS --out src/valence/bundled/sentiment

The layers for negative and positive stay as they are, so with these two labels asked for the answers are the bundled
model's own. Only the third is fitted: a logistic regression of neutral against the other two, with the logarithm of
their summed exponents as its offset. `TEXTS` has SST-2.zip, aclImdb.tar.gz, sst/, neutral/ and own/.

Weights and penalty were chosen on the rows that are held out here, whose figures it prints.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.metrics import f1_score

from valence.data import imdb, sst, sst2
from valence.data.splits import SplitConfig, prepare
from valence.model.bundled import BUNDLED, bundled_folder
from valence.model.fitted_head import SURE_FROM
from valence.model.folder import FittedHead, ModelFolder
from valence.model.head import Floats, Ints, standardiser
from valence.model.labels import Labels
from valence.training.body_source import open_body
from valence.training.provenance import versions

LABELS = ("negative", "neutral", "positive")
# What a row of each source counts. Few phrases, since a phrase such as "the film" says little of whole sentences;
# reviews, since no review is neutral; and lines of forums, of which there are few.
WEIGHTS = {"sentences": 4.0, "phrases": 0.05, "reviews": 10.0, "lines": 8.0, "objective": 1.0, "questions": 0.7}
PENALTY = 1e-3
EVERY_PHRASE, REVIEWS = 4, 1_000
EVERY_HELD_OUT = 10  # every tenth row is held out

# A plain question asks and does not complain.
_PLAIN = re.compile(r"^(how|what|where|can|do|is|are|which|when|who|does|could)\b.*\?$", re.IGNORECASE)
_COMPLAINT = re.compile(
    r"fail|wrong|stolen|lost|decline|not work|n't|refus|error|fraud|reject|problem|issue|extra|charged|never|still|"
    r"missing|block",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Row:
    """A text with its label; `source` says where it is from, `held_out` that it measures and does not fit."""

    text: str
    label: str
    source: str
    held_out: bool


def rows(data: Path) -> Iterator[Row]:
    """Phrases, sentences and reviews with their tone, and texts that have none."""
    yield from _treebank(data)
    yield from _reviews(data)
    yield from _plain(data)


def _treebank(data: Path) -> Iterator[Row]:
    """Without what SST-2's held-out rows have. A held-out sentence's phrases are left out."""
    trees = sst.read(data / "sst" / "trainDevTestTrees_PTB.zip").train
    aside = {text.lower() for text in prepare(sst2.read(data / "SST-2.zip"), SplitConfig()).validation.texts}
    phrases = 0
    for text, label, key, group in zip(trees.texts, trees.labels, trees.keys, trees.groups, strict=True):
        sentence, held_out = key.endswith(".0"), int(group.partition(":")[2]) % EVERY_HELD_OUT == 0
        phrases += not sentence
        wanted = sentence or (not held_out and phrases % EVERY_PHRASE == 1)
        if wanted and text.strip().lower() not in aside:
            yield Row(text, str(label), "sentences" if sentence else "phrases", held_out)


def _reviews(data: Path) -> Iterator[Row]:
    parts = prepare(imdb.read(data / "aclImdb.tar.gz"), SplitConfig())
    order = list(range(len(parts.train)))
    random.Random(7).shuffle(order)
    chosen = ((parts.train, order[:REVIEWS], False), (parts.validation, range(REVIEWS), True))
    for part, places, held_out in chosen:
        yield from (Row(part.texts[i], str(part.labels[i]), "reviews", held_out) for i in places)


def _plain(data: Path) -> Iterator[Row]:
    """Texts without tone: lines of forums, summaries of plots, and questions to a bank."""
    lines = Path(__file__).with_name("neutral_lines.txt").read_text("utf-8").splitlines()
    objective = _column(data / "neutral" / "subjectivity.csv", "sentence", objective="1")
    asked = _column(data / "own" / "banking77_train.csv", "text")
    questions = [text for text in asked if _PLAIN.match(text) and not _COMPLAINT.search(text)]
    for source, texts in (("lines", lines), ("objective", objective), ("questions", questions)):
        for number, text in enumerate(dict.fromkeys(texts)):
            yield Row(text, "neutral", source, number % EVERY_HELD_OUT == 0)


def _column(path: Path, name: str, **only: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row[name] for row in csv.DictReader(file) if all(row[key] == value for key, value in only.items())]


def with_neutral(fitted: FittedHead, features: Floats, neutral: Floats, weights: Floats) -> FittedHead:
    """The head of two labels with a third between them.

    Args:
        fitted: answers with negative and positive.
        features: shape (n, width).
        neutral: 1 for a neutral row and 0 for another, shape (n,).
        weights: of the rows, shape (n,).
    """
    head = fitted.head
    mean, scale = standardiser(features, weights)
    others = np.logaddexp(*head.logits(features).astype(np.float64).T)
    weight, bias = fit_against(((features - mean) / scale).astype(np.float32), others, neutral, weights / weights.sum())
    # In the terms of the present head, whose layer reads its own standardised features.
    weight = weight / scale
    bias -= float(weight @ (mean - head.mean))
    between = replace(
        head,
        weight=np.insert(head.weight, 1, weight * head.scale * head.temperature, axis=0),
        bias=np.insert(head.bias, 1, bias * head.temperature),
        offsets=None,
    )
    return replace(fitted, head=between, labels=Labels(LABELS))


def fit_against(rows: Floats, others: Floats, neutral: Floats, weights: Floats) -> tuple[Floats, float]:
    """Logistic regression with an offset: weight of shape (width,), and bias.

    Args:
        rows: standardised features, shape (n, width).
        others: logit of the other labels together, shape (n,).
        neutral: 1 for a neutral row and 0 for another, shape (n,).
        weights: of the rows, shape (n,), whose sum is 1.
    """

    def loss(layer: Floats) -> tuple[float, Floats]:
        logits = rows @ layer[:-1].astype(np.float32) + layer[-1] - others
        wrong = (weights * (1 / (1 + np.exp(-logits)) - neutral)).astype(np.float32)
        value = float(weights @ (np.logaddexp(0, logits) - neutral * logits) + PENALTY / 2 * layer[:-1] @ layer[:-1])
        return value, np.append(rows.T @ wrong + PENALTY * layer[:-1], wrong.sum()).astype(np.float64)

    found = minimize(loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return found.x[:-1], float(found.x[-1])


def figures(probabilities: Floats, labels: Ints) -> str:
    """Accuracy, macro F1 where all labels occur, and the share of neutral texts that surely have a tone, in percent."""
    answers = probabilities.argmax(axis=1)
    parts = [f"accuracy {(answers == labels).mean():.1%}"]
    if len(np.unique(labels)) == len(LABELS):
        parts.append(f"macro F1 {f1_score(labels, answers, average='macro'):.1%}")
    neutral = probabilities[labels == 1]
    if len(neutral):
        parts.append(f"neutral, but surely a tone {(neutral[:, [0, 2]].max(axis=1) >= SURE_FROM).mean():.1%}")
    return ", ".join(parts)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    before = ModelFolder(bundled_folder()).head()
    read = [row for row in rows(given.data) if row.text.strip()]
    features = open_body(BUNDLED, before.labels, "auto").read([row.text for row in read], before.readout, "texts")
    labels = Labels(LABELS).encode([row.label for row in read])
    held_out = np.array([row.held_out for row in read])
    weights = np.array([WEIGHTS[row.source] for row in read])
    fit = ~held_out
    fitted = with_neutral(before, features[fit], (labels[fit] == 1).astype(np.float64), weights[fit])
    for source in WEIGHTS:
        here = held_out & np.array([row.source == source for row in read])
        if here.any():
            measured = figures(fitted.head.predict_proba(features[here]), labels[here])
            print(f"{source}, {here.sum():,} rows held out: {measured}")
    command = shlex.join(["python", "runs/neutral_head.py", *(sys.argv[1:] if arguments is None else arguments)])
    sets = [
        {"name": source, "train_rows": sum(row.source == source and not row.held_out for row in read)}
        for source in WEIGHTS
    ]
    provenance = {
        "stage": "third label",
        "commands": [*before.provenance["commands"], command],
        "data": {"name": "reviews, their sentences, and plain lines", "sets": sets},
        "versions": versions(),
    }
    given.out.mkdir(parents=True, exist_ok=True)
    ModelFolder(given.out).write_head(replace(fitted, provenance=provenance))


if __name__ == "__main__":
    main()
