"""`valence predict`: texts from the command line, from a pipe, or typed at a prompt."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from valence.cli.options import clean_option, labels_option, model_option
from valence.model.bundled import BUNDLED
from valence.system.errors import TextError

if TYPE_CHECKING:
    from valence.classifier import Classifier
    from valence.inference.prediction import Prediction, WordEffect
    from valence.tables.posts import Cleaning


@click.command()
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@model_option("A model folder.", default=BUNDLED)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
@click.option("--explain", is_flag=True, help="Mark words that count for the label (+) or against it (-), in log-odds.")
@labels_option
@clean_option
def predict(
    texts: tuple[str, ...],
    model: Path,
    as_json: bool,
    explain: bool,
    labels: tuple[str, ...] | None,
    clean: Cleaning | None,
) -> None:
    """Score each TEXT; without one, each line of standard input, or what you type at a prompt."""
    from valence.classifier import load
    from valence.model.readable import NOT_READABLE
    from valence.tables.posts import cleaned

    classifier = load(model, labels=labels)
    is_post = (clean or classifier.cleaning) == "forum"
    for given in texts or _lines():
        text = cleaned(given) if is_post and given.strip() else given
        if text is None:
            click.echo(f"Not scored, nothing but quotes, code or a signature: {given[:60]!r}", err=True)
            continue
        try:
            prediction = (classifier.explain if explain else classifier.predict)(text, clean="none")
        except TextError as error:
            if error.code not in NOT_READABLE:
                raise
            click.echo(f"{error.message} {given[:60]!r}", err=True)
            continue
        click.echo(_as_json(text, prediction) if as_json else _for_people(text, prediction, classifier))


def _lines() -> Iterator[str]:
    """Lines of standard input that are not blank; on a terminal, typed at a prompt until Ctrl-D or an empty line."""
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


def _as_json(text: str, prediction: Prediction) -> str:
    return json.dumps({"text": text, **asdict(prediction)}, ensure_ascii=False)


def _for_people(text: str, prediction: Prediction, classifier: Classifier) -> str:
    marked = text if prediction.words is None else _marked(text, prediction.words)
    doubt = "" if prediction.sure else "  (not sure)"
    doubt += "  (mixed: sentences disagree)" if prediction.mixed else ""
    windows = f"  (read in {prediction.windows} windows)" if prediction.windows > 1 else ""
    if prediction.labels is not None:
        return f"{_several(prediction)}  {marked}{doubt}{windows}"
    width = max(map(len, classifier.labels))
    label = click.style(prediction.label.ljust(width), bold=True)
    return f"{label}  {prediction.probability:6.1%}  {marked}{doubt}{windows}"


def _several(prediction: Prediction) -> str:
    """The assigned labels, each with its probability; if there are none, the most probable label."""
    if not prediction.labels:
        return f"{click.style('no label', bold=True)} ({prediction.label} {prediction.probability:.1%})"
    return ", ".join(
        f"{click.style(label, bold=True)} {prediction.probabilities[label]:.1%}" for label in prediction.labels
    )


def _marked(text: str, words: tuple[WordEffect, ...]) -> str:
    """The text with a signed figure in log-odds and a colour at every word that is worth showing."""
    parts, done = [], 0
    for word in words:
        parts.append(text[done : word.start])
        parts.append(_marked_word(text[word.start : word.end], word))
        done = word.end
    return "".join([*parts, text[done:]])


def _marked_word(text: str, word: WordEffect) -> str:
    if not word.marked:
        return text
    return click.style(f"{text}[{word.log_odds:+.1f}]", fg="blue" if word.log_odds > 0 else "yellow", bold=True)
