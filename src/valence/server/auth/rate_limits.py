"""How often a caller may ask: counted in this process, or in Redis where several processes must count together.

Knows nothing of Flask. Windows slide, so nobody gets twice the limit around a full minute. Where Redis fails, this
process counts by itself until it is back: neither is everybody let in, nor everybody kept out.
"""

from __future__ import annotations

import ipaddress
import logging
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from valence.server.settings import Settings

log = logging.getLogger(__name__)

# What is counted apart: calls from one address, calls with one key, feedback from one address, pages and their files,
# and tokens that were computed for an address and for a key.
Policy = Literal["client", "key", "feedback", "page", "client-tokens", "key-tokens"]
_WINDOW_S = 60
# Seconds: longer than this a counter may not keep a call waiting.
_REDIS_S = 0.5


@dataclass(frozen=True)
class Standing:
    """How a caller stands after a call.

    Attributes:
        allowed: whether this call was within the limit.
        quota: calls, or tokens, a minute.
        remaining: those that are left now.
        reset_s: seconds until there are more; of a call that was not allowed, until there are enough for it.
    """

    policy: Policy
    allowed: bool
    quota: int
    remaining: int
    reset_s: int

    @property
    def unit(self) -> str:
        """Of the quota, where it is not calls; the draft's registry has none for tokens."""
        return ';qu="tokens"' if self.policy.endswith("-tokens") else ""


def headers_of(standings: Sequence[Standing]) -> dict[str, str]:
    """As draft-ietf-httpapi-ratelimit-headers has it: a list with an item for each policy.

    >>> headers_of([Standing("client", True, 600, 12, 7), Standing("client-tokens", True, 9000, 800, 7)])["RateLimit"]
    '"client";r=12;t=7, "client-tokens";r=800;t=7'
    """
    if not standings:
        return {}
    return {
        "RateLimit-Policy": ", ".join(f'"{each.policy}";q={each.quota}{each.unit};w={_WINDOW_S}' for each in standings),
        "RateLimit": ", ".join(f'"{each.policy}";r={each.remaining};t={each.reset_s}' for each in standings),
    }


class RateLimits:
    """Counts calls and what they cost, each under a policy and for one caller."""

    def __init__(self, settings: Settings) -> None:
        self._quotas: dict[Policy, int] = {
            "client": settings.calls_per_minute,
            "key": settings.key_calls_per_minute,
            "feedback": settings.feedback_per_minute,
            "page": settings.pages_per_minute,
            "client-tokens": settings.tokens_per_minute,
            "key-tokens": settings.key_tokens_per_minute,
        }
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = _redis(settings)
        self._lost = False

    def quota(self, policy: Policy) -> int:
        """Calls or tokens a minute; 0 for no limit."""
        return self._quotas[policy]

    def take(self, policy: Policy, caller: str, cost: int = 1) -> Standing | None:
        """Counts one call, or tokens; None where the policy has no limit. What is not allowed is not counted."""
        quota = self._quotas[policy]
        if not quota:
            return None
        if self._shared is not None:
            try:
                standing = _take(self._shared, policy, quota, caller, cost)
            except StorageError as error:
                self._tell(lost=True, reason=type(error.storage_error).__name__)
            else:
                self._tell(lost=False)
                return standing
        return _take(self._here, policy, quota, caller, cost)

    def _tell(self, *, lost: bool, reason: str = "") -> None:
        if lost != self._lost:
            self._lost = lost
            said = "Redis does not answer; calls are counted in this process" if lost else "Redis answers again"
            log.warning(said, extra={"fields": {"reason": reason}})


def network_of(address: str) -> str:
    """Whom an address stands for: itself, or with IPv6 its /64, all of which one household has.

    >>> network_of("2001:db8:1:2:3:4:5:6")
    '2001:db8:1:2::/64'
    >>> network_of("192.0.2.7")
    '192.0.2.7'
    """
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"  # no address: a socket of this machine, or a proxy that writes something else
    if isinstance(known, ipaddress.IPv6Address):
        mapped = known.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def _take(limiter: SlidingWindowCounterRateLimiter, policy: Policy, quota: int, caller: str, cost: int) -> Standing:
    item = RateLimitItemPerMinute(quota)
    allowed = limiter.hit(item, policy, caller, cost=cost)
    stats = limiter.get_window_stats(item, policy, caller)
    wait_s = stats.reset_time - time.time()
    if not allowed and 1 < cost <= quota:
        wait_s = _room_after_s(limiter, item, policy, caller, cost)
    # The first whole second after the reset: at the very moment of it, nothing has slid out of the window yet.
    return Standing(policy, allowed, quota, stats.remaining, max(0, math.floor(wait_s)) + 1)


def _room_after_s(
    limiter: SlidingWindowCounterRateLimiter, item: RateLimitItemPerMinute, policy: Policy, caller: str, cost: int
) -> float:
    """Seconds until so much is left, if nothing else is counted: the window before slides out, then this one."""
    before, before_s, now, now_s = limiter.storage.get_sliding_window(  # type: ignore[attr-defined]  # both storages have it
        item.key_for(policy, caller), _WINDOW_S
    )
    room = item.amount - cost
    if now <= room:
        return float(before_s - (room - now) * _WINDOW_S / before) if before else 0.0
    return float(now_s - _WINDOW_S + _WINDOW_S * (1 - room / now))


def _redis(settings: Settings) -> SlidingWindowCounterRateLimiter | None:
    if settings.redis_url is None:
        return None
    address = settings.redis_url.get_secret_value()
    options: dict[str, float | str | bool] = {"socket_timeout": _REDIS_S, "socket_connect_timeout": _REDIS_S}
    if address.startswith("rediss:") and not settings.redis_verify:
        options["ssl_cert_reqs"] = "none"
    storage = RedisStorage(address, None, "valence", True, **options)  # noqa: FBT003 - names would clash with options
    return SlidingWindowCounterRateLimiter(storage)
