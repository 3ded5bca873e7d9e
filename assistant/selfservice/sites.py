"""Sites: the places that embed the widget, each with the origins it may stand on.

One site is built in: the help centre's own pages. It admits no other origin, cannot be removed,
and is stored only once somebody changes it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection, Engine

from assistant.accounts import credentials
from assistant.selfservice import store
from assistant.selfservice.hours import Hours
from assistant.selfservice.model import HELP_SITE, Position, Site
from kb.clock import Clock
from kb.errors import InvalidInput, NotFound, Problem
from kb.settings import web_origin
from kb.store import read, write

MAX_NAME = 80
MAX_ORIGINS = 50
_COLOR = re.compile(r"#[0-9a-f]{6}")
_ONE_LINE = re.compile(r"[^\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]*")


@dataclass(frozen=True, slots=True)
class SiteChanges:
    """What to change of a site; None leaves a part as it is, an empty text is the default."""

    name: str | None = None
    origins: Sequence[str] | None = None
    title: str | None = None
    color: str | None = None
    position: Position | None = None
    hours: str | None = None
    webhook_url: str | None = None


class Sites:
    """The sites of this installation.

    Args:
        engine: The knowledge base's database.
        clock: The present moment.
        zone: Where opening hours hold.
        key: What their secrets are derived from.
    """

    def __init__(self, engine: Engine, clock: Clock, zone: ZoneInfo, key: bytes) -> None:
        self._engine = engine
        self._clock = clock
        self._zone = zone
        self._key = key

    def add(self, given: SiteChanges) -> Site:
        """Make a site.

        Raises:
            InvalidInput: naming every part that is missing or not in its form.
        """
        blank = replace(_built_in(), id=credentials.new_id(), name="", created_at=self._clock())
        site = self._changed(blank, given)
        with write(self._engine) as connection:
            store.add_site(connection, site)
        return site

    def change(self, site_id: str, changes: SiteChanges) -> Site:
        """Change a site; what open pages already show changes when they are loaded again.

        Raises:
            InvalidInput: naming every part that is not in its form.
            NotFound: there is no such site.
        """
        with write(self._engine) as connection:
            before, stored = self._to_change(connection, site_id)
            return self._keep(connection, self._changed(before, changes), stored)

    def remove(self, site_id: str) -> None:
        """Take a site out of use at once, for good; what was said on it is kept as usual.

        Raises:
            InvalidInput: it is the built-in one.
            NotFound: there is no such site.
        """
        if site_id == HELP_SITE:
            raise _refused("site", "the help centre's own site is built in")
        with write(self._engine) as connection:
            before, _stored = self._to_change(connection, site_id)
            store.save_site(connection, replace(before, disabled_at=self._clock()))
            store.end_visits_of_site(connection, site_id)

    def all(self) -> tuple[Site, ...]:
        """Every site, removed ones included: the built-in one, then the oldest first."""
        with read(self._engine) as connection:
            stored = store.sites(connection)
        own = next((site for site in stored if site.id == HELP_SITE), _built_in())
        return (own, *(site for site in stored if site.id != HELP_SITE))

    def get(self, site_id: str) -> Site:
        """A site in use; NotFound for one that was removed or never was."""
        with read(self._engine) as connection:
            return self._in_use(connection, site_id)

    def origins(self) -> frozenset[str]:
        """The origins of all sites in use."""
        return frozenset(
            origin for site in self.all() if site.disabled_at is None for origin in site.origins
        )

    def hours(self, site: Site) -> Hours:
        """When somebody is there for a site."""
        return Hours(site.hours, self._zone)

    def secret(self, site: Site) -> str:
        """What the site signs identities of its customers with (HS256)."""
        return self._derived("widget-identity", site)

    def webhook_secret(self, site: Site) -> str:
        """What signs the deliveries to the site's webhook."""
        return self._derived("widget-webhook", site)

    def subject(self, site: Site, visit_id: str, customer_id: str) -> str:
        """A digest to know a customer again by within one visit, also under a renewed secret."""
        message = f"widget-subject:{site.id}:{visit_id}:{customer_id}".encode()
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()

    def renew_secret(self, site_id: str) -> Site:
        """Give a site other secrets; the old ones are worthless at once. NotFound as usual."""
        with write(self._engine) as connection:
            before, stored = self._to_change(connection, site_id)
            renewed = replace(before, identity_version=before.identity_version + 1)
            return self._keep(connection, renewed, stored)

    def ensure_stored(self, connection: Connection, site: Site) -> None:
        """Store the built-in site, in an open writing transaction, before a row refers to it."""
        if store.find_site(connection, site.id) is None:
            store.add_site(connection, replace(site, created_at=self._clock()))

    def _derived(self, purpose: str, site: Site) -> str:
        message = f"{purpose}:{site.id}:{site.identity_version}".encode()
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()

    def _in_use(self, connection: Connection, site_id: str) -> Site:
        found = store.find_site(connection, site_id)
        if found is None and site_id == HELP_SITE:
            return _built_in()
        if found is None or found.disabled_at is not None:
            raise NotFound(f"there is no site with the id {site_id!r}")
        return found

    def _to_change(self, connection: Connection, site_id: str) -> tuple[Site, bool]:
        stored = store.find_site(connection, site_id) is not None
        return self._in_use(connection, site_id), stored

    def _keep(self, connection: Connection, site: Site, stored: bool) -> Site:
        if not stored:
            site = replace(site, created_at=self._clock())
        (store.save_site if stored else store.add_site)(connection, site)
        return site

    def _changed(self, before: Site, changes: SiteChanges) -> Site:
        problems: list[Problem] = []
        after = replace(
            before,
            name=_line("name", changes.name, before.name, problems, needed=True),
            title=_line("title", changes.title, before.title, problems),
            color=_color(changes.color, before.color, problems),
            position=changes.position or before.position,
            origins=_origins(changes.origins, before, problems),
            hours=self._hours(changes.hours, before.hours, problems),
            webhook_url=_webhook(changes.webhook_url, before.webhook_url, problems),
        )
        if problems:
            raise InvalidInput(problems)
        return after

    def _hours(self, given: str | None, before: str, problems: list[Problem]) -> str:
        if given is None:
            return before
        try:
            Hours(given, self._zone)
        except InvalidInput as error:
            problems += error.problems
        return given.strip()


