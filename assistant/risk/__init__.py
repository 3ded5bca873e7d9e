"""What to watch for in a contact: mood, sensitive words, complexity, grade, complaint, hand-over.

`assess` is the way in; the plain data it takes and gives is in `assistant.risk.model`.
"""

from assistant.risk.assessing import assess
from assistant.risk.model import (
    Assessment,
    Clock,
    Colour,
    Complaint,
    Complexity,
    Escalation,
    Grade,
    Graded,
    Handover,
    HandoverReason,
    Message,
    Mood,
    Reason,
    SensitiveWord,
)
from assistant.risk.settings import RiskSettings, load_settings

__all__ = [
    "Assessment",
    "Clock",
    "Colour",
    "Complaint",
    "Complexity",
    "Escalation",
    "Grade",
    "Graded",
    "Handover",
    "HandoverReason",
    "Message",
    "Mood",
    "Reason",
    "RiskSettings",
    "SensitiveWord",
    "assess",
    "load_settings",
]
