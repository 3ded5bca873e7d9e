"""`zhike check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from assistant.content_check import Checked


@click.command()
@click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def check(folder: Path | None, as_json: bool) -> None:
    """Check a folder of content files or, without one, the database.

    Looks at every file's front matter and body, at entries, sections and products that are named
    but do not exist, at entries in force that contradict each other, and in the database also at
    the hashes of contents and the audit log's chain. Nothing is changed.
    Exits with 1 when something was found. Faults that planted-faults.yaml in the folder lists, and
    contradictions that somebody dismissed, are meant and not told.

    \b
    Examples:
      zhike check content
      zhike check --json
    """  # noqa: D301 - \b keeps click from joining the lines
    from assistant.cli.group import FINDINGS
    from assistant.cli.opening import say_json

    checked = _folder(folder) if folder else _database()
    problems = checked.problems
    if as_json:
        say_json(
            {
                "checked": checked.revisions,
                "meant": checked.meant,
                "problems": [
                    {"source": p.source, "line": p.line, "field": p.field, "message": p.message}
                    for p in problems
                ],
            }
        )
    else:
        for problem in problems:
            click.echo(str(problem))
        meant = f", {checked.meant} more listed as meant" if checked.meant else ""
        summary = f"{checked.revisions} revisions checked, {len(problems)} problems{meant}"
        click.echo(summary, err=True)
    if problems:
        click.get_current_context().exit(FINDINGS)


def _folder(folder: Path) -> Checked:
    from assistant.content_check import check_folder
    from kb.settings import Settings

    return check_folder(folder, Settings.from_env().site_tz)


def _database() -> Checked:
    from assistant.cli.opening import open_knowledge
    from assistant.content_check import check_database

    return check_database(open_knowledge()[1])
