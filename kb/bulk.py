"""One change of many entries: who keeps them, their tags, their validity.

Who keeps an entry is set at once. Tags and validity are content, so they become a new draft of each
entry, which goes through review like every other. A dry run and the real run decide by one pure
function, on each entry as it is at that moment: what others wrote meanwhile is never overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from kb import lifecycle, store
from kb.errors import NotFound
from kb.model import Content, Entry, Revision, Status, Stewardship
from kb.revising import head, redrafted
from kb.transaction import Transaction, load, replaced
from kb.validation import content_problems, stewardship_problems

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

_BATCH = 25  # entries in one transaction: others need not wait long for theirs


@dataclass(frozen=True, slots=True)
class BulkChange:
    """What to change; None and what is left out stay as they are.

    `validity` maps ``effective_from`` or ``effective_until`` to its new value, None for open.
    """

    owner: str | None = None
    reviewer: str | None = None
    review_every: int | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    validity: Mapping[str, datetime | None] = field(default_factory=dict)

    def stewardship(self, known: Stewardship) -> Stewardship:
        """`known` with what this changes."""
        given: dict[str, Any] = {
            "owner": self.owner, "reviewer": self.reviewer, "review_every": self.review_every,
        }  # fmt: skip
        return replace(known, **{name: value for name, value in given.items() if value is not None})

    def content(self, known: Content) -> Content:
        """`known` with what this changes."""
        gone = set(self.remove_tags)
        tags = dict.fromkeys([*(tag for tag in known.tags if tag not in gone), *self.add_tags])
        validity: Mapping[str, Any] = self.validity
        return replace(known, tags=tuple(tags), **validity)


class BulkOutcome(StrEnum):
    """What a change of many entries does to one of them."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class BulkReason(StrEnum):
    """Why an entry is refused, or what its reader should know."""

    NONE = ""
    ABSENT = "absent"
    WITHDRAWN = "withdrawn"  # nothing stands that could be changed
    OPEN_WORK = "open_work"  # somebody's revision is on its way; it must be finished first
    INVALID = "invalid"
    OWN_DRAFT = "own_draft"  # the caller's own draft was amended, and stays a draft


@dataclass(frozen=True, slots=True)
class BulkRow:
    """What becomes of one entry; `revision` is its new draft, 0 for none.

    `detail` says more of the reason: what is invalid, or whose work is open.
    """

    entry_id: str
    title: str
    outcome: BulkOutcome
    reason: BulkReason = BulkReason.NONE
    detail: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True)
class _Step:
    """One stored step of a plan."""

    after: Entry
    action: str
    revision: int
    detail: dict[str, Any]


def plan(
    entry: Entry, change: BulkChange, actor: str, now: datetime, *, submit: bool
) -> tuple[BulkRow, tuple[_Step, ...]]:
    """What `change` makes of an entry, and the steps that store it; none unless it changes."""
    base = head(entry)
    keeper, content = change.stewardship(entry.stewardship), change.content(base.content)
    row = BulkRow(entry.id, base.content.title, BulkOutcome.UNCHANGED)
    if keeper == entry.stewardship and content == base.content:
        return row, ()
    refusal = _refusal(base, content, keeper, actor)
    if refusal:
        return replace(row, outcome=BulkOutcome.REFUSED, reason=refusal[0], detail=refusal[1]), ()
    steps = list(_steps(entry, base, content, keeper, actor, now, submit))
    drafts = [step.revision for step in steps if step.action == "edit"]
    own = drafts and base.status is Status.DRAFT
    return replace(
        row,
        outcome=BulkOutcome.CHANGED,
        revision=drafts[0] if drafts else 0,
        reason=BulkReason.OWN_DRAFT if own else BulkReason.NONE,
    ), tuple(steps)


def _refusal(
    base: Revision, content: Content, keeper: Stewardship, actor: str
) -> tuple[BulkReason, str] | None:
    problems = stewardship_problems(keeper)
    if content != base.content:
        if base.status is Status.WITHDRAWN:
            return BulkReason.WITHDRAWN, ""
        own_draft = base.status is Status.DRAFT and lifecycle.is_author(base, actor)
        if base.status is not Status.PUBLISHED and not own_draft:
            return BulkReason.OPEN_WORK, base.author
        problems += content_problems(content)
    return (BulkReason.INVALID, str(problems[0])) if problems else None


def _steps(
    entry: Entry,
    base: Revision,
    content: Content,
    keeper: Stewardship,
    actor: str,
    now: datetime,
    submit: bool,
) -> Iterator[_Step]:
    after = entry
    if keeper != entry.stewardship:
        after = replace(after, stewardship=keeper)
        named = {"owner": keeper.owner, "reviewer": keeper.reviewer}
        yield _Step(after, "steward", 0, {**named, "review_every": keeper.review_every})
    if content == base.content:
        return
    after, made = redrafted(after, content, actor, now)
    yield _Step(after, "edit", made.number, {"content_hash": made.content_hash})
    if submit and base.status is Status.PUBLISHED:
        after = replaced(after, lifecycle.submit(made, actor, now))
        yield _Step(after, "submit", made.number, {})


class Bulk:
    """The part of the knowledge base that changes many entries at once."""

    engine: Engine
    clock: Callable[[], datetime]

    def bulk(
        self,
        entry_ids: Sequence[str],
        change: BulkChange,
        actor: str,
        *,
        dry_run: bool = True,
        submit: bool = False,
    ) -> list[BulkRow]:
        """What becomes of each entry, in the order given; with `dry_run` nothing is stored.

        An entry is changed wholly or not at all. Every few entries are one transaction, so that
        a crash may leave some changed and the others not; running it again changes only those.
        `submit` puts the new drafts up for review, except amended drafts that there were before.
        """
        ids = list(dict.fromkeys(entry_ids))
        rows: list[BulkRow] = []
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            if dry_run:
                rows += self._previewed(batch, change, actor, submit)
            else:
                rows += self._changed(batch, change, actor, submit)
        return rows

    def _previewed(
        self, ids: Sequence[str], change: BulkChange, actor: str, submit: bool
    ) -> list[BulkRow]:
        with store.read(self.engine) as connection:
            known = {entry.id: entry for entry in load(connection, ids)}
        now = self.clock()
        return [
            plan(known[entry_id], change, actor, now, submit=submit)[0]
            if entry_id in known
            else _absent(entry_id)
            for entry_id in ids
        ]

    def _changed(
        self, ids: Sequence[str], change: BulkChange, actor: str, submit: bool
    ) -> list[BulkRow]:
        rows: list[BulkRow] = []
        with store.write(self.engine) as connection:
            work = Transaction(connection, actor, self.clock())
            for entry_id in ids:
                try:
                    stored = work.entry(entry_id)
                except NotFound:
                    rows.append(_absent(entry_id))
                    continue
                row, steps = plan(stored, change, actor, work.now, submit=submit)
                for step in steps:
                    stored = work.save(
                        stored,
                        step.after,
                        step.action,
                        step.revision,
                        {**step.detail, "bulk": True},
                    )
                rows.append(row)
        return rows


def _absent(entry_id: str) -> BulkRow:
    return BulkRow(entry_id, "", BulkOutcome.REFUSED, BulkReason.ABSENT)
