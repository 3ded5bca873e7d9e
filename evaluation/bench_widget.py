"""What self-service takes: open widgets on the real service, with messages all along.

First the load that it must bear, while an index is published in the middle; then a multiple of it,
which it must refuse early and in so many words; then the first load again, to see it recover. The
widgets stand behind a proxy, each with an address of its own. On the machine of its load a service
has less than the whole processor, so the load's own share stands beside it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from assistant.accounts.credentials import signing_key
from assistant.selfservice.sites import SiteChanges, Sites
from evaluation.bench import percentile, percentiles
from evaluation.load_process import run_load
from evaluation.many_entries import edited, publish
from evaluation.processes import cpu_seconds, family, resident_mib
from evaluation.widget_load import Phase, Plan, Sent
from evaluation.workspace import serving, workspace
from indexer import generations
from kb.clock import utc_now
from kb.knowledge import KnowledgeBase
from kb.model import Audience, Kind, Status
from kb.settings import Settings
from kb.store import open_engine

TARGET_MS = 200.0
ERRORS = 0.001  # share of the messages that may go wrong in any way
# Under overload a message may wait a second for a place. Then it is refused, early if that is all
# it took, or it is worked on, beside as many others as there are places.
EARLY_MS = 1_500.0
BORNE_MS = 2_000.0
GROWTH = 1.3  # what memory may grow to under overload, as a multiple of before
ORIGIN = "https://shop.example"
WARM_UP, LOAD, OVERLOAD, RECOVERY = "warm-up", "load", "overload", "recovery"
_WARMING = 10.0
_RECOVERING = 10.0  # seconds after an overload that do not count yet
_LEAST_RECOVERY = 20.0
_SAMPLE_SECONDS = 1.0
_PUBLISHED_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Load:
    """How many widgets, how many messages a second in all, for how long, and how much too much.

    `streams` of the widgets are with a person and follow their events. `settings` are further
    settings of the service, as the environment gives them.
    """

    widgets: int = 300
    rate: float = 50.0
    seconds: float = 60.0
    streams: int = 60
    times: float = 3.0
    over_seconds: float = 60.0
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def phases(self) -> list[Phase]:
        """Less than the load to warm up, the load, the overload, and the load again."""
        back = max(_LEAST_RECOVERY, self.seconds / 2)
        return [
            Phase(WARM_UP, self.rate / 2, _WARMING),
            Phase(LOAD, self.rate, self.seconds),
            Phase(OVERLOAD, self.rate * self.times, self.over_seconds),
            Phase(RECOVERY, self.rate, back, uncounted=_RECOVERING),
        ]


@dataclass(slots=True)
class Costs:
    """What the service spent in one phase.

    `memory` are seconds since the phase began, and MiB of all processes of the service.
    """

    cpu: float = 0.0
    memory: list[tuple[float, float]] = field(default_factory=list)

    @property
    def most(self) -> float:
        """The most memory that was seen, in MiB; 0 when nobody looked."""
        return max((mib for _, mib in self.memory), default=0.0)


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: what the widgets saw and what it cost, by phase.

    `published` is after how many seconds of the load a new generation of the public index was
    live; None when none was.
    """

    load: Load
    found: dict[str, Sent]
    costs: dict[str, Costs]
    published: float | None

    @property
    def failures(self) -> list[str]:
        """What did not hold; empty for a run as it should be."""
        failed = [
            *self._slow_or_wrong(LOAD),
            *self._late_under_overload(),
            *self._slow_or_wrong(RECOVERY),
        ]
        if self.published is None:
            failed.append("no index was published during the load")
        elif self.published > self.load.seconds:
            failed.append(
                f"the index was live after {self.published:.1f} s, when the load was over"
            )
        before, after = self.costs[LOAD].most, self.costs[OVERLOAD].most
        if before and after > GROWTH * before:
            failed.append(f"memory grew from {before:.0f} to {after:.0f} MiB under overload")
        return failed

    def _slow_or_wrong(self, phase: str) -> list[str]:
        sent, failed = self.found[phase], []
        if not sent.answered:
            return [f"{phase}: no message was answered"]
        if (p95 := percentile(sent.answered, 0.95) * 1000) > TARGET_MS:
            failed.append(f"{phase}: p95 is {p95:.0f} ms, over {TARGET_MS:.0f}")
        wrong = sum(sent.errors.values()) + len(sent.refused) + sum(sent.held_back.values())
        if wrong > ERRORS * _sent(sent):
            failed.append(
                f"{phase}: {wrong} of {_sent(sent)} messages were refused, held back or went wrong"
            )
        return failed

    def _late_under_overload(self) -> list[str]:
        sent, failed = self.found[OVERLOAD], []
        wrong = sum(sent.errors.values())
        if wrong > ERRORS * _sent(sent):
            failed.append(f"overload: {wrong} of {_sent(sent)} messages went wrong: {sent.errors}")
        if not sent.answered:
            failed.append("overload: no message was answered")
        elif (p95 := percentile(sent.answered, 0.95) * 1000) > BORNE_MS:
            failed.append(f"overload: answers take {p95:.0f} ms, over {BORNE_MS:.0f}")
        if sent.refused and (p95 := percentile(sent.refused, 0.95) * 1000) > EARLY_MS:
            failed.append(f"overload: refusals take {p95:.0f} ms, over {EARLY_MS:.0f}")
        return failed


