"""The feed: whom it tells what, across processes, and after a cut without loss or repeats."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from assistant.contacts import feed as feeding
from assistant.contacts import store
from assistant.contacts.contacts import Contacts
from assistant.contacts.feed import Feed
from assistant.contacts.model import Changes, NewMessage, Speaker
from kb.settings import Settings
from tests.assistant.conftest import FakeClock
from tests.assistant.contacts.conftest import BOSS, LI, PLATFORM, WANG, Listener

Open = Callable[..., str]
Listen = Callable[..., Listener]
ROOT = Path(__file__).parents[3]


def send(contacts: Contacts, contact_id: str, *texts: str) -> None:
    for text in texts:
        contacts.add_message(contact_id, PLATFORM, NewMessage(Speaker.CUSTOMER, text))


def texts(listener: Listener, count: int) -> list[str]:
    return [f["data"]["message"]["text"] for f in listener.wait_for("message", count)]


def test_two_agents_two_contacts(contacts: Contacts, opened: Open, listen: Listen) -> None:
    one, two = opened("甲"), opened("乙")
    contacts.change(one, LI, Changes(assigned_to=LI.name))
    contacts.change(two, WANG, Changes(assigned_to=WANG.name))
    li, wang, boss = listen(LI), listen(WANG), listen(BOSS)
    for n in range(3):
        send(contacts, one, f"甲{n}")
        send(contacts, two, f"乙{n}")
    assert texts(boss, 6) == ["甲0", "乙0", "甲1", "乙1", "甲2", "乙2"]
    assert texts(li, 3) == ["甲0", "甲1", "甲2"]
    assert texts(wang, 3) == ["乙0", "乙1", "乙2"]
    summary = li.frames[-1]["data"]["summary"]
    assert (summary["unread"], summary["id"]) == (4, one)


def test_who_loses_sight_of_a_contact_hears_that_it_is_gone(
    contacts: Contacts, opened: Open, listen: Listen
) -> None:
    contact_id = opened("甲")
    li, wang, boss = listen(LI), listen(WANG), listen(BOSS)
    contacts.change(contact_id, LI, Changes(assigned_to=LI.name))
    assert wang.wait_for("contact")[0]["data"] == {"id": contact_id, "gone": True}
    send(contacts, contact_id, "只给李")
    assert texts(li, 1) == texts(boss, 1) == ["只给李"]
    contacts.change(contact_id, BOSS, Changes(assigned_to=WANG.name))
    assert li.wait_for("contact", 2)[1]["data"] == {"id": contact_id, "gone": True}
    assert wang.wait_for("contact", 2)[1]["data"]["summary"]["assigned_to"] == WANG.name
    assert len(boss.wait_for("contact", 2)) == 2
    assert wang.of("message") == []
    assert all("gone" not in frame["data"] for frame in boss.frames)


def test_resuming_after_a_cut_loses_and_repeats_nothing(
    contacts: Contacts, opened: Open, listen: Listen
) -> None:
    contact_id = opened("甲")
    heard: list[tuple[int, str]] = []
    last: int | None = None
    for cut in range(4):
        listener = listen(LI, last)
        send(contacts, contact_id, f"{cut}-在线")
        listener.wait_for("message", 1 if cut == 0 else 3)
        listener.close()
        heard += [(f["id"], f["data"]["message"]["text"]) for f in listener.of("message")]
        last = listener.frames[-1]["id"]
        send(contacts, contact_id, f"{cut}-断线甲", f"{cut}-断线乙")
    expected = ["0-在线"]
    for cut in range(1, 4):
        expected += [f"{cut - 1}-断线甲", f"{cut - 1}-断线乙", f"{cut}-在线"]
    assert [text for _, text in heard] == expected
    numbers = [number for number, _ in heard]
    assert numbers == sorted(set(numbers))


def test_a_list_and_the_stream_from_its_position_are_seamless(
    contacts: Contacts, opened: Open, listen: Listen
) -> None:
    contact_id = opened("甲")
    _, position = contacts.listing(LI)
    send(contacts, contact_id, "之间")
    assert texts(listen(LI, position), 1) == ["之间"]


@pytest.mark.parametrize("after", [10**6, 0])
def test_who_missed_what_is_no_longer_known_starts_afresh(
    contacts: Contacts, opened: Open, listen: Listen, clock: FakeClock, after: int
) -> None:
    contact_id = opened("甲")
    contacts.close(contact_id, LI)
    send(contacts, contact_id, "乙")
    clock.advance(timedelta(days=3))
    contacts.forget(30)
    listener = listen(LI, after, ready="reset")
    assert [f["event"] for f in listener.frames] == ["reset"]
    send(contacts, contact_id, "丙")
    assert texts(listener, 1) == ["丙"]


def test_who_missed_too_much_starts_afresh(
    contacts: Contacts, opened: Open, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "_MOST_MISSED", 3)
    monkeypatch.setattr(feeding, "_PAGE", 2)
    contact_id = opened("甲")
    send(contacts, contact_id, "1", "2", "3")
    assert texts(listen(LI, 1), 3) == ["1", "2", "3"]
    assert listen(LI, 0, ready="reset").of("message") == []


def test_events_of_another_process_arrive(
    contacts: Contacts,
    opened: Open,
    listen: Listen,
    contact_settings: Settings,
) -> None:
    contact_id = opened("甲")
    listener = listen(LI)
    code = (
        "import sys; from pathlib import Path; from kb.settings import Settings\n"
        "from kb.store import open_engine; from kb.clock import utc_now\n"
        "from assistant.contacts.contacts import Contacts\n"
        "from assistant.contacts.model import NewMessage, Speaker\n"
        "from tests.assistant.contacts.conftest import PLATFORM\n"
        "data, url, contact = sys.argv[1:]\n"
        "given = {'ZHIKE_DATA': data, 'ZHIKE_DATABASE_URL': url}\n"
        "engine = open_engine(Settings.from_env(given, Path(data)))\n"
        "contacts = Contacts(engine, utc_now)\n"
        "for n in range(20):\n"
        "    contacts.add_message(contact, PLATFORM, NewMessage(Speaker.CUSTOMER, f'乙{n}'))\n"
    )
    arguments = [str(contact_settings.data), contact_settings.database_url, contact_id]
    other = subprocess.Popen([sys.executable, "-c", code, *arguments], cwd=ROOT)
    for n in range(20):
        send(contacts, contact_id, f"甲{n}")
    assert other.wait(60) == 0
    heard = texts(listener, 40)
    assert sorted(heard) == sorted([f"甲{n}" for n in range(20)] + [f"乙{n}" for n in range(20)])
    numbers = [frame["id"] for frame in listener.frames]
    assert numbers == sorted(set(numbers) | {numbers[0]})


def test_another_index_generation_is_told_once(
    contacts: Contacts, listen: Listen, generation: list[str], feed: Feed
) -> None:
    li, boss = listen(LI), listen(BOSS)
    generation[0] = "g1"
    assert li.wait_for("knowledge")[0]["data"] == {"generation": "g1"}
    contacts.note_generation("g1")  # another process sees it as well
    generation[0] = "g2"
    assert [f["data"]["generation"] for f in boss.wait_for("knowledge", 2)] == ["g1", "g2"]
    assert len(li.wait_for("knowledge", 2)) == 2


def test_whoever_may_no_longer_listen_is_cut_off(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "HEARTBEAT", 0.0)
    revoked, other = Listener(), Listener()
    feed.join(other, LI, lambda: LI, None)
    feed.join(revoked, WANG, lambda: None, None)
    revoked.wait_for("ready")
    other.wait_for("ready")
    feed.wake()
    while revoked.alive:
        pass
    assert other.alive


def test_the_thread_runs_only_while_somebody_listens(
    contacts: Contacts, opened: Open, listen: Listen, feed: Feed
) -> None:
    first = listen(LI)
    thread = feed._thread
    assert thread is not None
    first.close()
    thread.join(30)
    assert not thread.is_alive()
    assert feed._thread is None
    contact_id = opened("甲")
    again = listen(LI)
    send(contacts, contact_id, "乙")
    assert texts(again, 1) == ["乙"]


def test_a_database_that_fails_for_a_while_costs_no_event(
    contacts: Contacts, opened: Open, listen: Listen, database: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(feeding, "_PATIENCE", 0.01)
    contact_id = opened("甲")
    listener = listen(LI)
    working = store.events_after
    failures = iter([True] * 3)

    def failing(*args: Any, **how: Any) -> object:
        if next(failures, False):
            raise OSError("the database is restarting")
        return working(*args, **how)

    monkeypatch.setattr(store, "events_after", failing)
    send(contacts, contact_id, "乙", "丙")
    assert texts(listener, 2) == ["乙", "丙"]


def test_a_stream_that_waits_for_a_database_that_fails_may_leave(
    feed: Feed, contacts: Contacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise OSError("disk")

    monkeypatch.setattr(feeding, "_PATIENCE", 0.01)
    monkeypatch.setattr(store, "last_event", fail)
    listener = Listener()
    feed.join(listener, LI, lambda: LI, None)
    feed.stop()  # waits for the thread
    assert listener.frames == []
