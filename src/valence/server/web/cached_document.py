"""Documents that are made once and sent many times: compressed once for each encoding, and not sent again unchanged."""

from __future__ import annotations

import gzip
import hashlib
from functools import cached_property

import brotli
from flask import Response, g, request

_BROTLI_QUALITY = 9  # slower than for an answer that is compressed each time, and only once
_ENCODINGS = ("br", "gzip")


class CachedDocument:
    """A document that is the same for everybody.

    Args:
        content: the whole document.
        content_type: its media type, with the charset.
        policy: its Content-Security-Policy; None for that of answers that are no page.
    """

    def __init__(self, content: str, content_type: str, policy: str | None = None) -> None:
        self._plain = content.encode()
        self._content_type, self._policy = content_type, policy
        self._etag = hashlib.sha256(self._plain).hexdigest()[:32]

    def response(self) -> Response:
        """The answer to the current request: in an encoding that it accepts, or 304 for who has it already."""
        encoding = request.accept_encodings.best_match(_ENCODINGS)
        body = self._plain
        if encoding:
            body = self._brotli if encoding == "br" else self._gzip
        response = Response(body, content_type=self._content_type)
        response.vary.add("Accept-Encoding")
        if encoding:
            response.headers["Content-Encoding"] = encoding
        response.headers["Cache-Control"] = "no-cache"  # may be kept, and is asked for again each time
        response.set_etag(f"{self._etag}:{encoding}" if encoding else self._etag)
        if self._policy:
            g.policy = self._policy
        response.make_conditional(request)
        return response

    @cached_property
    def _brotli(self) -> bytes:
        return bytes(brotli.compress(self._plain, mode=brotli.MODE_TEXT, quality=_BROTLI_QUALITY))

    @cached_property
    def _gzip(self) -> bytes:
        return gzip.compress(self._plain, mtime=0)
