"""`zhike index`."""

from __future__ import annotations

from functools import partial

import click

from assistant.progress import Progress


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def index(as_json: bool) -> None:
    """Build the search index, reusing every vector whose text did not change.

    A running server keeps its index up to date by itself; this is for building ahead of time and
    after changing the encoder.

    \b
    Example:
      zhike index
    """  # noqa: D301 - \b keeps click from joining the lines
    from assistant.serve import limit_threads

    limit_threads()
    from assistant.cli.opening import open_knowledge, say_json
    from indexer.build import build
    from indexer.encoder import load_encoder

    settings, kb = open_knowledge()
    report = build(
        kb,
        load_encoder(settings),
        settings.data / "index",
        Progress(partial(click.echo, err=True), "texts encoded"),
    )
    if as_json:
        from dataclasses import asdict

        say_json(asdict(report))
        return
    click.echo(
        f"Index {report.generation}: {report.chunks} chunks, {report.embedded} encoded, "
        f"{report.reused} reused, {report.seconds:.1f} s"
    )
