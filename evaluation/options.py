"""Options that the commands of this room share, and how they tell what they are doing."""

from __future__ import annotations

import json
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


def show(
    found: object, told: str, *, as_json: bool, beside: str = "", failed: bool = False
) -> None:
    """Print a result and end the command.

    Args:
        found: The result, anything that is JSON.
        told: The same in words.
        as_json: Which of the two is printed.
        beside: More lines, on the error stream where the result is JSON.
        failed: Whether something did not hold; the exit code is 1 then.
    """
    click.echo(json.dumps(found, ensure_ascii=False, indent=1) if as_json else told)
    if beside:
        click.echo(beside, err=as_json)
    if failed:
        click.get_current_context().exit(1)


def say(line: str) -> None:
    """Tell how far the work is, beside its result."""
    click.echo(line, err=True)
