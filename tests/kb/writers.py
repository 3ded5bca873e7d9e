"""Writers that do anything one can do to an entry, at random, and record what they were told.

Run as a program it is one process of several writers, a thread each:
``python -m tests.kb.writers DATA URL RECORDS FIRST COUNT OPERATIONS``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from kb import store
from kb.bulk import BulkChange, BulkOutcome
from kb.errors import Conflict, NotAllowed, StorageBusy
from kb.knowledge import KnowledgeBase
from kb.model import Content, Entry, Kind, Revision, Status, Stewardship
from kb.settings import Settings
from tests.kb.history import BUSY, CONFLICT, OK, REFUSED, Op, dump

WEIGHTS = {
    "edit": 24, "submit": 18, "approve": 16, "publish": 12, "reject": 5, "withdraw": 5,
    "rollback": 5, "discard": 3, "verify": 4, "steward": 4, "bulk": 4,
}  # fmt: skip
_WANTED = {
    "submit": Status.DRAFT,
    "approve": Status.IN_REVIEW,
    "reject": Status.IN_REVIEW,
    "publish": Status.APPROVED,
}
_ANY = 0.06  # how often a step is tried on just any revision


def names(count: int) -> list[str]:
    """The ids of the entries that are written to."""
    return [f"rule-{number:02d}" for number in range(count)]


def begin(kb: KnowledgeBase, entries: Sequence[str]) -> list[Op]:
    """Make the entries, and tell so."""
    made = []
    for name in entries:
        content = Content(Kind.POLICY, "规则", f"{name} 的开头")
        began = time.monotonic_ns()
        entry = kb.create(name, content, "setup")
        made.append(
            Op("setup", "create", name, OK, began=began, ended=time.monotonic_ns(), revision=1,
               version=entry.version, content_hash=content.digest())
        )  # fmt: skip
    return made


@dataclass
class Writer:
    """One writer: who, on which entries, by what chance; a careful one takes the newest that fits."""

    kb: KnowledgeBase
    name: str
    entries: Sequence[str]
    chance: Random
    careful: bool = False
    ops: list[Op] = field(default_factory=list)

    def work(self, count: int) -> list[Op]:
        """Do `count` operations and give what came of them."""
        for number in range(count):
            self.one(number)
        return self.ops

    def one(self, number: int) -> None:
        """Read an entry and do something to it."""
        (action,) = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
        if action == "bulk":
            self._bulk(number)
            return
        seen, entry = self.look(self.chance.choice(self.entries))
        self.act(action, seen, entry, number, named=self.chance.random() < 0.5)

    def look(self, name: str) -> tuple[Op, Entry]:
        """Read an entry: the operation so far, and what was read."""
        began = time.monotonic_ns()
        entry = self.kb.entry(name)
        ended, newest = time.monotonic_ns(), entry.revisions[-1]
        read = Op(self.name, "", name, "", entry.version, began, ended)
        return replace(read, base_hash=newest.content_hash), entry

    def act(self, action: str, seen: Op, entry: Entry, number: int, *, named: bool) -> None:
        """Do something to what was read; `named`: only if it is still at that version."""
        named = named or action == "edit"
        planned = replace(seen, action=action, expected=entry.version if named else None)
        name, expected = entry.id, planned.expected
        if action == "edit":
            self._edit(planned, entry, number)
        elif action == "rollback":
            target = self.chance.choice(entry.revisions).number
            self._do(planned, lambda: self.kb.rollback(name, target, self.name, expected))
        elif action == "verify":
            self._do(replace(planned, expected=None), lambda: self.kb.verify(name, self.name))
        elif action == "steward":
            keeper = Stewardship(owner=f"{self.name} {number}", review_every=number % 90)
            self._do(planned, lambda: self.kb.steward(name, keeper, self.name, expected))
        else:
            self._step(planned, entry)

    def _edit(self, planned: Op, entry: Entry, number: int) -> None:
        newest = entry.revisions[-1].content
        body = f"{self.name} {number}\n\n{newest.body[:200]}"
        content = replace(newest, body=body)
        assert planned.expected is not None
        version = planned.expected
        self._do(
            replace(planned, content_hash=content.digest()),
            lambda: self.kb.edit(entry.id, content, self.name, version),
        )

    def _step(self, planned: Op, entry: Entry) -> None:
        revision = self._target(planned.action, entry)
        kb, name, number, expected = self.kb, entry.id, revision.number, planned.expected
        steps: dict[str, Callable[[], Entry]] = {
            "submit": lambda: kb.submit(name, number, self.name, expected),
            "approve": lambda: kb.approve(name, number, self.name, expected, revision.content_hash),
            "reject": lambda: kb.reject(name, number, self.name, "", expected),
            "publish": lambda: kb.publish(name, number, self.name, expected),
            "withdraw": lambda: kb.withdraw(name, number, self.name, "", expected),
            "discard": lambda: kb.discard(name, number, self.name, "", expected),
        }
        self._do(
            replace(planned, revision=number, content_hash=revision.content_hash),
            steps[planned.action],
        )

    def _target(self, action: str, entry: Entry) -> Revision:
        """The revision a step is tried on: mostly one that it fits, now and then any."""
        wanted = _WANTED.get(action)
        fitting = [r for r in entry.revisions if wanted in (None, r.status)]
        if action in ("withdraw", "discard"):
            fitting = [r for r in entry.revisions[-6:] if r.status is not Status.WITHDRAWN]
        if self.careful:
            return fitting[-1]
        if not fitting or self.chance.random() < _ANY:
            return self.chance.choice(entry.revisions)
        return self.chance.choice(fitting[-3:])

    def _do(self, planned: Op, act: Callable[[], Entry]) -> None:
        began = time.monotonic_ns()
        done = replace(planned, began=began)
        try:
            after = act()
        except Conflict as error:
            done = replace(done, outcome=CONFLICT, version=error.current_version)
        except NotAllowed:
            done = replace(done, outcome=REFUSED)
        except StorageBusy:  # the machine had other things to do; nothing was changed
            done = replace(done, outcome=BUSY)
        else:
            new = planned.action in ("edit", "rollback")
            number = after.revisions[-1].number if new else planned.revision
            done = replace(done, outcome=OK, version=after.version, revision=number)
        self.ops.append(replace(done, ended=time.monotonic_ns()))

    def _bulk(self, number: int) -> None:
        """A new owner, often new tags, for a few entries, each recorded as an operation."""
        chosen = self.chance.sample(list(self.entries), min(3, len(self.entries)))
        mark = f"{self.name} bulk {number}"
        change = BulkChange(owner=mark)
        if self.chance.random() < 0.5:
            change = replace(change, add_tags=(f"{number % 20}",), remove_tags=("1", "2", "3"))
        began = time.monotonic_ns()
        submit = self.chance.random() < 0.5
        try:
            rows = self.kb.bulk(chosen, change, self.name, dry_run=False, submit=submit)
        except StorageBusy:
            rows = []
        ended = time.monotonic_ns()
        self.ops += [
            Op(self.name, "bulk", row.entry_id, outcome, began=began, ended=ended,
               revision=row.revision, mark=mark)
            for row in rows
            for outcome in [OK if row.outcome is BulkOutcome.CHANGED else REFUSED]
        ]  # fmt: skip


def main(data: str, url: str, records: str, first: int, count: int, operations: int) -> None:
    """Be writers `first` to `first + count - 1`, and record what each did."""
    engine = store.open_engine(
        Settings.from_env({"ZHIKE_DATA": data, "ZHIKE_DATABASE_URL": url, "ZHIKE_THREADS": "16"})
    )
    kb = KnowledgeBase(engine)
    entries = [entry.id for entry in kb.snapshot()]
    with ThreadPoolExecutor(count) as pool:
        writers = [
            Writer(kb, f"Writer {number}", entries, Random(number))
            for number in range(first, first + count)
        ]
        for writer, done in zip(
            writers, [pool.submit(writer.work, operations) for writer in writers], strict=True
        ):
            dump(done.result(), Path(records) / f"{writer.name}.jsonl")
    engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:4], *(int(text) for text in sys.argv[4:]))  # type: ignore[arg-type]
