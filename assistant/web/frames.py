"""The console in a frame of a contact-centre platform, and how one signs in there.

The sign-in form never stands in a frame. It opens in a window of its own, which hands the frame a
code: signed, valid for a minute, good for one session. The frame trades it for a cookie of its own,
since browsers keep the cookies of a frame apart from those of the window.
"""

from __future__ import annotations

from typing import cast

from flask import Response, jsonify, redirect, render_template, request, url_for
from itsdangerous import BadSignature, TimestampSigner

from assistant.accounts.people import People
from assistant.web import context, guard
from assistant.web.paths import own_path
from assistant.web.problems import Refusal
from kb.errors import NotFound

CODE_SECONDS = 60
_MOST = 500  # characters of a code


def notice() -> Response | str:
    """In the frame: that one has to sign in, with the button that opens the window."""
    origins = context.services().settings.frame_ancestors
    target = own_path(request.args.get("next"), url_for("pages.agent", embed=1))
    if not origins:
        raise NotFound("no page may hold the console in a frame")
    if context.principal().login:
        return cast(Response, redirect(target, 303))
    return render_template("frame_notice.html", origins=origins, target=target)


def signed_in() -> Response | str:
    """In the window: hand the frame its code and close."""
    caller = context.principal()
    if not context.services().settings.frame_ancestors or not caller.login:
        return cast(Response, redirect(url_for("pages.agent"), 303))
    code = _signer().sign(_people().open_session(caller)).decode()
    return render_template("frame_signed_in.html", code=code)


def begin_session() -> Response:
    """From the frame: trade the code for a session of its own; a code works once."""
    if not context.services().settings.frame_ancestors:
        raise NotFound("no page may hold the console in a frame")
    given = request.get_json(silent=True)
    code = given.get("code") if isinstance(given, dict) else None
    if not isinstance(code, str) or not 0 < len(code) <= _MOST:
        raise Refusal(401, "sign_in")
    try:
        handed = _signer().unsign(code, max_age=CODE_SECONDS).decode()
    except (BadSignature, UnicodeDecodeError):
        raise Refusal(401, "sign_in") from None
    person = _people().by_session(handed)
    if person is None:
        raise Refusal(401, "sign_in")
    _people().close_session(handed)
    response = jsonify({"signed_in": True})
    guard.session_cookie().write(request, response, _people().open_session(person))
    return response


def _signer() -> TimestampSigner:
    key = context.services().signing_key
    return TimestampSigner(key, salt="zhike.frame", key_derivation="hmac")


def _people() -> People:
    return context.services().accounts.people
