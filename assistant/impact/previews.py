"""The impact preview: what a proposed step would do to answers, and what it would clash with."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from assistant.canned.model import OwnReply
from assistant.impact.baseline import Baseline, ask_all
from assistant.impact.comparing import Effects, effects, with_later
from assistant.impact.contradictions import Contradiction, contradictions
from assistant.impact.dependents import Dependent, Unresolved, dependents, unresolved
from assistant.impact.duplicates import Duplicate, duplicates
from assistant.impact.model import Asked
from assistant.impact.proposals import (
    Proposal,
    Proposed,
    Step,
    carried_out,
    moments,
    own_questions,
)
from assistant.impact.questions import Questions, same_questions
from assistant.impact.warming import Warmer
from indexer.what_if import Answer, State, WhatIf
from kb.claims import passing
from kb.clock import Clock
from kb.knowledge import KnowledgeBase
from kb.model import Entry

_KEPT = 32
_BREATH = 0.01


@dataclass(frozen=True, slots=True)
class Impact:
    """What a step would do.

    Attributes:
        state: Identifies the knowledge that it was worked out on.
        as_of: The moment that was looked at: now, or when the revision comes into force.
        effects: What becomes of the questions.
        duplicates: Entries that ask or say the same.
        contradictions: Entries that say otherwise.
        unresolved: What the revision names and is not there.
        dependents: What rests on the entry; as far as the one who asks may see it.
        timings: Seconds by stage; empty where it was known already.
    """

    state: str
    as_of: datetime
    effects: Effects
    duplicates: tuple[Duplicate, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    dependents: tuple[Dependent, ...] = ()
    timings: dict[str, float] = field(default_factory=dict)

    @property
    def blocked(self) -> bool:
        """Whether the step needs a reason: a question that must hit would not."""
        return bool(self.effects.broken)


class Previews:
    """Works out impacts; what was worked out for a state of the knowledge is kept. Thread-safe."""

    def __init__(
        self, what_if: WhatIf, kb: KnowledgeBase, questions: Questions, clock: Clock
    ) -> None:
        self._what_if, self._kb, self._questions = what_if, kb, questions
        self._clock = clock
        self._baseline = Baseline(what_if.answer)
        self._known: OrderedDict[str, Impact] = OrderedDict()
        self._lock = threading.Lock()
        self._warmer = Warmer(self.warm_up, kb.last_change)

    def preview(self, proposal: Proposal, replies: Sequence[OwnReply] = ()) -> Impact:
        """What a step would do, for somebody who may see these replies of people and teams.

        Raises:
            NotFound: The revision to withdraw does not exist.
            Unavailable: A remote encoder did not answer.
        """
        watch = _Watch()
        change = self._kb.last_change()  # before reading: a change in between is noticed later
        entries = self._kb.snapshot()
        proposed = carried_out(entries, proposal, self._clock())
        asked = [*self._questions.asked_in_previews()]
        base = self._what_if.state(entries, keep=True)
        watch.lap("read")
        key = _key(proposal, base, proposed, asked)
        with self._lock:
            found = self._known.get(key)
        if found is None:
            found = self._worked_out(entries, proposal, proposed, base, asked, watch)
            with self._lock:
                self._known[key] = found
                while len(self._known) > _KEPT:
                    self._known.popitem(last=False)
        self._warmer.used(change)
        found = self._around(found, entries, proposal, proposed, replies, watch)
        return replace(found, timings=watch.laps)

    def broken(self, proposal: Proposal) -> Effects:
        """What becomes of the questions that must hit, and of nothing else.

        Raises what `preview` raises.
        """
        asked = self._questions.must_hit()
        if not asked:
            return Effects(0)
        entries = self._kb.snapshot()
        proposed = carried_out(entries, proposal, self._clock())
        base = self._what_if.state(entries, keep=True)
        state = self._what_if.state(proposed.entries)
        when = moments(entries, proposed.entries, proposed.moment)
        return self._all_effects(proposal.entry_id, when, base, state, asked, _Watch())

    def broken_by(self, changed: Sequence[Entry]) -> Effects:
        """What becomes of the questions that must hit when several entries become as given.

        Raises Unavailable when a remote encoder did not answer.
        """
        asked = self._questions.must_hit()
        if not asked or not changed:
            return Effects(0)
        entries = self._kb.snapshot()
        after = {entry.id: entry for entry in (*entries, *changed)}
        everything = tuple(sorted(after.values(), key=lambda one: one.id))
        base = self._what_if.state(entries, keep=True)
        state = self._what_if.state(everything)
        when = moments(entries, everything, self._clock())
        return self._all_effects("", when, base, state, asked, _Watch())

    def warm_up(self) -> None:
        """Make ready what every preview needs, while nobody waits for one."""
        self._what_if.prepare(self._kb.snapshot(), lambda: time.sleep(_BREATH))
        self.renew()

    def expected(self) -> None:
        """Make everything ready in the background: somebody will ask for a preview soon."""
        self._warmer.used()

    def close(self) -> None:
        """End what runs in the background."""
        self._warmer.close()

    def renew(self) -> None:
        """Ask what is in force now all that a preview asks, so that the next one need not."""
        base = self._what_if.state(self._kb.snapshot(), keep=True)
        self._baseline.answers(base, self._questions.asked_in_previews(), self._clock())

    def _worked_out(
        self,
        entries: Sequence[Entry],
        proposal: Proposal,
        proposed: Proposed,
        base: State,
        asked: Sequence[Asked],
        watch: _Watch,
    ) -> Impact:
        everything = [*asked, *own_questions(proposed.revision)]
        state = self._what_if.state(proposed.entries)
        watch.lap("state")
        when = moments(entries, proposed.entries, proposed.moment)
        found = self._all_effects(proposal.entry_id, when, base, state, everything, watch)
        repeated = (
            duplicates(state, proposed.revision, proposed.moment)
            if proposal.step is Step.PUBLISH
            else []
        )
        watch.lap("duplicates")
        return Impact(base.key[:12], proposed.moment, found, tuple(repeated))

    def _around(
        self,
        found: Impact,
        entries: Sequence[Entry],
        proposal: Proposal,
        proposed: Proposed,
        replies: Sequence[OwnReply],
        watch: _Watch,
    ) -> Impact:
        """With what hangs on more than what is in force: drafts, replies, what was dismissed."""
        revision, moment, content = proposed.revision, proposed.moment, proposal.content
        with passing(content.title, content.body):
            clashes = contradictions(
                entries, proposed.entries, proposal.entry_id, moment, self._kb.dismissed_conflicts()
            )
            watch.lap("conflicts")
            publishing = proposal.step is Step.PUBLISH
            missing = unresolved(proposed.entries, revision, moment) if publishing else []
            touched = dependents(entries, proposal, revision, moment, replies)
            watch.lap("dependents")
        return replace(
            found,
            contradictions=tuple(clashes),
            unresolved=tuple(missing),
            dependents=tuple(touched),
        )

    def _all_effects(
        self,
        entry_id: str,
        when: Sequence[datetime],
        base: State,
        state: State,
        asked: Sequence[Asked],
        watch: _Watch,
    ) -> Effects:
        """What becomes of questions at the first moment, and what breaks at the later ones."""
        found = self._effects(entry_id, when[0], base, state, asked, watch)
        for moment in when[1:]:
            broken = {outcome.asked for outcome in found.broken}
            later = [
                one
                for one in asked
                if one.must_hit and one.question.as_of is None and one not in broken
            ]
            if later:
                found = with_later(
                    found, self._effects(entry_id, moment, base, state, later, watch)
                )
        return found

    def _effects(
        self,
        entry_id: str,
        moment: datetime,
        base: State,
        state: State,
        asked: Sequence[Asked],
        watch: _Watch,
    ) -> Effects:
        before = self._baseline.answers(base, asked, moment)
        watch.lap("before")
        after: list[Answer]
        if state.key == base.key:  # the very same knowledge answers the same
            after = before
        else:
            after = ask_all(self._what_if.answer, state, asked, moment)
        watch.lap("after")
        return effects(zip(asked, before, after, strict=True), entry_id)


class _Watch:
    """Seconds since the last lap, by name."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = self.laps.get(name, 0.0) + now - self._last
        self._last = now


def _passed(proposed: Proposed) -> int:
    """How many ends of the proposed revision the moment has passed."""
    ends = (proposed.revision.valid_from, proposed.revision.valid_until)
    return sum(end is not None and end <= proposed.moment for end in ends)


def _key(proposal: Proposal, base: State, proposed: Proposed, asked: Sequence[Asked]) -> str:
    stretch = (base.interval(proposed.moment), _passed(proposed))
    digest = hashlib.sha256(same_questions(asked).encode(errors="replace"))
    return f"{proposal.key} {base.key} {stretch} {digest.hexdigest()}"
