"""Pictures of entries, kept in a folder under the hash of their content.

An entry refers to one as ``![what it shows](image:<name>)``. Only types that browsers show and
that cannot carry scripts are taken, told by their first bytes and not by a name.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kb.errors import InvalidInput, Problem
from kb.image_extent import extent_of
from kb.image_metadata import without_metadata
from kb.image_parts import (
    GIF_SIGNATURES,
    JPEG_SIGNATURE,
    PNG_SIGNATURE,
    Damaged,
    is_webp,
)
from kb.image_size import size_of

MAX_IMAGE = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
SCHEME = "image:"
TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
NAME = re.compile(r"[0-9a-f]{64}\.(?:png|jpg|gif|webp)")
REFERENCE = re.compile(r"!\[[^\]\n]*\]\(image:([0-9a-f]{64}\.(?:png|jpg|gif|webp))\)")


def extension_of(data: bytes) -> str:
    """The file extension of a picture's type, or an empty string when it is none we take."""
    if data.startswith(PNG_SIGNATURE):
        return "png"
    if data.startswith(JPEG_SIGNATURE):
        return "jpg"
    if data.startswith(GIF_SIGNATURES):
        return "gif"
    return "webp" if is_webp(data) else ""


def problem_of(data: bytes) -> str:
    """Why the data is no picture that can be kept, or an empty string."""
    if len(data) > MAX_IMAGE:
        return f"the picture is larger than {MAX_IMAGE // 1024 // 1024} MiB"
    if not extension_of(data):
        return "the picture is none of PNG, JPEG, GIF and WebP"
    try:
        pixels = extent_of(data).pixels
    except Damaged:
        return "the picture is damaged or cut off"
    if pixels > MAX_PIXELS:
        return f"the picture has more than {MAX_PIXELS // 1_000_000} megapixels"
    return ""


def name_of(data: bytes) -> str:
    """The name that the picture is kept under; InvalidInput when it cannot be kept."""
    return _kept(data)[0]


def _kept(data: bytes) -> tuple[str, bytes]:
    """A picture's name, and what of it is kept; InvalidInput when it is none we take."""
    if message := problem_of(data):
        raise InvalidInput([Problem("", 0, "image", message)])
    kept = without_metadata(data)
    return f"{hashlib.sha256(kept).hexdigest()}.{extension_of(kept)}", kept


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a page shows it: its address, and its size in pixels."""

    address: str
    width: int
    height: int


PictureOf = Callable[[str], Picture | None]


class ImageStore:
    """The pictures in one folder; the same picture is kept once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes) -> str:
        """Keep a picture, durably; gives its name. InvalidInput when it is none we take.

        Where and when it was taken, by whom and with what is left out, as are bytes beyond the
        picture's own end; so the same picture is kept once, whatever its file told besides.
        """
        name, kept = _kept(data)
        path = self.folder / name
        if path.is_file():
            return name
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = self.folder / f".{name}.{secrets.token_hex(8)}.part"
        try:
            with aside.open("xb") as file:
                file.write(kept)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, path)
        finally:
            aside.unlink(missing_ok=True)
        return name

    def path(self, name: str) -> Path | None:
        """Where the picture lies; None when there is none of that name."""
        if not NAME.fullmatch(name):
            return None
        path = self.folder / name
        return path if path.is_file() else None

    def size(self, name: str) -> tuple[int, int] | None:
        """Width and height of the picture of that name; None when there is none to be shown."""
        path = self.path(name)
        return _size_at(path) if path else None

    def shown_under(self, prefix: str) -> PictureOf:
        """Finds pictures by name for pages that serve them under ``prefix + name``."""

        def picture(name: str) -> Picture | None:
            size = self.size(name)
            return Picture(prefix + name, *size) if size else None

        return picture


@lru_cache(maxsize=4096)
def _size_at(path: Path) -> tuple[int, int] | None:
    """The size of the picture at `path`, whose name is the hash of its content."""
    with path.open("rb") as file:
        return size_of(file)
