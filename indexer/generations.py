"""Published index generations: immutable folders, written aside, verified before they are read.

A root folder holds `generations/<name>/`, the file `CURRENT` with the name of the live one, and
`quarantine/`. A generation becomes live in one step (`os.replace` of `CURRENT`) after all its bytes
are on disk; a kill at any moment leaves the old one live or the new one, both complete. Each
generation carries the SHA-256 of every file. Reading needs no lock; writing takes `writer`.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.errors import NotAllowed, StorageFull, ZhikeError

log = logging.getLogger(__name__)
FORMAT = 1
CURRENT = "CURRENT"
MANIFEST = "manifest.json"
SEAL = "manifest.sha256"
_KEPT = 3
_FULL = {errno.ENOSPC, errno.EDQUOT}
_CHUNK = 1 << 20


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


@contextmanager
def writer(root: Path) -> Iterator[None]:
    """Hold the root's writer lock; it is freed when the process ends, however it ends.

    Raises:
        NotAllowed: Another process is building.
        StorageFull: The disk is full.
    """
    with storage_full():
        root.mkdir(parents=True, exist_ok=True)
        handle = (root / ".lock").open("w")
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotAllowed(f"another process is building the index in {root}") from error
        yield


@contextmanager
def storage_full() -> Iterator[None]:
    """Turn "no space left" into StorageFull."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull(
                "The disk is full: the search index was not changed and keeps serving. "
                "Free some space; the index catches up by itself."
            ) from error
        raise


def current(root: Path) -> str:
    """Name of the live generation, or an empty string."""
    try:
        return (root / CURRENT).read_text("utf-8").strip()
    except FileNotFoundError:
        return ""


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
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedGeneration(place, (MANIFEST,)) from error


def damaged_files(place: Path, manifest: Manifest) -> tuple[str, ...]:
    """Names of the files that are missing or whose bytes are not those recorded."""
    return tuple(name for name, seal in manifest.files.items() if _hash(place / name) != seal)


def publish(root: Path, files: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[str, bool]:
    """Write a generation and make it live. Call it while holding `writer`.

    Args:
        root: The root folder.
        files: By name, callables that write the file at the path they are given.
        facts: JSON-able facts for the manifest; `digest` is computed here from facts and files.

    Returns:
        The live generation's name and whether it is new: identical content is not written twice.

    Raises:
        StorageFull: The disk is full; the old generation stays live.
    """
    parent = root / "generations"
    aside = parent / f".building-{os.getpid()}"
    with storage_full():
        parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(parent)
        try:
            name, new = _write(root, aside, files, facts)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        _point(root, name)
    _prune(root, name)
    return name, new


def quarantine(root: Path, name: str) -> None:
    """Move a damaged generation out of the way, keeping it for inspection. Never raises."""
    target = root / "quarantine" / name
    with suppress(OSError):
        target.parent.mkdir(exist_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        folder(root, name).rename(target)
        log.error("index generation %s is damaged, moved to %s", name, target)


def _write(
    root: Path, aside: Path, files: Mapping[str, Any], facts: Mapping[str, Any]
) -> tuple[str, bool]:
    aside.mkdir()
    for name, write in files.items():
        write(aside / name)
        _sync(aside / name)
    sealed = {name: _hash(aside / name) for name in sorted(files)}
    content = {**facts, "format": FORMAT}
    text = json.dumps([content, sealed], sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    live = current(root)
    if live.endswith(digest[:12]) and _is_whole(root, live):
        shutil.rmtree(aside)
        return live, False
    manifest = {"facts": {**content, "digest": digest}, "files": sealed}
    text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False)
    (aside / MANIFEST).write_text(text, "utf-8")
    (aside / SEAL).write_text(hashlib.sha256(text.encode()).hexdigest() + "\n", "utf-8")
    for name in (MANIFEST, SEAL):
        _sync(aside / name)
    _sync(aside)
    numbers = [int(n[1:9]) for n in (*names(root), *_quarantined(root)) if n[1:9].isdigit()]
    name = f"g{max(numbers, default=0) + 1:08d}-{digest[:12]}"
    aside.rename(folder(root, name))
    _sync(root / "generations")
    return name, True


def _is_whole(root: Path, name: str) -> bool:
    place = folder(root, name)
    try:
        return not damaged_files(place, read_manifest(place))
    except DamagedGeneration:
        return False


def _quarantined(root: Path) -> list[str]:
    place = root / "quarantine"
    return [p.name for p in place.iterdir()] if place.is_dir() else []


def _point(root: Path, name: str) -> None:
    """Make a generation live, in one step."""
    if current(root) == name:
        return
    aside = root / f"{CURRENT}.new"
    aside.write_text(f"{name}\n", "utf-8")
    _sync(aside)
    os.replace(aside, root / CURRENT)
    _sync(root)


def _prune(root: Path, live: str) -> None:
    """Remove old generations; readers that still have them open keep their pages."""
    with suppress(OSError):
        for name in [n for n in names(root) if n != live][_KEPT - 1 :]:
            shutil.rmtree(folder(root, name), ignore_errors=True)
        for name in sorted(_quarantined(root), reverse=True)[1:]:
            shutil.rmtree(root / "quarantine" / name, ignore_errors=True)


def _remove_leftovers(parent: Path) -> None:
    for leftover in parent.glob(".building-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while block := stream.read(_CHUNK):
                digest.update(block)
    except OSError:
        return ""
    return digest.hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
