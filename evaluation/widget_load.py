"""The load of `zhike bench widget`, in a process of its own: many open widgets of one site.

Reads one plan as JSON from its input and writes JSON lines: `{"phase": …}` as it goes on, at the
end `{"found": …}`. Every widget has a visit, an address and a page of its own. Messages
are sent when they are due, whether or not earlier ones were answered, by widgets that wait for
nothing; the time of a message runs from that moment, so that a service which falls behind cannot
hide it. A visit that is handed over follows its event stream from then on; when more are than the
plan says, the oldest of them leaves and another customer comes.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from time import perf_counter

from evaluation.console_client import Client, Failed, Stream, follow
from evaluation.console_load import cpu, tell
from evaluation.judged import load

_PATIENCE = 10.0
_AT_FIRST = 60.0  # a service that has just started reads much on its first requests
_STREAMS = "/widget/v1/events"
_TO_PERSON = 0.1  # share of the messages that go to a person, where any visit has one
_PRODUCT_PAGES = 3  # every third widget stands on a product's page, the others on general ones
_PRODUCTS = ("巡尘 X2", "霜序 452", "清和1.5匹挂机", "门语 D1", "织网 AX3", "Mira 5")
_RETRY = re.compile(rb"\r\nretry-after: *(\d+)", re.IGNORECASE)
_WITH_PERSON = re.compile(rb'"mode": ?"(?:waiting|agent)"')
_BUSY = (429, 503)
_COME_BACK = 1.0  # seconds until a refused event stream is tried again
_TRIES = 30  # to begin a visit or to get a person, each after as long as the service asks for
_HANDOVER_EVERY = 4  # visits of which one asks for a person before the load begins, at most


@dataclass(frozen=True, slots=True)
class Phase:
    """So many messages a second for so many seconds; the times of the first few may not count."""

    name: str
    rate: float
    seconds: float
    uncounted: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do.

    Attributes:
        port: Where the service listens.
        site: Id of the site that the widgets stand on.
        origin: Its pages' origin.
        widgets: How many are open.
        streams: How many of them are with a person and follow their events, at most.
        phases: What they send, one phase after the other.
    """

    port: int
    site: str
    origin: str
    widgets: int
    streams: int
    phases: list[Phase]

    @classmethod
    def from_json(cls, raw: dict[str, object]) -> Plan:
        """From what `asdict` made of one."""
        found = cls(**raw)  # type: ignore[arg-type]
        phases = [Phase(**phase) for phase in found.phases]  # type: ignore[arg-type]
        return cls(found.port, found.site, found.origin, found.widgets, found.streams, phases)


@dataclass(slots=True)
class Sent:
    """What became of one phase's messages. Times are in seconds from when they were due.

    Attributes:
        answered: Of those that were answered and count.
        refused: Of those that were refused as too many, by 429 or 503 with Retry-After, and count.
        statuses: How many answers had each status, whether they count or not.
        held_back: What was not sent since the service had told the customers to come back later,
            by kind.
        errors: What else went wrong, by kind.
        seconds: How long the phase took, until its last answer.
        streams: How many event streams were open at its end.
        cpu: Processor time of this process, in seconds.
    """

    answered: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    held_back: dict[str, int] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    streams: int = 0
    cpu: float = 0.0

    def note(self, error: str) -> None:
        """Count something that went wrong."""
        self.errors[error] = self.errors.get(error, 0) + 1

    def hold_back(self, what: str) -> None:
        """Count something that was not sent."""
        self.held_back[what] = self.held_back.get(what, 0) + 1


class SentAway(Failed):
    """The service said again and again that the customer should come back later."""


