"""Signing in and out, and the one-time set-up of the first administrator."""

from __future__ import annotations

from typing import cast

from flask import Response, make_response, redirect, render_template, request, url_for

from assistant.accounts.passwords import MAXIMUM_LENGTH, MINIMUM_LENGTH
from assistant.accounts.roles import Principal
from assistant.web import context, guard, messages
from assistant.web.paths import own_path
from kb.errors import InvalidInput, NotFound


def show_login() -> Response | str:
    """The sign-in form; somebody signed in already goes straight on."""
    target = own_path(request.args.get("next"), url_for("pages.agent"))
    if context.principal().login:
        return cast(Response, redirect(target, 303))
    return render_template("login.html", next=target, login="", error="", retry_after=0)


def sign_in() -> Response:
    """Check login and password, slowing down whoever guesses."""
    login = request.form.get("login", "").strip().casefold()[:64]
    password = request.form.get("password", "")
    target = own_path(request.form.get("next"), url_for("pages.agent"))
    accounts, address = context.services().accounts, context.client_address()
    wait = accounts.throttle.wait_seconds(address, login)
    if wait:
        text = messages.detail("throttled", context.lang(), seconds=wait)
        response = _login_page(429, target, login, text, wait)
        response.headers["Retry-After"] = str(wait)
        return response
    person = None
    if len(password) <= MAXIMUM_LENGTH:
        person = accounts.people.authenticate(login, password)
    if person is None:
        accounts.throttle.failed(address, login)
        text = messages.detail("bad_credentials", context.lang())
        return _login_page(401, target, login, text, 0)
    accounts.throttle.succeeded(address, login)
    return _signed_in(person, target)


def sign_out() -> Response:
    """End the session, on the server too."""
    cookie = guard.session_cookie()
    secret = cookie.read(request)
    if secret:
        context.services().accounts.people.close_session(secret)
    response = cast(Response, redirect(url_for("pages.login"), 303))
    cookie.clear(request, response)
    return response


def show_setup() -> Response:
    """The form for the first administrator; it works only with the link that `serve` printed."""
    token = request.args.get("token", "")
    valid = context.services().accounts.people.setup_possible(token)
    return _setup_page(200 if valid else 410, token, "", "", {}, valid)


def set_up() -> Response:
    """Create the first administrator and sign in."""
    form = request.form
    token, name, login = form.get("token", ""), form.get("name", ""), form.get("login", "")
    people = context.services().accounts.people
    if not people.setup_possible(token):
        return _setup_page(410, token, name, login, {}, False)
    try:
        person = people.set_up(token, login, name, form.get("password", ""))
    except NotFound:
        return _setup_page(410, token, name, login, {}, False)
    except InvalidInput as error:
        errors = {
            problem.field: messages.field_message(problem.message, context.lang())
            for problem in error.problems
        }
        return _setup_page(422, token, name, login, errors, True)
    return _signed_in(person, url_for("pages.agent"))


def _signed_in(person: Principal, target: str) -> Response:
    response = cast(Response, redirect(target, 303))
    secret = context.services().accounts.people.open_session(person)
    guard.session_cookie().write(request, response, secret)
    return response


def _login_page(status: int, target: str, login: str, error: str, wait: int) -> Response:
    page = render_template("login.html", next=target, login=login, error=error, retry_after=wait)
    return make_response(page, status)


def _setup_page(
    status: int, token: str, name: str, login: str, errors: dict[str, str], valid: bool
) -> Response:
    page = render_template(
        "setup.html",
        token=token,
        name=name,
        login=login,
        errors=errors,
        valid=valid,
        minimum=MINIMUM_LENGTH,
    )
    response = make_response(page, status)
    response.headers["Referrer-Policy"] = "no-referrer"  # the address holds the secret
    return response
