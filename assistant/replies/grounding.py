"""The one gate between knowledge and what a customer is told.

Nothing gets into a reply but through `Gate.passes`. A sentence of ours (empathy without evidence)
must state no quantity. Every other sentence must have evidence, and for each piece of it:

* the revision exists, is published, holds at the moment asked about and is readable by the caller;
* its text may be sent to customers: policies, guides and FAQs for customers, and canned replies
  that are not internal; never a case, never an agents' or internal article;
* the quote is verbatim in `kb.sections.plain_text` of the revision's body;

and every number, amount, date and deadline of the sentence stands in its quotes
(`kb.quantities.same_quantities`). A sentence that fails is left out, never mended.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from assistant.replies.model import Evidence, Part, Sentence
from kb.errors import NotFound
from kb.model import Audience, Content, Kind, Revision, Status
from kb.quantities import quantities, same_quantities
from kb.sections import plain_text

RevisionSource = Callable[[str, int], Revision]

_ARTICLES = frozenset({Kind.POLICY, Kind.GUIDE, Kind.FAQ})
SENDABLE_KINDS = _ARTICLES | {Kind.REPLY}


class Gate:
    """Decides for one request; `as_of` is the moment whose rules apply.

    Args:
        revisions: Gives a revision by entry id and number; raises NotFound for unknown ones.
        as_of: Timezone-aware.
        audiences: What the caller may read.
    """

    def __init__(
        self, revisions: RevisionSource, as_of: datetime, audiences: frozenset[Audience]
    ) -> None:
        self._revisions = revisions
        self._as_of = as_of
        self._audiences = audiences

    def passes(self, sentence: Sentence) -> bool:
        """Whether this sentence may be said. Slots must not be filled in yet."""
        if not sentence.evidence:
            return sentence.part is Part.EMPATHY and not quantities(sentence.text)
        if not all(self.holds(evidence) for evidence in sentence.evidence):
            return False
        quoted = "\n".join(evidence.quote for evidence in sentence.evidence)
        return _backed(sentence.text, quoted)

    def usable(self, entry_id: str, number: int) -> Revision | None:
        """The revision, if its text may be sent to this caller's customer as of the moment."""
        try:
            revision = self._revisions(entry_id, number)
        except NotFound:
            return None
        allowed = (
            revision.status is Status.PUBLISHED
            and in_force(revision, self._as_of)
            and revision.content.audience in self._audiences
            and may_send(revision.content)
        )
        return revision if allowed else None

    def holds(self, evidence: Evidence) -> bool:
        """Whether a piece of evidence may be sent and its quote stands in that revision."""
        revision = self.usable(evidence.entry_id, evidence.revision)
        return bool(
            revision
            and evidence.quote.strip()
            and evidence.quote in source_text(revision.content.body)
        )


def may_send(content: Content) -> bool:
    """Whether a revision's text may be put before a customer."""
    if content.kind is Kind.REPLY:
        return content.audience is not Audience.INTERNAL
    return content.kind in _ARTICLES and content.audience is Audience.CUSTOMER


def in_force(revision: Revision, moment: datetime) -> bool:
    """Whether a moment lies in the revision's declared validity.

    That a later revision or another entry has replaced it is the search mask's business.
    """
    start, end = revision.valid_from, revision.valid_until
    return (start is None or start <= moment) and (end is None or moment < end)


@lru_cache(maxsize=1024)
def source_text(body: str) -> str:
    """The text that quotes are looked up in: the plain text of a Markdown body."""
    return plain_text(body)


@lru_cache(maxsize=8192)
def _backed(sentence: str, quoted: str) -> bool:
    return same_quantities(sentence, quoted)
