"""Fixtures for imports: a folder to read files in, imports over the knowledge base."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kb.formats import sandbox
from kb.formats.imports import Imports
from kb.formats.planning import PlannedRow
from kb.formats.proposals import ImportOptions
from kb.formats.records import Record
from kb.formats.runs import Run
from kb.knowledge import KnowledgeBase

EVERYTHING = 100_000


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., list[Record]]:
    """Reads a file as an import does: in the process with limits."""

    def reading(name: str, data: bytes, split: int | None = None) -> list[Record]:
        path = tmp_path / "upload"
        path.write_bytes(data)
        return list(sandbox.read(path, name, tmp_path / "pictures", split))

    return reading


class Desk:
    """Imports, with the few steps that every test takes."""

    def __init__(self, kb: KnowledgeBase, data: Path) -> None:
        self.kb = kb
        self.imports = Imports(kb, data)

    def dry(self, name: str, data: bytes, *, trusted: bool = False, **more: Any) -> Run:
        file, options = io.BytesIO(data), ImportOptions(**more)
        run = self.imports.receive(name, file, "林编辑", options, trusted=trusted)
        return self.imports.plan(run.id)

    def take(self, name: str, data: bytes, **more: Any) -> Run:
        return self.imports.apply(self.dry(name, data, **more).id, "林编辑")

    def rows(self, run: Run) -> list[PlannedRow]:
        return self.imports.rows(run.id, limit=EVERYTHING)

    def outcomes(self, run: Run) -> list[str]:
        return [row.outcome.value for row in self.rows(run)]


@pytest.fixture
def desk(kb: KnowledgeBase, tmp_path: Path) -> Desk:
    return Desk(kb, tmp_path / "data")


@pytest.fixture
def lite(open_kb: Callable[[str], KnowledgeBase], tmp_path: Path) -> Iterator[Desk]:
    """The same over SQLite alone, for what no database makes a difference to."""
    yield Desk(open_kb("lite"), tmp_path / "lite")