def _built_in() -> Site:
    return Site(
        id=HELP_SITE,
        name="帮助中心",
        origins=(),
        title="",
        color="",
        position=Position.RIGHT,
        hours="",
        webhook_url="",
        identity_version=1,
        created_at=datetime.fromtimestamp(0, UTC),
    )


def _line(
    field: str, given: str | None, before: str, problems: list[Problem], *, needed: bool = False
) -> str:
    text = before if given is None else given.strip()
    if not text and needed:
        problems.append(Problem("", 0, field, "is required"))
    if len(text) > MAX_NAME or not _ONE_LINE.fullmatch(text):
        problems.append(Problem("", 0, field, f"must be one line of at most {MAX_NAME} characters"))
    return text


def _color(given: str | None, before: str, problems: list[Problem]) -> str:
    color = before if given is None else given.strip().lower()
    if color and not _COLOR.fullmatch(color):
        problems.append(Problem("", 0, "color", f"{color!r} is not like '#1a56db'"))
    return color


def _origins(given: Sequence[str] | None, before: Site, problems: list[Problem]) -> tuple[str, ...]:
    if given is None:
        return before.origins
    if before.id == HELP_SITE and given:
        message = "the help centre's own site stands on its own pages alone"
        problems.append(Problem("", 0, "origins", message))
    found: dict[str, None] = {}
    for each in given:
        origin = web_origin(each.strip().removesuffix("/"))
        if origin:
            found[origin] = None
        else:
            message = f"{each!r} is no origin: scheme, host and port alone, without wildcards"
            problems.append(Problem("", 0, "origins", message))
    if len(found) > MAX_ORIGINS:
        problems.append(Problem("", 0, "origins", f"has more than {MAX_ORIGINS}"))
    return tuple(found)


def _webhook(given: str | None, before: str, problems: list[Problem]) -> str:
    address = before if given is None else given.strip()
    if address and not _is_address(address):
        message = "is no address like https://crm.example.com/zhike"
        problems.append(Problem("", 0, "webhook", message))
    return address


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port  # raises for what is no port
        (parts.hostname or "").encode("idna")  # as looking the name up does; raises for no name
    except ValueError:
        return False
    usual = parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0
    return usual and parts.username is None and text.isascii() and text.isprintable()


def _refused(field: str, reason: str) -> InvalidInput:
    return InvalidInput([Problem("", 0, field, reason)])
