"""The shared picture of the knowledge base follows changes and the clock."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from assistant import catalogue as catalogue_module
from assistant.catalogue import Catalogue, CatalogueKeeper
from assistant.wiring import RevisionSource, Services
from kb.errors import NotFound
from kb.freshness import State
from tests.assistant.conftest import RETURNS, FakeClock, published


def test_it_is_taken_once_and_renewed_by_changes(stocked: Services) -> None:
    keeper = stocked.catalogue
    first = keeper.current()
    assert keeper.current() is first
    published(stocked.kb, "exchange-rule", replace(RETURNS, title="换货规则"))
    second = keeper.current()
    assert second is not first
    assert second.in_force("exchange-rule") is not None


def test_time_alone_makes_things_expire(services: Services, clock: FakeClock) -> None:
    short = replace(RETURNS, effective_until=clock.now + timedelta(hours=1))
    published(services.kb, "short-promotion", short)
    assert services.catalogue.current().freshness["short-promotion"].state is State.CURRENT
    clock.advance(timedelta(hours=2))
    assert services.catalogue.current().freshness["short-promotion"].state is State.EXPIRED
    clock.advance(timedelta(hours=-2))  # a clock set back undoes it: nothing was stored
    assert services.catalogue.current().freshness["short-promotion"].state is State.CURRENT


def test_it_knows_who_depends_on_whom(services: Services) -> None:
    published(services.kb, "return-7-days", RETURNS)
    dependent = replace(RETURNS, title="退货说明", depends_on=("return-7-days",))
    published(services.kb, "return-guide", dependent)
    newer = replace(RETURNS, title="新退货规则", supersedes=("return-7-days",))
    published(services.kb, "return-15-days", newer)
    found = services.catalogue.current()
    assert found.dependents == {"return-7-days": ("return-guide",)}
    assert found.successors == {"return-7-days": ("return-15-days",)}


def test_a_failed_renewal_leaves_the_old_picture(
    stocked: Services, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = stocked.catalogue.current()

    def fail(*_: object) -> Catalogue:
        raise OSError("disk")

    monkeypatch.setattr(catalogue_module, "take", fail)
    clock.advance(timedelta(minutes=2))
    assert stocked.catalogue.current() is first
    monkeypatch.undo()
    assert stocked.catalogue.current() is not first


def test_only_one_thread_renews_and_a_slow_renewal_keeps_nobody_waiting(
    stocked: Services, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = CatalogueKeeper(stocked.kb, clock)
    first = keeper.current()
    entered, go_on = threading.Event(), threading.Event()
    real = catalogue_module.take
    taken: list[int] = []

    def slow(*args: object) -> Catalogue:
        taken.append(1)
        entered.set()
        assert go_on.wait(10)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(catalogue_module, "take", slow)
    clock.advance(timedelta(minutes=2))
    renewing = threading.Thread(target=keeper.current)
    renewing.start()
    assert entered.wait(10)
    assert keeper.current() is first  # another thread goes on with the old one meanwhile
    go_on.set()
    renewing.join(10)
    assert keeper.current() is not first
    assert len(taken) == 1


def test_changes_in_a_row_are_gathered_when_a_renewal_is_slow(
    stocked: Services, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_module, "_FREE_SECONDS", 0.05)
    now = [0.0]
    monkeypatch.setattr(catalogue_module, "perf_counter", lambda: now[0])
    monkeypatch.setattr(catalogue_module, "thread_time", lambda: now[0])
    real = catalogue_module.take

    def slow(*args: object) -> Catalogue:
        now[0] += 0.2
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(catalogue_module, "take", slow)
    keeper = CatalogueKeeper(stocked.kb, clock)
    cold = keeper.current()  # what the first one took says nothing about the next
    stocked.kb.verify("return-7-days", "周审核")
    first = keeper.current()
    assert first is not cold
    stocked.kb.verify("return-7-days", "周审核")
    now[0] += 0.5
    assert keeper.current() is first
    second = keeper.current(own_write=True)  # who wrote sees it at once
    assert second is not first
    stocked.kb.verify("return-7-days", "周审核")
    assert keeper.current() is second
    now[0] += 0.9
    assert keeper.current() is not second


def test_revisions_come_from_memory_or_the_database(stocked: Services) -> None:
    source = RevisionSource(stocked.kb, stocked.catalogue)
    assert source("return-7-days", 1).content.title == RETURNS.title
    with pytest.raises(NotFound):
        source("return-7-days", 9)


def test_within_a_block_it_is_one_picture_that_is_asked_about_once(
    stocked: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper, asked = stocked.catalogue, []
    last_change = stocked.kb.last_change
    monkeypatch.setattr(stocked.kb, "last_change", lambda: asked.append(1) or last_change())
    with keeper.held() as picture:
        published(stocked.kb, "exchange-rule", replace(RETURNS, title="换货规则"))
        elsewhere: list[Catalogue] = []
        asked.clear()
        with keeper.held() as again:
            assert keeper.current() is again is picture
        assert keeper.current() is picture
        assert not asked
        other = threading.Thread(target=lambda: elsewhere.append(keeper.current()))
        other.start()
        other.join()
        assert elsewhere[0] is not picture  # only this thread holds on to it
        assert keeper.current(own_write=True) is elsewhere[0]
    assert keeper.current() is elsewhere[0]
