"""Makes an index generation live, in one step.

A generation is written aside, flushed to disk and renamed; then `os.replace` of `CURRENT` makes it
live. A kill at any moment leaves the old one live or the new one, both complete.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from indexer.generations import (
    CURRENT,
    FORMAT,
    MANIFEST,
    SEAL,
    current,
    file_hash,
    folder,
    is_whole,
    names,
    quarantined,
)
from kb.errors import NotAllowed, StorageFull

Files = Mapping[str, Callable[[Path], object]]
_KEPT = 3
_FULL = {errno.ENOSPC, errno.EDQUOT}


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


def publish(root: Path, files: Files, facts: Mapping[str, Any]) -> tuple[str, bool]:
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
        _point(root, name, new)
    _prune(root, name)
    return name, new


def _write(root: Path, aside: Path, files: Files, facts: Mapping[str, Any]) -> tuple[str, bool]:
    aside.mkdir()
    for name, write in files.items():
        write(aside / name)
        _sync(aside / name)
    sealed = {name: file_hash(aside / name) for name in sorted(files)}
    content = {**facts, "format": FORMAT}
    text = json.dumps([content, sealed], sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    live = current(root)
    if live.endswith(digest[:12]) and is_whole(root, live):
        shutil.rmtree(aside)
        return live, False
    manifest = {"facts": {**content, "digest": digest}, "files": sealed}
    text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False)
    (aside / MANIFEST).write_text(text, "utf-8")
    (aside / SEAL).write_text(hashlib.sha256(text.encode()).hexdigest() + "\n", "utf-8")
    for name in (MANIFEST, SEAL):
        _sync(aside / name)
    _sync(aside)
    known = (live, *names(root), *quarantined(root))
    numbers = [int(n[1:9]) for n in known if n[1:9].isdigit()]
    name = f"g{max(numbers, default=0) + 1:08d}-{digest[:12]}"
    aside.rename(folder(root, name))
    _sync(root / "generations")
    return name, True


def _point(root: Path, name: str, new: bool) -> None:
    """Make a generation live, in one step. Readers look at it when the file is another one."""
    if not new and current(root) == name:
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
        for name in quarantined(root)[1:]:
            shutil.rmtree(root / "quarantine" / name, ignore_errors=True)


def _remove_leftovers(parent: Path) -> None:
    for leftover in parent.glob(".building-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
