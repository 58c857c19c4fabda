"""What docs/how-to/own-classifier.md says of cost and kills, from teaching.json and teaching-kills.json."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from scipy.stats import t

_RESULTS = Path(__file__).parent / "results"


def sentences() -> str:
    """Time, memory, answers to others meanwhile, and the effect of kills."""
    found = _read("teaching.json")
    return "\n".join([*_cost(found), "", _kills(_read("teaching-kills.json"))])


def quality() -> str:
    """The server's head on whole files, beside `valence transfer` and TF-IDF on the same rows."""
    found = _read("teaching-quality.json")
    lines = [
        f"Macro F1 on the same test rows, with 95% intervals ({found['processor']}; `python "
        "benchmarks/teaching_quality.py`, [results](../results/teaching-quality.json)):",
        "",
        "| | Rows | The server | `valence transfer` | TF-IDF |",
        "|---|--:|--:|--:|--:|",
    ]
    for each in found["whole"]:
        figures = " | ".join(_percent(each["ways"][way]["macro_f1"]) for way in ("taught", "transfer", "tfidf"))
        lines.append(f"| {each['file']}, {each['classes']} labels | {each['rows']:,} | {figures} |")
    return "\n".join(lines)


_WAYS = {"taught": "The server", "tfidf": "TF-IDF", "setfit": "SetFit"}


def few() -> str:
    """The server's head from few rows of each class, beside the other ways that were measured."""
    measured = _read("teaching-quality.json")["few"]
    ways = {way: title for way, title in _WAYS.items() if any(each["ways"].get(way) for each in measured)}
    lines = [
        "| | Rows of each class | " + " | ".join(ways.values()) + " |",
        "|---|--:|" + "--:|" * len(ways),
    ]
    for each in measured:
        figures = " | ".join(_draws([f1 for f1, _ in each["ways"].get(way, [])]) for way in ways)
        lines.append(f"| {each['file']}, {each['classes']} labels | {each['rows']} | {figures} |")
    return "\n".join(lines)


def _draws(values: list[float]) -> str:
    """Their mean with half the width of its 95% interval, and how many they are."""
    if not values:
        return "not measured"
    if len(values) == 1:
        return f"{values[0]:.1%}, 1 draw"
    half = t.ppf(0.975, len(values) - 1) * stdev(values) / len(values) ** 0.5
    return f"{mean(values):.1%} ± {100 * half:.1f}, {len(values)} draws"


def _percent(figure: dict[str, float]) -> str:
    return f"{figure['value']:.1%} ({figure['low']:.1%} to {figure['high']:.1%})"


def _cost(found: dict[str, Any]) -> list[str]:
    small, large = found["cases"]["small"], found["cases"]["large"]
    return [
        "What teaching takes on a server with 512 MB of memory and one core "
        f"({found['processor']}; `python benchmarks/teaching.py`, [results](../results/teaching.json)):",
        "",
        "| | The head | From file to published | Processor | Most memory, server and fit |",
        "|---|---|--:|--:|--:|",
        f"| 400 comments, {small['labels']} labels | {small['reads']} | {small['seconds']:g} s | "
        f"{small['processor_s']:g} s | {small['peak_mb']} MB |",
        f"| 20,000 tweets, {large['labels']} labels, beside {large['requests_a_second']} other requests a second | "
        f"{large['reads']} | {large['seconds']:.0f} s | {large['processor_s']:.0f} s | {large['peak_mb']} MB |",
        "",
        f"Of the {large['answers']:,} other requests, {large['failed']} failed; half were answered within "
        f"{large['p50_ms']:.0f} ms, and 99 of 100 within {large['p99_ms']:.0f} ms.",
    ]


def _kills(found: dict[str, Any]) -> str:
    both = [found["sqlite"], found["postgresql"]]
    lost, half = (sum(each[name] for each in both) for name in ("lost_examples", "half_versions"))
    other = found["other_server"]
    return (
        f"Killed {both[0]['kills']} times at random moments with SQLite and {both[1]['kills']} times with PostgreSQL "
        f"while examples were added, fitted and published, the server lost {lost} examples and left {half} incomplete "
        f"versions. Another server on the same PostgreSQL answered with each of {other['publications']} published "
        f"versions within {other['most_s']:g} s (`python -m tests.server.teaching.kills`, "
        "[results](../results/teaching-kills.json))."
    )


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((_RESULTS / name).read_text("utf-8"))
    return content
