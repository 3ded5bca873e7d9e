"""Was this helpful? One vote by each reader and version, without following anybody.

The page carries a sign of the hour in which it was shown, the same for everybody, so that it can be
cached. Whoever voted gets a cookie that goes back to the address of this one vote alone and says no
more than that there was one: it is the same for all readers of that day.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from flask import Response, redirect, request

from assistant.web import context, help_links
from assistant.web.help_centre import centre
from kb.errors import NotFound
from kb.model import Revision

COOKIE = "voted"
_SHOWN_FOR = timedelta(hours=24)  # a page open for longer is asked again
_REMEMBERED = timedelta(days=1)


def sign(revision: Revision, now: datetime) -> str:
    """What the form of a page shown now carries."""
    hour = int(now.timestamp()) // 3600
    return f"{hour}.{_mac('shown', revision, hour)}"


def vote(entry_id: str) -> Response:
    """Count a vote once and lead back to the article, which says thank you."""
    help_ = centre()
    revision = help_.knowledge.article(entry_id)
    if revision is None:
        raise NotFound(entry_id)
    verdict = request.form.get("verdict")
    now = context.services().clock()
    if verdict not in ("yes", "no") or not _genuine(request.form.get("shown", ""), revision, now):
        return _back(entry_id, "again")
    day = int(now.timestamp()) // int(_REMEMBERED.total_seconds())
    response = _back(entry_id, verdict)
    if not _voted(revision, day):
        help_.helpful.count(revision, yes=verdict == "yes")
        response.set_cookie(
            COOKIE,
            _mac("voted", revision, day),
            max_age=_REMEMBERED,
            path=request.path,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
    return response


def _back(entry_id: str, thanks: str) -> Response:
    address = help_links.page("article", entry_id=entry_id, thanks=thanks, _anchor="helpful")
    return redirect(address, 303)  # type: ignore[return-value]


def _genuine(shown: str, revision: Revision, now: datetime) -> bool:
    hour, _, mac = shown.partition(".")
    if not (hour.isascii() and hour.isdigit() and len(hour) < 10):
        return False
    age = now.timestamp() - int(hour) * 3600
    # A page shown a moment ago by a server whose clock runs a little ahead is genuine too.
    in_time = -3600 <= age < _SHOWN_FOR.total_seconds()
    return in_time and hmac.compare_digest(
        mac.encode(), _mac("shown", revision, int(hour)).encode()
    )


def _voted(revision: Revision, day: int) -> bool:
    kept = request.cookies.get(COOKIE, "").encode()
    marks = (_mac("voted", revision, d).encode() for d in (day, day - 1))
    return any(hmac.compare_digest(kept, mark) for mark in marks)


def _mac(what: str, revision: Revision, number: int) -> str:
    text = "\0".join(("help", what, revision.entry_id, str(revision.number), str(number)))
    key = context.services().signing_key
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]
