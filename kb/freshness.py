"""Is an entry still true? A pure judgement from dates, dependencies, texts and reports.

Reading an entry never refreshes it; only publishing and verifying do. Nothing is stored: at
another `now` the same entries get other labels.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kb import conflicts as conflict_search
from kb.basis import BasisChange, changes_after, last_review
from kb.board import BoardRow, board
from kb.claims import statements
from kb.clock import spoken_local
from kb.conflicts import ConflictPair
from kb.dates_in_text import open_deadlines
from kb.linkcheck import LinkCheck
from kb.model import Entry, Revision
from kb.repeating import Repeating, repeating
from kb.rows import Report
from kb.settings import DEFAULT_TZ
from kb.states import Freshness, Reason, State
from kb.validity import Timeline

__all__ = [
    "BoardRow",
    "Freshness",
    "Reason",
    "State",
    "assess",
    "board",
    "conflict_key",
    "contradictions",
]

DUE_SOON = timedelta(days=14)


def assess(
    entries: Iterable[Entry],
    *,
    now: datetime,
    tz: ZoneInfo | None = None,
    reports: Iterable[Report] = (),
    conflicts: Iterable[ConflictPair] | None = None,
    ignored: Collection[str] = frozenset(),
    has_picture: Callable[[str], bool] | None = None,
) -> dict[str, Freshness]:
    """The freshness of each of `entries` at `now`, by entry id; give all there are.

    `conflicts` None means: look for them among the revisions in force. `ignored` holds the keys
    (see `conflict_key`) of contradictions that people found to be none. `has_picture` tells whether
    a picture that texts show is there; None means that nobody looks. An entry that was never
    published is `current` without reasons, one withdrawn altogether is `expired`.
    """
    judge = _Judge(list(entries), now, tz or ZoneInfo(DEFAULT_TZ), has_picture)
    reasons: dict[str, list[Reason]] = {
        entry.id: list(judge.reasons(entry)) for entry in judge.entries.values()
    }
    for entry_id, reason in judge.repeated():
        reasons[entry_id].append(reason)
    pairs = contradictions(judge.entries, judge.timeline, now) if conflicts is None else conflicts
    told: set[tuple[str, str]] = set()  # one reason for each other entry, however much differs
    for pair in pairs:
        ids = (pair.a.entry_id, pair.b.entry_id)
        if ids in told or conflict_key(pair) in ignored or judge.explained(pair, reasons):
            continue
        told.add(ids)
        for entry_id, reason in _conflict_reasons(pair):
            reasons.setdefault(entry_id, []).append(reason)
    for report in reports:
        if report.resolved_at is None and report.entry_id in reasons:
            reasons[report.entry_id].append(_report_reason(report))
    return {entry_id: Freshness.of(found) for entry_id, found in reasons.items()}


def contradictions(
    entries: Mapping[str, Entry], timeline: Timeline, now: datetime
) -> list[ConflictPair]:
    """Every contradiction among the revisions in force at `now`, dismissed ones too."""
    found = (timeline.at(entry_id, now) for entry_id in entries)
    return conflict_search.find(revision for revision in found if revision is not None)


def conflict_key(pair: ConflictPair) -> str:
    """What identifies a contradiction: the two entries and sentences; new wording is a new one."""
    said = sorted(((pair.a.entry_id, pair.sentence_a), (pair.b.entry_id, pair.sentence_b)))
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


class _Judge:
    """The judgement of single entries in the light of all of them."""

    def __init__(
        self,
        entries: list[Entry],
        now: datetime,
        tz: ZoneInfo,
        has_picture: Callable[[str], bool] | None,
    ) -> None:
        self.entries = {entry.id: entry for entry in entries}
        self.timeline = Timeline(entries)
        self.now = now
        self.tz = tz
        self._links = LinkCheck(self.entries, self.timeline, now, has_picture)

    def in_force(self) -> list[Revision]:
        found = (self.timeline.at(entry_id, self.now) for entry_id in self.entries)
        return [revision for revision in found if revision is not None]

    def repeated(self) -> Iterator[tuple[str, Reason]]:
        """Entries that repeat a figure which a rule has replaced since their last review."""
        revisions = self.in_force()
        texts = {r.entry_id: statements(r.content.title, r.content.body) for r in revisions}
        for row in repeating(self.entries, self.timeline, revisions, texts, self.now):
            yield row.entry_id, self._repeated_reason(row)

    def _repeated_reason(self, row: Repeating) -> Reason:
        change, day = row.change, self._day(row.change.at)
        old, new = row.echo.claim.text, row.echo.replacement.new
        zh = f"改为“{new.text}”" if new else "不再这样规定"
        en = f"{new.text!r} instead" if new else "nothing of the kind any more"
        return Reason(
            State.BASIS_CHANGED,
            f"仍写“{old}”，而 {change.entry_id} 自 {day} 起{zh}，晚于本条目上次复核",
            f"Still says {old!r}; {change.entry_id} says {en} since {day}, "
            "after this entry's last review",
            (change.entry_id,),
            change.at,
            ((change.entry_id, change.after.number),) if new else (),
            row.echo.statement.sentence,
        )

    def explained(self, pair: ConflictPair, reasons: Mapping[str, list[Reason]]) -> bool:
        """Whether one of two entries rests on the other, which has changed since: told once."""
        return any(
            other.entry_id in one.content.depends_on
            and any(
                r.state is State.BASIS_CHANGED and other.entry_id in r.refs
                for r in reasons[one.entry_id]
            )
            for one, other in ((pair.a, pair.b), (pair.b, pair.a))
            if one.entry_id in reasons
        )

    def reasons(self, entry: Entry) -> Iterator[Reason]:
        revision = self.timeline.at(entry.id, self.now)
        if revision is None:
            yield from self._not_in_force(entry)
            return
        review = last_review(entry.stewardship, revision)
        yield from self._basis(revision, review)
        yield from self._review(entry, review)
        yield from self._past_dates(revision, entry.stewardship.reviewed_at)
        for link in self._links.broken(revision.content):
            yield Reason(State.BROKEN_LINK, link.zh, link.en, (link.target,))

    def _day(self, moment: datetime) -> str:
        return spoken_local(moment, self.tz)

    def _not_in_force(self, entry: Entry) -> Iterator[Reason]:
        superseded = self.timeline.superseded.get(entry.id)
        if superseded and superseded.at <= self.now:
            day, by = self._day(superseded.at), superseded.by
            yield Reason(
                State.SUPERSEDED,
                f"自 {day} 起已由 {by} 替代",
                f"Replaced by {by} since {day}",
                (by,),
                superseded.at,
            )
            return
        yield from self._over(entry)
        starts = [r.valid_from for r in entry.published if r.valid_from]
        upcoming = [start for start in starts if start > self.now]
        if upcoming:
            day = self._day(min(upcoming))
            yield Reason(
                State.NOT_YET_EFFECTIVE,
                f"{day} 起才生效",
                f"Takes effect only on {day}",
                at=min(upcoming),
            )

    def _over(self, entry: Entry) -> Iterator[Reason]:
        ends = [r.valid_until for r in entry.published if r.valid_until]
        past = [end for end in ends if end <= self.now]
        if past:
            day = self._day(max(past))
            yield Reason(
                State.EXPIRED,
                f"有效期已于 {day} 结束，没有后续版本",
                f"Validity ended on {day} and nothing has followed",
                at=max(past),
            )
        gone = [r.withdrawn_at for r in entry.revisions if r.published_at and r.withdrawn_at]
        if not entry.published and gone:
            day = self._day(max(gone))
            yield Reason(State.EXPIRED, f"已于 {day} 撤回", f"Withdrawn on {day}", at=max(gone))

    def _basis(self, revision: Revision, review: datetime) -> Iterator[Reason]:
        for target in revision.content.depends_on:
            dependency = self.entries.get(target)
            if dependency is None:
                continue  # a broken link
            changes = changes_after(review, dependency, self.timeline, self.now)
            if changes:
                yield self._basis_reason(changes[-1])

    def _basis_reason(self, change: BasisChange) -> Reason:
        day, target = self._day(change.at), change.entry_id
        zh, en = {
            "started": (f"第 {change.revision} 版生效", f"revision {change.revision} took effect"),
            "ended": ("失效", "ended"),
            "superseded": (f"被 {change.by} 替代", f"was replaced by {change.by}"),
            "withdrawn": (
                f"撤回第 {change.revision} 版",
                f"revision {change.revision} was withdrawn",
            ),
        }[change.what]
        return Reason(
            State.BASIS_CHANGED,
            f"所依据的 {target} 已于 {day} {zh}，晚于本条目上次复核",
            f"Its basis {target}: {en} on {day}, after this entry's last review",
            (target,),
            change.at,
        )

    def _review(self, entry: Entry, review: datetime) -> Iterator[Reason]:
        if not entry.stewardship.review_every:
            return
        due = review + timedelta(days=entry.stewardship.review_every)
        day = self._day(due)
        if due <= self.now:
            yield Reason(
                State.REVIEW_OVERDUE, f"应于 {day} 前复核", f"Review was due by {day}", at=due
            )
        elif due <= self.now + DUE_SOON:
            yield Reason(State.REVIEW_DUE, f"{day} 前需要复核", f"Review is due by {day}", at=due)

    def _past_dates(self, revision: Revision, confirmed: datetime | None) -> Iterator[Reason]:
        """Deadlines that have passed, unless somebody found this text right since then."""
        for at, passed in open_deadlines(revision, confirmed, self.tz):
            if at <= self.now:
                yield Reason(
                    State.PAST_DATE_IN_TEXT,
                    f"正文写的期限“{passed.text}”（{passed.day}）已过",
                    f"The deadline {passed.text!r} in the text ({passed.day}) has passed",
                    at=at,
                    sentence=passed.sentence,
                )


def _conflict_reasons(pair: ConflictPair) -> Iterator[tuple[str, Reason]]:
    starts = [r.valid_from for r in (pair.a, pair.b) if r.valid_from]
    at = max(starts, default=None)
    a, b = (pair.a, pair.sentence_a, pair.what[0]), (pair.b, pair.sentence_b, pair.what[1])
    for (here, said, mine), (there, _said, theirs) in ((a, b), (b, a)):
        entry_id, other = here.entry_id, there.entry_id
        yield (
            entry_id,
            Reason(
                State.CONFLICT,
                f"与 {other} 说法不一：本条目写“{mine}”，对方写“{theirs}”",
                f"Disagrees with {other}: {mine!r} here, {theirs!r} there",
                (other,),
                at,
                ((other, there.number),),
                said,
            ),
        )


def _report_reason(report: Report) -> Reason:
    said = report.note or report.sentence
    return Reason(
        State.REPORTED_OUTDATED,
        f"{report.actor} 报告第 {report.revision} 版已过时" + (f"：{said}" if said else ""),
        f"{report.actor} reported revision {report.revision} as outdated"
        + (f": {said}" if said else ""),
        at=report.at,
        sentence=report.sentence,
    )
