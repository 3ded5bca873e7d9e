"""Sessions of customers: an anonymous visit, and the token that speaks for it.

A token has one purpose, is stored as a hash, and lasts half an hour. It is exchanged for a new one
while it lives, for at most seven days after the visit began; the old one is worthless then.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection, Engine

from assistant.accounts import credentials
from assistant.accounts.roles import Principal
from assistant.selfservice import store
from assistant.selfservice.model import Mode, Site, Visit
from assistant.selfservice.sites import Sites
from kb.clock import Clock
from kb.store import read, write

TOKEN_PREFIX = "zkw_"
TOKEN_LIFE = timedelta(minutes=30)
VISIT_LIFE = timedelta(days=7)
EMPTY_LIFE = timedelta(days=1)  # of a visit in which nobody said anything


class Sessions:
    """Begins, renews and ends visits.

    Args:
        engine: The knowledge base's database.
        clock: The present moment.
        sites: Where visits happen.
    """

    def __init__(self, engine: Engine, clock: Clock, sites: Sites) -> None:
        self._engine = engine
        self._clock = clock
        self._sites = sites

    def begin(self, site: Site, lang: str = "zh-CN") -> tuple[Visit, str, datetime]:
        """A new visit on a site in use, its token, and when that ends.

        The token is never shown again.
        """
        now = self._clock()
        visit = Visit(
            id=secrets.token_hex(16),
            site_id=site.id,
            lang=lang,
            mode=Mode.BOT,
            customer={},
            contact_id=None,
            misses=0,
            rejected=(),
            started_at=now,
            last_at=now,
        )
        with write(self._engine) as connection:
            store.drop_expired(connection, now)
            self._sites.ensure_stored(connection, site)
            store.add_visit(connection, visit)
            return visit, *_issue(connection, visit, now)

    def find(self, token: str) -> tuple[Visit, Site] | None:
        """The visit that a token speaks for, with its site; None once either has ended."""
        if not token.startswith(TOKEN_PREFIX):
            return None
        with read(self._engine) as connection:
            return store.visit_by_token(connection, credentials.digest(token), self._clock())

    def principal(self, token: str) -> Principal | None:
        """Who a token speaks for, or None when it is unknown, expired or its visit has ended."""
        found = self.find(token)
        return found[0].principal if found else None

    def renew(self, token: str) -> tuple[str, datetime] | None:
        """Another token for the visit, and when that ends; the old one dies.

        None when the old one is dead already, or the visit has lasted as long as one may.
        """
        now, digest = self._clock(), credentials.digest(token)
        with write(self._engine) as connection:
            found = store.visit_by_token(connection, digest, now)
            if found is None or now >= found[0].started_at + VISIT_LIFE:
                return None
            store.drop_token(connection, digest)
            store.save_visit(connection, replace(found[0], last_at=now))
            return _issue(connection, found[0], now)

    def end(self, visit_id: str) -> None:
        """End a visit: all of its tokens are worthless. An ended or unknown one is no error."""
        now = self._clock()
        with write(self._engine) as connection:
            store.drop_tokens_of(connection, visit_id)
            visit = store.find_visit(connection, visit_id)
            if visit is not None and visit.ended_at is None:
                store.save_visit(connection, replace(visit, ended_at=now, last_at=now))

    def forget(self, days: int) -> int:
        """Delete visits unused for `days` days, whose contacts are gone, with all they hold.

        Visits without a word are deleted after a day, and what was to be sent to webhooks after
        `days` days.

        Returns:
            How many visits were deleted.
        """
        now, forgotten = self._clock(), 0
        before = now - timedelta(days=days)
        while True:  # in parts, so that nobody waits long for the database
            with write(self._engine) as connection:
                old = store.old_visits(connection, before, now - EMPTY_LIFE)
                store.delete_visits(connection, old)
                forgotten += len(old)
                if len(old) < store.OLD_AT_ONCE:
                    store.delete_deliveries_before(connection, before)
                    return forgotten


def _issue(connection: Connection, visit: Visit, now: datetime) -> tuple[str, datetime]:
    token = TOKEN_PREFIX + credentials.new_secret()
    expires_at = min(now + TOKEN_LIFE, visit.started_at + VISIT_LIFE)
    store.add_token(connection, credentials.digest(token), visit.id, expires_at)
    return token, expires_at
