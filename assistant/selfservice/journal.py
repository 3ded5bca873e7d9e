"""Writing down what was said in a visit: numbered, each message once, with its new state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.engine import Connection

from assistant.insights.masking import mask
from assistant.selfservice import store
from assistant.selfservice.model import (
    MessageKind,
    Visit,
    VisitMessage,
    VisitSpeaker,
)
from kb.errors import NotFound

MAX_MESSAGES = 1_000  # of one visit


class SaidBefore(Exception):
    """A message with this external id is there already."""


class MovedOn(Exception):
    """The visit has gone on meanwhile: what was worked out no longer fits."""


def draft(
    role: VisitSpeaker,
    kind: MessageKind,
    text: str,
    at: datetime,
    payload: dict[str, object] | None = None,
    external_id: str | None = None,
) -> VisitMessage:
    """A message that gets its number when it is written down; its text is masked here."""
    # What the assistant and the system say holds no personal data, only addresses of our own.
    said = mask(text) if role is VisitSpeaker.CUSTOMER else text
    return VisitMessage(0, role, kind, said, at, payload or {}, external_id)


def write_down(
    connection: Connection, based_on: Visit, after: Visit, drafts: Sequence[VisitMessage]
) -> list[VisitMessage]:
    """Number and store messages, and store the visit as it is after them.

    Raises:
        SaidBefore: one of them was written down before.
        MovedOn: the visit is no longer what `after` was made from.
        NotFound: it has ended.
    """
    for message in drafts:
        if message.external_id is not None and store.find_said(
            connection, based_on.id, message.external_id
        ):
            raise SaidBefore
    known = store.find_visit(connection, based_on.id)
    if known is None or known.ended_at is not None:
        raise NotFound("this visit has ended")
    if _standing(known) != _standing(based_on):
        raise MovedOn
    last = store.last_number(connection, based_on.id)
    numbered = [replace(message, number=last + n) for n, message in enumerate(drafts, 1)]
    store.add_said(connection, based_on.id, numbered)
    # What the site vouched for may have come meanwhile.
    vouched = replace(after, customer=known.customer, subject=known.subject)
    store.save_visit(connection, vouched)
    return numbered


def _standing(visit: Visit) -> tuple[object, ...]:
    """What a step is worked out from, and changes."""
    return visit.mode, visit.contact_id, visit.misses, visit.rejected
