"""The load test of the console: what it sends, what it counts, and one short run on the service."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from evaluation import processes
from evaluation.bench_console import Costs, Load, Measured, as_json, measure, slope, text
from evaluation.console_client import Client, Failed, Stream
from evaluation.console_load import Found
from evaluation.console_scripts import MOST_BEFORE, answers, scripts
from evaluation.judged import load

ROOT = Path(__file__).parents[2]


def test_contacts_are_the_same_for_the_same_seed_and_never_too_long() -> None:
    queries = load(split="dev")
    some = list(islice(scripts(queries, 7), 300))
    assert some == list(islice(scripts(queries, 7), 300))
    assert some != list(islice(scripts(queries, 8), 300))
    for script in some:
        # Each query is answered before the next one comes.
        assert len(script.before) + 2 * (len(script.asked) - 1) <= MOST_BEFORE
        assert not script.before or script.before[-1].role == "agent"
    assert any(script.before for script in some)
    asked = {query.query for query in queries}
    assert {text for script in some for text in script.asked} <= asked
    assert {query.query for query in load(split="test")} - asked
    assert len(answers(queries)) > 1


def frames(*names: str) -> bytes:
    """Events as the service sends them, each in one chunk."""
    found = b"HTTP/1.1 200 OK\r\n\r\nD\r\nretry: 1000\n\n\r\n"
    parts = [b'id: 4\nevent: ready\ndata: {"position": 4}\n\n']
    for number, name in enumerate(names, start=5):
        message = {"text": 'say "external_id": "m9.9"', "external_id": name}
        data = json.dumps({"message": message, "summary": {"external_id": "c1.1"}})
        parts.append(f"id: {number}\nevent: message\ndata: {data}\n\n".encode())
    parts.append(b": still here\nid: 99\n\n")
    return found + b"".join(b"%X\r\n%b\r\n" % (len(part), part) for part in parts)


@pytest.mark.parametrize("size", [1, 7, 64, 100_000])
def test_a_stream_tells_each_message_however_it_is_cut(size: int) -> None:
    told: list[str] = []
    stream = Stream(told.append, lambda: None)
    data = frames("m1.2", "m1.3", "m1.3")
    for at in range(0, len(data), size):
        stream.data_received(data[at : at + size])
    assert told == ["m1.2", "m1.3", "m1.3"]
    assert stream.ready.is_set()
    assert stream.last == 99


Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def run(work: Coroutine[Any, Any, list[tuple[int, bytes]]]) -> list[tuple[int, bytes]]:
    """Runs it on a thread of its own: a browser's driver may keep a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def called(answer: Answer, patience: float = 5.0, times: int = 1) -> list[tuple[int, bytes]]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        client = Client(port, "Authorization: Bearer secret\r\n", patience)
        try:
            return [await client.call("POST", "/echo", {"n": n}) for n in range(times)]
        finally:
            client.close()
            await asyncio.sleep(0.05)  # both sides see the end before the loop does


async def request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    assert b"Authorization: Bearer secret\r\n" in head
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    return await reader.readexactly(length)


def test_answers_come_in_pieces_over_one_kept_connection() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            body = await request(reader)
            reply = b"HTTP/1.1 201 CREATED\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
            for at in range(len(reply)):
                writer.write(reply[at : at + 1])
                await writer.drain()

    assert run(called(echo, times=2)) == [(201, b'{"n": 0}'), (201, b'{"n": 1}')]


def test_no_answer_is_a_failure() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        await reader.read()

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")

    with pytest.raises(Failed, match="closed"):
        run(called(hang_up))
    with pytest.raises(Failed, match="no answer within"):
        run(called(say_nothing, patience=0.1))
    with pytest.raises(Failed, match="without a length"):
        run(called(endless))


def test_growth_is_that_of_the_second_half() -> None:
    assert slope([(0.0, 5.0), (1.0, 7.0), (2.0, 9.0)]) == pytest.approx(2.0)
    assert slope([(1.0, 5.0)]) == 0.0
    grown = [(float(at), 100.0 + min(at, 300)) for at in range(0, 600, 10)]
    assert Costs(seconds=600.0, memory=grown).growth == pytest.approx(0.0)
    leaking = [(float(at), 100.0 + at / 10) for at in range(0, 600, 10)]
    assert Costs(seconds=600.0, memory=leaking).growth == pytest.approx(6.0)


def test_whatever_does_not_hold_is_named() -> None:
    quick = Found(events=[0.01] * 100, suggestions=[0.05] * 100, asked=[0.04] * 100, sent=200)
    costs = Costs(30.0, 5.0, 12.0, 60.0, [(0.0, 400.0), (60.0, 400.0)])
    assert Measured(Load(), quick, costs).failures == []
    assert "NOT HELD" not in text(Measured(Load(), quick, costs))
    slow = Found(
        suggestions=[0.05] * 94 + [0.3] * 6, lost=1, repeated=2, strayed=3, errors={"oh": 4}
    )
    measured = Measured(Load(), slow, Costs(seconds=60.0, memory=[(40.0, 1.0), (50.0, 9.0)]))
    failures = " ".join(measured.failures)
    for part in (
        "4 × oh",
        "1 messages lost",
        "2 messages told twice",
        "3 messages",
        "300 ms",
        "48.00",
    ):
        assert part in failures
    assert text(measured).count("NOT HELD") == len(measured.failures) == 6
    assert Measured(Load(), Found(), Costs()).failures == ["no suggestion came"]
    assert as_json(measured)["message_to_suggestion_ms"]["p90"] == 50.0


def test_what_a_process_and_its_children_cost() -> None:
    busy = "import sys, time\nwhile time.process_time() < .3: pass\nprint(1, flush=True)\nsys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", busy], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert child.pid in processes.family(os.getpid())
        assert processes.family(child.pid) == [child.pid]
        assert processes.cpu_seconds([child.pid]) >= 0.2
        assert processes.resident_mib([child.pid]) > 1
        child.communicate()
    assert processes.cpu_seconds([child.pid]) == processes.resident_mib([child.pid]) == 0


@pytest.mark.slow
def test_a_short_run_on_the_real_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = tmp_path / "content"
    content.mkdir()
    for found in (ROOT / "content" / "policy").glob("return-7-days.*.md"):
        shutil.copy(found, content)
    said: list[str] = []
    measured = measure(content, Load(consoles=3, minutes=0.05, every=0.5), said.append)
    figures = as_json(measured)
    assert figures["errors"] == {}
    assert (figures["lost"], figures["repeated"], figures["strayed"]) == (0, 0, 0)
    assert figures["suggestions"] == 9
    assert figures["messages"] > figures["suggestions"]  # those of the agents
    assert figures["cpu_ms_of_a_suggestion"] > 0
    assert figures["cpu_seconds_of_the_service"] > 0
    assert figures["memory_mib"]["last"] > 50
    assert said
