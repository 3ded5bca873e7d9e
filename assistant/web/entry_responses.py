"""Answers about entries, their revisions, imports and the audit log."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from assistant.web.responses import Effective, FreshnessOut, ProblemOut


class EntryRow(TypedDict):
    """One entry in a list, as the caller sees it."""

    id: str
    kind: str
    title: str
    status: str
    revision: int
    latest: int
    version: int
    lang: str
    audience: str
    risk: int
    tags: list[str]
    products: list[str]
    channels: list[str]
    short_code: str
    owner: str
    reviewer: str
    review_every: int
    reviewed_at: str | None
    reviewed_by: str
    next_review: str | None
    effective: Effective
    published_at: str | None
    updated_at: str | None
    freshness: FreshnessOut
    url: str


class EntriesOut(TypedDict):
    """A page of entries."""

    entries: list[EntryRow]
    total: int
    limit: int
    offset: int


class RevisionRow(TypedDict):
    """One revision in a list; `in_force` is when it really is the one that counts."""

    number: int
    status: str
    title: str
    author: str
    created_at: str | None
    submitted_at: str | None
    approved_by: str
    approved_at: str | None
    published_at: str | None
    withdrawn_at: str | None
    effective: Effective
    in_force: list[Effective]
    content_hash: str
    audience: str
    url: str


class SlotOut(TypedDict):
    """A variable of a canned reply."""

    name: str
    label: str


class ContentOut(TypedDict):
    """Everything a reviewer approves."""

    kind: str
    title: str
    body: str
    lang: str
    audience: str
    effective_from: str | None
    effective_until: str | None
    risk: int
    products: list[str]
    channels: list[str]
    tags: list[str]
    questions: list[str]
    counter: list[str]
    depends_on: list[str]
    supersedes: list[str]
    short_code: str
    slots: list[SlotOut]


class RelatedOut(TypedDict):
    """An entry that another one names."""

    id: str
    title: str
    kind: str
    url: str
    state: str


class EntryOut(EntryRow):
    """An entry with one revision in full."""

    content: ContentOut
    html: str
    revisions: list[RevisionRow]
    dependencies: list[RelatedOut]
    dependents: list[RelatedOut]
    supersedes: list[RelatedOut]
    superseded_by: list[RelatedOut]


class RevisionsOut(TypedDict):
    """All revisions the caller may see."""

    revisions: list[RevisionRow]


class RevisionOut(RevisionRow):
    """One revision in full."""

    entry_id: str
    content: ContentOut
    html: str


class FieldChange(TypedDict):
    """A field that differs between two revisions."""

    field: str
    before: Any
    after: Any


class WordChange(TypedDict):
    """A run of the body: ``equal``, ``insert`` or ``delete``."""

    op: str
    text: str


DiffOut = TypedDict(
    "DiffOut",
    {
        "from": int,
        "to": int,
        "unified": str,
        "fields": list[FieldChange],
        "words": list[WordChange],
    },
)


class ImportRow(TypedDict):
    """What became, or would become, of one file."""

    source: str
    entry_id: str
    revision: int | None
    outcome: str
    problems: list[ProblemOut]


class ImportOut(TypedDict):
    """The report of an import."""

    dry_run: bool
    applied: int
    rows: list[ImportRow]
    counts: dict[str, int]


class AuditRow(TypedDict):
    """One line of the audit log."""

    seq: int
    at: str | None
    actor: str
    action: str
    revision: int
    detail: dict[str, Any]


class AuditOut(TypedDict):
    """The audit log of an entry, oldest first."""

    audit: list[AuditRow]
