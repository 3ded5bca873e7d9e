"""The load of `zhike bench console`, in a process of its own: consoles, agents and a platform.

Reads one plan as JSON from its input and writes JSON lines: `{"phase": …}` as it goes on, at the
end `{"found": …}`. Each console is an event stream of its own agent, who has one contact at a time.
The platform posts the customer's messages, the console asks for a suggestion to each as it comes,
and the agent answers. The time of a message runs from the moment when it is due, so
that a service which falls behind cannot hide it.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any

from evaluation.console_client import Client, Failed, Stream, follow
from evaluation.console_scripts import Script, answers, scripts
from evaluation.judged import Judged, load

_PATIENCE = 30.0
_SETTLING = 5.0  # seconds in which the last events may still come
_ALONE = 200  # requests of each kind that are sent one by one, to see what one costs
_OPEN = 40  # contacts that these are about


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do.

    Attributes:
        port: Where the service listens.
        sessions: Header lines of each agent, one agent for each console.
        platform: Header lines of the program that posts the customers' messages.
        seconds: How long.
        every: Seconds between two messages of a contact.
        answered: Whether the agent writes every other one; otherwise all are the customer's.
    """

    port: int
    sessions: list[str]
    platform: str
    seconds: float
    every: float
    answered: bool


@dataclass(slots=True)
class Found:
    """What was measured. Times are in seconds from the moment when a message was due.

    Attributes:
        events: Until the message was at its console.
        suggestions: Until the suggestion was there, too.
        asked: From asking for a suggestion until it was there.
        with_reply: How many suggestions held a reply.
        sent: How many messages the service accepted, of customers and agents.
        lost: How many of them never came to their console.
        repeated: How often one came again.
        strayed: How often one came to somebody else.
        errors: What went wrong, by kind.
        cpu: Processor time of this process, in seconds.
    """

    events: list[float] = field(default_factory=list)
    suggestions: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    with_reply: int = 0
    sent: int = 0
    lost: int = 0
    repeated: int = 0
    strayed: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    cpu: float = 0.0

    def note(self, error: str) -> None:
        """Count something that went wrong."""
        self.errors[error] = self.errors.get(error, 0) + 1


class Console:
    """One agent with an open console: number `at` of all."""

    def __init__(self, at: int, plan: Plan, platform: Client, found: Found) -> None:
        self._at = at
        self._plan = plan
        self._found = found
        self._platform = platform
        self._agent = Client(plan.port, plan.sessions[at], _PATIENCE)
        self._random = random.Random(at)
        self._waiting: dict[str, asyncio.Future[float]] = {}
        self._sent: set[str] = set()
        self._came: Counter[str] = Counter()
        self._number = 0
        self._contact = ""
        self._said: list[dict[str, str]] = []
        self._stream: Stream | None = None
        self._reconnecting: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Open the event stream."""
        self._stream = await follow(
            self._plan.port, self._plan.sessions[self._at], self._heard, self._cut
        )

    def close(self) -> None:
        """Leave, and count what never came."""
        if self._stream is not None:
            self._stream.close()
        self._agent.close()
        self._found.lost += len(self._sent - set(self._came))
        self._found.repeated += sum(count - 1 for count in self._came.values())

    async def begin(self, script: Script) -> None:
        """Open a contact and take it."""
        before = [{"role": turn.role, "text": turn.text} for turn in script.before]
        self._number += 1
        opened = {"channel": "chat", "messages": before, "external_id": f"c{self._name()}"}
        body = await self._call(self._platform, "POST", "/api/v1/contacts", opened, 201)
        self._contact = json.loads(body)["id"]
        self._said = before
        mine = {"assigned_to": "me"}
        await self._call(self._agent, "PATCH", f"/api/v1/contacts/{self._contact}", mine, 200)

    async def end(self) -> None:
        """Close the contact."""
        await self._call(self._agent, "POST", f"/api/v1/contacts/{self._contact}/close", {}, 200)

    def count_into(self, found: Found) -> None:
        """Forget what was sent so far and count everything from now on in another place."""
        self._found = found
        self._sent.clear()
        self._came.clear()

    @property
    def complete(self) -> bool:
        """Whether all that was sent has come."""
        return self._sent <= set(self._came)

    async def hear(self, text: str, due: float) -> None:
        """A customer's message: posted, heard, and a suggestion asked for."""
        await self.post("customer", text, due)
        began = perf_counter()
        await self.ask(self._said)
        now = perf_counter()
        self._found.asked.append(now - began)
        self._found.suggestions.append(now - due)

    async def post(self, role: str, text: str, due: float) -> None:
        """Post a message, the customer's by the platform, and wait until it is at the console."""
        client = self._agent if role == "agent" else self._platform
        self._number += 1
        name = f"m{self._name()}"
        self._said.append({"role": role, "text": text})
        came = self._waiting[name] = asyncio.get_running_loop().create_future()
        path = f"/api/v1/contacts/{self._contact}/messages"
        body = {"role": role, "text": text, "external_id": name}
        try:
            await self._call(client, "POST", path, body, 201)
            self._sent.add(name)
            self._found.sent += 1
            heard = await asyncio.wait_for(came, _PATIENCE)
        except TimeoutError:
            raise Failed("a message was not heard of") from None
        finally:
            del self._waiting[name]
        if role == "customer":
            self._found.events.append(heard - due)

    async def ask(self, said: Sequence[Mapping[str, str]]) -> None:
        """Ask for a suggestion to a whole conversation."""
        conversation = {"messages": said, "channel": "chat"}
        body = await self._call(self._agent, "POST", "/api/v1/suggest", conversation, 200)
        self._found.with_reply += b'"suggestions":[]' not in body

    async def work(self, queries: Sequence[Judged], start: float) -> None:
        """Serve contacts until time is up."""
        plan = self._plan
        replies = answers(queries)
        turn = plan.every * (2 if plan.answered else 1)
        due = start + turn * self._at / len(plan.sessions)
        for script in scripts(queries, self._at):
            try:
                await self.begin(script)
                for text in script.asked:
                    if due >= start + plan.seconds:
                        return
                    await asyncio.sleep(max(0.0, due - perf_counter()))
                    this, due = due, due + turn
                    await self.hear(text, this)
                    if plan.answered:
                        await asyncio.sleep(max(0.0, this + plan.every - perf_counter()))
                        reply = self._random.choice(replies)
                        await self.post("agent", reply, perf_counter())
                await self.end()
            except Failed as error:
                self._found.note(str(error))
                due = max(due, perf_counter())

    def _name(self) -> str:
        return f"{self._at}.{self._number}"

    def _heard(self, name: str) -> None:
        if name.partition(".")[0] != f"m{self._at}":
            self._found.strayed += 1
            return
        self._came[name] += 1
        waiting = self._waiting.get(name)
        if waiting is not None and not waiting.done():
            waiting.set_result(perf_counter())

    def _cut(self) -> None:
        self._found.note("an event stream was cut")
        self._reconnecting = asyncio.create_task(self._come_back())

    async def _come_back(self) -> None:
        assert self._stream is not None
        headers = self._plan.sessions[self._at]
        try:
            self._stream = await follow(
                self._plan.port, headers, self._heard, self._cut, self._stream.last
            )
        except (OSError, TimeoutError):
            self._found.note("an event stream did not come back")

    async def _call(
        self, client: Client, method: str, path: str, body: object, wanted: int
    ) -> bytes:
        status, answer = await client.call(method, path, body)
        if status != wanted:
            kind = path.rpartition("/")[2] if path.count("/") != 4 else "contact"
            raise Failed(f"{method} {kind}: status {status}")
        return answer


