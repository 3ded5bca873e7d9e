"""`zhike freshness --ripple`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from kb.ripple import Touched


def show_ripple(entry_id: str, number: int | None, as_json: bool) -> None:
    """Print what a revision of an entry touches: entries and the replies of people and teams."""
    from assistant.canned.store import CannedStore
    from assistant.catalogue import take
    from assistant.cli.opening import open_knowledge, say_json
    from assistant.desk.touched_replies import touched_replies
    from kb.clock import utc_now
    from kb.errors import NotFound
    from kb.ripple import ripple

    _settings, kb = open_knowledge()
    entry = kb.entry(entry_id)
    changed = entry.revision(number) if number else entry.revisions[-1]
    if changed is None:
        raise NotFound(f"{entry_id} has no revision {number}")
    picture = take(kb, utc_now)
    found = ripple(picture.entries.values(), changed, now=picture.at, timeline=picture.timeline)
    replies = touched_replies(CannedStore(kb.engine).everything(), picture, changed)
    touched = [*found, *(one.touched for one in replies)]
    if as_json:
        say_json([_as_json(one) for one in touched])
        return
    _show(touched)
    marked = sum(one.marked for one in touched)
    click.echo(f"{marked} go stale with it, {len(touched) - marked} to look at", err=True)


def _show(touched: list[Touched]) -> None:
    for one in touched:
        click.echo(f"{'*' if one.marked else ' '} {one.entry_id}  ({', '.join(one.ties)})")
        if one.sentence and not one.repeated:
            click.echo(f"      {one.sentence}")
        for row in one.repeated:
            click.echo(f"    - {row.sentence}")
            click.echo(f"    + {row.proposal or '(to be reworded)'}")


def _as_json(one: Touched) -> dict[str, Any]:
    return {
        "id": one.entry_id,
        "revision": one.revision,
        "kind": one.kind.value,
        "ties": [tie.value for tie in one.ties],
        "marked": one.marked,
        "sentence": one.sentence,
        "repeated": [
            {"sentence": r.sentence, "old": r.old, "new": r.new, "proposal": r.proposal}
            for r in one.repeated
        ],
    }
