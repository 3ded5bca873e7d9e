"""What is to be sent to the webhooks of sites: kept in the database until it was taken.

Written in the transaction of what it tells of, so nothing is told that did not happen and nothing
that happened is lost; delivered by one thread, at least once. A receiver that fails is asked again
after growing pauses for a day; each delivery keeps its id, so that a repeated one can be told.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection, Engine

from assistant.accounts.credentials import new_id
from assistant.desk.webhook import DeliveryFailed, Webhook
from assistant.selfservice import store
from assistant.selfservice.model import Delivery, Site
from assistant.selfservice.sites import Sites
from kb.clock import Clock
from kb.errors import NotFound
from kb.store import read, write

# Minutes before the second and each later try; all in all a day.
PAUSES = tuple(timedelta(minutes=m) for m in (0.1, 0.5, 2, 5, 15, 30, 60, 120, 240, 360, 600))
_HELD = timedelta(minutes=2)  # longer than a try can take: nobody else tries meanwhile
_LOOK_SECONDS = 5.0  # other processes write deliveries too
_log = logging.getLogger(__name__)

Send = Callable[[Webhook, Delivery], None]


def _post(hook: Webhook, delivery: Delivery) -> None:
    hook.send_once(delivery.payload, {"X-Zhike-Delivery": delivery.id})


class Outbox:
    """Deliveries to webhooks.

    Args:
        engine: The knowledge base's database.
        clock: The present moment.
        sites: Whose webhooks, and the secrets that sign.
        private: Whether a webhook may lie inside the own network.
        send: Makes one try; raises whatever it likes when nobody took it.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        sites: Sites,
        *,
        private: bool = False,
        send: Send = _post,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._sites = sites
        self._private = private
        self._send = send
        self._news = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def put(
        self,
        connection: Connection,
        site: Site,
        kind: str,
        payload: Mapping[str, object],
        now: datetime,
    ) -> None:
        """Add a delivery in an open transaction; nothing for a site without a webhook."""
        if not site.webhook_url:
            return
        delivery_id = new_id()
        body = {"event": kind, "id": delivery_id, "at": now.isoformat(), "site": site.id, **payload}
        store.add_delivery(
            connection, Delivery(delivery_id, site.id, kind, body, 0, now, None, None, now)
        )

    def wake(self) -> None:
        """Look for deliveries now."""
        self._news.set()

    def start(self) -> None:
        """Deliver from a thread of this process until `stop`."""
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread after the try it is at."""
        self._stopped.set()
        self._news.set()
        if self._thread is not None:
            self._thread.join()

    def deliver_due(self) -> int:
        """Try everything that is due now, once each; how many were tried."""
        tried = 0
        while not self._stopped.is_set():
            now = self._clock()
            with read(self._engine) as connection:
                due = store.next_due(connection)
            if due is None or due > now:
                break
            with write(self._engine) as connection:
                delivery = store.take_due(connection, now, now + _HELD)
            if delivery is None:
                break
            self._try(delivery)
            tried += 1
        return tried

    def _try(self, delivery: Delivery) -> None:
        """One try; what becomes of it is written down."""
        try:
            site = self._sites.get(delivery.site_id)
        except NotFound:
            self._done(replace(delivery, next_at=None, failed_at=self._clock()))
            return
        hook = Webhook(site.webhook_url, self._sites.webhook_secret(site), self._private)
        after = replace(delivery, attempts=delivery.attempts + 1)
        try:
            if not site.webhook_url:
                raise DeliveryFailed("the site has no webhook any more")
            self._send(hook, delivery)
        except Exception as error:  # one that was never thought of must not hold up the others
            after = self._later(after, error)
        else:
            after = replace(after, next_at=None, delivered_at=self._clock())
        self._done(after)

    def _later(self, delivery: Delivery, error: Exception) -> Delivery:
        if delivery.attempts > len(PAUSES):
            _log.error("a webhook of site %s was given up: %s", delivery.site_id, error)
            return replace(delivery, next_at=None, failed_at=self._clock())
        _log.warning("a webhook of site %s is tried again later: %s", delivery.site_id, error)
        return replace(delivery, next_at=self._clock() + PAUSES[delivery.attempts - 1])

    def _done(self, delivery: Delivery) -> None:
        with write(self._engine) as connection:
            store.save_delivery(connection, delivery)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self.deliver_due()
            except Exception:  # a full disk, a restarted database: it will come back
                _log.exception("webhooks could not be sent; trying again")
            self._news.wait(_LOOK_SECONDS)
            self._news.clear()
