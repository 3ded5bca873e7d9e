"""Addresses within the help centre.

A language that stands in the address (``?lang=en``) is carried along by every link, so that readers
keep it without a cookie and a shared cache never mixes languages up.
"""

from __future__ import annotations

from flask import request, url_for

from assistant.web import i18n


def explicit_lang() -> str | None:
    """The language that the address asks for, or None."""
    return i18n.match(request.args.get("lang", ""))


def page(endpoint: str, /, **values: object) -> str:
    """The path of a page of the help centre, by the name of its view and what that takes."""
    values.setdefault("lang", explicit_lang())
    return url_for(f"help.{endpoint}", **values)  # type: ignore[arg-type]


def in_language(lang: str) -> str:
    """This very page in another language."""
    asked = {name: request.args[name] for name in ("q", "page") if request.args.get(name)}
    view = (request.endpoint or "help.home").removeprefix("help.")
    return page(view, **{**asked, **(request.view_args or {}), "lang": lang})


def carried(path: str) -> str:
    """A path of the help centre with the language of this address, if that names one."""
    lang = explicit_lang()
    return f"{path}?lang={lang}" if lang else path


def absolute(path: str) -> str:
    """A path under the address by which this request came."""
    return request.host_url.rstrip("/") + path
