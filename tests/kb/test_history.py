"""The checker of histories finds what is planted, and nothing where nothing is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb import lifecycle, store, tables
from kb.errors import Conflict
from kb.knowledge import KnowledgeBase
from kb.ledger import AuditRow
from kb.model import Content, Entry, Kind, Revision
from tests.kb.history import CONFLICT, History, Op, check
from tests.kb.writers import Writer, begin, names

OPENED = Callable[[str], KnowledgeBase]
RULE = "rule-00"


def writers(kb: KnowledgeBase, *who: str) -> list[Writer]:
    return [Writer(kb, name, names(3), Random(name), careful=True) for name in who]


def act(writer: Writer, action: str, number: int = 0) -> None:
    writer.act(action, *writer.look(RULE), number, named=True)


def alive(kb: KnowledgeBase) -> tuple[list[Op], list[Writer]]:
    """A short life of one entry, as everything should be."""
    made = begin(kb, names(3))
    ann, bob = people = writers(kb, "Ann", "Bob")
    for writer, action in (
        (ann, "edit"), (ann, "submit"), (bob, "approve"), (bob, "publish"), (ann, "verify"),
        (bob, "edit"), (bob, "submit"), (ann, "approve"), (ann, "publish"), (ann, "steward"),
    ):  # fmt: skip
        act(writer, action, len(ann.ops) + len(bob.ops))
    return made, people


def found(kb: KnowledgeBase, made: Sequence[Op], people: Sequence[Writer]) -> list[str]:
    return check(History.of(kb, [*made, *(op for writer in people for op in writer.ops)]))


def as_kind(kb: KnowledgeBase, kind: type[KnowledgeBase]) -> KnowledgeBase:
    return kind(kb.engine, kb.clock, kb.site_tz)


@pytest.mark.parametrize("seed", range(3))
def test_a_sound_history_has_no_faults(open_kb: OPENED, seed: int) -> None:
    kb = open_kb("sound")
    made = begin(kb, names(3))
    people = [Writer(kb, name, names(3), Random(f"{name}{seed}")) for name in ("Ann", "Bob", "Cy")]
    for number in range(40):
        for writer in people:
            writer.one(number)
    assert found(kb, made, people) == []
    assert len(kb.audit()) > 40


def test_of_two_edits_of_one_version_the_second_is_refused(open_kb: OPENED) -> None:
    kb = open_kb("two")
    made, people = alive(kb)
    both = [(writer, *writer.look(RULE)) for writer in people]
    for writer, seen, entry in both:
        writer.act("edit", seen, entry, 9, named=True)
    assert [writer.ops[-1].outcome for writer in people] == ["ok", CONFLICT]
    assert found(kb, made, people) == []


class Overwriting(KnowledgeBase):
    """Edits whatever version there is: the planted lost update."""

    def edit(self, entry_id: str, content: Content, author: str, expected_version: int) -> Entry:
        return super().edit(entry_id, content, author, self.entry(entry_id).version)


def test_a_lost_update_is_found(open_kb: OPENED) -> None:
    kb = as_kind(open_kb("overwriting"), Overwriting)
    made, people = alive(kb)
    both = [(writer, *writer.look(RULE)) for writer in people]
    for writer, seen, entry in both:
        writer.act("edit", seen, entry, 9, named=True)
    faults = found(kb, made, people)
    assert any("an update was lost" in fault for fault in faults), faults


class Forgetting(KnowledgeBase):
    """Acknowledges an edit and stores nothing."""

    def edit(self, entry_id: str, content: Content, author: str, expected_version: int) -> Entry:
        before = self.entry(entry_id)
        made = replace(before.revisions[-1], number=before.revisions[-1].number + 1)
        return replace(before, version=before.version + 1, revisions=(*before.revisions, made))


def test_an_acknowledged_edit_that_is_not_there_is_found(open_kb: OPENED) -> None:
    kb = open_kb("forgetting")
    made, people = alive(kb)
    people[0].kb = as_kind(kb, Forgetting)
    act(people[0], "edit", 9)
    assert any("acknowledged and is lost" in fault for fault in found(kb, made, people))
    act(people[1], "edit", 10)
    assert any("promised to two writers" in fault for fault in found(kb, made, people))


def unguard(connection: Connection) -> None:
    """Take away what keeps the database itself from taking such changes."""
    triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    for name in connection.execute(sa.text(triggers)).scalars().all():
        connection.execute(sa.text(f"DROP TRIGGER {name}"))


def rewrite(kb: KnowledgeBase, number: int, body: str) -> None:
    """Put another content in place of a revision's, with the hash that it then has."""
    content = Content(Kind.POLICY, "规则", body)
    with store.write(kb.engine) as connection:
        unguard(connection)
        connection.execute(
            tables.revision.update()
            .where(tables.revision.c.entry_id == RULE, tables.revision.c.number == number)
            .values(content=content.canonical(), content_hash=content.digest())
        )


