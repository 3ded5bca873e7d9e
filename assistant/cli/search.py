"""`zhike search`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kb.model import Audience, Channel, Kind

if TYPE_CHECKING:
    from indexer.search import SearchResponse


@click.command()
@click.argument("query")
@click.option("--limit", type=click.IntRange(1, 50), default=5, show_default=True)
@click.option("--as-of", help="Date or time whose rules are asked for, such as 2025-11-11T20:00.")
@click.option(
    "--kind", "kinds", type=click.Choice([k.value for k in Kind]), multiple=True, help="Repeatable."
)
@click.option("--channel", type=click.Choice([c.value for c in Channel]))
@click.option(
    "--audience",
    type=click.Choice([a.value for a in Audience]),
    default="internal",
    show_default=True,
    help="Search as somebody who may read this and everything more public.",
)
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
def search(
    query: str,
    limit: int,
    as_of: str | None,
    kinds: tuple[str, ...],
    channel: str | None,
    audience: str,
    as_json: bool,
) -> None:
    """Search the knowledge base as the service would.

    Exits with 1 when there is no reliable answer.

    \b
    Examples:
      zhike search 冰箱不想要了能退吗
      zhike search "双11满多少送空气炸锅" --as-of 2025-11-05
    """  # noqa: D301 - \b keeps click from joining the lines
    from assistant.serve import limit_threads

    limit_threads()
    from assistant.cli.group import FINDINGS
    from indexer.encoder import load_encoder
    from indexer.reranking import load_reranking
    from indexer.search import Searcher, SearchRequest
    from kb.clock import parse_local
    from kb.settings import Settings

    settings = Settings.from_env()
    searcher = Searcher(
        settings.data / "index" / "staff",
        load_encoder(settings),
        reranking=load_reranking(settings),
    )
    order = list(Audience)  # the most public first
    request = SearchRequest(
        query=query,
        limit=limit,
        as_of=parse_local(as_of, settings.site_tz) if as_of else None,
        audiences=frozenset(order[: order.index(Audience(audience)) + 1]),
        kinds=frozenset(Kind(kind) for kind in kinds) or None,
        channel=Channel(channel) if channel else None,
    )
    response = searcher.search(request)
    if as_json:
        from dataclasses import asdict

        from assistant.cli.opening import say_json

        say_json(asdict(response))
    else:
        _show(response)
    if not response.answerable:
        click.get_current_context().exit(FINDINGS)


def _show(response: SearchResponse) -> None:
    if response.degraded:
        click.echo(f"degraded: {response.degraded_reason}", err=True)
    if response.corrected:
        click.echo(f"read as: {response.corrected}", err=True)
    for hit in response.hits:
        click.echo(f"{hit.confidence:4.0%}  {hit.title}  [{hit.entry_id} r{hit.revision}]")
        click.echo(f"      {hit.snippet}")
    if not response.answerable:
        click.echo("no reliable answer", err=True)
