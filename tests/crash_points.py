"""Kills a piece of work at each of its steps on the disk, as a crash or a power cut would.

`crash_at` does the work in a forked child in which every write, flush, rename, creation and removal
made from Python counts; at the one whose number is given the child is killed with SIGKILL, a write
after half of its bytes. The parent learns each step through a pipe. Nothing is really flushed, since
what a killed process has written stays anyway. `cut_power` then makes of what a
killed process left what a machine without power would have kept at worst: bytes that nobody had
flushed are gone, and names that nobody had flushed are what they were.
"""

from __future__ import annotations

import builtins
import io
import json
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_NAMES = ("replace", "rename", "mkdir", "rmdir", "unlink", "remove")


@dataclass(frozen=True)
class Crash:
    """What a child did before it died or was done: its steps, and whether it got to its end."""

    finished: bool
    steps: list[list[str]]


def crash_at(number: int, work: Callable[[], object]) -> Crash:
    """Do `work` in a child that dies at its step `number`, the first being 1; 0: at none."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reader)
            _Steps(number, writer).watch()
            work()
            code = 0
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader) as told:
        steps = [json.loads(line) for line in told]
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and status:
        raise AssertionError(f"the work failed by itself after {steps[-3:]}")
    assert os.WIFEXITED(status) or os.WTERMSIG(status) == signal.SIGKILL
    return Crash(os.WIFEXITED(status), steps)


class _Steps:
    """Counts steps, tells the parent of each, and dies at one of them."""

    def __init__(self, fatal: int, pipe: int) -> None:
        self.fatal, self.pipe, self.count = fatal, pipe, 0
        self.tell = os.write

    def step(self, *what: str) -> bool:
        """Whether this step is the last one; the parent knows of it before it happens."""
        self.count += 1
        if self.count == self.fatal:
            return True
        self.tell(self.pipe, json.dumps(what).encode() + b"\n")
        return False

    def die(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Put the counting before every call that changes the disk."""
        for name in _NAMES:
            setattr(os, name, self._named(name, getattr(os, name)))
        os.fsync = self._fsync  # type: ignore[assignment]
        opened = self._open(io.open)
        io.open = builtins.open = opened  # type: ignore[assignment]

    def _named(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            if self.step(name, *(str(arg) for arg in args[:2])):
                self.die()
            return real(*args, **more)

        return call

    def _fsync(self, handle: Any) -> None:
        number = handle if isinstance(handle, int) else handle.fileno()
        if self.step("fsync", os.readlink(f"/proc/self/fd/{number}")):
            self.die()

    def _open(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(file: Any, mode: str = "r", *args: Any, **more: Any) -> Any:
            if isinstance(file, int) or not set(mode) & set("wax+"):
                return real(file, mode, *args, **more)
            if self.step("open", str(file)):
                self.die()
            stream = real(file, mode, *args, **more)
            return _Stream(stream, str(file), self)

        return call


class _Stream:
    """A file whose writes count; the fatal one is torn."""

    def __init__(self, real: Any, path: str, steps: _Steps) -> None:
        self._real, self._path, self._steps = real, path, steps

    def write(self, data: Any) -> Any:
        if self._steps.step("write", self._path):
            plain = data if isinstance(data, str) else memoryview(data).cast("B")
            self._real.write(plain[: len(plain) // 2])
            self._real.flush()
            self._steps.die()
        return self._real.write(data)

    def __enter__(self) -> _Stream:
        return self

    def __exit__(self, *about: object) -> None:
        self._real.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def cut_power(crash: Crash, root: Path, before: Path, *, names_kept: bool) -> None:
    """Take from `root` what a power cut after `crash` takes at worst; `before` is how it began.

    Bytes that no flush of their file followed are lost. With `names_kept` the renames and
    replacements all reached the disk, otherwise those are undone that no flush of their folder
    followed. What is removed stays removed.
    """
    dirty: dict[str, None] = {}
    renamed: list[tuple[str, str]] = []
    for kind, *paths in crash.steps:
        if kind in ("open", "write"):
            dirty[paths[0]] = None
        elif kind == "fsync":
            dirty.pop(paths[0], None)
            renamed = [pair for pair in renamed if str(Path(pair[1]).parent) != paths[0]]
        elif kind in ("rename", "replace"):
            old, new = paths
            renamed.append((old, new))
            dirty = {_moved(path, old, new): None for path in dirty}
    for path in dirty:
        if Path(path).is_file() and root in Path(path).parents:
            os.truncate(path, 0)
    for old, new in [] if names_kept else reversed(renamed):
        if Path(new).exists():
            os.rename(new, old)
            kept = before / Path(new).relative_to(root)
            if kept.is_file():
                shutil.copy(kept, new)


def _moved(path: str, old: str, new: str) -> str:
    inside = path == old or path.startswith(f"{old}/")
    return new + path[len(old) :] if inside else path
