"""What makes content acceptable: one set of checks for files, the API and the editor desk."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from kb.errors import Problem
from kb.model import Channel, Content, Kind, Stewardship
from kb.sections import CASE_FIELDS, CASE_HEADINGS, HEADING, numbered_lines, top_sections

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_BYTES = 512 * 1024
MAX_LINE = 300
MAX_ITEMS = 200
MAX_REVIEW_DAYS = 3650
LANGUAGES = ("zh-CN", "en")
SLOT = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
QUESTION = re.compile(r"\?\s*[^\s?][^\n]{0,58}")  # {{?amount}}: asked of the agent, not declared
_SLOT_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
_SHORT_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ufeff\ud800-\udfff]")

Report = Callable[[str, str], None]
Locate = Callable[[str], int]


def content_problems(
    content: Content, source: str = "", locate: Locate = lambda field: 0
) -> list[Problem]:
    """Every defect of `content`; empty when it may be stored.

    `source` names where it came from; `locate` gives the 1-based line of a field (``body`` for
    the body's first line; body problems add their own offset).
    """
    problems: list[Problem] = []

    def report(field: str, message: str, offset: int = 0) -> None:
        problems.append(Problem(source, locate(field) + offset, field, message))

    _check_texts(content, report)
    _check_values(content, report)
    _check_lists(content, report)
    _check_kind_fields(content, report)
    _check_body(content, report)
    return problems


def id_problem(entry_id: str) -> str:
    """Why `entry_id` is no id, or an empty string."""
    if not 3 <= len(entry_id) <= 80:
        return f"{entry_id!r} has {len(entry_id)} characters; an id has 3 to 80"
    if not ID.fullmatch(entry_id):
        return f"{entry_id!r} is no id: only a-z, 0-9 and single hyphens between them"
    return ""


def line_problem(text: str) -> str:
    """Why `text` cannot stand in one line (a title, a name, a tag), or an empty string."""
    if "\n" in text or _FORBIDDEN.search(text):
        return f"{text[:40]!r} holds a line break or control character"
    if text != text.strip():
        return f"{text[:40]!r} begins or ends with a space"
    if len(text) > MAX_LINE:
        return f"is longer than {MAX_LINE} characters"
    return ""


def stewardship_problems(keeper: Stewardship) -> list[Problem]:
    """Every defect of who keeps an entry and how often it is reviewed."""
    problems = [
        Problem("", 0, field, message)
        for field, text in (("owner", keeper.owner), ("reviewer", keeper.reviewer))
        if (message := line_problem(text))
    ]
    if not 0 <= keeper.review_every <= MAX_REVIEW_DAYS:
        message = f"{keeper.review_every} is not from 0 (never) to {MAX_REVIEW_DAYS} days"
        problems.append(Problem("", 0, "review_every", message))
    return problems


def _check_texts(content: Content, report: Report) -> None:
    if not content.title.strip():
        report("title", "is missing")
    texts = [("title", content.title), ("short_code", content.short_code)]
    texts += [
        (field, item)
        for field in ("products", "tags", "questions", "counter")
        for item in getattr(content, field)
    ]
    texts += [("slots", slot.label) for slot in content.slots]
    for field, text in texts:
        if message := line_problem(text):
            report(field, message)
    if len(content.body.encode(errors="replace")) > MAX_BYTES:
        report("body", f"is larger than {MAX_BYTES // 1024} KiB")


def _check_values(content: Content, report: Report) -> None:
    if content.lang not in LANGUAGES:
        report("lang", f"{content.lang!r} is none of {', '.join(LANGUAGES)}")
    if content.risk not in (1, 2, 3):
        report("risk", f"{content.risk} is none of 1 (low), 2 (normal), 3 (high)")
    start, end = content.effective_from, content.effective_until
    if start and end and end <= start:
        report("effective_until", "must be later than effective_from (it is exclusive)")
    for field, moment in (("effective_from", start), ("effective_until", end)):
        if moment is not None and moment.tzinfo is None:
            report(field, "carries no time zone")


def _check_lists(content: Content, report: Report) -> None:
    for field in ("products", "channels", "tags", "questions", "counter", "depends_on",
                  "supersedes"):  # fmt: skip
        items: tuple[str, ...] = getattr(content, field)
        if len(items) > MAX_ITEMS:
            report(field, f"has more than {MAX_ITEMS} items")
        for item in _repeated(items):
            report(field, f"{item!r} is listed twice")
        if any(not item.strip() for item in items):
            report(field, "holds an empty item")
    for field in ("depends_on", "supersedes", "products"):
        for item in getattr(content, field):
            if item.strip() and id_problem(item):
                report(field, id_problem(item))


def _check_kind_fields(content: Content, report: Report) -> None:
    if content.counter and content.kind is not Kind.FAQ:
        report("counter", "only a faq has counter-examples")
    if content.kind is not Kind.REPLY:
        for field in ("short_code", "slots"):
            if getattr(content, field):
                report(field, "only a reply has this field")
        return
    if content.short_code and not _SHORT_CODE.fullmatch(content.short_code):
        report("short_code", f"{content.short_code!r} is none: up to 30 of a-z, 0-9, - and _")
    names = [slot.name for slot in content.slots]
    for name in names:
        if not _SLOT_NAME.fullmatch(name):
            report("slots", f"{name!r} is no slot name such as customer.name")
    for name in _repeated(names):
        report("slots", f"{name!r} is listed twice")
    for name in sorted(_slots_in(content.body) - set(names)):
        report("slots", f"{{{{{name}}}}} stands in the body but is not declared")


def _slots_in(body: str) -> set[str]:
    return {name for name in SLOT.findall(body) if not QUESTION.fullmatch(name)}


def _repeated(items: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [item for item in items if item in seen or seen.add(item)]  # type: ignore[func-returns-value]


def _check_body(content: Content, report: Callable[[str, str, int], None]) -> None:
    if not content.body.strip():
        report("body", "is empty", 0)
        return
    for number, line in enumerate(content.body.split("\n")):
        if _FORBIDDEN.search(line):
            report("body", "holds a control character", number)
    _check_top_heading(content.body, report)
    if content.kind is Kind.CASE:
        _check_case(content.body, report)
    elif content.kind is Kind.REPLY:
        _check_reply(content.body, report)


def _check_top_heading(body: str, report: Callable[[str, str, int], None]) -> None:
    if "# " not in body:
        return
    for number, line, fenced in numbered_lines(body):
        heading = None if fenced else HEADING.fullmatch(line)
        if heading and len(heading["level"]) == 1:
            report("body", "a level-1 heading is the title's; begin with ##", number - 1)


def _check_case(body: str, report: Callable[[str, str, int], None]) -> None:
    found: list[str] = []
    for title, text, line in top_sections(body):
        field = CASE_HEADINGS.get(title.lower())
        if field is None:
            report("body", f"a case has no part {title!r}", line - 1)
        elif field in found:
            report("body", f"the part {title!r} stands twice", line - 1)
        elif not text.strip():
            report("body", f"the part {title!r} is empty", line - 1)
        found.append(field or "")
    names = {field: name for name, field in reversed(CASE_HEADINGS.items())}
    for field in CASE_FIELDS:
        if field not in found:
            report("body", f"the part '## {names[field]}' is missing", 0)


def _check_reply(body: str, report: Callable[[str, str, int], None]) -> None:
    allowed = [channel.value for channel in Channel]
    found: list[str] = []
    for title, text, line in top_sections(body):
        name = title.lower()
        if name not in allowed:
            report("body", f"{title!r} is no channel; use ## {' / ## '.join(allowed)}", line - 1)
        elif name in found:
            report("body", f"the variant {title!r} stands twice", line - 1)
        elif not text.strip():
            report("body", f"the variant {title!r} is empty", line - 1)
        found.append(name)
    if not found:
        report("body", f"has no variant; write ## {' / ## '.join(allowed)} and its text", 0)
