"""Writes the preview of a file for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from valence.data.preview import LeftOut, Preview
from valence.system.offers import advice
from valence.tables.notes import Note, counted

_WIDEST_CELL = 40  # characters
_MOST_LABELS = 20  # listed; the others are counted
_MOST_OPTIONS = 4  # of one guess


def as_text(preview: Preview) -> str:
    """Paragraphs with a heading each; those without content are left out."""
    which = "all of them" if preview.complete else "the first ones; --rows reads more"
    parts = [
        [f"{preview.file}: {counted(preview.rows, 'row')} read, {which}."],
        under("Read as", _table([(guess.what, guess.value, guess.reason) for guess in preview.guesses])),
        under("First rows", _table([preview.columns, *preview.first_rows])),
        under("Labels" + ", several per text" * preview.multi_label, _labels(preview.labels)),
        under("Left out", [_left_out(out) for out in preview.left_out]),
        under("Noticed", _notes(preview.notes)),
        under("Training would stop", _notes(preview.problems)),
        under("To change it", [*_options(preview)]),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def under(heading: str, lines: Sequence[str]) -> list[str]:
    """A heading with indented lines below it; nothing without a line."""
    return [heading, *(f"  {line}" for line in lines)] if lines else []


def _table(rows: Sequence[Sequence[str | None]]) -> list[str]:
    """Columns of equal width, of cells on one line each."""
    cells = [[_cell(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def _cell(content: str | None) -> str:
    text = printable(content or "")
    return text if len(text) <= _WIDEST_CELL else text[: _WIDEST_CELL - 1] + "…"


def printable(text: str) -> str:
    """Without line breaks and the characters by which a file could control the terminal."""
    return "".join(sign if sign.isprintable() else " " if sign.isspace() else "\ufffd" for sign in text)


def _labels(labels: Sequence[tuple[str, int]]) -> list[str]:
    others = labels[_MOST_LABELS:]
    listed = _table([(label, f"{rows:,}") for label, rows in labels[:_MOST_LABELS]])
    rows = sum(rows for _, rows in others)
    return [*listed, *([f"and {len(others):,} others in {rows:,} rows"] if others else [])]


def _left_out(out: LeftOut) -> str:
    return f"{counted(out.rows, 'row')} that {out.why if out.rows > 1 else out.why.replace('have', 'has')}"


def _notes(notes: Iterable[Note]) -> list[str]:
    return [printable(str(note)) for note in notes]


def _options(preview: Preview) -> Iterator[str]:
    """Each option under what it changes."""
    for guess in preview.guesses:
        if guess.offers:
            yield printable(f"{guess.what}: {advice('', guess.offers[:_MOST_OPTIONS])}")
    for out in preview.left_out:
        yield printable(f"rows that {out.why}: {advice('', out.offers)}")
