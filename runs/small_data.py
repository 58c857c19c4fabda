"""Writes a few hundred made-up reviews in the original layouts of IMDb and SST-2: python runs/small_data.py FOLDER."""

from __future__ import annotations

import random
import sys
from pathlib import Path

PRAISE = "wonderful moving brilliant superb charming gripping funny beautiful clever unforgettable".split()
BLAME = "dull awful boring clumsy tedious lifeless messy predictable shallow unbearable".split()
THINGS = "the film|the acting|every scene|the plot|the music|the ending|the dialogue|the camera work".split("|")
FRAMES = (
    "I watched it with friends. {thing} was {word}, and {other} was {word2}.<br /><br />I would say it is {word3}.",
    "From the first minute {thing} is {word}. By the end {other} is {word2} too. What a {word3} evening!",
    "{thing} may divide people, but to me it was {word}; {other} even more so: {word2}, {word3}.",
)
ROWS = {"train": 200, "test": 80}  # of each label


def sentence(draw: random.Random, words: list[str]) -> str:
    """A short sentence in SST-2's manner."""
    return f"{draw.choice(THINGS)} is {draw.choice(words)} and {draw.choice(words)} ."


def review(draw: random.Random, words: list[str]) -> str:
    """A longer text in IMDb's manner."""
    word, word2, word3 = draw.sample(words, 3)
    thing, other = draw.sample(THINGS, 2)
    return draw.choice(FRAMES).format(thing=thing, other=other, word=word, word2=word2, word3=word3)


def write(folder: Path) -> None:
    """aclImdb/ and SST-2/ below `folder`; the same every time."""
    draw = random.Random(7)
    kinds = (("neg", "0", BLAME, 2), ("pos", "1", PRAISE, 9))
    for split, rows in ROWS.items():
        lines = []
        for kind, label, words, stars in kinds:
            reviews = folder / "aclImdb" / split / kind
            reviews.mkdir(parents=True)
            for number in range(rows):
                (reviews / f"{number}_{stars}.txt").write_text(review(draw, words), "utf-8")
                lines.append(f"{sentence(draw, words)}\t{label}\n")
        name = {"train": "train.tsv", "test": "dev.tsv"}[split]
        (folder / "SST-2").mkdir(exist_ok=True)
        (folder / "SST-2" / name).write_text("sentence\tlabel\n" + "".join(lines), "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
