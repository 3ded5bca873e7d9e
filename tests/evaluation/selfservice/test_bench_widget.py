"""The load test of self-service: what it sends, what must hold, and one short run."""

from __future__ import annotations

import asyncio
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from evaluation.bench_widget import (
    LOAD,
    OVERLOAD,
    RECOVERY,
    Costs,
    Load,
    Measured,
    as_json,
    measure,
    text,
)
from evaluation.console_client import Client, Failed, Stream, follow
from evaluation.widget_load import Phase, Plan, Sent, Widget, run

ROOT = Path(__file__).parents[3]
SITE = "0123456789ab"
QUICK = Sent(answered=[0.05] * 1000, statuses={"201": 1000}, seconds=20.0)


def measured(**found: Sent) -> Measured:
    phases = {LOAD: QUICK, OVERLOAD: QUICK, RECOVERY: QUICK} | found
    costs = {name: Costs(1.0, [(0.0, 400.0), (1.0, 410.0)]) for name in phases}
    return Measured(Load(), phases, costs, 12.0)


def test_a_plan_comes_through_its_pipe() -> None:
    plan = Plan(1, SITE, "https://shop.example", 9, 2, Load().phases)
    assert Plan.from_json(json.loads(json.dumps(asdict(plan)))) == plan


def test_the_phases_are_the_load_too_much_of_it_and_the_load_again() -> None:
    _, load, over, again = Load(rate=10.0, times=3.0, seconds=60.0, over_seconds=7.0).phases
    assert (load.rate, over.rate, again.rate) == (10.0, 30.0, 10.0)
    assert (over.seconds, again.seconds) == (7.0, 30.0)
    assert load.uncounted == over.uncounted == 0.0 < again.uncounted


def test_whatever_does_not_hold_is_named() -> None:
    assert measured().failures == []
    slow = Sent(answered=[0.05] * 94 + [0.4] * 6, statuses={"201": 100})
    assert measured(load=slow).failures == ["load: p95 is 400 ms, over 200"]
    assert measured(recovery=slow).failures == ["recovery: p95 is 400 ms, over 200"]
    assert measured(overload=slow).failures == []  # it only has to be refused early
    some = Sent(
        answered=[0.05] * 998, refused=[0.01], statuses={"201": 998, "429": 1}, errors={"oh": 1}
    )
    told = "2 of 1000 messages were refused, held back or went wrong"
    assert measured(load=some).failures == [f"load: {told}"]
    assert measured(recovery=some).failures == [f"recovery: {told}"]
    assert measured(overload=some).failures == []  # one of a thousand
    one = Sent(answered=[0.05] * 999, statuses={"201": 999}, errors={"oh": 1})
    assert measured(load=one, recovery=one).failures == []
    held = Sent(answered=[0.05] * 100, statuses={"201": 100}, held_back={"a visit": 1})
    assert "held back" in measured(recovery=held).failures[0]
    assert measured(overload=held).failures == []
    waited = Sent(answered=[0.1], refused=[1.4] * 50, statuses={"201": 1, "503": 50})
    assert measured(overload=waited).failures == []
    late = replace(waited, refused=[3.0] * 50)
    assert measured(overload=late).failures == ["overload: refusals take 3000 ms, over 1500"]
    crawling = Sent(answered=[9.0] * 100, statuses={"201": 100})
    assert measured(overload=crawling).failures == ["overload: answers take 9000 ms, over 2000"]
    shut = Sent(refused=[0.1] * 100, statuses={"503": 100})
    assert measured(overload=shut).failures == ["overload: no message was answered"]
    lost = Sent(answered=[0.1], statuses={"201": 1}, errors={"no answer within 10 s": 5})
    assert "no answer within" in measured(overload=lost).failures[0]
    assert measured(load=Sent()).failures == ["load: no message was answered"]


