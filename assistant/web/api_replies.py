"""API: whether the figures of a reply that is being written stand in its evidence."""

from __future__ import annotations

from assistant.accounts.policy import Action
from assistant.replies.checking import Figure, check
from assistant.replies.grounding import Gate
from assistant.replies.model import Evidence
from assistant.web import context
from assistant.web.moments import parse_moment
from assistant.web.reply_checks import CheckedOut, CheckIn, FigureOut
from assistant.web.routing import Routes
from kb.errors import NotFound
from kb.model import Revision

routes = Routes()


@routes.post("/replies/check", Action.SUGGEST, body=CheckIn, returns=CheckedOut)
def check_reply(body: CheckIn) -> CheckedOut:
    """Find the numbers, amounts, dates and codes of a reply that its evidence does not back."""
    as_of = parse_moment(body.as_of, "as_of") or context.services().clock()
    gate = Gate(_revision, as_of, context.principal().audiences)
    quotes = [
        piece.quote
        for piece in body.evidence
        if gate.holds(Evidence(piece.entry_id, piece.revision, piece.quote))
    ]
    figures = check(body.text, quotes, body.said)
    return {"figures": [_out(body.text, figure) for figure in figures]}


def _revision(entry_id: str, number: int) -> Revision:
    """From memory, since this is asked while somebody types."""
    entry = context.services().catalogue.current().entries.get(entry_id)
    found = entry.revision(number) if entry else None
    if found is None:
        raise NotFound(f"{entry_id} r{number}")
    return found


def _out(text: str, figure: Figure) -> FigureOut:
    start = _utf16(text[: figure.start])
    return {
        "start": start,
        "end": start + _utf16(figure.text),
        "text": figure.text,
        "ok": figure.ok,
        "near": list(figure.near),
    }


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
