"""What a process and its children cost, as Linux tells it in /proc."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

_PROC = Path("/proc")
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PARENT, _USER, _SYSTEM = 1, 11, 12  # fields behind the name in /proc/<pid>/stat
_RESIDENT = 1  # field of /proc/<pid>/statm


def family(pid: int) -> list[int]:
    """A process and all its living descendants."""
    children: dict[int, list[int]] = defaultdict(list)
    for folder in _PROC.iterdir():
        if folder.name.isdecimal() and (fields := _stat(int(folder.name))):
            children[int(fields[_PARENT])].append(int(folder.name))
    found = [pid]
    for parent in found:  # grows while it is walked
        found += children[parent]
    return found


def cpu_seconds(pids: list[int]) -> float:
    """Processor time that these processes have used so far."""
    ticks = 0
    for pid in pids:
        if fields := _stat(pid):
            ticks += int(fields[_USER]) + int(fields[_SYSTEM])
    return ticks / _TICK


def resident_mib(pids: list[int]) -> float:
    """Memory of these processes in MiB; pages that several share count for each."""
    pages = 0
    for pid in pids:
        try:
            pages += int((_PROC / str(pid) / "statm").read_text().split()[_RESIDENT])
        except OSError:
            continue  # it has just ended
    return pages * _PAGE / 2**20


def _stat(pid: int) -> list[str]:
    """The fields behind the name, which may itself hold blanks; empty for one that has ended."""
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return []
    return text[text.rindex(")") + 2 :].split()
