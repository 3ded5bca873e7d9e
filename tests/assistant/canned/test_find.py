"""The search behind `/`: what finds a reply, in which order, for whom and where."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.canned import company
from assistant.canned.model import Draft, Found, Scope
from assistant.wiring import Services
from indexer.search import Hit, Matched, SearchResponse
from kb.model import Audience, Channel, Kind
from tests.assistant.canned.conftest import (
    AGENT,
    COLLEAGUE,
    GIFT,
    REVIEWER,
    Find,
    ids,
    private,
    reply,
)
from tests.assistant.conftest import FakeClock, FakeSearcher, published


def hit(entry_id: str, confidence: float) -> Hit:
    return Hit(entry_id, 1, Kind.REPLY, "", "", confidence, Matched("reply", ""))


def answer(services: Services, *hits: Hit) -> None:
    assert isinstance(services.searcher, FakeSearcher)
    services.searcher.response = SearchResponse(hits, True, 0.9, "g1")


@pytest.mark.parametrize(
    ("query", "by"),
    [
        ("thyf", Found.CODE),
        ("THYF", Found.CODE),
        ("thy", Found.CODE_PREFIX),
        ("thyfsm", Found.SOUND),
        ("tuihuoyunfei", Found.SOUND),
        ("tui huo yun fei", Found.SOUND),
        ("退货运费", Found.TITLE),
        ("退貨運費", Found.TITLE),
        ("我们 承担", Found.MEANING),
    ],
)
def test_a_reply_is_found_by_code_sound_title_and_words(find: Find, query: str, by: Found) -> None:
    first = find(query)[0]
    assert (first.item.id, first.match.by) == ("reply-freight", by)


def test_initials_find_what_has_another_code(find: Find) -> None:
    assert ids(find("zskd")) == ["reply-gift"]


def test_meaning_finds_what_no_letter_does(shop: Services, find: Find) -> None:
    answer(shop, hit("reply-refund", 0.8), hit("reply-gift", 0.05))
    found = find("钱什么时候到")
    assert ids(found) == ["reply-refund"]
    assert isinstance(shop.searcher, FakeSearcher)
    request = shop.searcher.asked[-1]
    assert request.kinds == {Kind.REPLY}
    assert request.channel is Channel.CHAT
    assert request.audiences == AGENT.audiences
    assert request.as_of is None


def test_the_order_is_code_then_prefix_then_sound_then_title_then_meaning(
    shop: Services, find: Find
) -> None:
    for number, (title, code) in enumerate(
        [("别的", "th"), ("另一个", "thx"), ("退换", "zz"), ("th 说明", "yy")]
    ):
        published(shop.kb, f"reply-{number}", reply(title, code))
    kinds = [offer.match.by for offer in find("th")]
    assert kinds == sorted(kinds)
    assert ids(find("th"))[0] == "reply-0"
    assert set(kinds) == {Found.CODE, Found.CODE_PREFIX, Found.SOUND}
    published(shop.kb, "reply-5", reply("高温说明", "qq"))
    answer(shop, hit("reply-5", 0.99))
    assert [offer.match.by for offer in find("运费")] == [Found.TITLE, Found.MEANING]


def test_within_a_step_what_i_use_comes_before_what_others_use(shop: Services, find: Find) -> None:
    for number in range(3):
        published(shop.kb, f"reply-{number}", reply(f"致歉{number}", f"zq{number}"))
    assert ids(find("zq")) == ["reply-0", "reply-1", "reply-2"]
    for _ in range(3):
        shop.canned.count_use("reply-1", COLLEAGUE)
    assert ids(find("zq")) == ["reply-1", "reply-0", "reply-2"]
    shop.canned.count_use("reply-2", AGENT)
    found = find("zq")
    assert ids(found) == ["reply-2", "reply-1", "reply-0"]
    assert [(o.uses.mine, o.uses.all) for o in found] == [(1, 1), (0, 3), (0, 0)]
    assert ids(find("zq", COLLEAGUE))[0] == "reply-1"


def test_nothing_typed_shows_what_is_used_most(shop: Services, find: Find) -> None:
    shop.canned.count_use("reply-refund", AGENT)
    assert ids(find())[0] == "reply-refund"
    assert len(find(limit=2)) == 2


def test_a_reply_for_another_channel_is_not_offered(shop: Services, find: Find) -> None:
    published(shop.kb, "reply-mail", reply("邮件专用", "yj", channels=(Channel.EMAIL,)))
    assert find("yj") == []
    assert ids(find("yj", channel=Channel.EMAIL)) == ["reply-mail"]
    assert ids(find("yj", channel=None)) == ["reply-mail"]


def test_the_text_is_the_one_for_the_channel(shop: Services, find: Find) -> None:
    both = replace(GIFT, body="## chat\n\n短。\n\n## email\n\n尊敬的客户：\n\n长。")
    published(shop.kb, "reply-gift", both)
    assert find("kdq")[0].item.text == "短。"
    assert find("kdq", channel=Channel.EMAIL)[0].item.text == "尊敬的客户：\n\n长。"


def test_internal_replies_are_not_for_agents(shop: Services, find: Find) -> None:
    published(shop.kb, "reply-secret", reply("内部口径", "nbkj", audience=Audience.INTERNAL))
    answer(shop, hit("reply-secret", 0.9))
    for query in ("nbkj", "nb", "内部口径", "neibu", ""):
        assert "reply-secret" not in ids(find(query))
    assert ids(find("nbkj", REVIEWER)) == ["reply-secret"]


def test_a_lagging_index_cannot_bring_back_what_was_withdrawn(shop: Services, find: Find) -> None:
    shop.kb.withdraw("reply-refund", 1, "周审核")
    answer(shop, hit("reply-refund", 0.9))
    assert find("钱什么时候到") == []


def test_a_new_reply_of_the_company_shows_at_once(shop: Services, find: Find) -> None:
    assert find("xfx") == []
    published(shop.kb, "reply-new", reply("新发现", "xfx"))
    assert ids(find("xfx")) == ["reply-new"]


def test_replies_begin_and_end_at_their_minute_without_any_change(
    shop: Services, find: Find, clock: FakeClock
) -> None:
    start, end = clock.now + timedelta(hours=1), clock.now + timedelta(hours=2)
    event = reply("活动期间话术", "hdhs", effective_from=start, effective_until=end)
    published(shop.kb, "reply-event", event)
    assert not find("hdhs")[0].standing.usable
    clock.now = start
    assert find("hdhs")[0].standing.usable
    assert find("hdhs")[0].standing.expires_at == end
    clock.now = end
    assert not find("hdhs")[0].standing.usable


def test_private_replies_are_mine_alone(shop: Services, find: Find) -> None:
    mine = shop.canned.write(private(short_code="kcb"), AGENT).item.id
    for query in ("kcb", "kc", "wdkcb", "开场白", "小陈"):
        assert mine in ids(find(query)), query
        assert mine not in ids(find(query, COLLEAGUE)), query
        assert mine not in ids(find(query, REVIEWER)), query


def test_a_teams_replies_are_for_its_members_and_supervisors(shop: Services, find: Find) -> None:
    shop.canned.set_team("退换货组", ["陈客服"])
    draft = Draft(Scope.TEAM, "组内说明", "按组内约定处理。", "znsm", "退换货组")
    ours = shop.canned.write(draft, REVIEWER).item.id
    everybodys = shop.canned.write(replace(draft, team="", short_code="zn2"), REVIEWER).item.id
    assert set(ids(find("zn"))) == {ours, everybodys}
    assert ids(find("zn", COLLEAGUE)) == [everybodys]
    assert set(ids(find("zn", REVIEWER))) == {ours, everybodys}
    shop.canned.set_team("退换货组", [])
    assert ids(find("zn")) == [everybodys]


def test_one_scope_can_be_asked_for(shop: Services, find: Find) -> None:
    mine = shop.canned.write(private(), AGENT).item.id
    assert ids(find(scope=Scope.PRIVATE)) == [mine]
    assert mine not in ids(find(scope=Scope.COMPANY))


def test_my_own_reply_comes_before_the_companys_under_the_same_code(
    shop: Services, find: Find
) -> None:
    mine = shop.canned.write(private(short_code="thyf"), AGENT).item.id
    assert ids(find("thyf"))[:2] == [mine, "reply-freight"]


def test_private_replies_are_found_by_meaning(shop: Services) -> None:
    from assistant.canned.canned import CannedReplies
    from assistant.canned.model import Asked
    from indexer.encoder import SHIPPED, StaticEncoder

    canned = CannedReplies(
        shop.kb.engine, shop.clock, shop.catalogue, shop.searcher.search, StaticEncoder(SHIPPED)
    )
    wanted = canned.write(private("安抚退款着急的客户", "退款已经在路上，请放心。"), AGENT)
    canned.write(private("预约安装师傅", "师傅会提前一小时联系您。"), AGENT)
    found = canned.find(Asked("客户催退款"), AGENT)
    assert found[0].item.id == wanted.item.id
    assert found[0].match.by is Found.MEANING
    assert canned.find(Asked("今天天气怎么样"), AGENT) == []


def test_after_warming_up_a_search_makes_no_shelf_of_the_company_any_more(
    shop: Services, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.canned.warm_up()
    monkeypatch.setattr(company, "items", None)  # whoever makes a shelf calls this
    assert [offer.item.id for offer in find("thyf")] == ["reply-freight"]
