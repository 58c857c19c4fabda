"""The Stanford Sentiment Treebank in its original layout: a parsed sentence a line, each phrase labelled 0 to 4.

Three labels: 0 and 1 are negative, 2 is neutral, 3 and 4 are positive. The training rows are the sentences of train.txt
and their phrases, each text once; the phrases of one sentence are a group, so that a split keeps them together. The
test rows are the sentences of test.txt. dev.txt is left out: without its neutral sentences it is SST-2's test set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from valence.data.archive import members
from valence.data.examples import Dataset, Examples, content_checksum
from valence.system.errors import DataError

_TRAIN, _TEST = "train.txt", "test.txt"
_LABELS = {"0": "negative", "1": "negative", "2": "neutral", "3": "positive", "4": "positive"}
_TOKEN = re.compile(r"[()]|[^()\s]+")
_WRITTEN = {"-LRB-": "(", "-RRB-": ")"}

Row = tuple[str, str, str, str]  # key, text, label, group


def read(source: Path) -> Dataset:
    """Reads the folder, tar.gz or zip. Raises DataError if a split is missing or a line is no labelled tree."""
    found = ((PurePosixPath(path).name, content) for path, content in members(source))
    files = {name: content for name, content in found if name in (_TRAIN, _TEST)}
    for name in (_TRAIN, _TEST):
        if name not in files:
            raise DataError(
                f"{source} has no {name}, so it is not the Stanford Sentiment Treebank.",
                hint="Give trainDevTestTrees_PTB.zip, or a folder with its files.",
                code="split-missing",
            )
    train, test = _phrases(files[_TRAIN]), _sentences(files[_TEST])
    checksum = content_checksum((key, f"{label} {text}") for key, text, label, _ in (*train, *test))
    return Dataset(name="sst", train=_examples(train), test=_examples(test), checksum=checksum)


def _examples(rows: list[Row]) -> Examples:
    keys, texts, labels, groups = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Examples(texts, labels, keys, groups)


def _phrases(content: bytes) -> list[Row]:
    """Sentences first, so that a text that is both has the sentence's label; then each phrase once."""
    trees = [(f"{_TRAIN}:{number}", list(nodes)) for number, nodes in _trees(_TRAIN, content)]
    rows: dict[str, Row] = {}
    for whole in (True, False):
        for key, nodes in trees:
            for number, (label, text) in enumerate(nodes[:1] if whole else nodes[1:], start=not whole):
                rows.setdefault(text.lower(), (f"{key}.{number}", text, label, key))
    return list(rows.values())


def _sentences(content: bytes) -> list[Row]:
    return [
        (f"{_TEST}:{number}", text, label, f"{_TEST}:{number}")
        for number, nodes in _trees(_TEST, content)
        for label, text in list(nodes)[:1]
    ]


def _trees(name: str, content: bytes) -> Iterator[tuple[int, Iterator[tuple[str, str]]]]:
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield number, iter(nodes_of(line))
        except (IndexError, KeyError) as error:
            raise DataError(
                f"{name}, line {number}: expected a tree such as (3 (2 A) (4 gem)); found {line[:60]!r}.",
                hint="Fetch the data set again with `valence data get sst`.",
                code="row-malformed",
            ) from error


def nodes_of(line: str) -> list[tuple[str, str]]:
    """(label, text) of every node of a tree, the sentence first. Raises IndexError or KeyError if it is none.

    >>> nodes_of("(3 (2 A) (4 (3 real) (4 gem)))")
    [('positive', 'A real gem'), ('positive', 'real gem'), ('positive', 'gem'), ('positive', 'real'), ('neutral', 'A')]
    """
    tokens = _TOKEN.findall(line)
    open_nodes: list[tuple[str, list[str]]] = []
    found: list[tuple[str, str]] = []
    place = 0
    while place < len(tokens):
        if tokens[place] == "(":
            open_nodes.append((_LABELS[tokens[place + 1]], []))
            place += 1
        elif tokens[place] == ")":
            label, words = open_nodes.pop()
            found.append((label, " ".join(words)))
            if open_nodes:
                open_nodes[-1][1].extend(words)
        else:
            open_nodes[-1][1].append(_WRITTEN.get(tokens[place], tokens[place].replace("\\/", "/")))
        place += 1
    if open_nodes or not found:
        raise IndexError("a tree that does not end")
    return found[::-1]
