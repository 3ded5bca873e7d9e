"""Private and team replies: who may write which, what is refused, masking, versions, uses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.canned.checks import MOST_EACH
from assistant.canned.model import Draft, Param, Scope
from assistant.wiring import Services
from kb.errors import Conflict, InvalidInput, NotAllowed, NotFound
from kb.model import Audience, Channel
from tests.assistant.canned.conftest import AGENT, COLLEAGUE, REVIEWER, ids, private
from tests.assistant.conftest import RETURNS, published

TEAMS = Draft(Scope.TEAM, "组内说明", "按组内约定处理。")


def test_a_reply_comes_back_as_written(shop: Services) -> None:
    draft = private(
        text="{{customer.name}}，补您 {{?补偿金额}} 元，{{ days }} 天内到账。",
        short_code="bc-1",
        params=(Param("days", "几天"),),
        channels=(Channel.CHAT, Channel.PHONE),
        rests_on=("return-7-days",),
    )
    reply_id = shop.canned.write(draft, AGENT).item.id
    offer = shop.canned.read(reply_id, AGENT)
    assert offer.item.own is not None
    assert offer.item.own.draft == draft
    assert offer.item.holes.slots == ("customer.name",)
    assert offer.item.holes.params == (Param("?补偿金额", "补偿金额"), Param("days", "几天"))
    assert offer.may_edit


def test_personal_data_is_masked_before_it_is_stored(shop: Services) -> None:
    draft = private("打给 13812345678", "我的邮箱 a.b@example.com，请联系 13812345678。")
    reply_id = shop.canned.write(draft, AGENT).item.id
    item = shop.canned.read(reply_id, AGENT).item
    assert item.title == "打给 [手机号]"
    assert item.text == "我的邮箱 [邮箱]，请联系 [手机号]。"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "两\n行"}, "title"),
        ({"title": "长" * 101}, "title"),
        ({"text": "\n"}, "text"),
        ({"text": "长" * 4_001}, "text"),
        ({"text": "\x00"}, "text"),
        ({"text": "\ud800"}, "text"),
        ({"text": "{{Bad Name}}"}, "text"),
        ({"text": "{{?}}"}, "text"),
        ({"text": "{{}}"}, "text"),
        ({"short_code": "有 空格"}, "short_code"),
        ({"short_code": "x" * 31}, "short_code"),
        ({"params": (Param("Bad", ""),)}, "params"),
        ({"params": (Param("a", ""), Param("a", ""))}, "params"),
        ({"params": (Param("a", "两\n行"),)}, "params"),
        ({"rests_on": ("no-such-entry",)}, "rests_on"),
        ({"rests_on": ("return-7-days", "return-7-days")}, "rests_on"),
        ({"team": "退换货组"}, "team"),
        ({"scope": Scope.COMPANY}, "scope"),
    ],
)
def test_each_defect_is_named(shop: Services, changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        shop.canned.write(private(**changes), AGENT)
    assert {problem.field for problem in caught.value.problems} == {field}


def test_an_entry_that_is_hidden_cannot_be_told_from_an_absent_one(shop: Services) -> None:
    published(shop.kb, "secret-rule", replace(RETURNS, audience=Audience.INTERNAL))
    for name in ("secret-rule", "absent-rule"):
        with pytest.raises(InvalidInput) as caught:
            shop.canned.write(private(rests_on=(name,)), AGENT)
        assert caught.value.problems[0].message == f"there is no entry {name!r}"


def test_a_short_code_is_free_once_for_each_owner(shop: Services) -> None:
    first = shop.canned.write(private(short_code="KC"), AGENT).item
    assert first.short_code == "kc"
    shop.canned.write(private(short_code="kc"), COLLEAGUE)
    with pytest.raises(InvalidInput) as caught:
        shop.canned.write(private(short_code="kc"), AGENT)
    assert caught.value.problems[0].field == "short_code"
    shop.canned.rewrite(first.id, private("新标题", short_code="kc"), AGENT)
    shop.canned.write(private(), AGENT)
    shop.canned.write(private(), AGENT)  # many may have none


def test_only_supervisors_write_for_a_team(shop: Services) -> None:
    with pytest.raises(NotAllowed):
        shop.canned.write(TEAMS, AGENT)
    reply_id = shop.canned.write(TEAMS, REVIEWER).item.id
    assert not shop.canned.read(reply_id, AGENT).may_edit
    with pytest.raises(NotAllowed):
        shop.canned.rewrite(reply_id, private(), AGENT)
    with pytest.raises(NotAllowed):
        shop.canned.delete(reply_id, AGENT)
    mine = shop.canned.write(private(), AGENT).item.id
    with pytest.raises(NotAllowed):
        shop.canned.rewrite(mine, TEAMS, AGENT)


def test_a_team_must_exist(shop: Services) -> None:
    with pytest.raises(InvalidInput) as caught:
        shop.canned.write(replace(TEAMS, team="没有的组"), REVIEWER)
    assert caught.value.problems[0].field == "team"


@pytest.mark.parametrize(("team", "members"), [("", ["甲"]), ("组", ["甲\n乙"]), (" 组", ["甲"])])
def test_names_of_teams_and_people_are_names(shop: Services, team: str, members: list[str]) -> None:
    with pytest.raises(InvalidInput):
        shop.canned.set_team(team, members)
    assert shop.canned.teams() == {}


def test_nobody_touches_anothers_private_reply(shop: Services) -> None:
    reply_id = shop.canned.write(private(), AGENT).item.id
    for person in (COLLEAGUE, REVIEWER):
        for act in (
            lambda who: shop.canned.read(reply_id, who),
            lambda who: shop.canned.rewrite(reply_id, private(), who),
            lambda who: shop.canned.delete(reply_id, who),
            lambda who: shop.canned.count_use(reply_id, who),
        ):
            with pytest.raises(NotFound):
                act(person)
    assert shop.canned.read(reply_id, AGENT).uses.all == 0


def test_of_two_who_change_one_reply_the_second_is_told(shop: Services) -> None:
    reply_id = shop.canned.write(TEAMS, REVIEWER).item.id
    shop.canned.rewrite(reply_id, replace(TEAMS, title="甲"), REVIEWER, expected_version=1)
    with pytest.raises(Conflict):
        shop.canned.rewrite(reply_id, replace(TEAMS, title="乙"), REVIEWER, expected_version=1)
    with pytest.raises(Conflict):
        shop.canned.delete(reply_id, REVIEWER, expected_version=1)
    assert shop.canned.read(reply_id, REVIEWER).item.title == "甲"
    shop.canned.delete(reply_id, REVIEWER, expected_version=2)
    with pytest.raises(NotFound):
        shop.canned.read(reply_id, REVIEWER)


def test_a_changed_reply_is_found_as_it_is_now(shop: Services) -> None:
    from assistant.canned.model import Asked

    reply_id = shop.canned.write(private(short_code="aa"), AGENT).item.id
    assert ids(shop.canned.find(Asked("aa"), AGENT)) == [reply_id]
    shop.canned.rewrite(reply_id, private("改过", short_code="bb"), AGENT)
    assert shop.canned.find(Asked("aa"), AGENT) == []
    assert shop.canned.find(Asked("bb"), AGENT)[0].item.title == "改过"


def test_a_shelf_holds_no_more_than_it_may(shop: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.canned.checks.MOST_EACH", 2)
    assert MOST_EACH > 2
    for _ in range(2):
        shop.canned.write(private(), AGENT)
    with pytest.raises(InvalidInput):
        shop.canned.write(private(), AGENT)
    shop.canned.write(private(), COLLEAGUE)


def test_what_is_hidden_is_not_counted(shop: Services) -> None:
    published(shop.kb, "secret-rule", replace(RETURNS, audience=Audience.INTERNAL))
    for name in ("secret-rule", "return-7-days", "absent"):
        with pytest.raises(NotFound):
            shop.canned.count_use(name, AGENT)
    assert shop.canned.count_use("reply-gift", AGENT) == ("reply-gift", 1)
