"""What benchmarks/engine.py makes of its measurements: rows, tables, bars. Knows no way and runs none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

SINGLE_FASTER, BATCH_FASTER, SHARE, MOST_MB = 3.5, 6.0, 0.5, 250.0
# Of ours with AVX2 alone: one text against the pipeline and against the next neural way, and batches against the next.
AVX2 = "Valence, avx2"
PLAIN_AVX2, AVX2_SHARE = "plain AVX2", 0.7
AVX2_SINGLE_FASTER, AVX2_SINGLE_NEXT, AVX2_BATCH_NEXT = 3.5, 1.5, 1.25


def figures(
    answers: Mapping[str, Any], rounds: Sequence[Mapping[str, Any]], texts: Mapping[str, Any]
) -> dict[str, Any]:
    """Speed, start, memory and size of one way: the best of its rounds."""
    best = min(rounds, key=lambda each: float(np.percentile(each["single_ms"], 50)))["single_ms"]
    return {
        "texts_per_second": round(len(texts["sentences"]) / min(each["sentences_s"] for each in rounds), 1),
        "reviews_per_second": round(texts["timed_reviews"] / min(each["reviews_s"] for each in rounds), 2),
        "single_p50_ms": round(float(np.percentile(best, 50)), 3),
        "single_p99_ms": round(float(np.percentile(best, 99)), 3),
        "cold_start_s": round(min(each["cold_start_s"] for each in (*rounds, answers)), 2),
        "peak_mb": round(answers["peak_mb"], 1),
        "size_mb": answers["weights_mb"],
        "packages_mb": answers["packages_mb"],
        **correctness(answers, texts),
    }


def correctness(answers: Mapping[str, Any], texts: Mapping[str, Any]) -> dict[str, Any]:
    """Accuracy on both sets, and how far a sentence's probability moves with its neighbours."""
    accuracy = {
        f"{name}_accuracy": round(float(np.mean(np.argmax(answers[name], axis=1) == texts[f"{name}_labels"])), 4)
        for name in ("sentences", "reviews")
    }
    together, alone = np.array(answers["sentences"])[answers["chosen"]], np.array(answers["alone"])
    return {**accuracy, "batch_mates": float(f"{np.abs(together - alone).max():.2g}")}


def against(answers: Mapping[str, Any], reference: Mapping[str, Any]) -> dict[str, float]:
    """Of sentences: mean difference in probability to the reference, and the share of labels that it flips."""
    ours, theirs = np.array(answers["sentences"]), np.array(reference["sentences"])
    return {
        "against_torch": round(float(np.abs(ours - theirs)[:, 0].mean()), 5),
        "flipped": round(float(np.mean(ours.argmax(1) != theirs.argmax(1))), 4),
    }


def multiply_adds(lengths: Sequence[int], hidden: int, inner: int, layers: int) -> float:
    """Mean multiply-adds that an encoder needs for texts of these lengths: linear layers and attention, no padding.

    >>> multiply_adds([10], hidden=4, inner=16, layers=1)
    2720.0
    """
    linear, attention = 4 * hidden**2 + 2 * hidden * inner, 2 * hidden
    tokens = np.array(lengths, dtype=np.float64)
    return float(layers * (tokens * linear + tokens**2 * attention).mean())


