"""The session cookie: a signed, random secret; what it stands for is kept on the server."""

from __future__ import annotations

from flask import Request, Response
from itsdangerous import BadSignature, Signer

from assistant.accounts.people import SESSION_LIFE

COOKIE = "zhike_session"


class SessionCookie:
    """Reads and writes the cookie. The signature turns junk away before the database is asked.

    Args:
        key: What it is signed with.
        framed: Whether pages of other sites may hold ours in a frame. By https the cookie is then
            sent there as well, kept apart for each of these sites (CHIPS).
    """

    def __init__(self, key: bytes, *, framed: bool = False) -> None:
        self._signer = Signer(key, salt="zhike.session", key_derivation="hmac")
        self._framed = framed

    def read(self, request: Request) -> str | None:
        """The session secret of a request, or None when there is none or it is not ours."""
        value = request.cookies.get(COOKIE)
        if not value:
            return None
        try:
            return self._signer.unsign(value).decode()
        except (BadSignature, UnicodeDecodeError):
            return None

    def signed(self, secret: str) -> str:
        """The value of the cookie for a session secret."""
        return self._signer.sign(secret).decode()

    def write(self, request: Request, response: Response, secret: str) -> None:
        """Set the cookie: HttpOnly, SameSite=Lax, and Secure when the request came by https."""
        apart = self._apart(request)
        if apart:  # one from before the setting would stand beside the new one
            response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
        response.set_cookie(
            COOKIE,
            self.signed(secret),
            max_age=int(SESSION_LIFE.total_seconds()),
            secure=request.is_secure,
            httponly=True,
            samesite="None" if apart else "Lax",
            partitioned=apart,
            path="/",
        )

    def clear(self, request: Request, response: Response) -> None:
        """Remove the cookie."""
        apart = self._apart(request)
        response.delete_cookie(
            COOKIE,
            path="/",
            secure=request.is_secure,
            httponly=True,
            samesite="None" if apart else "Lax",
            partitioned=apart,
        )

    def _apart(self, request: Request) -> bool:
        return self._framed and request.is_secure
