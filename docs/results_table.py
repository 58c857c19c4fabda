"""Prints the README's table of results from docs/results/*.json: python docs/results_table.py."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results")

# What stands in the table, in order: words, results file, data set of the result in it.
ROWS = (
    ("IMDb, stage 1: all layers, from minilm", "imdb-stage1", "imdb"),
    ("IMDb again, only the final layer changed", "imdb-final-layer", "imdb"),
    ("IMDb, the bundled model, as it is served", "bundled", "imdb"),
    ("IMDb, TF-IDF with logistic regression", "imdb-tfidf", "imdb"),
    ("IMDb, VADER, a lexicon with rules", "imdb-vader", "imdb"),
    ("IMDb, the most frequent label", "imdb-majority", "imdb"),
    ("SST-2, the bundled model, as it is served", "bundled", "sst2"),
    ("SST-2, its teacher: all layers, from mpnet, five times the size", "sst2-teacher", "sst2"),
    ("SST-2, the bundled body frozen, only the final layer changed", "sst2-strict", "sst2"),
    ("SST-2, only the final layer changed after stage 1, reading the body's whole depth", "sst2-general", "sst2"),
    ("SST-2, the same without stage 1", "sst2-without-stage1", "sst2"),
    ("SST-2, only the final layer changed, where the network has it", "sst2-final-layer", "sst2"),
    ("SST-2, all layers of minilm trained after stage 1, on a GPU", "layers/sst2-layers-all", "sst2"),
    ("SST-2, `run_glue.py`'s recipe from minilm, three epochs of all layers", "sst2-glue-recipe", "sst2"),
    ("SST-2, SetFit from minilm and 1,000 rows", "sst2-setfit", "sst2"),
    ("SST-2, TF-IDF with logistic regression", "sst2-tfidf", "sst2"),
    ("SST-2, VADER, a lexicon with rules", "sst2-vader", "sst2"),
    ("SST-2, the most frequent label", "sst2-majority", "sst2"),
    ("1,000 comments, toxic or not: a user's file, by one command", "own-comments", "comments_toxicity"),
    ("The same file, TF-IDF with logistic regression", "own-comments-tfidf", "comments_toxicity"),
    ("The same file, SetFit from minilm and 1,000 rows at most", "own-comments-setfit", "comments_toxicity"),
    ("77 intents of questions to a bank, by one command", "own-banking77", "banking77_train"),
    ("The same file, TF-IDF with logistic regression", "own-banking77-tfidf", "banking77_train"),
    ("The same file, SetFit from minilm and 1,000 rows at most", "own-banking77-setfit", "banking77_train"),
    ("Tweets with hate, offence or neither, by one command", "own-tweets", "tweets_hate_offensive"),
    ("The same file, TF-IDF with logistic regression", "own-tweets-tfidf", "tweets_hate_offensive"),
    ("The same file, SetFit from minilm and 1,000 rows at most", "own-tweets-setfit", "tweets_hate_offensive"),
)


def table(rows: Sequence[tuple[str, str, str]] = ROWS, *, results: str = "docs/results") -> str:
    """A table in Markdown: accuracy in per cent with its 95 % interval, split, rows, link to the file.

    Args:
        rows: of each, the words for it, the results file, the data set of the result in it.
        results: where the files lie, as seen from the page that the table stands on.
    """
    lines = ["| what | accuracy, % [95 %] | split | rows |", "|---|--:|---|--:|"]
    lines += [_line(*row, results) for row in rows]
    return "\n".join(lines)


def _line(words: str, file: str, data: str, results: str) -> str:
    found: list[dict[str, Any]] = json.loads((RESULTS / f"{file}.json").read_text("utf-8"))["results"]
    (each,) = (result for result in found if result["data"] == data)
    value, low, high = (100 * each["metrics"]["accuracy"][name] for name in ("value", "low", "high"))
    link = f"[{words}]({results}/{file}.json)"
    return f"| {link} | {value:.1f} [{low:.1f}, {high:.1f}] | {each['split']} | {each['rows']:,} |"


if __name__ == "__main__":
    print(table())  # noqa: T201 - a command's answer
