"""Frames of event streams for customers: what an agent writes to them, and how their visit stands.

Nothing else reaches them: no note of the system, no name of the team, no other contact, and no
number that tells how much goes on elsewhere. Staff hear what `assistant.web.contact_views` writes.
"""

from __future__ import annotations

from assistant.accounts.policy import Action, authorise
from assistant.accounts.roles import Principal, PrincipalKind
from assistant.contacts.feed import Frames
from assistant.contacts.model import Event, EventKind
from assistant.selfservice.conversation import Conversations
from assistant.selfservice.model import Turn
from assistant.web.contact_views import frame
from assistant.web.widget_answers import Teller


class VisitFrames:
    """Frames of a visit; the number of a message is what its stream goes on from."""

    def __init__(self, conversations: Conversations, teller: Teller) -> None:
        self._conversations = conversations
        self._teller = teller

    def event(self, event: Event, viewer: Principal) -> bytes | None:
        """An event of the visit's own contact; None for every other one."""
        contact = event.contact
        if event.kind is EventKind.KNOWLEDGE or contact is None:
            return None
        if not authorise(viewer, Action.CONTACTS_USE, contact):
            return None
        turn = self._conversations.live(viewer.id, event.message)
        return self.turn(turn) if turn is not None else None

    def turn(self, turn: Turn) -> bytes:
        """Messages, and behind them how the visit stands."""
        told = [
            frame(message["number"], "message", message)
            for message in self._teller.messages(turn.messages)
        ]
        return b"".join([*told, _unnumbered("state", self._teller.state(turn.state))])

    def note(self, kind: str, position: int, viewer: Principal) -> bytes:
        """A comment: the first frames have told everything."""
        return b": %b\n\n" % kind.encode("ascii")

    def heartbeat(self, position: int, viewer: Principal) -> bytes:
        """A comment."""
        return b": still here\n\n"


class FramesByViewer:
    """Gives each viewer the frames that are for them."""

    def __init__(self, staff: Frames, visits: VisitFrames) -> None:
        self._staff = staff
        self._visits = visits

    def event(self, event: Event, viewer: Principal) -> bytes | None:
        """See `assistant.contacts.feed.Frames`."""
        return self._for(viewer).event(event, viewer)

    def note(self, kind: str, position: int, viewer: Principal) -> bytes:
        """See `assistant.contacts.feed.Frames`."""
        return self._for(viewer).note(kind, position, viewer)

    def heartbeat(self, position: int, viewer: Principal) -> bytes:
        """See `assistant.contacts.feed.Frames`."""
        return self._for(viewer).heartbeat(position, viewer)

    def _for(self, viewer: Principal) -> Frames:
        return self._visits if viewer.kind is PrincipalKind.VISIT else self._staff


def _unnumbered(kind: str, data: object) -> bytes:
    return frame(0, kind, data).removeprefix(b"id: 0\n")