async def run(plan: Plan) -> Found:
    """Carry out a plan."""
    found, queries = Found(), load(split="dev")
    platform = Client(plan.port, plan.platform, _PATIENCE)
    consoles = [Console(at, plan, platform, found) for at in range(len(plan.sessions))]
    for console in consoles:
        await console.open()
    await _one_by_one(consoles, queries)
    found = Found()  # what came before was for warming up as well
    for console in consoles:
        console.count_into(found)
    tell(phase="load")
    spent, start = cpu(), perf_counter()
    await asyncio.gather(*(console.work(queries, start) for console in consoles))
    found.cpu = cpu() - spent
    tell(phase="done")
    until = perf_counter() + _SETTLING
    while perf_counter() < until and not all(console.complete for console in consoles):
        await asyncio.sleep(0.05)
    for console in consoles:
        console.close()
    platform.close()
    return found


async def _one_by_one(consoles: Sequence[Console], queries: Sequence[Judged]) -> None:
    """What one suggestion and one message cost, with nothing else going on."""
    some = consoles[:_OPEN]
    source = scripts(queries, -1)
    for console in some:
        await console.begin(next(source))
    for phase in ("warming up", "suggestions"):
        tell(phase=phase, count=_ALONE)
        for at in range(_ALONE):
            script = next(source)
            turns = [{"role": turn.role, "text": turn.text} for turn in script.before]
            await some[at % len(some)].ask([*turns, {"role": "customer", "text": script.asked[0]}])
    tell(phase="messages", count=_ALONE)
    replies = answers(queries)
    for at in range(_ALONE):
        console, theirs = some[at % len(some)], at // len(some) % 2 == 0
        text = next(source).asked[0] if theirs else replies[at % len(replies)]
        await console.post("customer" if theirs else "agent", text, perf_counter())
    tell(phase="end")
    for console in some:
        await console.end()


def cpu() -> float:
    """Processor time that this process has used, in seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def tell(**said: Any) -> None:  # noqa: ANN401 - anything that is JSON
    """Write one line to whoever started this process."""
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Entry point of the process."""
    found = asyncio.run(run(Plan(**json.load(sys.stdin))))
    tell(found=asdict(found))


if __name__ == "__main__":
    main()
