"""Signatures of webhooks, as Standard Webhooks (https://www.standardwebhooks.com) specifies them.

Ten lines of the standard library; the package of that name would bring five more packages with it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets as random
from collections.abc import Sequence

_PREFIX = "whsec_"
_KEY_BYTES = 32


def new_secret() -> str:
    """A random secret in the form that receivers' libraries take."""
    return _PREFIX + base64.b64encode(random.token_bytes(_KEY_BYTES)).decode()


def headers_of(identity: str, timestamp: int, payload: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The headers that show a receiver who sent the payload, when, and whether it is a repeat.

    >>> identity, secret = "msg_p5jXN8AQM9LWM0D4loKWxJek", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the standard's
    >>> headers_of(identity, 1614265330, b'{"test": 2432232314}', [secret])["webhook-signature"]
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    content = f"{identity}.{timestamp}.".encode() + payload
    signatures = [
        base64.b64encode(hmac.new(base64.b64decode(secret.removeprefix(_PREFIX)), content, hashlib.sha256).digest())
        for secret in secrets
    ]
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature.decode()}" for signature in signatures),
    }
