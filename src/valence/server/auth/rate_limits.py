"""Rate limits, counted in this process, or in Redis if several servers share them. Never imports Flask.

Windows slide, so nobody gets twice the limit around a full minute. While Redis is down, this process counts by itself:
the server neither stops limiting nor stops answering.
"""

from __future__ import annotations

import functools
import ipaddress
import logging
import math
import re
import threading
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

# Counted separately: requests per IP address, requests per key, feedback per IP address, pages and their files per IP
# address, and tokens per IP address and per key.
Policy = Literal["client", "key", "feedback", "page", "client-tokens", "key-tokens"]
_WINDOW_S = 60
# An IPv4 address with its port, or an IPv6 address in brackets, with or without one.
_WITH_PORT = re.compile(r"([0-9.]+):[0-9]+|\[([0-9A-Fa-f:.]+)\](?::[0-9]+)?")
# Seconds that a request waits for Redis at most.
_REDIS_TIMEOUT_S = 0.5
# Seconds between two looks for counters that have expired.
_SWEEP_S = 10.0


@dataclass(frozen=True)
class Standing:
    """What is left of a quota after a request.

    Attributes:
        allowed: whether this request was within the limit.
        quota: requests, or tokens, per minute.
        remaining: what is left now.
        reset_s: seconds until more is available; for a refused request, until enough is.
    """

    policy: Policy
    allowed: bool
    quota: int
    remaining: int
    reset_s: int

    @property
    def unit(self) -> str:
        """The quota's unit, unless it is requests; the draft's registry has none for tokens."""
        return ';qu="tokens"' if self.policy.endswith("-tokens") else ""


def headers_of(standings: Sequence[Standing]) -> dict[str, str]:
    """The headers of draft-ietf-httpapi-ratelimit-headers: a list with an item for each policy.

    >>> headers_of([Standing("client", True, 600, 12, 7), Standing("client-tokens", True, 9000, 800, 7)])["RateLimit"]
    '"client";r=12;t=7, "client-tokens";r=800;t=7'
    """
    if not standings:
        return {}
    return {
        "RateLimit-Policy": ", ".join(f'"{item.policy}";q={item.quota}{item.unit};w={_WINDOW_S}' for item in standings),
        "RateLimit": ", ".join(f'"{item.policy}";r={item.remaining};t={item.reset_s}' for item in standings),
    }


class _Counters(MemoryStorage):
    """Counts in memory, each request in one step. limits' own looks a counter up eight times for a request, and starts
    a thread to remove what has expired, up to a hundred a second.
    """

    def __init__(self) -> None:
        super().__init__()
        self._counting = threading.Lock()
        self._counted: dict[str, tuple[int, int, int]] = {}  # number of the window, count before it, count in it
        self._sweep_at = 0.0

    def __len__(self) -> int:
        return len(self._counted)

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        now = time.time()
        with self._counting:
            window, before, count = self._at(key, now, expiry)
            if math.floor(before * (1 - now / expiry % 1) + count) + amount > limit:
                return False
            self._counted[key] = window, before, count + amount
            if now >= self._sweep_at:
                self._sweep_at = now + _SWEEP_S
                self._counted = {key: counted for key, counted in self._counted.items() if counted[0] >= window - 1}
        return True

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """The counts of the window before and of this one, each with the seconds until it no longer matters."""
        now = time.time()
        _, before, count = self._at(key, now, expiry)
        left = (1 - now / expiry % 1) * expiry
        return before, left if before else 0.0, count, left + expiry

    def _at(self, key: str, now: float, expiry: int) -> tuple[int, int, int]:
        window = int(now // expiry)
        last, before, count = self._counted.get(key, (window, 0, 0))
        if last == window:
            return window, before, count
        return window, count if last == window - 1 else 0, 0


class RateLimits:
    """Counts requests and their tokens by policy and caller."""

    def __init__(self, settings: Settings) -> None:
        self._quotas: dict[Policy, int] = {
            "client": settings.calls_per_minute,
            "key": settings.key_calls_per_minute,
            "feedback": settings.feedback_per_minute,
            "page": settings.pages_per_minute,
            "client-tokens": settings.tokens_per_minute,
            "key-tokens": settings.key_tokens_per_minute,
        }
        self._items = {policy: RateLimitItemPerMinute(quota) for policy, quota in self._quotas.items()}
        self._local = SlidingWindowCounterRateLimiter(_Counters())
        self._shared = _redis(settings)
        self._redis_down = False

    def quota(self, policy: Policy) -> int:
        """Requests or tokens per minute; 0 for no limit."""
        return self._quotas[policy]

    def take(self, policy: Policy, caller: str, cost: int = 1) -> Standing | None:
        """Counts one request, or tokens; None if the policy has no limit. Refused requests aren't counted."""
        if not self._quotas[policy]:
            return None
        if self._shared is not None:
            try:
                standing = _take(self._shared, self._items[policy], policy, caller, cost)
            except StorageError as error:
                self._log_redis(down=True, reason=type(error.storage_error).__name__)
            else:
                self._log_redis(down=False)
                return standing
        return _take(self._local, self._items[policy], policy, caller, cost)

    def _log_redis(self, *, down: bool, reason: str = "") -> None:
        if down != self._redis_down:
            self._redis_down = down
            message = "Redis is down; rate limits are counted in this process" if down else "Redis is back"
            log.warning(message, extra={"fields": {"reason": reason}})


@functools.lru_cache(1024)
def network_of(address: str) -> str:
    """The IP address, or with IPv6 its /64, which usually belongs to one household.

    A port is ignored: some proxies add it, and the client chooses it.

    >>> network_of("2001:db8:1:2:3:4:5:6")
    '2001:db8:1:2::/64'
    >>> network_of("192.0.2.7:50123"), network_of("[2001:db8:1:2::6]:443")
    ('192.0.2.7', '2001:db8:1:2::/64')
    """
    with_port = _WITH_PORT.fullmatch(address)
    try:
        parsed = ipaddress.ip_address(with_port[1] or with_port[2] if with_port else address)
    except ValueError:
        return "unknown"  # a Unix socket, or a proxy that sends something else
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _take(
    limiter: SlidingWindowCounterRateLimiter, item: RateLimitItemPerMinute, policy: Policy, caller: str, cost: int
) -> Standing:
    allowed = limiter.hit(item, policy, caller, cost=cost)
    stats = limiter.get_window_stats(item, policy, caller)
    wait_s = stats.reset_time - time.time()
    if not allowed and 1 < cost <= item.amount:
        wait_s = _room_after_s(limiter, item, policy, caller, cost)
    # The first whole second after the reset: at the reset itself, nothing has left the window yet.
    return Standing(policy, allowed, item.amount, stats.remaining, max(0, math.floor(wait_s)) + 1)


def _room_after_s(
    limiter: SlidingWindowCounterRateLimiter, item: RateLimitItemPerMinute, policy: Policy, caller: str, cost: int
) -> float:
    """Seconds until this cost fits, if nothing else is counted: the previous window slides out, then this one."""
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
    options: dict[str, float | str | bool] = {
        "socket_timeout": _REDIS_TIMEOUT_S,
        "socket_connect_timeout": _REDIS_TIMEOUT_S,
    }
    if address.startswith("rediss:") and not settings.redis_verify:
        options["ssl_cert_reqs"] = "none"
    storage = RedisStorage(address, None, "valence", True, **options)  # noqa: FBT003 - names would clash with options
    return SlidingWindowCounterRateLimiter(storage)
