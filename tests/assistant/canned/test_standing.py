"""Replies end with what they rest on: expired, withdrawn, replaced, changed, or of another date."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from assistant.canned.model import Offer
from assistant.wiring import Services
from kb.states import State
from tests.assistant.canned.conftest import AGENT, FREIGHT, Find, ids, private
from tests.assistant.conftest import RETURNS, FakeClock, published


@pytest.fixture
def mine(shop: Services) -> str:
    """A private reply that rests on the policy."""
    draft = private(
        "我的退货话术", "七天内都能退。", short_code="wdth", rests_on=("return-7-days",)
    )
    return shop.canned.write(draft, AGENT).item.id


def only(offers: list[Offer], reply_id: str) -> Offer:
    return next(offer for offer in offers if offer.item.id == reply_id)


def test_what_rests_on_nothing_that_changed_is_current(find: Find, mine: str) -> None:
    for query, reply_id in (("wdth", mine), ("thyf", "reply-freight")):
        standing = only(find(query), reply_id).standing
        assert (standing.usable, standing.state) == (True, State.CURRENT)
        assert [ground.entry_id for ground in standing.grounds] == ["return-7-days"]


def test_a_changed_basis_names_the_revision_that_was_written_for(
    shop: Services, find: Find, mine: str, clock: FakeClock
) -> None:
    clock.advance(timedelta(hours=1))
    published(shop.kb, "return-7-days", replace(RETURNS, body="签收次日起 15 天内可以退货。"))
    standing = only(find("wdth"), mine).standing
    assert (standing.usable, standing.state) == (True, State.BASIS_CHANGED)
    (ground,) = standing.grounds
    assert (ground.was, ground.revision) == (1, 2)


def test_a_withdrawn_basis_takes_both_kinds_with_it(shop: Services, find: Find, mine: str) -> None:
    shop.kb.withdraw("return-7-days", 1, "周审核")
    for query, reply_id in (("wdth", mine), ("thyf", "reply-freight")):
        standing = only(find(query), reply_id).standing
        assert (standing.usable, standing.state) == (False, State.EXPIRED)
        assert not standing.grounds[0].carries


def test_a_basis_that_expires_takes_them_at_that_moment(
    shop: Services, find: Find, mine: str, clock: FakeClock
) -> None:
    end = clock.now + timedelta(days=2)
    published(shop.kb, "return-7-days", replace(RETURNS, effective_until=end))
    shop.kb.withdraw("return-7-days", 1, "周审核")
    offer = only(find("wdth"), mine)
    assert offer.standing.usable
    assert offer.standing.expires_at == end
    assert only(find("thyf"), "reply-freight").standing.expires_at == end
    clock.now = end
    assert not only(find("wdth"), mine).standing.usable
    assert not only(find("thyf"), "reply-freight").standing.usable


def test_a_basis_replaced_by_another_entry_takes_them(
    shop: Services, find: Find, mine: str, clock: FakeClock
) -> None:
    clock.advance(timedelta(hours=1))
    published(shop.kb, "return-15-days", replace(RETURNS, supersedes=("return-7-days",)))
    assert not only(find("wdth"), mine).standing.usable


def test_a_basis_that_changed_is_told_until_somebody_saves_the_reply_again(
    shop: Services, find: Find, mine: str, clock: FakeClock
) -> None:
    clock.advance(timedelta(hours=1))
    published(shop.kb, "return-7-days", replace(RETURNS, body="## 规则\n\n15 天内可以退货。"))
    standing = only(find("wdth"), mine).standing
    assert (standing.usable, standing.state) == (True, State.BASIS_CHANGED)
    assert standing.grounds[0].changed_at == clock.now
    assert only(find("thyf"), "reply-freight").standing.state is State.BASIS_CHANGED
    clock.advance(timedelta(hours=1))
    draft = private(
        "我的退货话术", "十五天内能退。", short_code="wdth", rests_on=("return-7-days",)
    )
    shop.canned.rewrite(mine, draft, AGENT)
    assert only(find("wdth"), mine).standing.state is State.CURRENT


def test_a_reported_basis_shows_on_the_reply(shop: Services, find: Find, mine: str) -> None:
    shop.kb.report_outdated("return-7-days", 1, "7 天", "", "陈客服")
    assert only(find("wdth"), mine).standing.state is State.REPORTED_OUTDATED


def test_unusable_replies_stand_last_but_first_where_their_code_was_typed(
    shop: Services, find: Find, mine: str
) -> None:
    other = shop.canned.write(
        private("我的退货话术二", "好的。", short_code="wdth2"), AGENT
    ).item.id
    shop.kb.withdraw("return-7-days", 1, "周审核")
    assert ids(find("wdt")) == [other, mine]
    assert ids(find("wdth")) == [mine, other]
    assert ids(find("wdt", limit=1)) == [other]


def test_the_code_of_a_withdrawn_company_reply_is_explained(shop: Services, find: Find) -> None:
    shop.kb.withdraw("reply-refund", 1, "周审核")
    (offer,) = find("tk-jd")
    assert (offer.standing.usable, offer.standing.state) == (False, State.EXPIRED)
    assert find("tk-j") == []


def test_its_own_date_ends_a_private_reply(shop: Services, find: Find, clock: FakeClock) -> None:
    end = clock.now + timedelta(days=1)
    mine = shop.canned.write(private(short_code="qx", expires_at=end), AGENT).item.id
    assert only(find("qx"), mine).standing.expires_at == end
    clock.now = end
    standing = only(find("qx"), mine).standing
    assert (standing.usable, standing.ended_at) == (False, end)


def test_a_basis_that_only_goes_on_in_a_next_revision_does_not_expire(
    shop: Services, find: Find, mine: str, clock: FakeClock
) -> None:
    later = clock.now + timedelta(days=5)
    published(shop.kb, "return-7-days", replace(RETURNS, title="新规则", effective_from=later))
    assert only(find("wdth"), mine).standing.expires_at is None


def test_for_an_earlier_date_the_companys_reply_of_that_date_is_offered(
    shop: Services, find: Find, clock: FakeClock
) -> None:
    before = clock.now
    clock.advance(timedelta(days=3))
    changed = replace(FREIGHT, body=FREIGHT.body.replace("我们承担", "您承担"))
    published(shop.kb, "reply-freight", changed)
    assert "您承担" in find("thyf")[0].item.text
    assert "我们承担" in find("thyf", as_of=before)[0].item.text


def test_for_an_earlier_date_a_private_reply_does_not_hold_if_the_rule_was_another(
    shop: Services, find: Find, mine: str, clock: FakeClock
) -> None:
    before = clock.now
    clock.advance(timedelta(days=3))
    published(shop.kb, "return-7-days", replace(RETURNS, title="新规则"))
    draft = private("我的退货话术", "新规则。", short_code="wdth", rests_on=("return-7-days",))
    shop.canned.rewrite(mine, draft, AGENT)
    assert only(find("wdth"), mine).standing.usable
    standing = only(find("wdth", as_of=before), mine).standing
    assert (standing.usable, standing.grounds[0].then) == (False, 1)
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    assert not only(find("wdth", as_of=long_ago), mine).standing.usable