class Widget:
    """One open widget: number `at` of all, with one visit after the other.

    Attributes:
        with_person: Whether its visit was handed over.
        speaking: How many of its messages are not answered yet.
        away: Whether it has no visit yet since the service told it to come back later.
        was_cut: Whether the service ended the event stream.
    """

    def __init__(self, at: int, plan: Plan, client: Client) -> None:
        self._plan = plan
        self._client = client
        self._stream: Stream | None = None
        self._address = f"10.{at // 65536}.{at // 256 % 256}.{at % 256}"
        self._context = {"page": f"https://shop.example/p/{at}"}
        if at % _PRODUCT_PAGES == 0:
            self._context["product"] = _PRODUCTS[at // _PRODUCT_PAGES % len(_PRODUCTS)]
        self._headers = ""
        self._number = 0
        self.with_person = False
        self.speaking = 0
        self.away = False
        self.was_cut = False

    async def begin(self) -> None:
        """Open a visit, later where the service says so; Failed if there is none.

        Raises SentAway, which is a Failed, when it never is the time.
        """
        self._headers = (
            f"Origin: {self._plan.origin}\r\nX-Forwarded-For: {self._address}\r\n"
            "Accept-Language: zh-CN\r\n"
        )
        status, answer = await self._patiently("/sessions", {"site": self._plan.site})
        if status != 201:
            raise Failed(f"a visit could not begin: status {status}")
        self._headers += f"Authorization: Bearer {json.loads(answer)['token']}\r\n"
        self.with_person, self.was_cut = False, False

    async def leave(self) -> None:
        """End the visit; whether that was possible does not matter to who leaves."""
        self.close()
        with suppress(Failed):
            await self._client.ask("DELETE", "/widget/v1/sessions", {}, self._headers)

    def close(self) -> None:
        """Hang up."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    async def say(self, text: str) -> tuple[int, bytes, bytes]:
        """Send a message; status, body and head of the answer."""
        self._number += 1
        body = {"text": text, "external_id": f"m{self._number}", "context": self._context}
        return await self._client.ask("POST", "/widget/v1/messages", body, self._headers)

    async def ask_for_person(self) -> None:
        """Be handed over, and follow what happens from then on; Failed if that is refused."""
        status, answer = await self._patiently("/handover", {})
        if status not in (200, 201) or not _WITH_PERSON.search(answer):
            raise Failed(f"a hand-over was refused: status {status}")
        await self.listen()

    async def listen(self) -> None:
        """Open the event stream, later where it is refused; Failed if it stays so."""
        self.with_person = True
        for tries in range(_TRIES):
            try:
                self._stream = await follow(
                    self._plan.port, self._headers, lambda _name: None, self._lost, path=_STREAMS
                )
                return
            except Failed:
                if tries == _TRIES - 1:
                    raise
                await asyncio.sleep(_COME_BACK)

    async def _patiently(self, path: str, body: object) -> tuple[int, bytes]:
        """Status and body of the answer, tried again when the service says that it may be.

        Raises SentAway when it said so every time.
        """
        for _ in range(_TRIES):
            status, answer, head = await self._client.ask(
                "POST", f"/widget/v1{path}", body, self._headers
            )
            later = _RETRY.search(head)
            if status not in _BUSY or later is None:
                self.away = False
                return status, answer
            self.away = True
            await asyncio.sleep(int(later[1]))
        raise SentAway(f"{path} was refused {_TRIES} times, at last with status {status}")

    def _lost(self) -> None:
        self.was_cut = True


class Crowd:
    """All widgets, and who of them may speak next."""

    def __init__(self, plan: Plan, texts: Sequence[str]) -> None:
        self._plan = plan
        self._texts = texts
        self._client = Client(plan.port, "", _AT_FIRST)
        self._random = random.Random(7)
        self._widgets = [Widget(at, plan, self._client) for at in range(plan.widgets)]
        self._free: deque[Widget] = deque()
        self._handed: deque[Widget] = deque()
        self._outside: list[Widget] = []

    async def open(self) -> None:
        """Open every widget; a few have asked for a person already."""
        for at, widget in enumerate(self._widgets):
            await widget.begin()
            if at % _HANDOVER_EVERY == 0 and len(self._handed) < self._plan.streams:
                await widget.ask_for_person()
                self._handed.append(widget)
            else:
                self._free.append(widget)
        self._client.patience = _PATIENCE

    async def run(self, phase: Phase) -> Sent:
        """One phase: every message at its time, by the widget that was silent for longest.

        Whoever was left without a visit by the phase before comes again first.
        """
        sent, spent = Sent(), cpu()
        start = perf_counter()
        outside, self._outside = self._outside, []
        async with asyncio.TaskGroup() as group:
            for widget in outside:
                group.create_task(self._another(widget, sent))
            for number in range(int(phase.rate * phase.seconds)):
                due = start + number / phase.rate
                await asyncio.sleep(max(0.0, due - perf_counter()))
                counted = number / phase.rate >= phase.uncounted
                if speaker := self._next(sent, counted=counted):
                    group.create_task(self._speak(speaker, due, sent, counted=counted))
        sent.seconds, sent.cpu = perf_counter() - start, cpu() - spent
        sent.streams = len(self._handed)
        for widget in self._handed:
            if widget.was_cut:
                sent.note("an event stream was cut")
                widget.was_cut = False  # told once
        return sent

    def close(self) -> None:
        """Everybody leaves at once."""
        for widget in self._widgets:
            widget.close()
        self._client.close()

    def _next(self, sent: Sent, *, counted: bool) -> Widget | None:
        """Who sends the next message, and speaks from now on; None when nobody can."""
        if self._handed and self._random.random() < _TO_PERSON:
            self._handed.rotate(-1)
            found = self._handed[0]
        elif self._free:
            found = self._free.popleft()
        else:
            away = sum(widget.away for widget in self._widgets)
            waiting = len(self._widgets) - len(self._handed) - away
            if waiting > away or not away:
                sent.note("every widget was still waiting for an answer")
            elif counted:
                sent.hold_back("a message: its customer had no visit yet")
            return None
        found.speaking += 1
        return found

    async def _speak(self, widget: Widget, due: float, sent: Sent, *, counted: bool) -> None:
        try:
            status, answer, head = await widget.say(self._random.choice(self._texts))
            took = perf_counter() - due
        except Failed as error:
            sent.note(str(error))
            self._back(widget)
            return
        finally:
            widget.speaking -= 1
        sent.statuses[str(status)] = sent.statuses.get(str(status), 0) + 1
        if status in _BUSY and _RETRY.search(head):
            if counted:
                sent.refused.append(took)
        elif status == 201:
            if counted:
                sent.answered.append(took)
        else:
            sent.note(f"status {status}")
        if not widget.with_person and _WITH_PERSON.search(answer):
            await self._hand_over(widget, sent)
        else:
            self._back(widget)

    def _back(self, widget: Widget) -> None:
        if not widget.with_person:
            self._free.append(widget)

    async def _hand_over(self, widget: Widget, sent: Sent) -> None:
        """It waits for a person now; who has waited longest makes room for another customer."""
        try:
            await widget.listen()
        except (Failed, OSError, TimeoutError) as error:
            sent.note(f"around a hand-over: {error}")
            self._outside.append(widget)
            return
        self._handed.append(widget)
        silent = [other for other in self._handed if not other.speaking]
        if len(self._handed) > self._plan.streams and silent:
            self._handed.remove(silent[0])
            await silent[0].leave()
            await self._another(silent[0], sent)

    async def _another(self, widget: Widget, sent: Sent) -> None:
        """A new customer for one who left; in the next phase, where there is no room yet."""
        try:
            await widget.begin()
            self._free.append(widget)
        except SentAway:
            sent.hold_back("a visit: it could not begin")
            self._outside.append(widget)
        except (Failed, OSError, TimeoutError) as error:
            sent.note(f"a new customer: {error}")
            self._outside.append(widget)


async def run(plan: Plan) -> dict[str, Sent]:
    """Carry out a plan; what each phase found, by its name."""
    crowd = Crowd(plan, [query.query for query in load(split="dev")])
    found: dict[str, Sent] = {}
    try:
        await crowd.open()
        for phase in plan.phases:
            tell(phase=phase.name)
            found[phase.name] = await crowd.run(phase)
        tell(phase="done")
    finally:
        crowd.close()
    return found


def main() -> None:
    """Entry point of the process."""
    found = asyncio.run(run(Plan.from_json(json.load(sys.stdin))))
    tell(found={name: asdict(sent) for name, sent in found.items()})


if __name__ == "__main__":
    main()
