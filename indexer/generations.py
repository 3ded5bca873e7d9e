"""Published index generations: immutable folders that are verified before they are read.

A root folder holds `generations/<name>/`, the file `CURRENT` with the name of the live one, and
`quarantine/`. Each generation carries the SHA-256 of every file. Reading needs no lock;
`indexer.publishing` writes.
"""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.errors import ZhikeError

log = logging.getLogger(__name__)
FORMAT = 1
CURRENT = "CURRENT"
MANIFEST = "manifest.json"
SEAL = "manifest.sha256"
_CHUNK = 1 << 20
_NAME = re.compile(r"g\d{8}-[0-9a-f]{12}")
# Errors that mean damage. Others, such as too many open files, say nothing about the generation.
_LOST = {errno.ENOENT, errno.ENOTDIR, errno.EIO}


class DamagedGeneration(ZhikeError):
    """Files of a generation are missing or differ from their recorded hash; `files` names them."""

    def __init__(self, folder: Path, files: tuple[str, ...]) -> None:
        super().__init__(f"index generation {folder.name} is damaged: {', '.join(files)}")
        self.files = files


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation says about itself: `facts` as the builder gave them, `files` by hash."""

    name: str
    facts: Mapping[str, Any]
    files: Mapping[str, str]

    @property
    def digest(self) -> str:
        """Hash of everything that makes one generation differ from another."""
        return str(self.facts["digest"])


def current(root: Path) -> str:
    """Name of the live generation; empty when there is none or the file is damaged."""
    try:
        name = (root / CURRENT).read_bytes().decode("ascii", "replace").strip()
    except FileNotFoundError:
        return ""
    # Nothing but a name: it becomes part of a path, and what lies there may be moved or removed.
    return name if _NAME.fullmatch(name) else ""


def folder(root: Path, name: str) -> Path:
    """Where a generation lies."""
    return root / "generations" / name


def names(root: Path) -> list[str]:
    """Names of all complete generations, newest first."""
    parent = root / "generations"
    if not parent.is_dir():
        return []
    return sorted((p.name for p in parent.iterdir() if not p.name.startswith(".")), reverse=True)


def read_manifest(place: Path) -> Manifest:
    """The manifest of a generation.

    Raises:
        DamagedGeneration: It is missing, cut or altered.
    """
    try:
        text = (place / MANIFEST).read_bytes()
        seal = (place / SEAL).read_text("utf-8").strip()
        if hashlib.sha256(text).hexdigest() != seal:
            raise ValueError(seal)
        stored = json.loads(text)
        return Manifest(place.name, stored["facts"], stored["files"])
    except OSError as error:
        if error.errno not in _LOST:
            raise
        raise DamagedGeneration(place, (MANIFEST,)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedGeneration(place, (MANIFEST,)) from error


def damaged_files(place: Path, manifest: Manifest) -> tuple[str, ...]:
    """Names of the files that are missing or whose bytes are not those recorded."""
    return tuple(name for name, seal in manifest.files.items() if file_hash(place / name) != seal)


def quarantine(root: Path, name: str) -> None:
    """Move a damaged generation out of the way, keeping it for inspection. Never raises."""
    place, target = folder(root, name), root / "quarantine" / name
    with suppress(OSError):
        target.parent.mkdir(exist_ok=True)
        if target.exists():  # of an earlier damage, or another process is doing the same just now
            target = target.with_name(f"{name}.{time.time_ns()}")
        place.rename(target)
        log.error("index generation %s is damaged, moved to %s", name, target)


def is_whole(root: Path, name: str) -> bool:
    """Whether a generation is there and undamaged."""
    place = folder(root, name)
    try:
        return not damaged_files(place, read_manifest(place))
    except DamagedGeneration:
        return False


def quarantined(root: Path) -> list[str]:
    """Names of the generations in quarantine, newest first."""
    place = root / "quarantine"
    return sorted((p.name for p in place.iterdir()), reverse=True) if place.is_dir() else []


def file_hash(path: Path) -> str:
    """SHA-256 (hex) of a file; empty when it is missing or its disk fails."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while block := stream.read(_CHUNK):
                digest.update(block)
    except OSError as error:
        if error.errno not in _LOST:
            raise
        return ""
    return digest.hexdigest()
