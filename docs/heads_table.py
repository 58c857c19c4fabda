"""The tables of docs/heads.md: the default head beside others, on six files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

RESULTS = Path(__file__).with_name("results")
COLUMNS = ("final", "general", "baseline", "tfidf", "blend", "offsets", "default")
OBJECTIVES = {"none": "none", "accuracy": "accuracy", "macro-f1": "macro F1", "balanced-accuracy": "balanced accuracy"}
FIGURES = {"accuracy": "accuracy", "macro_f1": "macro F1", "balanced_accuracy": "balanced accuracy"}


def heads() -> str:
    """In Markdown: mean macro F1 in per cent of each way, and the default's lead with its 95% interval."""
    found = _read("heads")
    lines = [
        "| file: training rows, splits | " + " | ".join(COLUMNS) + " | default less `general` | less `blend` |",
        "|---|" + "--:|" * (len(COLUMNS) + 2),
    ]
    for name, of in found["summary"].items():
        rows = [each for each in found["measured"] if each["file"] == name]
        title = f"{name}: {rows[0]['train'] + rows[0]['validation']:,}, {len(rows)}" if rows else "mean"
        best = max(round(of[column]["macro_f1"], 3) for column in COLUMNS)
        cells = [_bold(of[column]["macro_f1"], best) for column in COLUMNS]
        leads = [_lead(of[column]) for column in ("general", "blend")]
        lines.append("| " + " | ".join([title, *cells, *leads]) + " |")
    return "\n".join(lines)


def _bold(value: float, best: float) -> str:
    shown = f"{100 * value:.1f}"
    return f"**{shown}**" if round(value, 3) == best else shown


def _lead(of: Mapping[str, float]) -> str:
    lead = f"{100 * of['lead']:+.1f}"
    half = of.get("lead_half_width", 0.0)  # 0 of one split, which says nothing of others
    return f"{lead} ± {100 * half:.1f}" if half else lead


def optimised() -> str:
    """In Markdown: three figures of the test rows, for each metric that the answers were chosen for."""
    measured = _read("heads")["measured"]
    lines = ["| file | figure | " + " | ".join(OBJECTIVES.values()) + " |", "|---|---|" + "--:|" * len(OBJECTIVES)]
    for name in dict.fromkeys(each["file"] for each in measured):
        rows = [each["optimised"] for each in measured if each["file"] == name]
        for key, title in FIGURES.items():
            values = [fmean(each[objective][key] for each in rows) for objective in OBJECTIVES]
            lines.append(f"| {name} | {title} | " + " | ".join(f"{100 * value:.1f}" for value in values) + " |")
    return "\n".join(lines)


def few_shot() -> str:
    """In Markdown: mean macro F1 and calibration error in per cent over files and draws, for each number of rows."""
    measured = _read("few-shot")["measured"]
    lines = [
        "| rows of each class | files | ours | `tfidf` | logistic regression | error, ours | logistic regression |",
        "|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for rows in sorted({each["rows"] for each in measured}):
        ways = [each["ways"] for each in measured if each["rows"] == rows]
        f1 = [_mean(ways, way, "macro_f1") for way in ("ours", "tfidf", "plain")]
        errors = [_mean(ways, way, "ece") for way in ("ours", "plain")]
        lines.append(f"| {rows} | {len(ways)} | " + " | ".join(f"{100 * each:.1f}" for each in (*f1, *errors)) + " |")
    return "\n".join(lines)


def _mean(ways: Sequence[Mapping[str, Any]], way: str, figure: str) -> float:
    return fmean(fmean(each[way][figure]) for each in ways)


def coverage() -> str:
    """In Markdown: in how many of 100 draws the interval held the truth."""
    lines = ["| rows | draws | accuracy | macro F1 | mean width, accuracy |", "|--:|--:|--:|--:|--:|"]
    for each in sorted(_read("interval-coverage")["coverage"], key=lambda one: one["rows"]):
        held = [f"{100 * each[name]['held']:.1f}" for name in ("accuracy", "macro_f1")]
        width = f"{100 * each['accuracy']['mean_width']:.1f}"
        lines.append(f"| {each['rows']:,} | {each['draws']} | {held[0]} | {held[1]} | {width} |")
    return "\n".join(lines)


def _read(name: str) -> dict[str, Any]:
    return dict(json.loads((RESULTS / f"{name}.json").read_text("utf-8")))
