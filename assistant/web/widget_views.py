"""What the widget is told of its site and of its visit."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from typing_extensions import TypedDict

from assistant.selfservice.model import Mode, Site, Visit
from assistant.web import context


class SiteOut(TypedDict):
    """How the widget looks on a site, and whether somebody is there."""

    name: str
    title: str
    color: str
    position: Literal["left", "right"]
    open: bool
    opens_at: str | None


class StateOut(TypedDict):
    """Who the visit talks to. `offer` is why a person was offered; `agent` is empty before one."""

    mode: Mode
    offer: str | None
    open: bool
    opens_at: str | None
    agent: str


def site_json(site: Site, now: datetime) -> SiteOut:
    """A site as the widget shows it."""
    hours = context.services().selfservice.sites.hours(site)
    return {
        "name": site.name,
        "title": site.title,
        "color": site.color,
        "position": site.position.value,
        "open": hours.is_open(now),
        "opens_at": context.moment_json(hours.opens_at(now)),
    }


def state_json(visit: Visit, site: Site, now: datetime, offer: str | None = None) -> StateOut:
    """The state of a visit."""
    hours = context.services().selfservice.sites.hours(site)
    return {
        "mode": visit.mode,
        "offer": offer,
        "open": hours.is_open(now),
        "opens_at": context.moment_json(hours.opens_at(now)),
        "agent": "客服" if visit.mode is Mode.AGENT else "",
    }
