"""Security headers on every response.

The console and its sign-in notice may stand in a frame of the pages that the settings list, and
nothing else may stand in any frame. The pages of the sign-in window keep their opener then: that is
the frame which waits for them.
"""

from __future__ import annotations

from flask import Response, request

from assistant.web import context

_FRAMED = frozenset({"pages.agent", "pages.frame_notice"})
_IN_WINDOW = frozenset({"pages.login", "pages.sign_in", "pages.frame_signed_in"})

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
}


def harden(response: Response) -> Response:
    """Add the security headers; anything not declared cacheable is private and never stored."""
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    _open_to_frames(response)
    response.headers.setdefault("Cache-Control", "private, no-store")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if "private" in response.headers["Cache-Control"]:
        # Pages differ by sign-in and language; nobody must mix them up.
        response.vary.update(("Cookie", "Accept-Language"))
    return response


def _open_to_frames(response: Response) -> None:
    ancestors = context.services().settings.frame_ancestors
    if not ancestors:
        return
    if request.endpoint in _FRAMED:
        allowed = f"frame-ancestors {' '.join(ancestors)}"
        policy = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", allowed)
        response.headers["Content-Security-Policy"] = policy
        del response.headers["X-Frame-Options"]  # it knows one origin at most
    elif request.endpoint in _IN_WINDOW:
        response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
