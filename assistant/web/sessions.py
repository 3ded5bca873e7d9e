"""The session cookie: a signed, random secret; what it stands for is kept on the server."""

from __future__ import annotations

from flask import Request, Response
from itsdangerous import BadSignature, Signer

from assistant.accounts.people import SESSION_LIFE

COOKIE = "zhike_session"


class SessionCookie:
    """Reads and writes the cookie. The signature turns junk away before the database is asked."""

    def __init__(self, key: bytes) -> None:
        self._signer = Signer(key, salt="zhike.session", key_derivation="hmac")

    def read(self, request: Request) -> str | None:
        """The session secret of a request, or None when there is none or it is not ours."""
        value = request.cookies.get(COOKIE)
        if not value:
            return None
        try:
            return self._signer.unsign(value).decode()
        except (BadSignature, UnicodeDecodeError):
            return None

    def write(self, request: Request, response: Response, secret: str) -> None:
        """Set the cookie: HttpOnly, SameSite=Lax, and Secure when the request came by https."""
        response.set_cookie(
            COOKIE,
            self._signer.sign(secret).decode(),
            max_age=int(SESSION_LIFE.total_seconds()),
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
            path="/",
        )

    def clear(self, request: Request, response: Response) -> None:
        """Remove the cookie."""
        response.delete_cookie(
            COOKIE, path="/", secure=request.is_secure, httponly=True, samesite="Lax"
        )
