"""What importing documents of one entry makes of it: pure, so a dry run and the real run agree.

Trusted documents (the operator's files) bring their status and record times, forwards only: a
file that lags behind the knowledge base moves nothing back. Untrusted ones become drafts; who
keeps an entry they may say, for that is no matter of approval, but not that it was reviewed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from kb.document import Document
from kb.errors import Problem
from kb.frontmatter import settled
from kb.model import Entry, Revision, Status, Stewardship
from kb.transaction import replaced

_ORDER = list(Status)
HolderOf = Callable[[str, str], str]


class Action(StrEnum):
    """What an import does with one document."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One source and what becomes of it; `revision` is the number it has or gets."""

    source: str
    entry_id: str
    revision: int | None
    action: Action
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Sourced:
    """A document, the name of the file or upload it was read from, and the lines of its keys."""

    source: str
    document: Document
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)

    def problem(self, name: str, message: str) -> Problem:
        """A defect of the field `name`, on its line, or on the id's when it is left out."""
        line = self.lines.get(name) or self.lines.get("id", 0)
        return Problem(self.source, line, name, message)


@dataclass(slots=True)
class Merge:
    """Merges the documents of one entry into `before` (None: it is new).

    `holder_of(short_code, entry_id)` names another entry that uses a short code.
    """

    before: Entry | None
    now: datetime
    actor: str
    trusted: bool
    holder_of: HolderOf
    rows: list[ImportRow] = field(default_factory=list)

    def run(self, documents: Sequence[Sourced]) -> Entry | None:
        """The entry afterwards (None when nothing could be taken); `rows` tells what happened."""
        after = self.before
        taken: list[Sourced] = []
        for sourced in sorted(documents, key=lambda s: (s.document.number or 10**9, s.source)):
            problem = self._obstacle(after, sourced.document)
            if problem:
                self._fail(sourced, *problem)
                continue
            merged, number = self._revision(after, sourced.document)
            unchanged = after is not None and merged == after
            self._note(sourced, number, Action.UNCHANGED if unchanged else self._change())
            after = merged
            taken.append(sourced)
        return self._with_stewardship(after, taken)

    def _change(self) -> Action:
        return Action.NEW if self.before is None else Action.CHANGED

    def _note(self, sourced: Sourced, number: int | None, action: Action) -> None:
        self.rows.append(ImportRow(sourced.source, sourced.document.entry_id, number, action))

    def _fail(self, sourced: Sourced, name: str, message: str) -> None:
        document = sourced.document
        problem = sourced.problem(name, message)
        row = ImportRow(
            sourced.source, document.entry_id, document.number, Action.FAILED, (problem,)
        )
        self.rows.append(row)

    def _obstacle(self, entry: Entry | None, document: Document) -> tuple[str, str] | None:
        """(field, message) of what keeps `document` out, or None."""
        if entry and entry.kind is not document.kind:
            return "kind", f"{entry.id} is a {entry.kind}; that never changes"
        known = entry.revision(document.number) if entry and document.number else None
        if entry and known and known.content_hash != document.content.digest():
            return "revision", (
                f"revision {known.number} is in the knowledge base with other content; "
                f"give this text the number {entry.revisions[-1].number + 1} or none"
            )
        code = document.content.short_code
        if code and self.trusted and document.status is Status.PUBLISHED:
            holder = self.holder_of(code, document.entry_id)
            if holder:
                return "short_code", f"{code!r} already belongs to {holder}"
        return None

    def _revision(self, entry: Entry | None, document: Document) -> tuple[Entry, int]:
        """`entry` with the document's revision in it, and that revision's number."""
        digest = document.content.digest()
        newest = entry.revisions[-1] if entry and entry.revisions else None
        known = entry.revision(document.number) if entry and document.number else None
        if known is None and document.number is None and newest and newest.content_hash == digest:
            known = newest
        if entry and known:
            moved = self._moved(known, document) if self.trusted else known
            return replaced(entry, moved), known.number
        following = newest.number + 1 if newest else 1
        number = (document.number or following) if self.trusted else following
        fresh = self._fresh(document, number, digest)
        if entry is None:
            entry = Entry(document.entry_id, document.kind, Stewardship(), 0, fresh.created_at)
        created = min(entry.created_at, fresh.created_at)
        return replace(replaced(entry, fresh), created_at=created), number

    def _fresh(self, document: Document, number: int, digest: str) -> Revision:
        if not self.trusted:
            return Revision(
                document.entry_id, number, document.content, digest, Status.DRAFT, self.actor,
                self.now,
            )  # fmt: skip
        full = settled(document, self.now)
        return Revision(
            entry_id=document.entry_id,
            number=number,
            content=document.content,
            content_hash=digest,
            status=document.status,
            author=document.author or self.actor,
            created_at=full.created_at or self.now,
            submitted_at=document.submitted_at,
            approved_by=document.approved_by,
            approved_at=full.approved_at,
            published_at=document.published_at,
            withdrawn_at=document.withdrawn_at,
        )

    def _moved(self, known: Revision, document: Document) -> Revision:
        """`known` with the document's record, unless that would move it back."""
        if _ORDER.index(document.status) < _ORDER.index(known.status):
            return known
        return replace(
            known,
            status=document.status,
            author=document.author or known.author,
            approved_by=document.approved_by,
            created_at=document.created_at or known.created_at,
            submitted_at=document.submitted_at or known.submitted_at,
            approved_at=document.approved_at or known.approved_at or document.published_at,
            published_at=document.published_at,
            withdrawn_at=document.withdrawn_at,
        )

    def _with_stewardship(self, after: Entry | None, taken: list[Sourced]) -> Entry | None:
        """The newest revision's file says who keeps the entry; its review date never goes back."""
        if after is None or not taken:
            return after
        newest = taken[-1]
        number = newest.document.number
        if number is not None and number < after.revisions[-1].number:
            return after
        if self.trusted:
            keeper = _reviewed_last(
                newest.document.stewardship,
                [after.stewardship, *(sourced.document.stewardship for sourced in taken)],
            )
        else:
            keeper = _as_stated(newest.document.stewardship, after.stewardship)
        if keeper == after.stewardship:
            return after
        place = next(i for i, row in enumerate(self.rows) if row.source == newest.source)
        if self.rows[place].action is Action.UNCHANGED:
            self.rows[place] = replace(self.rows[place], action=Action.CHANGED)
        return replace(after, stewardship=keeper)


def _as_stated(said: Stewardship, known: Stewardship) -> Stewardship:
    """`known` with what an untrusted file says; what it leaves empty stays, and so do reviews."""
    return replace(
        known,
        owner=said.owner or known.owner,
        reviewer=said.reviewer or known.reviewer,
        review_every=said.review_every or known.review_every,
    )


def _reviewed_last(keeper: Stewardship, known: list[Stewardship]) -> Stewardship:
    """`keeper` with the latest review of all those known."""
    for other in known:
        if other.reviewed_at and (not keeper.reviewed_at or other.reviewed_at > keeper.reviewed_at):
            keeper = replace(keeper, reviewed_at=other.reviewed_at, reviewed_by=other.reviewed_by)
    return keeper
