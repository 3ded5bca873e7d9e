"""What the widget is told of its site and of its visit."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from typing_extensions import TypedDict

from assistant.selfservice.model import Mode, Site, State, Visit
from assistant.web import context

AGENT = "客服"  # no customer is told who of the team writes


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


def state_json(visit: Visit, site: Site, now: datetime) -> StateOut:
    """How a visit stands in which nothing has been said."""
    services = context.services()
    hours = services.selfservice.sites.hours(site)
    state = State(
        mode=visit.mode,
        offer=None,
        open=hours.is_open(now),
        opens_at=hours.opens_at(now),
        with_agent=visit.mode is Mode.AGENT,
    )
    return state_told(state, services.settings.site_tz)


def state_told(state: State, zone: ZoneInfo) -> StateOut:
    """How a visit stands, with times in a zone."""
    opens_at = state.opens_at.astimezone(zone) if state.opens_at else None
    return {
        "mode": state.mode,
        "offer": state.offer.value if state.offer else None,
        "open": state.open,
        "opens_at": opens_at.isoformat(timespec="seconds") if opens_at else None,
        "agent": AGENT if state.with_agent else "",
    }
