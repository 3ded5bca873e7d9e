"""Past cases like the one an agent has before them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.accounts.policy import Action, authorise
from assistant.accounts.roles import Principal
from assistant.cases.body import fields_of
from assistant.cases.model import CaseFields
from assistant.catalogue import Catalogue
from indexer.search import Hit, SearchRequest, SearchResponse
from kb.model import Kind
from kb.sections import plain_text

MOST = 10
# A case tells what was learned at the end of its outcome.
_LESSON = re.compile(
    r"(?:学到的?|教训|留给下一位的一句|lessons?(?: learned)?|what we learned)\s?[:：]\s?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SimilarCase:
    """A past case in plain text, its lesson apart from its outcome, and why it was found."""

    hit: Hit
    fields: CaseFields
    lesson: str


@dataclass(frozen=True, slots=True)
class SimilarCases:
    """The cases found, the likest first; `reliable` is false when they are only the nearest."""

    cases: tuple[SimilarCase, ...]
    reliable: bool
    degraded: bool


def similar(
    said: Sequence[str],
    principal: Principal,
    *,
    search: Callable[[SearchRequest], SearchResponse],
    catalogue: Catalogue,
    as_of: datetime | None = None,
    limit: int = 5,
) -> SimilarCases:
    """The cases that fit what a customer said, oldest message first; the last one counts most.

    Only cases in force at `as_of` (None: now) that the caller may read.
    """
    if not said:
        return SimilarCases((), reliable=False, degraded=False)
    response = search(
        SearchRequest(
            query=said[-1],
            limit=min(limit, MOST),
            as_of=as_of,
            audiences=principal.audiences,
            kinds=frozenset({Kind.CASE}),
            context=tuple(said[:-1]),
        )
    )
    found = (_case(hit, catalogue, principal) for hit in response.hits)
    cases = tuple(case for case in found if case is not None)
    return SimilarCases(cases, response.answerable, response.degraded)


def _case(hit: Hit, catalogue: Catalogue, principal: Principal) -> SimilarCase | None:
    entry = catalogue.entries.get(hit.entry_id)
    revision = entry.revision(hit.revision) if entry else None
    if revision is None or not authorise(principal, Action.ENTRIES_READ, revision):
        return None
    fields = fields_of(revision.content)
    outcome, lesson = _parted(plain_text(fields.outcome))
    plain = replace(
        fields,
        scene=plain_text(fields.scene),
        cause=plain_text(fields.cause),
        handling=plain_text(fields.handling),
        policy_basis=plain_text(fields.policy_basis),
        outcome=outcome,
    )
    return SimilarCase(hit, plain, lesson)


def _parted(outcome: str) -> tuple[str, str]:
    """Outcome and lesson."""
    found = _LESSON.search(outcome)
    if found is None:
        return outcome, ""
    return outcome[: found.start()].strip(), outcome[found.end() :].strip()
