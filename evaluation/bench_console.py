"""What the agent console takes: many open consoles on the real service, with messages all along.

Measured are the time from a customer's message to the suggestion at the console, whether any event
was lost or told twice, and what it costs the service in processor time and memory. On the machine
of its load a service has less than the whole processor, so the load's own share stands beside it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from assistant.accounts.accounts import Accounts
from assistant.accounts.credentials import new_secret, signing_key
from assistant.accounts.roles import Principal, PrincipalKind, Role
from assistant.web.sessions import COOKIE, SessionCookie
from evaluation.bench import percentile, percentiles
from evaluation.console_load import Found, Plan
from evaluation.load_process import run_load
from evaluation.processes import cpu_seconds, family, resident_mib
from evaluation.workspace import serving, workspace
from kb.clock import utc_now
from kb.settings import Settings
from kb.store import open_engine

TARGET_MS = 200.0
FLAT = 2.0  # MiB a minute in the second half, when only caches still fill; more is a leak
_SAMPLE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Load:
    """How many consoles, for how long, and how often the customer of each writes (seconds)."""

    consoles: int = 200
    minutes: float = 10.0
    every: float = 5.0
    answered: bool = True


@dataclass(slots=True)
class Costs:
    """What the service spent.

    Attributes:
        suggestion_ms: Processor time of one suggestion, sent alone.
        message_ms: Processor time of one message and its event, sent alone.
        cpu: Processor seconds during the load.
        seconds: How long the load took.
        memory: Seconds since the load began, and MiB of all processes of the service.
    """

    suggestion_ms: float = 0.0
    message_ms: float = 0.0
    cpu: float = 0.0
    seconds: float = 0.0
    memory: list[tuple[float, float]] = field(default_factory=list)

    @property
    def growth(self) -> float:
        """MiB a minute over the second half of the load, by least squares."""
        half = [(at / 60, mib) for at, mib in self.memory if at >= self.seconds / 2]
        return slope(half)


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: what the consoles saw, and what it cost the service."""

    load: Load
    found: Found
    costs: Costs

    @property
    def failures(self) -> list[str]:
        """What did not hold; empty for a run as it should be."""
        found, failed = self.found, [f"{n} × {kind}" for kind, n in self.found.errors.items()]
        for count, what in (
            (found.lost, "messages lost"),
            (found.repeated, "messages told twice"),
            (found.strayed, "messages told to somebody else"),
        ):
            if count:
                failed.append(f"{count} {what}")
        if not found.suggestions:
            return [*failed, "no suggestion came"]
        if (p95 := percentile(found.suggestions, 0.95) * 1000) > TARGET_MS:
            failed.append(f"p95 of message to suggestion is {p95:.0f} ms, over {TARGET_MS:.0f}")
        if self.costs.growth > FLAT:
            failed.append(f"memory grows by {self.costs.growth:.2f} MiB a minute")
        return failed


def measure(content: Path, load: Load, say: Callable[[str], None]) -> Measured:
    """Run the load on a throw-away copy of the product over a folder of content.

    Raises RuntimeError when the load itself fails.
    """
    with workspace(content) as copy:
        say(f"Making {load.consoles} agents …")
        sessions, platform = callers(copy.settings, load.consoles)
        with serving(copy.settings) as (port, process):
            plan = Plan(port, sessions, platform, load.minutes * 60, load.every, load.answered)
            found, costs = _run(plan, process, say)
    return Measured(load, found, costs)


def callers(settings: Settings, count: int) -> tuple[list[str], str]:
    """Header lines by which that many signed-in agents, and a platform, tell who they are."""
    engine = open_engine(settings)
    try:
        accounts = Accounts(engine, utc_now)
        cookie = SessionCookie(signing_key(settings.data))
        password = new_secret()
        sessions = []
        for number in range(count):
            agent = accounts.people.create(f"agent{number}", f"客服{number}", password, Role.AGENT)
            who = Principal(PrincipalKind.PERSON, agent.id, agent.name, agent.role)
            signed = cookie.signed(accounts.people.open_session(who))
            sessions.append(f"Cookie: {COOKIE}={signed}\r\nSec-Fetch-Site: same-origin\r\n")
        token, _ = accounts.tokens.create(Role.AGENT, "platform")
    finally:
        engine.dispose()
    return sessions, f"Authorization: Bearer {token}\r\n"


def _run(plan: Plan, service: int, say: Callable[[str], None]) -> tuple[Found, Costs]:
    """Run the load and watch the service meanwhile."""
    watch = _Watch(service, say)
    try:
        found = run_load("evaluation.console_load", asdict(plan), watch.phase)
    finally:
        watch.stop()
    return Found(**found), watch.costs


