"""Answers about search, suggested replies and feedback."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from assistant.risk.plain import HandoverOut, RiskOut
from assistant.web.responses import Effective, FreshnessOut


class MatchedOut(TypedDict):
    """Which field of an entry matched, with the words to highlight."""

    field: str
    text: str
    terms: list[str]


class HitOut(TypedDict):
    """One result of a search; `flow` and `scenarios`: it has steps to walk, tables by scenario."""

    entry_id: str
    revision: int
    kind: str
    title: str
    snippet: str
    heading: str
    confidence: float
    matched: MatchedOut
    freshness: FreshnessOut
    effective: Effective
    url: str
    audience: str
    lang: str
    flow: bool
    scenarios: bool
    score_parts: dict[str, float]


class SearchOut(TypedDict):
    """Results by falling confidence.

    `context_used` are words of earlier turns that counted; `corrected` is the query as it was
    read, where mistyped words were taken for others, else empty.
    """

    results: list[HitOut]
    context_used: list[str]
    corrected: str
    answerable: bool
    confidence: float
    degraded: bool
    generation: str
    took_ms: float
    timings: dict[str, float]


class EvidenceOut(TypedDict):
    """Where a sentence was taken from."""

    entry_id: str
    revision: int
    quote: str
    title: str
    freshness: FreshnessOut
    effective: Effective
    url: str


class SentenceOut(TypedDict):
    """One sentence of a suggested reply."""

    text: str
    part: str
    evidence: list[EvidenceOut]
    slots_missing: list[str]


class SuggestionOut(TypedDict):
    """A reply to send."""

    text: str
    sentences: list[SentenceOut]
    confidence: float
    entry_id: str
    revision: int
    title: str
    kind: str
    lang: str
    freshness: FreshnessOut
    effective: Effective
    url: str
    flow: bool
    scenarios: bool
    slots_missing: list[str]


class OptionOut(TypedDict):
    """One way a question can be meant."""

    text: str
    entry_id: str
    revision: int


class ClarifyOut(TypedDict):
    """A question back."""

    question: str
    options: list[OptionOut]


class SuggestOut(TypedDict):
    """Suggested replies, or a question back, or neither.

    `results` are what was found, `context_used` words of earlier turns that counted in it;
    `corrected` is the message as it was read, where mistyped words were taken for others.
    """

    suggestions: list[SuggestionOut]
    clarify: ClarifyOut | None
    risk: RiskOut
    handover: HandoverOut
    results: list[HitOut]
    context_used: list[str]
    corrected: str
    unanswered: list[str]
    answerable: bool
    generation: str
    degraded: bool
    took_ms: float


class Recorded(TypedDict):
    """Feedback was stored."""

    recorded: bool
