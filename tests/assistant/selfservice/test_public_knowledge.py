"""What everybody may read, and nothing besides."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from assistant.catalogue import MAX_AGE, CatalogueKeeper
from assistant.selfservice import public_knowledge
from assistant.selfservice.public_knowledge import PublicKnowledge
from assistant.wiring import Services
from kb.errors import NotFound
from kb.model import Audience, Content, Kind
from tests.assistant.conftest import NOW, FakeClock, published

PICTURE = "a" * 64 + ".png"
OTHER = "b" * 64 + ".png"
ARTICLE = Content(Kind.FAQ, "能退吗？", f"可以。\n\n![图](image:{PICTURE})", tags=("退货",))


@pytest.fixture
def knowledge(services: Services, clock: FakeClock) -> PublicKnowledge:
    return PublicKnowledge(services.catalogue, clock)


def test_only_articles_for_customers(services: Services, knowledge: PublicKnowledge) -> None:
    """Nothing for staff, no case, no canned reply, no draft."""
    published(services.kb, "open-one", ARTICLE)
    for audience in (Audience.AGENT, Audience.INTERNAL):
        hidden = replace(ARTICLE, title="内部", audience=audience)
        published(services.kb, f"for-{audience.value}", hidden)
    published(services.kb, "a-reply", replace(ARTICLE, kind=Kind.REPLY, body="## chat\n\n您好",
                                              short_code="hello"))  # fmt: skip
    services.kb.create("a-draft", replace(ARTICLE, title="草稿"), "林编辑")
    assert [r.entry_id for r in knowledge.articles()] == ["open-one"]
    for entry_id in ("for-agent", "for-internal", "a-reply", "a-draft", "never-was"):
        assert knowledge.article(entry_id) is None
        assert knowledge.link(entry_id) is None
        assert knowledge.span(entry_id) is None
        with pytest.raises(NotFound):
            knowledge.revision(entry_id, 1)


def test_an_agents_revision_in_force_takes_the_customers_one_away(
    services: Services, knowledge: PublicKnowledge
) -> None:
    published(services.kb, "open-one", ARTICLE)
    published(services.kb, "open-one", replace(ARTICLE, body="新", audience=Audience.AGENT))
    assert knowledge.article("open-one") is None
    with pytest.raises(NotFound):
        knowledge.revision("open-one", 1)


def test_a_revision_comes_and_goes_with_time_alone(
    services: Services, knowledge: PublicKnowledge, clock: FakeClock
) -> None:
    """Validity is decided at the moment of asking, not when the picture was taken."""
    begin, end = NOW + timedelta(seconds=10), NOW + timedelta(seconds=20)
    published(
        services.kb,
        "for-a-while",
        replace(ARTICLE, effective_from=begin, effective_until=end),
    )
    before = knowledge.version()
    assert knowledge.article("for-a-while") is None
    clock.advance(timedelta(seconds=10))
    found = knowledge.article("for-a-while")
    span = knowledge.span("for-a-while")
    assert found is not None
    assert span is not None
    assert (span.start, span.end) == (begin, end)
    assert knowledge.version() != before
    clock.advance(timedelta(seconds=10))
    assert knowledge.article("for-a-while") is None


def test_a_withdrawn_article_is_gone_with_the_next_question(
    services: Services, knowledge: PublicKnowledge
) -> None:
    number = published(services.kb, "open-one", ARTICLE)
    assert knowledge.link("open-one") == "/help/articles/open-one"
    services.kb.withdraw("open-one", number, "周审核", "")
    assert knowledge.link("open-one") is None
    assert not knowledge.is_public_image(PICTURE)


def test_pictures_are_public_with_the_articles_that_show_them(
    services: Services, knowledge: PublicKnowledge
) -> None:
    published(services.kb, "open-one", ARTICLE)
    inside = replace(ARTICLE, body=f"![图](image:{OTHER})", audience=Audience.INTERNAL)
    published(services.kb, "inside", inside)
    assert knowledge.is_public_image(PICTURE)
    assert not knowledge.is_public_image(OTHER)


def test_internal_changes_do_not_show_in_the_version(
    services: Services, knowledge: PublicKnowledge
) -> None:
    published(services.kb, "open-one", ARTICLE)
    before = knowledge.version()
    published(services.kb, "inside", replace(ARTICLE, audience=Audience.INTERNAL))
    assert knowledge.version() == before


def test_within_a_block_the_picture_stays(services: Services, knowledge: PublicKnowledge) -> None:
    published(services.kb, "open-one", ARTICLE)
    with knowledge.held():
        published(services.kb, "another", replace(ARTICLE, title="另一篇"))
        assert knowledge.article("another") is None
    assert knowledge.article("another") is not None


@dataclass
class Makings:
    """Counts how often the public articles are gathered, and makes that take a while."""

    make: Callable[..., object] = public_knowledge._picture
    count: int = 0

    def __call__(self, *given: object) -> object:
        self.count += 1
        threading.Event().wait(0.1)
        return self.make(*given)


@pytest.fixture
def makings(monkeypatch: pytest.MonkeyPatch) -> Makings:
    counting = Makings()
    monkeypatch.setattr(public_knowledge, "_picture", counting)
    return counting


def test_many_threads_that_miss_a_picture_make_it_once(
    services: Services, knowledge: PublicKnowledge, makings: Makings
) -> None:
    published(services.kb, "open-one", ARTICLE)
    together = threading.Barrier(8)

    def look(_number: int) -> int:
        together.wait()
        return len(knowledge.articles())

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(look, range(8))) == [1] * 8
    assert makings.count == 1


def test_who_holds_an_old_picture_takes_no_new_one_away(
    services: Services, knowledge: PublicKnowledge, makings: Makings
) -> None:
    published(services.kb, "open-one", ARTICLE)
    with ThreadPoolExecutor(1) as other, knowledge.held():
        assert len(knowledge.articles()) == 1
        published(services.kb, "another", replace(ARTICLE, title="另一篇"))
        for _ in range(3):
            assert len(other.submit(knowledge.articles).result()) == 2
            assert len(knowledge.articles()) == 1
    assert makings.count == 2


def test_a_catalogue_that_is_renewed_without_a_change_costs_no_reading(
    services: Services, knowledge: PublicKnowledge, clock: FakeClock
) -> None:
    published(services.kb, "open-one", ARTICLE)
    catalogue, questions = services.catalogue.current(), knowledge.questions()
    clock.advance(2 * MAX_AGE)
    assert knowledge.questions() is questions
    assert services.catalogue.current() is not catalogue
    published(services.kb, "open-one", replace(ARTICLE, title="还能退吗？"))
    assert [asked.text for asked in knowledge.questions()] == ["还能退吗？"]


def test_most_used_questions_come_first_and_no_matter_twice(
    services: Services, clock: FakeClock
) -> None:
    keeper = CatalogueKeeper(services.kb, clock)
    used = {"q-b": 5, "q-c": 9}
    knowledge = PublicKnowledge(keeper, clock, lambda: used)
    for name, tag in (("q-a", "退货"), ("q-b", "发票"), ("q-c", "退货"), ("q-d", "物流")):
        published(services.kb, name, replace(ARTICLE, title=name, tags=(tag,)))
    published(services.kb, "q-en", replace(ARTICLE, title="How?", lang="en"))
    published(services.kb, "rule", replace(ARTICLE, kind=Kind.POLICY, title="规则"))
    assert [r.entry_id for r in knowledge.top_questions("zh", 3)] == ["q-c", "q-b", "q-d"]
    assert [r.entry_id for r in knowledge.top_questions("zh")] == ["q-c", "q-b", "q-d", "q-a"]
    assert [r.entry_id for r in knowledge.top_questions("en")] == ["q-en"]
    assert {r.entry_id for r in knowledge.articles("en")} == {"q-en"}
