"""What one person has to do: reviews, drafts that came back, comments, entries that need a look.

Urgency is about harm and waiting, not about dates alone: what tells customers something wrong, or
keeps a colleague waiting, comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from assistant.accounts.policy import Action, authorise
from assistant.accounts.roles import Principal
from assistant.cases.model import Returned
from assistant.desk.talk import Talk, waiting_for
from assistant.editing.model import Comment
from kb.board import BoardRow
from kb.lifecycle import is_author
from kb.model import Entry, Revision, Status
from kb.states import State

PATIENCE = timedelta(days=1)  # how long a colleague may wait for a review
_WRONG = frozenset(
    {State.EXPIRED, State.CONFLICT, State.BASIS_CHANGED, State.REPORTED_OUTDATED}
)  # customers may be told something wrong
_NOTHING_TO_DO = frozenset({State.CURRENT, State.NOT_YET_EFFECTIVE, State.SUPERSEDED})


class What(StrEnum):
    """What is to be done."""

    REVIEW = "review"
    RETURNED = "returned"
    PUBLISH = "publish"
    COMMENT = "comment"
    MEND = "mend"
    DRAFT = "draft"
    WAITING = "waiting"


class Urgency(IntEnum):
    """When it should be done."""

    NOW = 0
    SOON = 1
    LATER = 2


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do about an entry, since when, and on whose word.

    `revision` is the one concerned; None when it is about the entry (then `row` says why).
    `by` and `note` are who sent a draft back, and their reason; or who commented last, and what.
    Then `thread` is the comment that began it, and `count` how many such threads there are.
    """

    what: What
    urgency: Urgency
    entry: Entry
    revision: Revision | None = None
    since: datetime | None = None
    by: str = ""
    note: str = ""
    row: BoardRow | None = None
    thread: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class Desk:
    """A person's tasks by urgency, and what needs nothing from them just now.

    `snoozed` are entries that were put off, `waiting` what others have to do for them, `others`
    reviews that another reviewer is named for.
    """

    tasks: tuple[Task, ...]
    snoozed: tuple[BoardRow, ...] = ()
    waiting: tuple[Task, ...] = ()
    others: tuple[Task, ...] = ()


def desk_of(
    principal: Principal,
    names: Collection[str],
    entries: Mapping[str, Entry],
    rows: Iterable[BoardRow],
    returned: Callable[[Entry], Returned | None],
    now: datetime,
    threads: Iterable[Sequence[Comment]] = (),
) -> Desk:
    """The desk of a person who also answers to `names`, those of their teams.

    `rows` are those of the board that they may know of; `returned` tells how a draft came back;
    `threads` are the comments that nobody has settled, thread by thread.
    """
    tasks: list[Task] = []
    waiting: list[Task] = []
    others: list[Task] = []
    for entry in entries.values():
        newest = entry.revisions[-1] if entry.revisions else None
        if newest is None or not authorise(principal, Action.ENTRIES_READ, newest):
            continue
        task = _in_review(principal, entry, newest, now) or _own(
            principal, entry, newest, returned, now
        )
        if task is None:
            continue
        if task.what is What.WAITING:
            waiting.append(task)
        elif task.what is What.REVIEW and entry.stewardship.reviewer not in ("", *names):
            others.append(task)
        else:
            tasks.append(task)
    own = [row for row in rows if _keeps(row, names) and row.state not in _NOTHING_TO_DO]
    tasks += [_mend(entries[row.entry_id], row) for row in own if row.snooze is None]
    talk = waiting_for(principal.name, entries, threads)
    tasks += [
        _answer(one, now) for one in talk if authorise(principal, Action.ENTRIES_READ, one.revision)
    ]
    return Desk(
        tuple(sorted(tasks, key=_order)),
        tuple(sorted((row for row in own if row.snooze), key=_wakes)),
        tuple(sorted(waiting, key=_order)),
        tuple(sorted(others, key=_order)),
    )


def _in_review(principal: Principal, entry: Entry, newest: Revision, now: datetime) -> Task | None:
    if newest.status is Status.IN_REVIEW and authorise(principal, Action.ENTRIES_REVIEW):
        if is_author(newest, principal.name):
            return None
        since = newest.submitted_at or newest.created_at
        urgency = Urgency.NOW if now - since >= PATIENCE else Urgency.SOON
        return Task(What.REVIEW, urgency, entry, newest, since, newest.author)
    if newest.status is Status.APPROVED and authorise(principal, Action.ENTRIES_PUBLISH):
        starts = newest.content.effective_from
        urgency = Urgency.NOW if starts and starts - now < PATIENCE else Urgency.SOON
        return Task(What.PUBLISH, urgency, entry, newest, newest.approved_at, newest.approved_by)
    return None


def _own(
    principal: Principal,
    entry: Entry,
    newest: Revision,
    returned: Callable[[Entry], Returned | None],
    now: datetime,
) -> Task | None:
    if not is_author(newest, principal.name):
        return None
    if newest.status in (Status.IN_REVIEW, Status.APPROVED):
        since = newest.approved_at or newest.submitted_at
        return Task(What.WAITING, Urgency.LATER, entry, newest, since, newest.approved_by)
    if newest.status is not Status.DRAFT:
        return None
    back = returned(entry)
    if back:
        return Task(What.RETURNED, Urgency.NOW, entry, newest, back.at, back.by, back.comment)
    return Task(What.DRAFT, Urgency.LATER, entry, newest, newest.created_at)


def _answer(talk: Talk, now: datetime) -> Task:
    """Somebody waits for an answer, and a version on its way waits with them."""
    last, status = talk.last, talk.revision.status
    held_up = status in (Status.DRAFT, Status.IN_REVIEW, Status.APPROVED)
    urgency = Urgency.NOW if held_up and now - last.at >= PATIENCE else Urgency.SOON
    return Task(
        What.COMMENT, urgency, talk.entry, talk.revision, last.at, last.author, last.text,
        thread=talk.thread, count=talk.count,
    )  # fmt: skip


def _keeps(row: BoardRow, names: Collection[str]) -> bool:
    """Whether an entry is theirs to keep; where nobody is named, its reviewer's."""
    return (row.owner or row.reviewer) in names


def _mend(entry: Entry, row: BoardRow) -> Task:
    urgency = Urgency.SOON
    if row.state in _WRONG:
        urgency = Urgency.NOW
    elif row.state is State.REVIEW_DUE:
        urgency = Urgency.LATER
    since = min((reason.at for reason in row.reasons if reason.at), default=None)
    return Task(What.MEND, urgency, entry, since=since, row=row)


def _order(task: Task) -> tuple[int, int, float, str]:
    """By urgency; then whoever waits for a person, then harm, then one's own drafts."""
    if task.row:
        weight = -task.row.damage
    else:
        weight = task.since.timestamp() if task.since else 0.0
    return task.urgency, list(What).index(task.what), weight, task.entry.id


def _wakes(row: BoardRow) -> tuple[datetime, str]:
    assert row.snooze is not None
    return row.snooze.until, row.entry_id
