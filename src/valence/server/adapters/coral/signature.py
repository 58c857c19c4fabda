"""Coral's signatures: HMAC-SHA256 of the body, with each signing secret that Coral has at the moment."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

_SCHEME = "sha256="
# Coral sends one signature, and another while a secret is rolled.
_MAX_SIGNATURES = 8


def is_signed(body: bytes, header: str, secrets: Sequence[str]) -> bool:
    """Whether one of the header's signatures is the body's with one of the secrets.

    >>> is_signed(b"{}", "sha256=0", ["secret"])
    False
    """
    sent = [part.strip() for part in header.split(",")[:_MAX_SIGNATURES]]
    signatures = [part.removeprefix(_SCHEME).lower().encode() for part in sent if part.startswith(_SCHEME)]
    expected = [hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode() for secret in secrets]
    return any(hmac.compare_digest(one, other) for one in signatures for other in expected)
