"""The company's canned replies: entries of kind `reply` that a reader may use on a channel."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from assistant.accounts.policy import Action, authorise
from assistant.accounts.roles import Principal
from assistant.canned.holes import holes
from assistant.canned.model import Holes, Item, Scope
from assistant.catalogue import Catalogue
from assistant.replies.canned import variant
from kb.model import Channel, Entry, Kind, Revision


def items(
    catalogue: Catalogue, principal: Principal, channel: Channel | None, moment: datetime
) -> tuple[list[Item], dict[str, Item]]:
    """The replies in force at `moment`, and by short code those that are not.

    The latter are for telling somebody who types the code why there is nothing to insert. They
    need no right to read withdrawn text: who could read it while it held may know that it ended.
    """
    found: list[Item] = []
    over: dict[str, Item] = {}
    for entry in catalogue.entries.values():
        if entry.kind is not Kind.REPLY:
            continue
        revision = catalogue.in_force(entry.id, moment)
        if revision is None:
            last = _last_published(entry, principal)
            if last and last.content.short_code:
                over[last.content.short_code] = _item(last, channel)
        elif _fits(revision, channel) and authorise(principal, Action.ENTRIES_READ, revision):
            found.append(_item(revision, channel))
    return found, over


def next_edge(catalogue: Catalogue, moment: datetime) -> datetime | None:
    """When the next reply begins or ends after `moment`."""
    edges = (
        edge
        for entry in catalogue.entries.values()
        if entry.kind is Kind.REPLY
        for span in catalogue.timeline.spans(entry.id)
        for edge in (span.start, span.end)
    )
    return _soonest(edges, moment)


def _soonest(edges: Iterable[datetime | None], moment: datetime) -> datetime | None:
    return min((edge for edge in edges if edge and edge > moment), default=None)


def _last_published(entry: Entry, principal: Principal) -> Revision | None:
    told = [
        revision
        for revision in entry.revisions
        if revision.published_at and revision.content.audience in principal.audiences
    ]
    return told[-1] if told else None


def _fits(revision: Revision, channel: Channel | None) -> bool:
    return not channel or not revision.content.channels or channel in revision.content.channels


def _item(revision: Revision, channel: Channel | None) -> Item:
    content = revision.content
    # Bodies are parsed once: a renewed catalogue holds the same text objects again.
    text, open_ = _parsed(content.body, channel or Channel.CHAT)
    return Item(
        id=revision.entry_id,
        scope=Scope.COMPANY,
        short_code=content.short_code,
        title=content.title,
        text=text,
        holes=open_,
        lang=content.lang,
        terms=(*content.questions, *content.tags),
        revision=revision,
    )


@lru_cache(maxsize=16_384)
def _parsed(body: str, channel: Channel) -> tuple[str, Holes]:
    text = variant(body, channel)
    return text, holes(text)
