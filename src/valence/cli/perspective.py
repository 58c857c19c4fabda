"""`valence perspective`: what changes for a forum that leaves Google's Perspective API."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from valence.cli.options import clean_option, model_option, overwrite_option, reading_options
from valence.model.bundled import BUNDLED

if TYPE_CHECKING:
    from valence.bulk.old_scores import Compared, Comparison
    from valence.evaluation.agreement import Confusion

_SHOWN_TEXT = 70  # characters


@click.group()
def perspective() -> None:
    """Compare a classifier with the scores that you had from Perspective."""


@perspective.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@model_option("A model folder.", default=BUNDLED)
@click.option("--label", default="negative", help="The label whose probability is the new score.", show_default=True)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=0.8,
    show_default=True,
    help="The old scores flag a text from here on.",
)
@click.option("--text-column", help="The column with the texts.  [default: detected]")
@click.option("--score-column", help="The column with the old scores, 0 to 1.  [default: detected]")
@clean_option
@reading_options("skip")
@click.option("--examples", type=click.IntRange(min=0), default=5, show_default=True, help="Examples to print.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Also write every text that changes, as CSV."
)
@click.option(
    "--json", "summary", type=click.Path(path_type=Path, dir_okay=False), help="Also write the figures, as JSON."
)
@overwrite_option("--out and --json")
def compare(
    file: Path,
    model: Path,
    examples: int,
    out: Path | None,
    summary: Path | None,
    overwrite: bool,
    **options: Any,
) -> None:
    """Score the texts of FILE again, and say how the new scores agree with the old ones in it.

    It prints the correlation, who flags what at your threshold, the new threshold that flags as many texts as before,
    and examples of what would be flagged anew and no longer.
    """
    from valence.bulk.old_scores import CompareRequest
    from valence.bulk.old_scores import compare as compared
    from valence.inference.engine import Engine
    from valence.system.files import check_file_free, write_json

    for path in (out, summary):
        if path is not None:
            check_file_free(path, overwrite=overwrite)
    comparison = compared(CompareRequest(file, **options), Engine(model))
    _print(comparison, options["label"], examples)
    if out is not None:
        _write_changed(comparison, out)
    if summary is not None:
        figures = asdict(comparison.agreement)
        write_json(summary, {"file": file.name, "label": options["label"], "left_out": comparison.left_out, **figures})


def _print(comparison: Comparison, label: str, examples: int) -> None:
    from valence.tables.notes import counted

    agreement = comparison.agreement
    left_out = f" ({counted(comparison.left_out, 'row')} left out)" if comparison.left_out else ""
    texts = counted(agreement.texts, "text")
    click.echo(f"{texts} with old scores{left_out}; the new score is the probability of {label}.")
    if comparison.why:
        click.echo(f"Left out, for example: {comparison.why}")
    click.echo(
        f"Correlation of the scores: {_figure(agreement.pearson)}; of their ranks: {_figure(agreement.spearman)}."
    )
    click.echo(f"The old scores flag {counted(agreement.flagged, 'text')}, from {agreement.old_threshold:g} on.\n")
    same = agreement.at_same_share
    click.echo("new threshold   both   only old   only new   neither   agree")
    _print_confusion(agreement.at_old_threshold)
    if same is None:
        click.echo("\nThe old scores flag no text: give the threshold that you used by --threshold.")
        return
    _print_confusion(same)
    click.echo(f"\nWith the threshold {same.new_threshold:g}, as many texts are flagged as before.")
    anew, no_longer = comparison.examples(examples)
    _print_examples("Flagged anew", anew, same.only_new)
    _print_examples("No longer flagged", no_longer, same.only_old)


def _print_confusion(confusion: Confusion) -> None:
    click.echo(
        f"{confusion.new_threshold:13.4g}{confusion.both:7,}{confusion.only_old:11,}{confusion.only_new:11,}"
        f"{confusion.neither:10,}{confusion.agree:8.1%}"
    )


def _print_examples(title: str, rows: list[Compared], count: int) -> None:
    if rows:
        click.echo(f"\n{title}: {count:,}, such as (old score, new score):")
    for row in rows:
        text = " ".join(row.text.split())
        text = text if len(text) <= _SHOWN_TEXT else f"{text[: _SHOWN_TEXT - 1]}…"
        printable = "".join(character if character.isprintable() else "�" for character in text)
        click.echo(f"  {row.old:.2f}  {row.new:.2f}  {printable}")


def _write_changed(comparison: Comparison, out: Path) -> None:
    from valence.system.files import file_in_place_of
    from valence.tables.spreadsheet import line

    with file_in_place_of(out) as file:
        file.write(line(("row", "text", "old_score", "new_score", "change")).encode())
        for row, flagged in comparison.changed():
            change = "flagged anew" if flagged else "no longer flagged"
            file.write(line((row.place, row.text, row.old, round(row.new, 6), change)).encode())


def _figure(value: float | None) -> str:
    return "none, all are equal" if value is None else f"{value:.2f}"
