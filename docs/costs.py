"""What scoring costs on Heroku, from the measured throughput; python docs/costs.py prints what docs/costs.md shows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

WAY = "Valence, int8 by row"  # its row in docs/results/engine.json
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


def texts_per_core_second() -> float:
    """Sentences that one core scores in a second, as measured."""
    measured = json.loads((Path(__file__).parent / "results" / "engine.json").read_text("utf-8"))
    (row,) = (row for row in measured["rows"] if row["way"] == WAY)
    return float(row["texts_per_second"] / measured["threads"])


def per_month(share: float) -> float:
    """Sentences in a month of work without a pause, by a dyno that Heroku gives so many shares."""
    return texts_per_core_second() * CORES_PER_SHARE * share * SECONDS


def table() -> str:
    """In Markdown: of each size its price, sentences a second, a month, and for a dollar."""
    lines = ["| dyno | $ a month | sentences/s | a month, millions | for a dollar, millions |", "|---|--:|--:|--:|--:|"]
    for dyno in DYNOS:
        months = [per_month(share) for share in dict.fromkeys((dyno.least, dyno.most))]
        columns = (
            [f"{each / SECONDS:,.0f}" for each in months],
            [f"{each / 1e6:,.0f}" for each in months],
            [f"{each / 1e6 / dyno.price:,.1f}" for each in months],
        )
        lines.append(f"| {dyno.name} | {dyno.price} | " + " | ".join(" to ".join(each) for each in columns) + " |")
    return "\n".join(lines)


def arithmetic() -> str:
    """One line of the table, step by step."""
    rate, basic = texts_per_core_second(), DYNOS[1]
    second, month = per_month(basic.least) / SECONDS, per_month(basic.least)
    return (
        f"Basic at 1x: {rate:,.0f} sentences a second and core × {CORES_PER_SHARE} of a core = {second:,.0f} a second; "
        f"× {SECONDS:,} s = {month / 1e6:,.0f} million a month; / ${basic.price} = "
        f"{month / 1e6 / basic.price:,.1f} million for a dollar."
    )


if __name__ == "__main__":
    print(table(), arithmetic(), sep="\n\n")  # noqa: T201
