"""Static files under a versioned address, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Response, send_from_directory

_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".woff2": "font/woff2",
}
_FOR_EVER = "public, max-age=31536000, immutable"


class Assets:
    """One folder of static files; its version is a hash over names and contents of all of them.

    One version for the whole tree lets ES modules and style sheets import each other by relative
    addresses.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.version = _version(folder)

    def url(self, path: str) -> str:
        """The address of a file, for templates."""
        return f"/static/{self.version}/{path.lstrip('/')}"

    def serve(self, version: str, path: str) -> Response:
        """The file at `path`; kept for ever when the version is the current one, else never.

        Raises:
            werkzeug NotFound: no such file, or a path that leaves the folder.
        """
        response = send_from_directory(self._folder, path, conditional=True)
        known = _TYPES.get(Path(path).suffix)
        if known:
            response.headers["Content-Type"] = known
        # A page from before an upgrade may ask for the old version: it gets the new file, once.
        response.headers["Cache-Control"] = _FOR_EVER if version == self.version else "no-store"
        return response


def _version(folder: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        total.update(path.relative_to(folder).as_posix().encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:12]