def test_memory_and_the_index_count_too() -> None:
    phases = {LOAD: QUICK, OVERLOAD: QUICK, RECOVERY: QUICK}
    costs = {name: Costs(1.0, [(0.0, 400.0)]) for name in phases}
    costs[OVERLOAD] = Costs(1.0, [(0.0, 400.0), (5.0, 900.0)])
    failures = Measured(Load(), phases, costs, None).failures
    assert failures == [
        "no index was published during the load", "memory grew from 400 to 900 MiB under overload",
    ]  # fmt: skip
    too_late = Measured(Load(seconds=60.0), phases, {LOAD: Costs(), OVERLOAD: Costs()}, 61.0)
    assert too_late.failures == ["the index was live after 61.0 s, when the load was over"]
    assert replace(too_late, published=59.0).failures == []
    told = text(Measured(Load(), phases, costs, None))
    assert told.count("NOT HELD") == 2
    assert "p95 50 ms" in told
    figures = as_json(Measured(Load(), phases, costs, 3.25))
    assert figures["published_after_seconds"] == 3.2
    assert figures[OVERLOAD]["memory_mib"]["most"] == 900.0


class Service:
    """A stand-in for self-service: keeps what it is asked, and answers by the path.

    Attributes:
        heads: What it was asked.
        sent_away: Which visits may not begin, by their number.
        retry: The header line that tells these when to come back.
        hangs_up: On whoever ends a visit.
        streams: How many event streams it opens; more are refused.
        slow: Seconds that all messages but the first take.
    """

    def __init__(self, message: tuple[str, dict[str, Any]], headers: str = "") -> None:
        self.heads: list[str] = []
        self.sent_away = range(0)
        self.hangs_up = False
        self.streams = 1_000
        self.slow = 0.0
        self.retry = "Retry-After: 0\r\n"
        self._begun = 0
        self._said = 0
        self._message = message
        self._headers = headers

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.heads.append(head)
                length = head.lower().partition("content-length:")[2].split("\r\n")[0]
                await reader.readexactly(int(length or 0))
                if self.hangs_up and head.startswith("DELETE"):
                    return
                if "/messages" in head:
                    self._said += 1
                    await asyncio.sleep(self.slow if self._said > 1 else 0.0)
                writer.write(self._answer(head.split("\r\n")[0]))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, line: str) -> bytes:
        if line.startswith("GET"):
            self.streams -= 1
            if self.streams < 0:
                return b"HTTP/1.1 503 BUSY\r\nContent-Length: 0\r\n\r\n"
            state = b'event: state\ndata: {"mode": "waiting"}\n\n'
            chunks = b"D\r\nretry: 1000\n\n\r\n%X\r\n%b\r\n" % (len(state), state)
            return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
        if line.startswith("DELETE"):
            return b"HTTP/1.1 204 NO CONTENT\r\n\r\n"
        status, body = "201 CREATED", {"token": "zkw_secret", "state": {"mode": "bot"}}
        later = self._headers if "/messages" in line else ""
        if "/sessions" in line:
            self._begun += 1
            if self._begun in self.sent_away:
                status, body, later = "429 LATER", {}, self.retry
        elif "/handover" in line:
            status, body = "200 OK", {"state": {"mode": "waiting"}}
        elif "/messages" in line:
            status, body = self._message
        data = json.dumps(body).encode()
        return f"HTTP/1.1 {status}\r\n{later}Content-Length: {len(data)}\r\n\r\n".encode() + data


def played(service: Service, *phases: Phase, streams: int = 1) -> dict[str, Sent]:
    async def play() -> dict[str, Sent]:
        server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            plan = Plan(port, SITE, "https://shop.example", 4, streams, list(phases))
            try:
                return await run(plan)
            finally:
                await asyncio.sleep(0.05)  # both sides see the end before the loop does

    with ThreadPoolExecutor(1) as pool:  # a browser's driver may keep a loop in this thread
        return pool.submit(asyncio.run, play()).result()


def unsent(sent: Sent) -> int:
    """Messages that no widget was free for: on a busy machine the load may fall behind itself."""
    return sent.errors.pop("every widget was still waiting for an answer", 0)