def measure(content: Path, load: Load, say: Callable[[str], None]) -> Measured:
    """Run the load on a throw-away copy of the product over a folder of content.

    Raises RuntimeError when the load itself fails.
    """
    with workspace(content) as copy:
        site = _site(copy.settings)
        with serving(copy.settings, _limits(load)) as (port, process):
            plan = Plan(port, site, ORIGIN, load.widgets, load.streams, load.phases)
            watch = _Watch(process, copy.settings, load, say)
            found = _run(plan, watch)
    return Measured(load, found, watch.costs, watch.published)


def _limits(load: Load) -> dict[str, str]:
    """Limits that the overload does not meet, so that the service itself has too much to do.

    It stands for more customers, not for quicker ones: the site and each visit may use four times
    as much as is asked of them then. Beginning visits counts too, and each process has its share.
    """
    overload = 4 * load.times * load.rate * 60
    return {
        "ZHIKE_WIDGET_PER_SITE": str(round(overload)),
        "ZHIKE_WIDGET_PER_VISIT": str(round(overload / load.widgets)),
        **load.settings,
    }


def _site(settings: Settings) -> str:
    """A site that is always open, so that what is handed over is followed live."""
    engine = open_engine(settings)
    try:
        sites = Sites(engine, utc_now, settings.site_tz, signing_key(settings.data))
        return sites.add(SiteChanges(name="商城", origins=(ORIGIN,))).id
    finally:
        engine.dispose()


def _run(plan: Plan, watch: _Watch) -> dict[str, Sent]:
    """Run the load and watch the service meanwhile."""
    try:
        found = run_load(
            "evaluation.widget_load", asdict(plan), lambda told: watch.phase(told["phase"])
        )
    finally:
        watch.stop()
    return {name: Sent(**sent) for name, sent in found.items()}


class _Watch:
    """Notes what the service spends in each phase, and has an index published in the first."""

    def __init__(
        self, service: int, settings: Settings, load: Load, say: Callable[[str], None]
    ) -> None:
        self.costs: dict[str, Costs] = {}
        self.published: float | None = None
        self._service, self._settings, self._load, self._say = service, settings, load, say
        self._now: Costs | None = None
        self._spent = self._began = 0.0
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=work, daemon=True) for work in (self._sample, self._publish)
        ]

    def phase(self, name: str) -> None:
        """The load says that another phase begins."""
        spent = cpu_seconds(family(self._service))
        if self._now is not None:
            self._now.cpu = spent - self._spent
        self._say(f"  {name} …")
        self._now = self.costs.setdefault(name, Costs())
        self._spent, self._began = spent, time.perf_counter()
        if name == LOAD:
            for thread in self._threads:
                thread.start()

    def stop(self) -> None:
        """Take no more samples."""
        self._stopped.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(_SAMPLE_SECONDS + _PUBLISHED_SECONDS)

    def _sample(self) -> None:
        while not self._stopped.wait(_SAMPLE_SECONDS):
            if self._now is not None:
                at = time.perf_counter() - self._began
                self._now.memory.append((at, resident_mib(family(self._service))))

    def _publish(self) -> None:
        """In the middle of the load: publish a change, and wait until it can be found."""
        began = self._began
        if self._stopped.wait(self._load.seconds / 2):
            return
        root = self._settings.data / "index" / "public"
        before = generations.current(root)
        publish_a_change(self._settings)
        until = time.perf_counter() + _PUBLISHED_SECONDS
        while time.perf_counter() < until and not self._stopped.wait(0.1):
            if generations.current(root) != before:
                self.published = time.perf_counter() - began
                return


