"""Compression of the large answers that a browser waits for: the page, the OpenAPI document, a model's card.

Only of those: an answer about a text is small, and compressing it would cost more than it saves.
"""

from __future__ import annotations

from flask import Flask
from flask_compress import Compress

_compress = Compress()

#: Marks a view, or what answers in its place, whose answer is compressed as the client accepts.
compressed = _compress.compressed()


def install(app: Flask) -> None:
    """Sets how; what is compressed says so itself, by `compressed`."""
    app.config["COMPRESS_REGISTER"] = False
    app.config["COMPRESS_ALGORITHM"] = ["br", "gzip"]
    app.config["COMPRESS_STREAMS"] = False
    _compress.init_app(app)
