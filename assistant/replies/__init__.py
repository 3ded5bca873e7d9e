"""Replies composed from evidence: what to say to a customer.

`Composer.suggest` is the way in; the plain data it takes and gives is in `assistant.replies.model`.
What to watch for in a contact comes from `assistant.risk`.
"""

from assistant.replies.composer import Composer
from assistant.replies.model import (
    Clarify,
    ClarifyOption,
    Evidence,
    Part,
    Sentence,
    Suggestion,
    SuggestRequest,
    SuggestResponse,
)
from assistant.replies.tables import Tables, load_tables
from assistant.risk.model import Message

__all__ = [
    "Clarify",
    "ClarifyOption",
    "Composer",
    "Evidence",
    "Message",
    "Part",
    "Sentence",
    "SuggestRequest",
    "SuggestResponse",
    "Suggestion",
    "Tables",
    "load_tables",
]
