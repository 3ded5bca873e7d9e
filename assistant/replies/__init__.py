"""Replies composed from evidence: what to say to a customer, and what to watch for.

`Composer.suggest` is the way in; the plain data it takes and gives is in `assistant.replies.model`.
"""

from assistant.replies.composer import Composer
from assistant.replies.model import (
    Clarify,
    ClarifyOption,
    Complexity,
    Escalation,
    Evidence,
    Handover,
    HandoverReason,
    Message,
    Mood,
    Part,
    Risk,
    Sentence,
    Suggestion,
    SuggestRequest,
    SuggestResponse,
)
from assistant.replies.tables import Tables, load_tables

__all__ = [
    "Clarify",
    "ClarifyOption",
    "Complexity",
    "Composer",
    "Escalation",
    "Evidence",
    "Handover",
    "HandoverReason",
    "Message",
    "Mood",
    "Part",
    "Risk",
    "Sentence",
    "SuggestRequest",
    "SuggestResponse",
    "Suggestion",
    "Tables",
    "load_tables",
]