def test_every_message_is_sent_by_a_widget_with_a_visit_and_an_address_of_its_own() -> None:
    service = Service(("201 CREATED", {"state": {"mode": "bot"}}))
    sent = played(service, Phase(LOAD, 200.0, 0.1))[LOAD]
    went = 20 - unsent(sent)
    assert sent.statuses == {"201": went}
    assert (len(sent.answered), sent.errors, sent.refused, sent.streams) == (went, {}, [], 1)
    messages = [head for head in service.heads if "/messages" in head]
    assert all("Authorization: Bearer zkw_secret\r\n" in head for head in messages)
    assert all("Origin: https://shop.example\r\n" in head for head in messages)
    addresses = {head.partition("X-Forwarded-For: ")[2].split("\r\n")[0] for head in messages}
    assert 1 < len(addresses)
    assert addresses <= {"10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3"}


def test_what_is_refused_with_a_time_to_come_back_is_no_error() -> None:
    busy = Service(("503 BUSY", {}), "Retry-After: 1\r\n")
    sent = played(busy, Phase(OVERLOAD, 200.0, 0.05))[OVERLOAD]
    went = 10 - unsent(sent)
    assert (len(sent.refused), sent.answered, sent.errors) == (went, [], {})
    bare = played(Service(("503 BUSY", {})), Phase(OVERLOAD, 200.0, 0.05))[OVERLOAD]
    went = 10 - unsent(bare)
    assert (bare.refused, bare.errors) == ([], {"status 503": went})


@pytest.mark.parametrize("hangs_up", [False, True])
def test_who_is_handed_over_listens_and_the_oldest_makes_room(hangs_up: bool) -> None:
    service = Service(("201 CREATED", {"state": {"mode": "waiting"}}))
    service.hangs_up = hangs_up  # which does not keep the next customer out
    sent = played(service, Phase(LOAD, 50.0, 0.2))[LOAD]
    unsent(sent)
    assert sent.errors == {}
    assert sent.streams >= 1
    lines = [head.split("\r\n")[0] for head in service.heads]
    began = sum("/sessions" in line and line.startswith("POST") for line in lines)
    left = sum(line.startswith("DELETE") for line in lines)
    assert began == 4 + left
    assert left > 0
    assert sum("/events" in line for line in lines) == 1 + left


