"""What every template can use: texts, times in the site's zone, versioned assets, permissions."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version
from typing import Any

from flask import Flask, request

from assistant.accounts.policy import Action
from assistant.accounts.roles import ANONYMOUS
from assistant.web import context, i18n
from assistant.web.paths import here
from kb.clock import spoken_local
from kb.lifecycle import is_author


def install(app: Flask) -> None:
    """Add the globals and filters to the templates of `app`."""
    product_version = version("zhike")
    app.jinja_env.filters["local"] = _local
    app.jinja_env.filters["local_date"] = _local_date
    app.jinja_env.filters["local_moment"] = _local_moment
    app.jinja_env.filters["iso"] = _iso
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    def per_request() -> dict[str, Any]:
        caller = context.principal()
        return {
            "t": i18n.texts_for(context.lang()),
            "lang": context.lang(),
            "langs": i18n.LANGUAGES,
            "principal": None if caller is ANONYMOUS else caller,
            "can": lambda action: context.allowed(Action(action)),
            "asset": context.asset,
            "path": request.path,
            "here": here(),
            "zone": context.services().settings.site_tz.key,
            "waiting_cases": _waiting_cases,
            "version": product_version,
        }

    app.context_processor(per_request)


def _waiting_cases() -> int:
    """How many cases wait for the caller, who may approve them; their own wait for others."""
    caller = context.principal()
    if not context.allowed(Action.ENTRIES_REVIEW):
        return 0
    rows = context.services().cases.reviews.waiting(caller, newest=False)
    return sum(not is_author(row.newest, caller.name) for row in rows)


def _local(moment: datetime | str | None) -> str:
    return _formatted(moment, "%Y-%m-%d %H:%M")


def _local_date(moment: datetime | str | None) -> str:
    return _formatted(moment, "%Y-%m-%d")


def _local_moment(moment: datetime | str | None) -> str:
    """The day, and the time of day where it is another than midnight."""
    known = _known(moment)
    return spoken_local(known, context.services().settings.site_tz) if known else ""


def _iso(moment: datetime | str | None) -> str:
    return moment if isinstance(moment, str) else context.moment_json(moment) or ""


def _formatted(moment: datetime | str | None, form: str) -> str:
    """A moment in the site's time zone."""
    known = _known(moment)
    return known.astimezone(context.services().settings.site_tz).strftime(form) if known else ""


def _known(moment: datetime | str | None) -> datetime | None:
    """The moment that views hand over, as it is or as their own JSON string."""
    if isinstance(moment, str):
        return datetime.fromisoformat(moment) if moment else None
    return moment
