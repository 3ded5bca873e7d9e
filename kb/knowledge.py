"""The knowledge base as its users see it: reading entries and every way of changing them.

Every change is one transaction that also writes an audit row and a change row; it either is
there wholly, also after a crash, or not at all. Where `expected_version` is given, the change
happens only if the entry still is at that version, else Conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Engine

from kb import lifecycle, store
from kb.bounded_matching import unified
from kb.bulk import Bulk
from kb.clock import Clock, utc_now
from kb.document import Document
from kb.errors import Conflict, InvalidInput, NotAllowed, NotFound, Problem
from kb.frontmatter import dump
from kb.model import Content, Entry, Revision, Status, Stewardship
from kb.products import Products
from kb.reading import Reading
from kb.reports import Reports
from kb.revising import draft, redrafted, rolled_back
from kb.settings import DEFAULT_TZ
from kb.snoozing import Snoozes
from kb.transaction import Transaction, replaced
from kb.validation import content_problems, id_problem, stewardship_problems

__all__ = ["KnowledgeBase"]


class KnowledgeBase(Reading, Reports, Snoozes, Bulk, Products):
    """Entries with their revisions, reports, audit log and change feed in one database.

    Safe to share between threads; several processes may use one database.
    """

    def __init__(
        self, engine: Engine, clock: Clock = utc_now, site_tz: ZoneInfo | None = None
    ) -> None:
        super().__init__(engine)
        self.clock = clock
        self.site_tz = site_tz or ZoneInfo(DEFAULT_TZ)

    def create(
        self,
        entry_id: str,
        content: Content,
        author: str,
        stewardship: Stewardship | None = None,
    ) -> Entry:
        """A new entry with one draft revision.

        Raises InvalidInput for a bad id or content, Conflict when the id is taken.
        """
        keeper = replace(stewardship or Stewardship(), reviewed_at=None, reviewed_by="")
        message = id_problem(entry_id)
        problems = [Problem("", 0, "id", message)] if message else []
        problems += content_problems(content) + stewardship_problems(keeper)
        if problems:
            raise InvalidInput(problems)
        with store.write(self.engine) as connection:
            work = Transaction(connection, author, self.clock())
            taken = self._try(work, entry_id)
            if taken:
                raise Conflict(f"the id {entry_id} is taken", taken.version)
            first = draft(entry_id, 1, content, author, work.now)
            entry = Entry(entry_id, content.kind, keeper, 0, work.now, (first,))
            return work.add(entry, "create", 1, {"content_hash": first.content_hash})

    def edit(self, entry_id: str, content: Content, author: str, expected_version: int) -> Entry:
        """A new draft revision; the author's own draft that it follows is withdrawn.

        Content equal to the newest revision changes nothing. On Conflict its `diff` leads from
        the newest revision now to what was sent.
        """
        problems = content_problems(content)
        if problems:
            raise InvalidInput(problems)
        with store.write(self.engine) as connection:
            work = Transaction(connection, author, self.clock())
            before = work.entry(entry_id)
            self._expect_same_kind(before, content)
            newest = before.revisions[-1]
            if before.version != expected_version:
                raise self._conflict(before, content)
            if newest.content == content and newest.status is not Status.WITHDRAWN:
                return before
            after, made = redrafted(before, content, author, work.now)
            detail = {"content_hash": made.content_hash}
            return work.save(before, after, "edit", made.number, detail)

    def rollback(
        self,
        entry_id: str,
        number: int,
        author: str,
        expected_version: int | None = None,
        *,
        note: str = "",
    ) -> Entry:
        """A new draft with the content of revision `number`, to hold from its publishing on.

        It is the work of who rolls back: somebody else has to approve it.
        """
        with store.write(self.engine) as connection:
            work = Transaction(connection, author, self.clock())
            before = work.entry(entry_id, expected_version)
            content = rolled_back(before, number, work.now)
            problems = content_problems(content)
            if problems:
                raise InvalidInput(problems)
            after, made = redrafted(before, content, author, work.now)
            detail = {"of": number, "content_hash": made.content_hash}
            if note:
                detail["note"] = note
            return work.save(before, after, "rollback", made.number, detail)

    def submit(
        self,
        entry_id: str,
        number: int,
        actor: str,
        expected_version: int | None = None,
        *,
        note: str = "",
    ) -> Entry:
        """Put a draft up for review. As in every step, `note` goes into the audit log."""
        return self._step(
            entry_id, number, actor, expected_version, "submit", lifecycle.submit, note
        )

    def approve(
        self,
        entry_id: str,
        number: int,
        actor: str,
        expected_version: int | None = None,
        content_hash: str | None = None,
        *,
        note: str = "",
    ) -> Entry:
        """Approve a revision in review; `content_hash` is the content the reviewer has read."""

        def move(revision: Revision, by: str, now: datetime) -> Revision:
            return lifecycle.approve(revision, by, now, content_hash or revision.content_hash)

        return self._step(entry_id, number, actor, expected_version, "approve", move, note)

    def reject(
        self,
        entry_id: str,
        number: int,
        actor: str,
        note: str = "",
        expected_version: int | None = None,
    ) -> Entry:
        """Send a revision back to draft."""
        return self._step(
            entry_id, number, actor, expected_version, "reject", lifecycle.reject, note
        )

    def publish(
        self,
        entry_id: str,
        number: int,
        actor: str,
        expected_version: int | None = None,
        *,
        note: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> Entry:
        """Publish an approved revision; it holds from its effective_from, or from now.

        `detail` goes into the audit log beside the note.
        """
        return self._step(
            entry_id, number, actor, expected_version, "publish", lifecycle.publish, note, detail
        )

    def withdraw(
        self,
        entry_id: str,
        number: int,
        actor: str,
        note: str = "",
        expected_version: int | None = None,
        *,
        detail: Mapping[str, Any] | None = None,
    ) -> Entry:
        """Take a revision back for good; `detail` goes into the audit log beside the note."""
        return self._step(
            entry_id, number, actor, expected_version, "withdraw", lifecycle.withdraw, note, detail
        )

    def discard(
        self,
        entry_id: str,
        number: int,
        author: str,
        note: str = "",
        expected_version: int | None = None,
    ) -> Entry:
        """Take one's own revision back for good, as long as it was never published."""
        return self._step(
            entry_id, number, author, expected_version, "discard", lifecycle.discard, note
        )

    def verify(
        self, entry_id: str, actor: str, note: str = "", expected_version: int | None = None
    ) -> Entry:
        """Note that `actor` has checked the entry now and found it true."""

        def confirmed(before: Entry, now: datetime) -> Entry:
            if not before.published:
                raise NotAllowed(f"{entry_id} has nothing published that could be verified")
            keeper = replace(before.stewardship, reviewed_at=now, reviewed_by=actor)
            return replace(before, stewardship=keeper)

        return self._change(entry_id, actor, expected_version, "verify", confirmed, {"note": note})

    def steward(
        self,
        entry_id: str,
        stewardship: Stewardship,
        actor: str,
        expected_version: int | None = None,
    ) -> Entry:
        """Set owner, reviewer and review interval; when it was last reviewed stays as it is."""
        problems = stewardship_problems(stewardship)
        if problems:
            raise InvalidInput(problems)

        def kept(before: Entry, now: datetime) -> Entry:
            old = before.stewardship
            keeper = replace(stewardship, reviewed_at=old.reviewed_at, reviewed_by=old.reviewed_by)
            return replace(before, stewardship=keeper)

        detail = {
            "owner": stewardship.owner,
            "reviewer": stewardship.reviewer,
            "review_every": stewardship.review_every,
        }
        return self._change(entry_id, actor, expected_version, "steward", kept, detail)

    # how changes are made

    def _change(
        self,
        entry_id: str,
        actor: str,
        expected_version: int | None,
        action: str,
        change: Callable[[Entry, datetime], Entry],
        detail: dict[str, Any],
        revision: int = 0,
    ) -> Entry:
        with store.write(self.engine) as connection:
            work = Transaction(connection, actor, self.clock())
            before = work.entry(entry_id, expected_version)
            after = change(before, work.now)
            if action == "publish":
                _expect_free_code(work, after, revision)
            return work.save(before, after, action, revision, detail)

    def _step(
        self,
        entry_id: str,
        number: int,
        actor: str,
        expected_version: int | None,
        action: str,
        move: Callable[[Revision, str, datetime], Revision],
        note: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> Entry:
        def moved(before: Entry, now: datetime) -> Entry:
            revision = before.revision(number)
            if revision is None:
                raise NotFound(f"{entry_id} has no revision {number}")
            return replaced(before, move(revision, actor, now))

        told = {**({"note": note} if note else {}), **(detail or {})}
        return self._change(entry_id, actor, expected_version, action, moved, told, number)

    @staticmethod
    def _try(work: Transaction, entry_id: str) -> Entry | None:
        try:
            return work.entry(entry_id)
        except NotFound:
            return None

    @staticmethod
    def _expect_same_kind(before: Entry, content: Content) -> None:
        if content.kind is not before.kind:
            message = f"{before.id} is a {before.kind}; that never changes"
            raise InvalidInput([Problem("", 0, "kind", message)])

    def _conflict(self, entry: Entry, sent: Content) -> Conflict:
        newest = entry.revisions[-1]
        theirs, yours = (
            dump(Document(entry.id, content), self.site_tz).splitlines(keepends=True)
            for content in (newest.content, sent)
        )
        name = f"{entry.id} r{newest.number}"
        return Conflict(
            f"{entry.id} was changed meanwhile; it is at version {entry.version}",
            entry.version,
            "".join(unified(theirs, yours, (name, "yours"))),
        )


def _expect_free_code(work: Transaction, entry: Entry, number: int) -> None:
    revision = entry.revision(number)
    code = revision.content.short_code if revision else ""
    holder = work.holder_of(code, besides=entry.id)
    if holder:
        raise NotAllowed(f"the short code {code!r} already belongs to {holder}")
