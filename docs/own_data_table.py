"""The table of docs/own-data.md: three published files, each by one command and beside other ways."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results")
FILES = (
    ("comments", "1,000 comments, toxic or not"),
    ("banking77", "13,083 questions to a bank, 77 intents"),
    ("tweets", "24,783 tweets: hate, offence or neither; unbalanced"),
)
WAYS = (
    ("", "Valence, body frozen"),
    ("-tfidf", "TF-IDF with logistic regression"),
    ("-setfit", "SetFit 1.2.0 from `minilm`, from 1,000 rows at most"),
)


def table() -> str:
    """In Markdown: accuracy and macro F1 in per cent with 95% intervals, rows tested, seconds from file to result."""
    lines = ["| file | method | accuracy, % [95%] | macro F1, % [95%] | rows | seconds |", "|---|---|--:|--:|--:|--:|"]
    for name, words in FILES:
        for ending, way in WAYS:
            file = f"own-{name}{ending}.json"
            each = _read(file)
            lines.append(
                f"| {words} | [{way}](results/{file}) | {_per_cent(each, 'accuracy')} | {_per_cent(each, 'macro_f1')} "
                f"| {each['rows']:,} | {each['wall_time_s']:,.0f} |"
            )
    return "\n".join(lines)


def _read(file: str) -> dict[str, Any]:
    found, *_ = json.loads((RESULTS / file).read_text("utf-8"))["results"]  # its baseline comes second
    return dict(found)


def _per_cent(found: dict[str, Any], metric: str) -> str:
    value, low, high = (100 * found["metrics"][metric][name] for name in ("value", "low", "high"))
    return f"{value:.1f} [{low:.1f}, {high:.1f}]"
