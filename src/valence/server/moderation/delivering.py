"""The thread that sends events to webhooks: each at least once, whichever server is killed or restarted.

A webhook that fails is left alone for longer and longer, with all its events, and is turned off after
days of failures.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx2

from valence.server.background_thread import BackgroundThread
from valence.server.moderation.public_address import AddressRefusedError, Target, resolved
from valence.server.moderation.signing import headers_of
from valence.server.settings import Settings
from valence.server.store import webhook_rows
from valence.server.store.database import Database
from valence.server.store.webhook_rows import Claimed
from valence.system.version import __version__

log = logging.getLogger(__name__)

# All in seconds: between looks for events of other servers, for one receiver, and between deletions of old events.
POLL_S, TIMEOUT_S, CLEARING_S = 2.0, 5.0, 600.0
# Between attempts: as long as the webhook has failed already, within these bounds.
_SHORTEST, _LONGEST = timedelta(seconds=5), timedelta(hours=1)
_AT_ONCE, _THREADS = 16, 4
_GONE = 410


class Deliverer(BackgroundThread):
    """Sends events from `start` to `close`; what isn't confirmed then is sent again.

    Attributes:
        observer: is called with what was done, how, and how often.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        super().__init__("webhooks", poll_s=POLL_S)
        self._database, self._settings = database, settings
        self._clearing_at = 0.0
        self.observer: Callable[[str, str, int], None] = lambda *_: None

    def run_once(self) -> int:
        """Sends the events that are due; returns how many. Raises StoreError."""
        claimed = webhook_rows.claim(self._database, limit=_AT_ONCE)
        if claimed:
            with ThreadPoolExecutor(_THREADS, thread_name_prefix="webhook") as pool:
                list(pool.map(self._deliver, claimed))
        if time.monotonic() >= self._clearing_at:
            expired = webhook_rows.remove_old(self._database, self._settings.item_days)
            self.observer("webhook_events", "expired", expired)
            self._clearing_at = time.monotonic() + CLEARING_S
        return len(claimed)

    def _deliver(self, claimed: Claimed) -> None:
        failure, gone = self._send(claimed)
        self.observer("webhook_events", "delivered" if failure is None else "failed", 1)
        if failure is None:
            webhook_rows.delivered(self._database, claimed)
            return
        patience = timedelta(0) if gone else timedelta(days=self._settings.webhook_days)
        due_at = datetime.now(UTC) + wait_after(claimed.webhook.failing_since)
        if webhook_rows.failed(self._database, claimed, failure, due_at=due_at, patience=patience):
            self.observer("webhooks_turned_off", "gone" if gone else "failures", 1)
            log.error("a webhook was turned off", extra={"fields": {"webhook": claimed.webhook.id, "reason": failure}})

    def _send(self, claimed: Claimed) -> tuple[str | None, bool]:
        """(why the receiver didn't confirm it, whether it says that it is gone for good)."""
        try:
            status = self._status(claimed)
        except AddressRefusedError as error:
            return f"The address {error}.", False
        except TimeoutError:
            return f"No answer within {TIMEOUT_S:g} seconds.", False
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            return f"No answer: {type(error).__name__}: {error}"[:500], False
        return (None if 200 <= status < 300 else f"The answer was HTTP {status}."), status == _GONE

    def _status(self, claimed: Claimed) -> int:
        """The receiver's status. Its body isn't read, redirects aren't followed, and no proxy comes between."""
        webhook, delivery = claimed.webhook, claimed.delivery
        target = resolved(webhook.url, private=self._settings.webhook_private)
        payload = delivery.payload.encode()
        secrets = [secret for secret in (webhook.secret, webhook.old_secret) if secret]
        headers = {
            **headers_of(delivery.id, int(time.time()), payload, secrets),
            "content-type": "application/json",
            "host": target.host,
            "user-agent": f"Valence/{__version__}",
        }
        return asyncio.run(_post(target, payload, headers))


async def _post(target: Target, payload: bytes, headers: dict[str, str]) -> int:
    """Asynchronous for the limit of the whole exchange: a receiver that sends a byte now and then would hold up others.

    Raises TimeoutError.
    """
    extensions = {} if target.name is None else {"sni_hostname": target.name}
    async with (
        asyncio.timeout(TIMEOUT_S),
        httpx2.AsyncClient(timeout=TIMEOUT_S, trust_env=False, follow_redirects=False) as client,
        client.stream("POST", target.url, content=payload, headers=headers, extensions=extensions) as response,
    ):
        return response.status_code


def wait_after(failing_since: datetime | None) -> timedelta:
    """How long a webhook is left alone: about as long as it has failed already, so that the time doubles.

    The exact time is random, so that receivers that failed together aren't asked together again.
    """
    failing = timedelta(0) if failing_since is None else datetime.now(UTC) - failing_since
    return min(_LONGEST, max(_SHORTEST, failing)) * random.uniform(0.5, 1.5)  # noqa: S311 - not a secret
