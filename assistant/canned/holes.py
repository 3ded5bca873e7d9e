"""What stands in double braces: slots of the contact, and questions to the agent.

``{{customer.name}}`` is filled from the contact. ``{{?补偿金额}}`` asks the agent for it; a slot
that is declared with a label as a parameter is asked for likewise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.canned.model import Holes, Param

HOLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
SLOT_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
MAX_LABEL = 60


def holes(text: str, declared: Iterable[Param] = ()) -> Holes:
    """The slots and parameters of a text; what is no name of either is left alone."""
    labels = {param.name: param.label for param in declared}
    slots: dict[str, None] = {}
    params: dict[str, Param] = {}
    for name in HOLE.findall(text):
        if is_question(name):
            params[name] = Param(name, name[1:].strip())
        elif name in labels:
            params[name] = Param(name, labels[name] or name)
        elif SLOT_NAME.fullmatch(name):
            slots[name] = None
    return Holes(tuple(slots), tuple(params.values()))


def is_question(name: str) -> bool:
    """Whether what stands in the braces asks the agent for something: ``?`` and a short label."""
    return name[:1] == "?" and 0 < len(name[1:].strip()) <= MAX_LABEL


def bad_names(text: str) -> list[str]:
    """What stands in braces and is neither a slot nor a question, each once."""
    found = dict.fromkeys(HOLE.findall(text))
    return [name for name in found if not is_question(name) and not SLOT_NAME.fullmatch(name)]
