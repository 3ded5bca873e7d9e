"""The freshness board: what is not current, the most harmful first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kb.basis import last_review
from kb.model import Entry, Kind, Revision
from kb.snoozing import Snooze
from kb.states import Freshness, Reason, State
from kb.validity import Timeline

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """An entry that needs attention, with what a person needs to decide what to do first.

    `damage` = (1 + uses) × days the flaw has been there × risk: a flaw still ahead does none, nor
    does an entry that another one has replaced.
    `revision` is the one in force, else the newest published; `next_review` None means never.
    `snooze` is there while it is put off.
    """

    entry_id: str
    kind: Kind
    title: str
    owner: str
    state: State
    reasons: tuple[Reason, ...]
    damage: float
    age_days: int
    usage: int
    risk: int
    revision: int
    next_review: datetime | None
    reviewer: str = ""
    products: tuple[str, ...] = ()
    snooze: Snooze | None = None

    def concerns(self, names: Collection[str]) -> bool:
        """Whether one of `names` (a person and the teams they are in) keeps or reviews it."""
        return bool(names) and (self.owner in names or self.reviewer in names)


def board(
    entries: Iterable[Entry],
    freshness: Mapping[str, Freshness],
    usage: Mapping[str, int],
    now: datetime,
    *,
    include_current: bool = False,
    snoozes: Mapping[str, Snooze] | None = None,
) -> list[BoardRow]:
    """Rows for all published entries that are not current, by damage, then by state and id.

    `usage` counts the uses of each entry in whatever period the caller cares for. Rows that
    `snoozes` put off are among them, with their snooze: whoever shows them decides.
    """
    everything = list(entries)
    timeline = Timeline(everything)
    rows = [
        _row(
            entry, timeline.at(entry.id, now) or entry.published[-1], label, usage, now,
            (snoozes or {}).get(entry.id),
        )
        for entry in everything
        if entry.published and (label := freshness.get(entry.id, Freshness(State.CURRENT)))
        and (include_current or label.state is not State.CURRENT)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row.damage, -row.state.badness, row.entry_id))


def _row(
    entry: Entry, revision: Revision, label: Freshness, usage: Mapping[str, int], now: datetime,
    snooze: Snooze | None,
) -> BoardRow:  # fmt: skip
    keeper = entry.stewardship
    review = last_review(keeper, revision)
    age = _age(label, review, now)
    uses, risk = usage.get(entry.id, 0), revision.content.risk
    every = keeper.review_every
    return BoardRow(
        entry_id=entry.id,
        kind=entry.kind,
        title=revision.content.title,
        owner=keeper.owner,
        state=label.state,
        reasons=label.reasons,
        damage=round((1 + uses) * (age / _DAY) * risk, 3),
        age_days=age // _DAY,
        usage=uses,
        risk=risk,
        revision=revision.number,
        next_review=review + timedelta(days=every) if every else None,
        reviewer=keeper.reviewer,
        products=revision.content.products,
        snooze=snooze if snooze and snooze.covers(label, now) else None,
    )


def _age(label: Freshness, review: datetime, now: datetime) -> timedelta:
    """How long the oldest flaw has been there; without a date, since the last review."""
    if label.state in (State.CURRENT, State.SUPERSEDED):
        return timedelta(0)
    began = min((reason.at or review for reason in label.reasons), default=now)
    return max(now - max(began, datetime.min.replace(tzinfo=UTC)), timedelta(0))
