"""How far a file has been read, in bytes on disk."""

from __future__ import annotations

from pathlib import Path

from valence.tables.decoding import STANDARD_INPUT


class ReadProgress:
    """Counts the bytes read from `path`. `size` is None for standard input, whose length is not known."""

    def __init__(self, path: Path) -> None:
        self.size = path.stat().st_size if path != STANDARD_INPUT and path.is_file() else None
        self.bytes = 0

    def advance(self, count: int) -> None:
        self.bytes += count
