"""`zhike serve`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click


@click.command()
@click.option(
    "--import",
    "content",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Import this folder of Markdown files first; unchanged files cost nothing.",
)
@click.option("--host", help="Address to listen on.  [default: ZHIKE_HOST or 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on.  [default: PORT or 8000]"
)
def serve(content: Path | None, host: str | None, port: int | None) -> None:
    """Start the service.

    Brings the database up to date, builds the search index when there is none, prints where to go
    (and, while nobody can sign in, a one-time set-up link) and serves until Ctrl-C or SIGTERM.

    \b
    Examples:
      zhike serve --import content
      zhike serve --host 0.0.0.0 --port 8080
    """  # noqa: D301 - \b keeps click from joining the lines
    from assistant.serve import limit_threads

    limit_threads()  # before anything numeric is imported
    from assistant.serve import serve as run
    from kb.settings import Settings

    settings = Settings.from_env()
    settings = replace(
        settings,
        host=host if host is not None else settings.host,
        port=port if port is not None else settings.port,
    )
    run(settings, content, click.echo)
