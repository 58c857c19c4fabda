"""The six files that heads are compared on, as their authors published them.

banking77_train.csv and banking77_test.csv (PolyAI, CC BY 4.0), tweets_hate_offensive.csv (Davidson et al. 2017, MIT),
comments_toxicity.csv (Surge AI, MIT), train_5500.label and TREC_10.label (TREC, Li and Roth 2002),
subjectivity/plot.tok.gt9.5000 and subjectivity/quote.tok.gt9.5000 (Pang and Lee 2004), and ag_news_csv/test.csv (Zhang
et al. 2015; of AG News only these rows).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from valence.data.examples import Examples
from valence.tables.options import TableOptions

Find = Callable[[str], Path]
Parts = tuple[Examples, Examples | None]  # the rows, and the official test set if there is one


def finder(folders: Sequence[Path]) -> Find:
    """Looks for a file in each of the folders; ends the program if none has it."""

    def find(file: str) -> Path:
        for folder in folders:
            if (folder / file).exists():
                return folder / file
        raise SystemExit(f"None of the folders has {file}.")

    return find


def _table(path: Path, **columns: Any) -> Examples:
    from valence.data import labelled_file

    return labelled_file.read(path, TableOptions(**columns)).examples


def _trec(find: Find) -> Parts:
    """The six coarse classes of questions."""
    lines = [find(name).read_text("latin-1").splitlines() for name in ("train_5500.label", "TREC_10.label")]
    train, test = (_examples([_coarse(line) for line in part]) for part in lines)
    return train, test


def _coarse(line: str) -> tuple[str, str]:
    """(label, text) of a line such as "DESC:manner How did serfdom develop ?"."""
    label, _, rest = line.partition(":")
    return label, rest.partition(" ")[2].strip()


def _subj(find: Find) -> Parts:
    files = {"objective": "plot.tok.gt9.5000", "subjective": "quote.tok.gt9.5000"}
    rows = [
        (label, text.strip())
        for label, name in files.items()
        for text in find(f"subjectivity/{name}").read_text("utf-8").splitlines()
    ]
    return _examples(rows), None


def _ag_news(find: Find) -> Parts:
    with find("ag_news_csv/test.csv").open(encoding="utf-8", newline="") as file:
        return _examples([(label, f"{title} {text}") for label, title, text in csv.reader(file)]), None


def _examples(rows: Sequence[tuple[str, str]]) -> Examples:
    """Of labels and texts."""
    labels, texts = zip(*rows, strict=True)
    return Examples(texts, labels, tuple(map(str, range(len(rows)))))


FILES: Mapping[str, Callable[[Find], Parts]] = {
    "comments": lambda find: (_table(find("comments_toxicity.csv")), None),
    "trec": _trec,
    "subj": _subj,
    "ag-news": _ag_news,
    "banking77": lambda find: (_table(find("banking77_train.csv")), _table(find("banking77_test.csv"))),
    "tweets": lambda find: (
        _table(find("tweets_hate_offensive.csv"), text_column="tweet", label_columns=("class",)),
        None,
    ),
}
