"""What scoring costs on Heroku, from the measured throughput; python docs/costs.py prints what docs/costs.md shows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WAY = "Valence"  # its row in docs/results/engine.json
SECONDS = 30 * 24 * 3600  # in a month
CORES_PER_SHARE = 8 / 50  # Heroku calls the eight virtual processors of its Performance-L "50x"


@dataclass(frozen=True)
class Dyno:
    """A size, its price in dollars a month, and the least and most that Heroku says of its share ("1x" to "4x")."""

    name: str
    price: int
    least: int
    most: int


# As Heroku lists them, looked up in November 2026 in its public documentation.
DYNOS = (
    Dyno("Eco (sleeps)", 5, 1, 4),
    Dyno("Basic", 7, 1, 4),
    Dyno("Standard-1X", 25, 1, 4),
    Dyno("Standard-2X", 50, 2, 8),
    Dyno("Performance-M", 250, 12, 12),
    Dyno("Performance-L", 500, 50, 50),
)


def _result(name: str) -> dict[str, Any]:
    measured: dict[str, Any] = json.loads((Path(__file__).parent / "results" / name).read_text("utf-8"))
    return measured


def sentences_per_core_second() -> float:
    """Sentences that one core scores in a second, as measured."""
    measured = _result("engine.json")
    (row,) = (row for row in measured["rows"] if row["way"] == WAY)
    return float(row["texts_per_second"] / measured["threads"])


def comments_per_sentence() -> float:
    """Comments scored in the time of one sentence, as measured side by side in one run."""
    return float(_result("comments.json")["comments_per_sentence"])


def sentences_per_month(share: float) -> float:
    """Sentences in a month of work without a pause, by a dyno to which Heroku gives this number of shares."""
    return sentences_per_core_second() * CORES_PER_SHARE * share * SECONDS


def comments_per_month(share: float) -> float:
    """Comments in the same month."""
    return sentences_per_month(share) * comments_per_sentence()


def table() -> str:
    """In Markdown: of each size its price, and comments and sentences in a month and for a dollar, in millions."""
    lines = [
        "| dyno | $ a month | comments a month, millions | for $1 | sentences a month, millions | for $1 |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for dyno in DYNOS:
        shares = list(dict.fromkeys((dyno.least, dyno.most)))
        columns: list[str] = []
        for per_month in (comments_per_month, sentences_per_month):
            millions = [per_month(share) / 1e6 for share in shares]
            columns.append(" to ".join(f"{each:,.0f}" for each in millions))
            columns.append(" to ".join(f"{each / dyno.price:,.1f}" for each in millions))
        lines.append(f"| {dyno.name} | {dyno.price} | " + " | ".join(columns) + " |")
    return "\n".join(lines)


def arithmetic() -> str:
    """One line of the table, step by step, for sentences and then for comments."""
    rate, ratio, basic = sentences_per_core_second(), comments_per_sentence(), DYNOS[1]
    month, comments = sentences_per_month(basic.least), comments_per_month(basic.least)
    return (
        f"Basic at 1x: {rate:,.1f} sentences a second and core × {CORES_PER_SHARE} of a core = {month / SECONDS:,.1f} "
        f"a second; × {SECONDS:,} s = {month / 1e6:,.0f} million a month; / ${basic.price} = "
        f"{month / 1e6 / basic.price:,.1f} million for a dollar. "
        f"× {ratio:g} comments for each sentence = {comments / SECONDS:,.1f} comments a second, "
        f"{comments / 1e6:,.0f} million a month, {comments / 1e6 / basic.price:,.1f} million for a dollar."
    )


def lengths() -> str:
    """How long either is, and the two rates that the ratio comes from."""
    measured = _result("comments.json")
    said = [
        "{texts:,} {name} of {tokens[median]:g} tokens in the median, {tokens[mean]:g} on average, {tokens[p90]:g} at "
        "the 90th percentile: {texts_per_second:,} a second".format(name=name, **measured[name])
        for name in ("comments", "sentences")
    ]
    return f"{said[0]}; {said[1]} ({measured['processor']}; {measured['threads']} threads)."


if __name__ == "__main__":
    print(table(), arithmetic(), lengths(), sep="\n\n")  # noqa: T201
