"""The one query that cases need: which suggestions were sent while a contact lasted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from assistant.insights.insights import USED
from assistant.insights.store import feedback
from kb.store import read

_MOST = 200


@dataclass(frozen=True, slots=True)
class Adopted:
    """A revision that somebody used, with the text they sent (masked; may be empty)."""

    entry_id: str
    revision: int
    sent: str


def adopted(
    engine: Engine, actors: Collection[str], since: datetime, until: datetime
) -> Sequence[Adopted]:
    """What these people adopted, edited or not, in a span of time; oldest first."""
    query = (
        sa.select(feedback.c.entry_id, feedback.c.revision, feedback.c.sent)
        .where(
            feedback.c.kind.in_([kind.value for kind in USED]),
            feedback.c.actor.in_(list(actors)),
            feedback.c.at >= int(since.timestamp()),
            feedback.c.at <= int(until.timestamp()) + 1,
        )
        .order_by(feedback.c.at, feedback.c.id)
        .limit(_MOST)
    )
    with read(engine) as connection:
        return [Adopted(*row) for row in connection.execute(query)]
