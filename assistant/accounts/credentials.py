"""Random credentials, and how they are stored: as SHA-256 digests, never themselves.

They carry 256 random bits, so a plain fast hash is enough: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

TOKEN_PREFIX = "zhk_"


def new_token() -> str:
    """A new API token, recognisable by its prefix to secret scanners and people."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def new_secret() -> str:
    """A new credential for a session or a set-up link, safe in URLs and cookies."""
    return secrets.token_urlsafe(32)


def new_id() -> str:
    """A new short identifier; not a secret."""
    return secrets.token_hex(6)


def digest(credential: str) -> str:
    """What the database keeps of a credential."""
    return hashlib.sha256(credential.encode("utf-8", "surrogatepass")).hexdigest()


def signing_key(folder: Path) -> bytes:
    """The key that signs cookies, made on first use and kept in `folder` with mode 0600.

    Several processes may start at once: whoever links the finished file first wins and all read
    the same key; a half-written file is never seen.

    Raises:
        OSError: when the folder cannot be written.
    """
    path = folder / "signing.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".signing.{os.getpid()}.{secrets.token_hex(4)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            with suppress(FileExistsError):  # another process was first; its key is as good
                os.link(draft, path)
        finally:
            draft.unlink()
    return path.read_bytes()
