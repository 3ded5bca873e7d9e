"""Options that the commands of this room share, and how they tell what they are doing."""

from __future__ import annotations

from pathlib import Path

import click

CONTENT = click.option(
    "--content",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default="content",
    show_default=True,
    help="Folder of Markdown entries to measure on.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def say(line: str) -> None:
    """Tell how far the work is, beside its result."""
    click.echo(line, err=True)
