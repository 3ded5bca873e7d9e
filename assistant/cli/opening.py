"""Opening what a command needs, and printing for people or for scripts."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from typing import Any

import click

from kb.clock import utc_now
from kb.knowledge import KnowledgeBase
from kb.settings import Settings
from kb.store import open_engine, upgrade


def open_knowledge(settings: Settings | None = None) -> tuple[Settings, KnowledgeBase]:
    """The settings and the knowledge base, its database at the current schema.

    It is closed when the command ends.
    """
    # The service warns about a faulty SQLite when it starts; every small command need not.
    logging.getLogger("kb.store").setLevel(logging.ERROR)
    settings = settings or Settings.from_env()
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = open_engine(settings)
    click.get_current_context().call_on_close(engine.dispose)
    upgrade(engine)
    return settings, KnowledgeBase(engine, utc_now, settings.site_tz)


def say_json(value: Any) -> None:  # noqa: ANN401 - anything JSON can hold
    """One JSON document on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def say_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A plain table; Chinese characters count as two columns wide."""
    lines = [list(header), *([str(cell) for cell in row] for row in rows)]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(header))]
    for line in lines:
        cells = [
            cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
        ]
        click.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
