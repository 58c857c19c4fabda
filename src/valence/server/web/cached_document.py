"""Documents that are made once: compressed once per encoding, with an ETag for conditional requests."""

from __future__ import annotations

import gzip
import hashlib
from functools import cached_property

import brotli
from flask import Response, g, request

_BROTLI_QUALITY = 9  # slow, but used only once per document
_ENCODINGS = ("br", "gzip")


class CachedDocument:
    """A document that is the same for every client.

    Args:
        content: the document.
        content_type: media type with charset.
        policy: its Content-Security-Policy; None for the default of responses that aren't pages.
    """

    def __init__(self, content: str, content_type: str, policy: str | None = None) -> None:
        self._plain = content.encode()
        self._content_type, self._policy = content_type, policy
        self._etag = hashlib.sha256(self._plain).hexdigest()[:32]

    def response(self) -> Response:
        """The response to the current request: in an accepted encoding, or 304 if the client has it already."""
        encoding = request.accept_encodings.best_match(_ENCODINGS)
        body = self._plain
        if encoding:
            body = self._brotli if encoding == "br" else self._gzip
        response = Response(body, content_type=self._content_type)
        response.vary.add("Accept-Encoding")
        if encoding:
            response.headers["Content-Encoding"] = encoding
        response.headers["Cache-Control"] = "no-cache"  # may be cached, but must be revalidated
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
