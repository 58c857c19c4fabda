"""The first bytes of files that are no tables, or are compressed in a way that is not read, in words for the user."""

from __future__ import annotations

import re

_EXPORT = "Save or export the table as CSV, or as .xlsx."
_UNPACK = "Unpack it first."
_NOT_TEXT = "Check that this is the right file."
# (first bytes, what the file is, what to do). Text that happens to begin so must be impossible or absurd.
_SIGNATURES = [
    (rb"\x89PNG\r\n\x1a\n", "a PNG image", _NOT_TEXT),
    (rb"\xff\xd8\xff", "a JPEG image", _NOT_TEXT),
    (rb"GIF8[79]a", "a GIF image", _NOT_TEXT),
    (rb"RIFF....WEBP", "a WebP image", _NOT_TEXT),
    (rb"II\*\0|MM\0\*", "a TIFF image", _NOT_TEXT),
    (rb"BM....\0\0\0\0", "a BMP image", _NOT_TEXT),
    (rb"....ftyp", "a video or a HEIC image", _NOT_TEXT),
    (rb"RIFF....(WAVE|AVI )", "a sound or video file", _NOT_TEXT),
    (rb"OggS|fLaC|ID3[\x02-\x04]|\x1a\x45\xdf\xa3", "a sound or video file", _NOT_TEXT),
    (rb"%PDF-", "a PDF document", "Copy its table into a spreadsheet, and save that as CSV or .xlsx."),
    (rb"\{\\rtf", "an RTF document", _EXPORT),
    (
        rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Excel workbook (.xls), a workbook with a password, or an old Office document",
        "Open it in a spreadsheet program and save it, without a password, as .xlsx or CSV.",
    ),
    (rb"BZh[1-9]", "compressed with bzip2", _UNPACK),
    (rb"\xfd7zXZ\0", "compressed with xz", _UNPACK),
    (rb"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (rb"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (rb".{257}ustar", "a tar archive", _UNPACK),
    (rb"PK\x05\x06", "an empty zip archive", _NOT_TEXT),
    (rb"SQLite format 3\0", "an SQLite database", "Export its table as CSV."),
    (rb"ARROW1\0\0|FEA1", "an Arrow or Feather file", "Save it as Parquet."),
    (rb"\x89HDF\r\n\x1a\n", "an HDF5 file", "Save its table as Parquet or CSV."),
    (rb"\x93NUMPY", "a NumPy array", "Save it as Parquet or CSV."),
    (rb"Obj\x01", "an Avro file", "Save it as Parquet or CSV."),
    (rb"\x80[\x02-\x05](\x95|[}\]c(])", "a Python pickle", "Save the data as CSV or Parquet: a pickle can run code."),
    (rb"\x7fELF|MZ\x90\0", "a program", _NOT_TEXT),
    (rb"\xca\xfe\xba\xbe|\xcf\xfa\xed\xfe", "a program", _NOT_TEXT),
    (rb"version https://git-lfs", "a Git LFS pointer instead of the file", "Download the file itself: git lfs pull"),
    (
        rb"(?i:\s*(<!doctype html|<(html|table|meta)[\s>]))",
        "a web page",
        "If it is a login page, download the file itself; otherwise save it from a spreadsheet program as .xlsx.",
    ),
    (rb"\s*<\?xml", "an XML file", _EXPORT),
]
_COMPILED = [(re.compile(pattern, re.DOTALL), what, hint) for pattern, what, hint in _SIGNATURES]


def not_a_table(start: bytes) -> tuple[str, str] | None:
    """What a file is that begins so, and what to do, if it is no table; None if it may be one.

    >>> not_a_table(b"%PDF-1.7")[0], not_a_table(b"text,label")
    ('a PDF document', None)
    """
    start = start.removeprefix(b"\xef\xbb\xbf")
    return next(((what, hint) for pattern, what, hint in _COMPILED if pattern.match(start)), None)
