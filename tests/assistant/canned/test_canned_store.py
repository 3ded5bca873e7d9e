"""Private and team replies, teams and uses in either database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from assistant.canned.model import Draft, OwnReply, Param, Scope, Uses
from assistant.canned.store import CannedStore
from kb.errors import Conflict, NotFound
from kb.model import Channel
from kb.settings import Settings
from kb.store import open_engine, upgrade
from tests.assistant.conftest import NOW
from tests.postgres import PostgresServer

REPLY = OwnReply(
    "own-1",
    "陈客服",
    Draft(
        Scope.PRIVATE,
        "标题 “引号” %_'",
        "第一行\n{{?天数}} 天",
        "kc",
        "",
        (Param("days", "几天"),),
        (Channel.CHAT,),
        ("return-7-days",),
        NOW + timedelta(days=1),
    ),
    1,
    NOW,
    NOW,
    "陈客服",
)
TEAM = replace(REPLY, id="own-2", draft=replace(REPLY.draft, scope=Scope.TEAM, team="甲组"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CannedStore]:
    environment = {"ZHIKE_DATA": str(tmp_path)}
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        environment["ZHIKE_DATABASE_URL"] = server.new_database()
    engine: Engine = open_engine(Settings.from_env(environment, tmp_path))
    upgrade(engine)
    yield CannedStore(engine)
    engine.dispose()


def test_a_reply_is_stored_changed_and_deleted(store: CannedStore) -> None:
    assert store.add(REPLY, 1)
    assert not store.add(replace(REPLY, id="own-9"), 1)
    assert store.get("own-1") == REPLY
    changed = replace(REPLY, draft=replace(REPLY.draft, title="新"))
    assert store.replace(changed, 1) == replace(changed, version=2)
    with pytest.raises(Conflict):
        store.replace(changed, 1)
    store.count_use("陈客服", "own-1", NOW)
    store.remove("own-1", 2)
    assert store.uses("陈客服", ["own-1"]) == {}
    with pytest.raises(NotFound):
        store.get("own-1")


def test_who_sees_which(store: CannedStore) -> None:
    store.add(REPLY, 9)
    store.add(TEAM, 9)
    everybodys = replace(TEAM, id="own-3", draft=replace(TEAM.draft, team=""))
    store.add(everybodys, 9)
    store.set_team("甲组", ["吴客服", "王客服"])
    store.set_team("乙组", ["王客服"])

    def seen(person: str, *, all_teams: bool = False) -> list[str]:
        return sorted(reply_id for reply_id, _ in store.visible(person, all_teams=all_teams))

    assert seen("陈客服") == ["own-1", "own-3"]
    assert seen("吴客服") == ["own-2", "own-3"]
    assert seen("周审核", all_teams=True) == ["own-2", "own-3"]
    assert store.teams() == {"乙组": ("王客服",), "甲组": ("吴客服", "王客服")}
    store.set_team("甲组", ["陈客服"])
    assert seen("吴客服") == ["own-3"]
    assert [reply.id for reply in store.several(["own-2", "absent"])] == ["own-2"]


def test_codes_are_looked_up_on_the_owners_shelf(store: CannedStore) -> None:
    store.add(REPLY, 9)
    store.add(TEAM, 9)
    other = replace(REPLY, id="own-5")
    assert store.code_holder(other) == "own-1"
    assert store.code_holder(REPLY) == ""
    assert store.code_holder(replace(other, owner="吴客服")) == ""
    assert store.code_holder(replace(TEAM, id="own-6")) == "own-2"


def test_uses_are_counted_for_one_and_for_all(store: CannedStore) -> None:
    for person in ("陈客服", "陈客服", "吴客服"):
        store.count_use(person, "reply-gift", NOW)
    assert store.uses("陈客服", ["reply-gift", "x"]) == {"reply-gift": Uses(2, 3)}
    assert store.uses("王客服", ["reply-gift"]) == {"reply-gift": Uses(0, 3)}
    many = [f"reply-{number}" for number in range(600)]
    assert store.uses("吴客服", [*many, "reply-gift"])["reply-gift"] == Uses(1, 3)
