"""Questions, what they are answered with, and what a change does to them: plain frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from indexer.results import SearchRequest
from indexer.text import key
from indexer.what_if import Leader
from kb.errors import ZhikeError
from kb.model import Audience, Channel

TOP = 3
READERS: Mapping[Audience, frozenset[Audience]] = {
    Audience.CUSTOMER: frozenset({Audience.CUSTOMER}),
    Audience.AGENT: frozenset({Audience.CUSTOMER, Audience.AGENT}),
    Audience.INTERNAL: frozenset(Audience),
}


class KnownAlready(ZhikeError):
    """The same question is kept already."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question to be asked of a state of the knowledge.

    Attributes:
        text: As somebody asks it; personal data masked.
        as_of: The moment whose rules are asked for; None: whenever it is asked.
        audience: Who asks: a customer reads customers' text, an agent that and agents' text, the
            back office everything.
        channel: Only what may be used there; None: any.
        expects: Entries of which one has to answer; empty: any answer is fine.
    """

    text: str
    as_of: datetime | None = None
    audience: Audience = Audience.CUSTOMER
    channel: Channel | None = None
    expects: tuple[str, ...] = ()

    def request(self, moment: datetime, limit: int = TOP) -> SearchRequest:
        """The search for it; `moment` is now, or the moment that is looked at."""
        return SearchRequest(
            self.text,
            limit,
            self.as_of or moment,
            READERS[self.audience],
            channel=self.channel,
        )

    @property
    def key(self) -> str:
        """Equal keys mean the same question of the same person about the same time."""
        when = self.as_of.isoformat() if self.as_of else ""
        channel = self.channel.value if self.channel else ""
        return "|".join((key(self.text) or self.text, when, self.audience.value, channel))


@dataclass(frozen=True, slots=True)
class SavedQuestion:
    """A question that editors keep, with whether it must go on being answered.

    `source` is ``import`` until somebody changes it here, then ``desk``.
    """

    id: str
    question: Question
    must_hit: bool
    source: str
    version: int
    updated_at: datetime
    updated_by: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a preview: where it comes from, and what stands with it.

    `source` is ``saved``, ``asked`` (somebody really did) or ``own`` (the changed entry's own).
    """

    id: str
    question: Question
    source: str
    must_hit: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question with what answers it now and what would; None: nothing does."""

    asked: Asked
    before: Leader | None
    after: Leader | None