def test_a_stale_approval_that_is_published_is_found(open_kb: OPENED) -> None:
    kb = open_kb("stale")
    made, people = alive(kb)
    ann, bob = people
    for writer, action in ((ann, "edit"), (ann, "submit"), (bob, "approve")):
        act(writer, action, 9)
    assert found(kb, made, people) == []
    rewrite(kb, kb.entry(RULE).revisions[-1].number, "审核之后改成了别的。")
    act(bob, "publish")
    assert bob.ops[-1].outcome == "ok", "the planted fault gets past the knowledge base"
    faults = found(kb, made, people)
    assert any("published unlike it was approved" in fault for fault in faults), faults


class Confusing(KnowledgeBase):
    """Approves whatever is in review, not what was read."""

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
        newest = self.entry(entry_id).revisions[-1].number
        return super().approve(entry_id, newest, actor)


def test_an_approval_of_what_nobody_read_is_found(open_kb: OPENED) -> None:
    kb = open_kb("confusing")
    made, people = alive(kb)
    ann, bob = people
    act(ann, "edit", 9)
    act(ann, "submit")
    seen, entry = bob.look(RULE)
    act(ann, "edit", 10)
    act(ann, "submit")
    bob.kb = as_kind(kb, Confusing)
    bob.act("approve", seen, entry, 0, named=False)
    faults = found(kb, made, people)
    assert any("approved a content that nobody had put up" in fault for fault in faults), faults


def test_an_approval_of_ones_own_is_found(open_kb: OPENED, monkeypatch: pytest.MonkeyPatch) -> None:
    kb = open_kb("own")
    made, (ann, bob) = alive(kb)
    act(ann, "edit", 9)
    act(ann, "submit")
    monkeypatch.setattr(lifecycle, "is_author", lambda revision, actor: False)
    ann.name = "ANN"
    act(ann, "approve")
    monkeypatch.undo()
    assert ann.ops[-1].outcome == "ok"
    assert any("approved their own" in fault for fault in found(kb, made, (ann, bob)))


def test_a_publication_without_approval_is_found(
    open_kb: OPENED, monkeypatch: pytest.MonkeyPatch
) -> None:
    def anyway(revision: Revision, actor: str, now: datetime) -> Revision:
        return replace(revision, status=lifecycle.Status.PUBLISHED, published_at=now)

    kb = open_kb("unapproved")
    made, (ann, bob) = alive(kb)
    act(ann, "edit", 9)
    monkeypatch.setattr(lifecycle, "publish", anyway)
    seen, entry = bob.look(RULE)
    draft = entry.revisions[-1]
    planned = replace(seen, action="publish", revision=draft.number)
    bob._do(planned, lambda: kb.publish(RULE, draft.number, bob.name))
    faults = found(kb, made, (ann, bob))
    assert any("published what nobody had approved" in fault for fault in faults), faults
    assert any("came upon a revision that was draft" in fault for fault in faults), faults