def shares(texts_per_second: float, arithmetic: float, rates: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Of each rate in the shapes of the network's layers: the share that so many texts a second make use of."""
    used = texts_per_second * arithmetic / 1e9
    return {name: round(used / rate["layer"], 3) for name, rate in rates.items()}


def best_rates(measured: Sequence[Mapping[str, Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    """The highest of the rounds."""
    first = measured[0]
    return {name: {at: max(each[name][at] for each in measured) for at in first[name]} for name in first}


def bars(rows: Sequence[Mapping[str, Any]], pipeline: str) -> list[dict[str, Any]]:
    """Each bar whose rows were measured: what it is, the figure, the bar, whether it holds."""
    ours = next((row for row in rows if row["kind"] == "ours"), None)
    if ours is None:
        return []
    theirs = next((row for row in rows if row["way"] == pipeline), None)
    rivals = [row for row in rows if row["kind"] == "neural"]
    found = _speeds(ours, theirs, rivals, "", (SINGLE_FASTER, BATCH_FASTER, 1.0, 1.0))
    avx2 = next((row for row in rows if row["way"] == AVX2), None)
    if avx2:
        lower = (AVX2_SINGLE_FASTER, None, AVX2_SINGLE_NEXT, AVX2_BATCH_NEXT)
        found += _speeds(avx2, theirs, rivals, "with AVX2 alone, ", lower)
        if PLAIN_AVX2 in avx2.get("shares", {}):
            share = avx2["shares"][PLAIN_AVX2]
            found.append(("with AVX2 alone, share of the rate of a plain AVX2 product", share, AVX2_SHARE, 1))
    if ours.get("shares"):
        found.append(("share of the measured int8 rate, in the network's shapes", ours["shares"]["int8"], SHARE, 1))
    found.append(("peak memory in MB", ours["peak_mb"], MOST_MB, -1))
    return [
        {"bar": words, "figure": round(float(figure), 3), "at": at, "held": bool(sign * figure >= sign * at)}
        for words, figure, at, sign in found
    ]


def _speeds(
    ours: Mapping[str, Any],
    pipeline: Mapping[str, Any] | None,
    rivals: Sequence[Mapping[str, Any]],
    which: str,
    least: tuple[float, float | None, float, float],
) -> list[tuple[str, float, float, int]]:
    """One text and a batch against the pipeline, then against the next way; `least` are the bars, None for no bar."""
    found: list[tuple[str, float, float | None]] = []
    if pipeline:
        alone = pipeline["single_p50_ms"] / ours["single_p50_ms"]
        together = ours["texts_per_second"] / pipeline["texts_per_second"]
        found.append((f"{which}one text: times as fast as the float32 pipeline", alone, least[0]))
        found.append((f"{which}batch: times the sentences a second of the float32 pipeline", together, least[1]))
    if rivals:
        quickest = min(rivals, key=lambda row: float(row["single_p50_ms"]))
        most = max(rivals, key=lambda row: float(row["texts_per_second"]))
        alone = quickest["single_p50_ms"] / ours["single_p50_ms"]
        together = ours["texts_per_second"] / most["texts_per_second"]
        found.append((f"{which}one text: times as fast as the next neural way ({quickest['way']})", alone, least[2]))
        found.append((f"{which}batch: times the sentences a second of the next ({most['way']})", together, least[3]))
    return [(words, figure, at, 1) for words, figure, at in found if at is not None]


_COLUMNS = (
    ("one text p50, p99 (ms)", "{single_p50_ms:.2f}, {single_p99_ms:.2f}"),
    ("sentences/s", "{texts_per_second:,.0f}"),
    ("reviews/s", "{reviews_per_second:,.1f}"),
    ("peak MB", "{peak_mb:,.0f}"),
    ("cold start (s)", "{cold_start_s:.2f}"),
    ("weights, packages (MB)", "{size_mb:,.1f}, {packages_mb:,.0f}"),
    ("accuracy, sentences", "{sentences_accuracy:.2%}"),
    ("accuracy, reviews", "{reviews_accuracy:.2%}"),
    ("differs from torch", "{against_torch:.5f}"),
    ("flipped", "{flipped:.2%}"),
    ("batch mates", "{batch_mates:.2g}"),
)
_AGAINST = ("differs from torch", "flipped")


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """One line for each way, in Markdown."""
    heads = ["way", *(head for head, _ in _COLUMNS)]
    lines = [f"| {' | '.join(heads)} |", f"|---|{'--:|' * len(_COLUMNS)}"]
    return "\n".join([*lines, *(f"| {row['way']} | {' | '.join(_cells(row))} |" for row in rows)])


def _cells(row: Mapping[str, Any]) -> list[str]:
    """Another model is not held against torch: a dash."""
    missing = {} if "flipped" in row else dict.fromkeys(_AGAINST, "-")
    return [missing.get(head) or form.format(**row) for head, form in _COLUMNS]


def limit_table(found: Mapping[str, Any]) -> str:
    """What each neural way reaches of the rates at which this machine multiplies matrices, in Markdown."""
    rates = found["rates"]
    heads = [f"of {name}, {rate['layer']:,.0f}" for name, rate in rates.items()]
    lines = [f"| way | 10⁹ multiply-adds/s | {' | '.join(heads)} |", f"|---|--:|{'--:|' * len(rates)}"]
    for row in found["rows"]:
        if "shares" in row:
            used = row["texts_per_second"] * found["multiply_adds"] / 1e9
            reached = " | ".join(f"{row['shares'][name]:.1%}" for name in rates)
            lines.append(f"| {row['way']} | {used:,.0f} | {reached} |")
    return "\n".join(lines)
