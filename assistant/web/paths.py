"""Where to go next: addresses that callers hand us, cut down to our own pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request


def here() -> str:
    """The present address with its query, to come back to."""
    return request.full_path.rstrip("?") if request.query_string else request.path


def own_path(address: str | None, otherwise: str) -> str:
    """`address` when it is a path on this site, else `otherwise`.

    Anything that a browser could take for another host is refused: a scheme, ``//host``, a
    backslash, control characters.
    """
    if not address or not address.startswith("/") or address.startswith("//"):
        return otherwise
    if "\\" in address or any(ord(character) < 32 for character in address):
        return otherwise
    parts = urlsplit(address)
    return otherwise if parts.scheme or parts.netloc else address
