"""What the editor desk keeps and works out, as JSON."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from assistant.accounts.roles import Principal
from assistant.editing.comments import Shown
from assistant.editing.model import WorkingDraft, WorkingRow
from assistant.web import context, messages
from assistant.web.editing_responses import (
    BulkOut,
    BulkRowOut,
    CommentOut,
    HeadingOut,
    HunkOut,
    WorkingOut,
    WorkingRowOut,
)
from kb.bulk import BulkOutcome, BulkRow
from kb.formats.wording import said
from kb.sections import HEADING, Anchors, inline_text, numbered_lines
from kb.threeway import Hunk


def table_of_contents(body: str) -> list[HeadingOut]:
    """The headings of a body, with the anchors that the renderer gives them."""
    anchors = Anchors()
    found: list[HeadingOut] = []
    for _, line, fenced in numbered_lines(body):
        heading = None if fenced else HEADING.fullmatch(line)
        if heading:
            text = inline_text(heading["title"])
            level = len(heading["level"])
            found.append({"level": level, "text": text, "anchor": anchors.next(text)})
    return found


def working_row(draft: WorkingDraft | WorkingRow) -> WorkingRowOut:
    """A working draft without its state."""
    return {
        "key": draft.key,
        "title": draft.title,
        "base_revision": draft.base_revision,
        "saved_at": saved_at(draft.saved_at),
    }


def working_out(draft: WorkingDraft) -> WorkingOut:
    """A working draft in full."""
    return {**working_row(draft), "base_version": draft.base_version, "state": draft.state}


def saved_at(moment: datetime) -> str:
    """The moment to the microsecond, unlike others: it tells two saves of a draft apart."""
    zone = context.services().settings.site_tz
    return moment.astimezone(zone).isoformat(timespec="microseconds")


def plain(value: Any) -> Any:  # noqa: ANN401 - a field of a content may hold anything
    """A field of a content as JSON."""
    if isinstance(value, datetime):
        return context.moment_json(value)
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if hasattr(value, "label"):
        return {"name": value.name, "label": value.label}
    return value


def hunk(found: Hunk) -> HunkOut:
    """Some lines of a merge."""
    return {
        "kind": found.side.value,
        "base": found.base,
        "mine": found.mine,
        "theirs": found.theirs,
    }


def bulk_out(rows: list[BulkRow], *, dry_run: bool) -> BulkOut:
    """What a change of many entries does."""
    counts = Counter(row.outcome for row in rows)
    return {
        "dry_run": dry_run,
        "rows": [_bulk_row(row) for row in rows],
        "counts": {outcome.value: counts[outcome] for outcome in BulkOutcome},
    }


def _bulk_row(row: BulkRow) -> BulkRowOut:
    lang = context.lang()
    field, _, message = row.detail.partition(": ")
    detail = f"{field}: {said(message, lang)}" if message else row.detail
    reason = messages.detail(f"bulk_{row.reason}", lang, detail=detail) if row.reason else ""
    return {
        "id": row.entry_id,
        "title": row.title,
        "outcome": row.outcome.value,
        "reason": reason,
        "revision": row.revision or None,
    }


def comment_out(shown: Shown, caller: Principal) -> CommentOut:
    """A comment as a revision shows it."""
    comment = shown.comment
    return {
        "id": comment.id,
        "entry_id": comment.entry_id,
        "revision": comment.revision,
        "from_revision": comment.revision if shown.carried else None,
        "author": comment.author,
        "at": context.moment_json(comment.at),
        "text": comment.text,
        "quote": comment.quote,
        "field": comment.field,
        "reply_to": None if comment.opens else comment.thread,
        "resolved_by": comment.resolved_by,
        "resolved_at": context.moment_json(comment.resolved_at),
        "own": comment.author == caller.name,
    }
