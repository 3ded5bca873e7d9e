"""What makes a private or a team's reply acceptable."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.canned.holes import MAX_LABEL, SLOT_NAME, bad_names
from assistant.canned.model import Draft, Scope
from kb.errors import Problem
from kb.validation import line_problem

MAX_TITLE, MAX_TEXT, MAX_GROUNDS, MAX_PARAMS = 100, 4_000, 20, 20
MOST_EACH = 500  # replies of one person, or of one team
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ufeff\ud800-\udfff]")


def problems(draft: Draft) -> list[Problem]:
    """Every defect of a reply; empty when it may be stored."""
    return [Problem("", 0, field, message) for field, message in _problems(draft)]


def _problems(draft: Draft) -> Iterator[tuple[str, str]]:
    if draft.scope is Scope.COMPANY:
        yield "scope", "the company's replies are entries; write one at the desk"
    if draft.team and draft.scope is not Scope.TEAM:
        yield "team", "only a team's reply has a team"
    if message := line_problem(draft.team):
        yield "team", message
    if not draft.title.strip():
        yield "title", "is missing"
    elif message := line_problem(draft.title):
        yield "title", message
    if len(draft.title) > MAX_TITLE:
        yield "title", f"is longer than {MAX_TITLE} characters"
    if draft.short_code and not _CODE.fullmatch(draft.short_code):
        yield "short_code", f"{draft.short_code!r} is none: up to 30 of a-z, 0-9, - and _"
    yield from _text_problems(draft.text)
    yield from _param_problems(draft)
    if len(draft.rests_on) > MAX_GROUNDS:
        yield "rests_on", f"has more than {MAX_GROUNDS} entries"
    if len(set(draft.rests_on)) < len(draft.rests_on):
        yield "rests_on", "names an entry twice"


def _text_problems(text: str) -> Iterator[tuple[str, str]]:
    if not text.strip():
        yield "text", "is empty"
    if len(text) > MAX_TEXT:
        yield "text", f"is longer than {MAX_TEXT} characters"
    if _FORBIDDEN.search(text.replace("\n", "").replace("\t", "")):
        yield "text", "holds a control character"
    for name in bad_names(text):
        yield (
            "text",
            f"{{{{{name[:40]}}}}} is neither a slot nor a question such as {{{{?amount}}}}",
        )


def _param_problems(draft: Draft) -> Iterator[tuple[str, str]]:
    if len(draft.params) > MAX_PARAMS:
        yield "params", f"has more than {MAX_PARAMS} items"
    names = [param.name for param in draft.params]
    if len(set(names)) < len(names):
        yield "params", "names one twice"
    for param in draft.params:
        if not SLOT_NAME.fullmatch(param.name):
            yield "params", f"{param.name[:40]!r} is no name such as amount"
        if message := line_problem(param.label):
            yield "params", message
        elif len(param.label) > MAX_LABEL:
            yield "params", f"a label may have {MAX_LABEL} characters at most"