class _Watch:
    """Notes what the service has spent at each phase of the load, and its memory during it."""

    def __init__(self, service: int, say: Callable[[str], None]) -> None:
        self.costs = Costs()
        self._service, self._say = service, say
        self._phase: dict[str, Any] = {}
        self._spent = 0.0
        self._began = 0.0
        self._stopped = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)

    def phase(self, told: dict[str, Any]) -> None:
        """The load says that another phase begins."""
        spent = cpu_seconds(family(self._service))
        used = spent - self._spent
        if self._phase.get("phase") == "suggestions":
            self.costs.suggestion_ms = used / self._phase["count"] * 1000
        elif self._phase.get("phase") == "messages":
            self.costs.message_ms = used / self._phase["count"] * 1000
        elif self._phase.get("phase") == "load":
            self.costs.cpu, self.costs.seconds = used, time.perf_counter() - self._began
            self.stop()
        self._phase, self._spent = told, spent
        if told["phase"] == "load":
            self._say("Consoles are open; the load begins …")
            self._began = time.perf_counter()
            self._sampler.start()

    def stop(self) -> None:
        """Take no more samples."""
        self._stopped.set()

    def _sample(self) -> None:
        while not self._stopped.wait(_SAMPLE_SECONDS):
            at = time.perf_counter() - self._began
            self.costs.memory.append((at, resident_mib(family(self._service))))


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Growth of the second value by the first, by least squares; 0 for fewer than two points."""
    if len(points) < 2:
        return 0.0
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


def as_json(measured: Measured) -> dict[str, Any]:
    """The figures of a run; times in milliseconds."""
    found, costs = measured.found, measured.costs
    memory = [mib for _, mib in costs.memory] or [0.0]
    return {
        "load": asdict(measured.load),
        "message_to_event_ms": percentiles(found.events),
        "suggestion_ms": percentiles(found.asked),
        "message_to_suggestion_ms": percentiles(found.suggestions),
        "suggestions": len(found.suggestions),
        "with_reply": found.with_reply,
        "messages": found.sent,
        "lost": found.lost,
        "repeated": found.repeated,
        "strayed": found.strayed,
        "errors": dict(found.errors),
        "seconds": round(costs.seconds, 1),
        "cpu_ms_of_a_suggestion": round(costs.suggestion_ms, 2),
        "cpu_ms_of_a_message": round(costs.message_ms, 2),
        "cpu_seconds_of_the_service": round(costs.cpu, 1),
        "cpu_seconds_of_the_load": round(found.cpu, 1),
        "memory_mib": {"first": round(memory[0], 1), "last": round(memory[-1], 1),
                       "growth_a_minute": round(costs.growth, 3)},
        "failures": measured.failures,
    }  # fmt: skip


def text(measured: Measured) -> str:
    """The same for people."""
    figures = as_json(measured)
    load, seconds = measured.load, max(measured.costs.seconds, 1e-9)
    memory = figures["memory_mib"]
    server, own = measured.costs.cpu / seconds, measured.found.cpu / seconds
    lines = [
        f"{load.consoles} consoles, a message every {load.every:g} s each, "
        f"{'customer and agent in turn' if load.answered else 'all of them the customer’s'}: "
        f"{figures['messages']:,} messages and "
        f"{figures['suggestions']:,} suggestions in {seconds:.0f} s",
        *(
            f"  {name:<22}" + "  ".join(f"{k} {v:.0f} ms" for k, v in figures[key].items())
            for name, key in (
                ("message to event", "message_to_event_ms"),
                ("suggestion", "suggestion_ms"),
                ("message to suggestion", "message_to_suggestion_ms"),
            )
        ),
        f"  with a reply          {figures['with_reply'] / max(figures['suggestions'], 1):.0%}",
        f"  lost {figures['lost']}, told twice {figures['repeated']}, "
        f"told to others {figures['strayed']}, errors {sum(figures['errors'].values())}",
        f"  processor             service {server:.2f} cores, load {own:.2f}; alone: "
        f"{figures['cpu_ms_of_a_suggestion']:.1f} ms a suggestion, "
        f"{figures['cpu_ms_of_a_message']:.1f} ms a message with its event",
        f"  memory of the service {memory['first']:.0f} MiB, at the end {memory['last']:.0f}; "
        f"second half {memory['growth_a_minute']:+.2f} MiB a minute",
    ]
    lines += [f"  NOT HELD: {failure}" for failure in figures["failures"]]
    return "\n".join(lines)
