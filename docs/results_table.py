"""The tables of results in the README (six rows) and docs/results.md (all of them), from docs/results/*.json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results")

# The rows of docs/results.md in order: description, results file, data set.
ROWS = (
    ("IMDb, stage 1: all layers trained, from minilm", "imdb-stage1", "imdb"),
    ("IMDb, stage 2: body frozen, only the final layer refitted", "imdb-final-layer", "imdb"),
    ("IMDb, the bundled model, as served", "bundled", "imdb"),
    ("IMDb, TF-IDF with logistic regression", "imdb-tfidf", "imdb"),
    ("IMDb, VADER (a lexicon with rules)", "imdb-vader", "imdb"),
    ("IMDb, the most frequent label", "imdb-majority", "imdb"),
    ("SST-2, the bundled model, as served", "bundled", "sst2"),
    ("SST-2, its teacher: all layers of mpnet, five times the size", "sst2-teacher", "sst2"),
    ("SST-2, the bundled body frozen, only the final layer fitted", "sst2-strict", "sst2"),
    ("SST-2, after stage 1, only the final layer fitted, readout `general`", "sst2-general", "sst2"),
    ("SST-2, the same without stage 1", "sst2-without-stage1", "sst2"),
    ("SST-2, after stage 1, only the final layer fitted, readout `final`", "sst2-final-layer", "sst2"),
    ("SST-2, after stage 1, all layers of minilm trained, on a GPU", "layers/sst2-layers-all", "sst2"),
    ("SST-2, `run_glue.py`'s recipe from minilm, three epochs of all layers", "sst2-glue-recipe", "sst2"),
    ("SST-2, SetFit from minilm and 1,000 rows", "sst2-setfit", "sst2"),
    ("SST-2, TF-IDF with logistic regression", "sst2-tfidf", "sst2"),
    ("SST-2, VADER (a lexicon with rules)", "sst2-vader", "sst2"),
    ("SST-2, the most frequent label", "sst2-majority", "sst2"),
    ("1,000 comments, toxic or not: one command on a user's file", "own-comments", "comments_toxicity"),
    ("The same file, TF-IDF with logistic regression", "own-comments-tfidf", "comments_toxicity"),
    ("The same file, SetFit from minilm and 1,000 rows at most", "own-comments-setfit", "comments_toxicity"),
    ("Questions to a bank, 77 intents: one command", "own-banking77", "banking77_train"),
    ("The same file, TF-IDF with logistic regression", "own-banking77-tfidf", "banking77_train"),
    ("The same file, SetFit from minilm and 1,000 rows at most", "own-banking77-setfit", "banking77_train"),
    ("Tweets with hate, offence or neither: one command", "own-tweets", "tweets_hate_offensive"),
    ("The same file, TF-IDF with logistic regression", "own-tweets-tfidf", "tweets_hate_offensive"),
    ("The same file, SetFit from minilm and 1,000 rows at most", "own-tweets-setfit", "tweets_hate_offensive"),
)

# The rows of the README: the bundled model, the strict way and what each has to beat.
SHORT = (
    ("IMDb: the bundled model, as served", "bundled", "imdb"),
    ("IMDb: TF-IDF with logistic regression", "imdb-tfidf", "imdb"),
    ("SST-2: the bundled model, as served", "bundled", "sst2"),
    ("SST-2: TF-IDF with logistic regression", "sst2-tfidf", "sst2"),
    ("Your own file, 1,000 comments: `valence transfer`, one command", "own-comments", "comments_toxicity"),
    ("The same file: TF-IDF with logistic regression", "own-comments-tfidf", "comments_toxicity"),
)


def table(rows: Sequence[tuple[str, str, str]] = ROWS, *, results: str = "docs/results") -> str:
    """Returns a Markdown table: accuracy with its 95% interval, split, rows, and a link to the results file.

    Args:
        rows: description, results file and data set of each row.
        results: path to the results files from the page that holds the table.
    """
    lines = ["| model and data | accuracy, % [95% interval] | split | rows |", "|---|--:|---|--:|"]
    lines += [_line(*row, results) for row in rows]
    return "\n".join(lines)


def _line(description: str, file: str, data: str, folder: str) -> str:
    results: list[dict[str, Any]] = json.loads((RESULTS / f"{file}.json").read_text("utf-8"))["results"]
    result, *_ = (result for result in results if result["data"] == data)  # its baseline comes second
    value, low, high = (100 * result["metrics"]["accuracy"][name] for name in ("value", "low", "high"))
    link = f"[{description}]({folder}/{file}.json)"
    return f"| {link} | {value:.1f} [{low:.1f}, {high:.1f}] | {result['split']} | {result['rows']:,} |"