def publish_a_change(settings: Settings) -> None:
    """Publish a new revision of a public article, as an editor and a reviewer do."""
    engine = open_engine(settings)
    try:
        kb = KnowledgeBase(engine, utc_now, settings.site_tz)
        entry = next(
            entry for entry in kb.snapshot()
            if (newest := entry.revisions[-1]).status is Status.PUBLISHED
            and newest.content.kind is Kind.FAQ
            and newest.content.audience is Audience.CUSTOMER
        )  # fmt: skip
        publish(kb, entry.id, replace(edited(entry.revisions[-1].content, 0), supersedes=()))
    finally:
        engine.dispose()


def as_json(measured: Measured) -> dict[str, Any]:
    """The figures of a run; times in milliseconds."""
    return {
        "load": asdict(measured.load),
        "published_after_seconds": measured.published and round(measured.published, 1),
        **{name: _phase_json(measured, name) for name in measured.found},
        "failures": measured.failures,
    }


def _phase_json(measured: Measured, name: str) -> dict[str, Any]:
    sent, costs = measured.found[name], measured.costs[name]
    memory = [mib for _, mib in costs.memory] or [0.0]
    return {
        "messages": _sent(sent),
        "answered_ms": percentiles(sent.answered),
        "refused": len(sent.refused),
        "refused_ms": percentiles(sent.refused),
        "held_back": sent.held_back,
        "statuses": sent.statuses,
        "errors": sent.errors,
        "streams": sent.streams,
        "seconds": round(sent.seconds, 1),
        "cpu_seconds_of_the_service": round(costs.cpu, 1),
        "cpu_seconds_of_the_load": round(sent.cpu, 1),
        "memory_mib": {"first": round(memory[0], 1), "last": round(memory[-1], 1),
                       "most": round(max(memory), 1)},
    }  # fmt: skip


def text(measured: Measured) -> str:
    """The same for people."""
    load, figures = measured.load, as_json(measured)
    live = measured.published
    lines = [
        f"{load.widgets} widgets, {load.streams} of them with a person; {load.rate:g} messages a "
        f"second, then {load.times:g} times as many for {load.over_seconds:g} s",
        "  index published "
        + (f"{live:.1f} s into the load" if live is not None else "not at all"),
    ]
    for name in measured.found:
        part, sent = figures[name], measured.found[name]
        seconds = max(part["seconds"], 1e-9)
        lines += [
            f"  {name}: {part['messages']:,} messages in {part['seconds']:.0f} s, "
            f"{part['streams']} event streams",
            f"    answered   {_told(part['statuses'].get('201', 0), part['answered_ms'])}",
            f"    refused    {_told(part['refused'], part['refused_ms'])}{_statuses(sent)}",
            f"    held back  {_counted(part['held_back'])}",
            f"    other errors {_counted(part['errors'])}",
            f"    processor  service {part['cpu_seconds_of_the_service'] / seconds:.2f} cores, "
            f"load {part['cpu_seconds_of_the_load'] / seconds:.2f}; memory of the service "
            f"{part['memory_mib']['first']:.0f} MiB, at most {part['memory_mib']['most']:.0f}",
        ]
    lines += [f"  NOT HELD: {failure}" for failure in measured.failures]
    return "\n".join(lines)


def _told(count: int, times: dict[str, float]) -> str:
    return f"{count:>6,}  " + "  ".join(f"{name} {ms:.0f} ms" for name, ms in times.items())


def _statuses(sent: Sent) -> str:
    refused = {status: count for status, count in sent.statuses.items() if status != "201"}
    return "".join(f"  {count} × {status}" for status, count in sorted(refused.items()))


def _counted(kinds: dict[str, int]) -> str:
    return f"{sum(kinds.values()):>6,}" + "".join(f"; {n} × {kind}" for kind, n in kinds.items())


def _sent(sent: Sent) -> int:
    """How many messages were due, in a phase that held none back."""
    return sum(sent.statuses.values()) + sum(sent.errors.values())
