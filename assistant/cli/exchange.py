"""`zhike import` and `zhike export`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from assistant.progress import Progress


@click.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--as-drafts", is_flag=True, help="Ignore status and record times: import drafts.")
@click.option("--actor", default="import", show_default=True, help="Name in the audit log.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def import_(source: Path, dry_run: bool, as_drafts: bool, actor: str, as_json: bool) -> None:
    """Import a file or a folder of Markdown files with front matter.

    Files that are here already are left alone, so it can be repeated at any time, also after it
    was interrupted. Bad files are named with line and reason; the rest is imported. Exits with 1
    when a file was refused.

    \b
    Examples:
      zhike import content --dry-run
      zhike import content
    """  # noqa: D301 - \b keeps click from joining the lines
    from assistant.cli.group import FINDINGS
    from assistant.cli.opening import open_knowledge, say_json
    from kb.exchange import Action, apply_import, plan_import

    _settings, kb = open_knowledge()
    plan = plan_import(source, kb, trusted=not as_drafts)
    if not dry_run:
        say = partial(click.echo, err=True)
        plan = apply_import(plan, kb, actor, Progress(say, "files"))
    if as_json:
        rows = [
            {
                "source": row.source,
                "entry_id": row.entry_id,
                "revision": row.revision,
                "outcome": row.action.value,
                "problems": [str(problem) for problem in row.problems],
            }
            for row in plan.rows
        ]
        say_json({"dry_run": dry_run, "counts": plan.counts, "rows": rows})
    else:
        for problem in plan.problems:
            click.echo(str(problem), err=True)
        click.echo(("Would import: " if dry_run else "Imported: ") + plan.summary)
    if plan.counts[Action.FAILED]:
        click.get_current_context().exit(FINDINGS)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Export every revision of every entry as Markdown files.

    Unchanged files are left alone and others replaced one by one, so an export into a git
    checkout shows exactly what changed. Importing it elsewhere gives the same knowledge base.

    \b
    Example:
      zhike export content
    """  # noqa: D301 - \b keeps click from joining the lines
    from assistant.cli.opening import open_knowledge
    from kb import exchange

    _settings, kb = open_knowledge()
    report = exchange.export(kb, folder)
    click.echo(f"Exported to {folder}: {report.written} written, {report.unchanged} unchanged")
