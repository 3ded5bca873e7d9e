"""Private and team replies that a change of a rule touches, besides the company's entries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.canned.model import OwnReply
from assistant.catalogue import Catalogue
from kb.model import Audience, Content, Kind, Revision, Status
from kb.ripple import Touched, change_of, rank, touch


@dataclass(frozen=True, slots=True)
class TouchedReply:
    """A reply of a person or a team, and how it hangs on the rule that changes."""

    reply: OwnReply
    touched: Touched


def touched_replies(
    replies: Iterable[OwnReply], catalogue: Catalogue, changed: Revision
) -> list[TouchedReply]:
    """The replies among `replies` that `changed` touches, the surest first."""
    change = change_of(catalogue.entries, catalogue.timeline, changed, catalogue.at)
    found = [
        TouchedReply(reply, touched)
        for reply in replies
        if (touched := touch(as_revision(reply, changed.content.lang), change))
    ]
    return sorted(found, key=lambda one: rank(one.touched))


def as_revision(reply: OwnReply, lang: str) -> Revision:
    """A reply in the form in which texts are compared."""
    draft = reply.draft
    content = Content(
        kind=Kind.REPLY,
        title=draft.title,
        body=draft.text,
        lang=lang,
        audience=Audience.AGENT,
        depends_on=draft.rests_on,
    )
    return Revision(
        reply.id, reply.version, content, content.digest(), Status.PUBLISHED, reply.owner,
        reply.created_at, published_at=reply.updated_at,
    )  # fmt: skip