class Lagging(KnowledgeBase):
    """Reads what was there at the first look."""

    first: dict[str, Entry]

    def entry(self, entry_id: str) -> Entry:
        return self.__dict__.setdefault("first", {}).setdefault(entry_id, super().entry(entry_id))


def test_a_stale_read_is_found(open_kb: OPENED) -> None:
    kb = open_kb("lagging")
    made, (ann, bob) = alive(kb)
    bob.kb = as_kind(kb, Lagging)
    act(bob, "steward", 8)
    act(ann, "edit", 9)
    act(bob, "steward", 10)
    assert bob.ops[-1].outcome == CONFLICT, "compare-and-swap keeps it harmless"
    assert any("was known" in fault for fault in found(kb, made, (ann, bob)))


def test_a_conflict_for_no_reason_is_found(open_kb: OPENED) -> None:
    class Touchy(KnowledgeBase):
        def edit(
            self, entry_id: str, content: Content, author: str, expected_version: int
        ) -> Entry:
            raise Conflict("no reason", expected_version)

    kb = open_kb("touchy")
    made, (ann, bob) = alive(kb)
    bob.kb = as_kind(kb, Touchy)
    act(bob, "edit", 9)
    assert any("conflict that there was not" in fault for fault in found(kb, made, (ann, bob)))


TAMPERINGS: dict[str, tuple[str, str]] = {
    "a version too many": ("UPDATE entry SET version = version + 1 WHERE id = 'rule-00'",
                           "is at version"),
    "a row cut out": ("DELETE FROM audit WHERE seq = 8", "missing"),
    "a status changed": ("UPDATE revision SET status = 'approved' WHERE entry_id = 'rule-00' "
                         "AND number = 1", "no step led to"),
    "an approver changed": ("UPDATE revision SET approved_by = 'Eve' WHERE entry_id = 'rule-00' "
                            "AND number = 2", "has the approval of"),
    "a revision gone": ("DELETE FROM revision WHERE entry_id = 'rule-00' AND number = 2",
                        "has not the revisions"),
    "a change gone": ("DELETE FROM change WHERE seq = 5", "change feed"),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_is_found(open_kb: OPENED, what: str) -> None:
    kb = open_kb("tampered")
    made, people = alive(kb)
    statement, fault = TAMPERINGS[what]
    with store.write(kb.engine) as connection:
        unguard(connection)
        assert connection.execute(sa.text(statement)).rowcount == 1
    fresh = KnowledgeBase(kb.engine, kb.clock)
    assert any(fault in said for said in found(fresh, made, people))


CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "another actor": ({"writer": "Eve"}, "was promised to"),
    "another revision": ({"revision": 7}, "was promised for r7"),
    "another content": ({"content_hash": "0" * 64}, "stored another content"),
    "another base": ({"base_hash": "0" * 64}, "based on what was not there"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_a_writer_says_is_compared(open_kb: OPENED, what: str) -> None:
    kb = open_kb("said")
    made, (ann, bob) = alive(kb)
    assert ann.ops[0].action == "edit"
    changes, fault = CHANGES[what]
    ann.ops[0] = replace(ann.ops[0], **changes)
    assert any(fault in said for said in found(kb, made, (ann, bob)))
    ann.ops.pop(0)
    assert any("was done by nobody" in said for said in found(kb, made, (ann, bob)))


def test_gaps_in_revisions_are_found(open_kb: OPENED) -> None:
    kb = open_kb("gaps")
    made, (ann, bob) = alive(kb)
    history = History.of(kb, [*made, *ann.ops, *bob.ops])

    def shifted(row: AuditRow) -> AuditRow:
        return replace(row, revision=row.revision + (row.entry_id == RULE and row.revision > 1))

    torn = replace(history, audit=[shifted(row) for row in history.audit])
    assert any("leaves a gap" in said for said in check(torn))