def test_customers_who_cannot_come_in_are_held_back_and_come_in_the_next_phase(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("evaluation.widget_load._TRIES", 1)
    service = Service(("201 CREATED", {"state": {"mode": "waiting"}}))
    service.sent_away = range(5, 8)  # the four widgets have a visit when the load begins
    found = played(service, Phase(OVERLOAD, 100.0, 0.3), Phase(RECOVERY, 50.0, 0.2))
    over = found[OVERLOAD]
    unsent(over)
    assert over.held_back["a visit: it could not begin"] == 3
    assert over.held_back["a message: its customer had no visit yet"] > 0
    assert over.errors == {}
    over = replace(over, answered=QUICK.answered)
    assert measured(overload=over).failures == []
    assert measured(load=over).failures != [], "in the load nobody may be held back"
    began = [head for head in service.heads if head.startswith("POST /widget/v1/sessions")]
    assert len(began) > 7, "they come again"
    assert found[RECOVERY].statuses["201"] > 0
    assert "a visit: it could not begin" not in found[RECOVERY].held_back


def test_a_service_that_does_not_answer_is_not_excused_by_a_customer_who_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("evaluation.widget_load._TRIES", 1)
    service = Service(("201 CREATED", {"state": {"mode": "waiting"}}))
    service.sent_away, service.slow = range(5, 6), 0.5
    sent = played(service, Phase(OVERLOAD, 100.0, 0.2))[OVERLOAD]
    assert unsent(sent) > 0
    assert "a message: its customer had no visit yet" not in sent.held_back


def test_who_cannot_begin_for_another_reason_is_an_error() -> None:
    service = Service(("201 CREATED", {"state": {"mode": "waiting"}}))
    service.sent_away, service.retry = range(5, 1_000), ""
    sent = played(service, Phase(LOAD, 100.0, 0.1))[LOAD]
    assert sent.errors["a new customer: a visit could not begin: status 429"] > 0
    assert sent.held_back == {}


def test_who_cannot_listen_comes_again_in_the_next_phase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluation.widget_load._TRIES", 1)
    service = Service(("201 CREATED", {"state": {"mode": "waiting"}}))
    service.streams = 1  # that of the one who is with a person from the beginning
    found = played(service, Phase(OVERLOAD, 100.0, 0.2), Phase(RECOVERY, 20.0, 0.6))
    for sent in found.values():
        assert sent.errors["around a hand-over: an event stream was refused: status 503"] == 3
    began = sum(head.startswith("POST /widget/v1/sessions") for head in service.heads)
    assert began == 4 + 3


def test_a_mistake_in_the_load_itself_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def wrong(self: Widget, text: str) -> tuple[int, bytes, bytes]:
        raise ZeroDivisionError

    monkeypatch.setattr(Widget, "say", wrong)
    with pytest.raises(ExceptionGroup) as caught:
        played(Service(("201 CREATED", {})), Phase(LOAD, 100.0, 0.1))
    assert caught.group_contains(ZeroDivisionError)


def test_the_first_of_a_phase_may_not_count() -> None:
    service = Service(("201 CREATED", {"state": {"mode": "bot"}}))
    sent = played(service, Phase(RECOVERY, 100.0, 0.2, uncounted=0.1))[RECOVERY]
    went = 20 - unsent(sent)
    assert sent.statuses == {"201": went}
    assert 0 < len(sent.answered) <= 10
    busy = Service(("503 BUSY", {}), "Retry-After: 1\r\n")
    refused = played(busy, Phase(RECOVERY, 100.0, 0.2, uncounted=0.1))[RECOVERY]
    assert 0 < len(refused.refused) <= 10
    assert refused.statuses["503"] == 20 - unsent(refused)


def test_a_refused_stream_is_told_at_once() -> None:
    stream = Stream(lambda _name: None, lambda: None)
    stream.data_received(b"HTTP/1.1 503 BUSY\r\nContent-Length: 0\r\n\r\n")
    assert (stream.ready.is_set(), stream.refused) == (True, "503")

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 429 LATER\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async def listen() -> None:
        server = await asyncio.start_server(refuse, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            try:
                await follow(port, "", lambda _name: None, lambda: None, path="/widget/v1/events")
            finally:
                await asyncio.sleep(0.05)

    with ThreadPoolExecutor(1) as pool, pytest.raises(Failed, match="status 429"):
        pool.submit(asyncio.run, listen()).result()


def test_a_connection_that_will_close_is_not_used_again() -> None:
    calls: list[int] = []

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append(1)
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(2)
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
        writer.close()

    async def twice() -> list[tuple[int, bytes]]:
        server = await asyncio.start_server(once, "127.0.0.1", 0)
        async with server:
            client = Client(server.sockets[0].getsockname()[1], "", 5.0)
            found = [await client.call("POST", "/", {}) for _ in range(2)]
            await asyncio.sleep(0.05)
            return found

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(asyncio.run, twice()).result() == [(200, b"{}")] * 2
    assert len(calls) == 2


@pytest.mark.slow
def test_a_short_run_on_the_real_service(tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    for found in (ROOT / "content" / "faq").glob("faq-refund-when.*.md"):
        shutil.copy(found, content)
    for found in (ROOT / "content" / "policy").glob("refund-timing.*.md"):
        shutil.copy(found, content)
    said: list[str] = []
    load = Load(
        widgets=8, rate=4.0, seconds=3.0, streams=2, times=2.0, over_seconds=2.0,
        settings={"ZHIKE_WIDGET_PER_SITE": "6000"},
    )  # fmt: skip
    figures = as_json(measure(content, load, said.append))
    for part in (LOAD, RECOVERY):  # on a busy machine every widget may be waiting at times
        waiting = figures[part]["errors"].pop("every widget was still waiting for an answer", 0)
        assert figures[part]["errors"] == {}
        assert figures[part]["messages"] - waiting == figures[part]["statuses"]["201"]
    assert figures[LOAD]["streams"] >= 1
    assert figures["published_after_seconds"] is not None
    assert figures[OVERLOAD]["memory_mib"]["most"] > 50
    assert said
