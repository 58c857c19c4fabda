"""Files to score, with rows that cannot be read, and shards put together again."""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

WORDS = ["dull", "wonderful", "film", "very", 'a "quote"', "", "é", "two\nlines", "a,b"]


def texts(count: int, seed: int = 7) -> Iterator[str]:
    made = random.Random(seed)
    for _ in range(count):
        yield " ".join(made.choices(WORDS, k=made.randint(0, 12)))


def write_csv(path: Path, count: int, delimiter: str = ",") -> Path:
    """Every 31st row is ragged, every 47th has a broken quote."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerow(["id", "text"])
        for i, text in enumerate(texts(count)):
            writer.writerow([i, text])
            if i % 31 == 30:
                file.write(delimiter.join("abc") + "\n")
            if i % 47 == 46:
                file.write(f'{i}{delimiter}"broken"quote\n')
    return path


def write_jsonl(path: Path, count: int) -> Path:
    """Every 31st row is no JSON, every 40th has a number for a text."""
    lines = []
    for i, text in enumerate(texts(count)):
        row = {"id": i, "text": i if i % 40 == 39 else text, **({"extra": [i]} if i % 50 == 0 else {})}
        lines.append("broken" if i % 31 == 30 else json.dumps(row))
    path.write_text("\n".join(lines), "utf-8")
    return path


def packed(path: Path) -> Path:
    """The file as .gz beside it."""
    out = path.with_name(f"{path.name}.gz")
    out.write_bytes(gzip.compress(path.read_bytes()))
    return out


def shards(folder: Path) -> list[Path]:
    return [each for each in sorted(folder.glob("part-*")) if each.suffix != ".json" and "problems" not in each.name]


def joined(folder: Path, *, header: bool) -> bytes:
    """All shards of one file as one; each but the first without its header."""
    contents = [
        gzip.decompress(each.read_bytes()) if each.suffix == ".gz" else each.read_bytes() for each in shards(folder)
    ]
    if not header:
        return b"".join(contents)
    head, _, _ = contents[0].partition(b"\n")
    assert all(content.startswith(head + b"\n") for content in contents)
    return head + b"\n" + b"".join(content[len(head) + 1 :] for content in contents)


def problems(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in sorted(folder.glob("*.problems.jsonl")))
