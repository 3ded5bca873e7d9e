"""`zhike backup` and `zhike restore`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copy the database to FILE while it is in use.

    The index is not part of it: it is rebuilt from the database.

    \b
    Example:
      zhike backup /backups/zhike-$(date +%F).db
    """  # noqa: D301 - \b keeps click from joining the lines
    from assistant.cli.opening import open_knowledge
    from kb import backup as kb_backup

    _settings, kb = open_knowledge()
    kb_backup.backup(kb.engine, file)
    click.echo(f"Backed up to {file}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(file: Path, yes: bool) -> None:
    """Put the backup FILE in place of the database. Stop the service first.

    \b
    Example:
      zhike restore /backups/zhike-2026-11-22.db
    """  # noqa: D301 - \b keeps click from joining the lines
    from kb import backup as kb_backup
    from kb.settings import Settings

    if not yes:
        click.confirm("Everything in the present database is replaced. Go on?", abort=True)
    kept = kb_backup.restore(file, Settings.from_env())
    if kept is not None:
        click.echo(f"The database that was here is kept as {kept}.")
    click.echo(f"Restored from {file}. The search index is rebuilt when the service starts.")
