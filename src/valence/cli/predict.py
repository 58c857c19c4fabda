"""`valence predict`: texts from the command line, from a pipe, or typed at a prompt."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from valence.cli.options import model_option
from valence.model.bundled import BUNDLED

if TYPE_CHECKING:
    from valence.classifier import Classifier
    from valence.inference.prediction import Prediction, WordEffect

# An effect below this, in probability, is not marked: it would colour every word.
MARKED_FROM = 0.01


@click.command()
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@model_option("A model folder.", default=BUNDLED)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.option("--explain", is_flag=True, help="Mark the words that speak for the label (+) and against it (-).")
def predict(texts: tuple[str, ...], model: Path, as_json: bool, explain: bool) -> None:
    """Score each TEXT; without one, each line of standard input, or what you type at a prompt."""
    from valence.classifier import load

    classifier = load(model)
    for text in texts or _lines():
        found = classifier.explain(text) if explain else classifier.predict(text)
        click.echo(_as_json(text, found) if as_json else _for_people(text, found, classifier))


def _lines() -> Iterator[str]:
    """Lines of standard input that hold something; from a terminal with a prompt, until Ctrl-D or an empty line."""
    if not _at_terminal():
        yield from (line for raw in sys.stdin.buffer if (line := raw.decode("utf-8", "replace").strip()))
        return
    click.echo("Type a text and press Enter; an empty line ends.", err=True)
    while line := _typed():
        yield line


def _at_terminal() -> bool:
    return sys.stdin.isatty()


def _typed() -> str:
    try:
        return str(click.prompt("", prompt_suffix="> ", default="", show_default=False, err=True)).strip()
    except click.Abort:  # Ctrl-D
        return ""


def _as_json(text: str, found: Prediction) -> str:
    return json.dumps({"text": text, **asdict(found)}, ensure_ascii=False)


def _for_people(text: str, found: Prediction, classifier: Classifier) -> str:
    marked = text if found.words is None else _marked(text, found.words)
    doubt = "" if found.sure else "  (not sure)"
    windows = f"  (read in {found.windows} windows)" if found.windows > 1 else ""
    if found.labels is not None:
        return f"{_several(found)}  {marked}{doubt}{windows}"
    width = max(map(len, classifier.labels))
    return f"{click.style(found.label.ljust(width), bold=True)}  {found.probability:6.1%}  {marked}{doubt}{windows}"


def _several(found: Prediction) -> str:
    """The labels that are given, each with its probability; without any, how near the nearest came."""
    if not found.labels:
        return f"{click.style('no label', bold=True)} ({found.label} {found.probability:.1%})"
    return ", ".join(f"{click.style(label, bold=True)} {found.probabilities[label]:.1%}" for label in found.labels)


def _marked(text: str, words: tuple[WordEffect, ...]) -> str:
    """The text with a sign, a figure in percentage points and a colour at every word that matters."""
    parts, done = [], 0
    for word in words:
        parts.append(text[done : word.start])
        parts.append(_marked_word(text[word.start : word.end], word.effect))
        done = word.end
    return "".join([*parts, text[done:]])


def _marked_word(word: str, effect: float) -> str:
    if abs(effect) < MARKED_FROM:
        return word
    return click.style(f"{word}[{effect * 100:+.0f}]", fg="blue" if effect > 0 else "yellow", bold=True)
