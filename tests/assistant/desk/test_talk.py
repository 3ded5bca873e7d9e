"""Comments on a person's desk: what waits for their answer, where it is shown, how urgent it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from assistant.accounts.roles import Principal, PrincipalKind, Role
from assistant.desk.talk import Talk, waiting_for
from assistant.desk.todo import PATIENCE, Task, Urgency, What, desk_of
from assistant.wiring import Services
from kb.model import Audience, Content, Kind
from tests.assistant.conftest import FakeClock

BODY = "过保产品上门检修，每次收取上门费 60 元。"
RULE = Content(Kind.POLICY, "上门收费规则", BODY)
EDITOR, REVIEWER, OTHER = "林编辑", "周审核", "何审核"
Says = Callable[..., int]


@pytest.fixture
def says(services: Services) -> Says:
    """Somebody comments on a version of the rule; gives the comment's number."""

    def say(who: str, text: str, number: int = 1, **more: object) -> int:
        revision = services.kb.entry("rule").revision(number)
        assert revision is not None
        return services.comments.add(revision, who, text, **more).id  # type: ignore[arg-type]

    services.kb.create("rule", RULE, EDITOR)
    return say


def talk_of(services: Services, person: str) -> list[Talk]:
    entries = services.catalogue.current(own_write=True).entries
    return waiting_for(person, entries, services.comments.open_threads())


def told(services: Services, person: str) -> list[tuple[int, int, str, int]]:
    return [(t.revision.number, t.thread, t.last.text, t.count) for t in talk_of(services, person)]


def test_a_comment_waits_for_the_author_and_the_answer_for_who_asked(
    services: Services, says: Says
) -> None:
    begun = says(REVIEWER, "含税吗？", quote="60 元")
    assert told(services, EDITOR) == [(1, begun, "含税吗？", 1)]
    assert told(services, REVIEWER) == told(services, OTHER) == []
    says(EDITOR, "含税。", reply_to=begun)
    assert told(services, EDITOR) == []
    assert told(services, REVIEWER) == [(1, begun, "含税。", 1)]
    says(OTHER, "请写进正文。", reply_to=begun)
    assert told(services, EDITOR) == told(services, REVIEWER) == [(1, begun, "请写进正文。", 1)]
    assert told(services, OTHER) == []
    services.comments.resolve(begun, OTHER)
    assert told(services, EDITOR) == told(services, REVIEWER) == []
    services.comments.reopen(begun, REVIEWER)
    assert len(told(services, EDITOR)) == 1


def test_the_oldest_of_several_is_gone_to_and_the_others_are_counted(
    services: Services, says: Says, clock: FakeClock
) -> None:
    first = says(REVIEWER, "一", quote="60 元")
    clock.advance(PATIENCE)
    second = says(REVIEWER, "二", quote="上门检修")
    says(EDITOR, "答", reply_to=first)
    clock.advance(PATIENCE)
    says(REVIEWER, "又问", reply_to=first)
    says(EDITOR, "自己记一笔")
    assert told(services, EDITOR) == [(1, second, "二", 2)]


def test_a_thread_belongs_to_whoever_wrote_the_version_that_shows_it(
    services: Services, says: Says
) -> None:
    carried = says(REVIEWER, "含税吗？", quote="60 元")
    left = says(REVIEWER, "标题太短")
    entry = services.kb.entry("rule")
    services.kb.edit("rule", replace(RULE, body=f"{BODY}夜间另议。"), OTHER, entry.version)
    assert told(services, OTHER) == [(2, carried, "含税吗？", 1)]
    assert told(services, EDITOR) == [(1, left, "标题太短", 1)]
    services.kb.discard("rule", 2, OTHER)
    assert told(services, OTHER) == []
    assert told(services, EDITOR) == [(1, carried, "含税吗？", 2)]


def test_what_was_taken_back_waits_for_nobody(services: Services, says: Says) -> None:
    begun = says(REVIEWER, "含税吗？")
    services.comments.take_back(begun, REVIEWER)
    assert told(services, EDITOR) == []


def tasks_of(services: Services, clock: FakeClock, name: str, role: Role) -> list[Task]:
    entries = services.catalogue.current(own_write=True).entries
    person = Principal(PrincipalKind.PERSON, name, name, role)
    threads = services.comments.open_threads()
    desk = desk_of(person, {name}, entries, (), lambda _entry: None, clock(), threads)
    return [task for task in desk.tasks if task.what is What.COMMENT]


def test_a_version_on_its_way_does_not_wait_for_ever(
    services: Services, says: Says, clock: FakeClock
) -> None:
    begun = says(REVIEWER, "含税吗？")
    (task,) = tasks_of(services, clock, EDITOR, Role.EDITOR)
    assert (task.by, task.note, task.thread, task.count) == (REVIEWER, "含税吗？", begun, 1)
    assert task.urgency is Urgency.SOON
    clock.advance(PATIENCE)
    assert tasks_of(services, clock, EDITOR, Role.EDITOR)[0].urgency is Urgency.NOW
    services.kb.submit("rule", 1, EDITOR)
    services.kb.approve("rule", 1, REVIEWER)
    services.kb.publish("rule", 1, REVIEWER)
    assert tasks_of(services, clock, EDITOR, Role.EDITOR)[0].urgency is Urgency.SOON


def test_nobody_is_told_of_a_version_they_may_not_read(
    services: Services, says: Says, clock: FakeClock
) -> None:
    begun = says(OTHER, "含税吗？")
    says(EDITOR, "含。", reply_to=begun)
    assert len(tasks_of(services, clock, OTHER, Role.EDITOR)) == 1
    assert RULE.audience is not Audience.INTERNAL
    assert tasks_of(services, clock, OTHER, Role.AGENT) == [], "agents read what is published"
