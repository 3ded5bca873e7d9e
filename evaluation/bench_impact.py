"""How long an impact preview takes at a size: the product's own, without a server in between.

Proposed are changed texts of entries all over the knowledge base, each another one, so that no
answer is known beforehand but those that a service keeps: the answers to what is in force.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assistant.impact.model import Question
from assistant.impact.previews import Previews
from assistant.impact.proposals import Proposal, Step
from assistant.impact.questions import Wanted
from assistant.wiring import Services, build_services
from evaluation import judged
from evaluation.many_entries import edited, grow, in_force, publish
from indexer.build import Indexer
from indexer.encoder import load_encoder
from kb.clock import utc_now
from kb.exchange import apply_import, plan_import
from kb.knowledge import KnowledgeBase
from kb.model import Audience
from kb.settings import Settings
from kb.store import open_engine, upgrade

BAR_SECONDS = 3.0
STAGES = ("read", "state", "before", "after", "duplicates", "conflicts", "dependents")


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured, times in seconds.

    Attributes:
        entries: How many entries.
        questions: How many saved questions.
        warm_up: Making everything ready, once for each process.
        renewal: Making the answers of now ready again after something was published.
        previews: Each preview.
        busy: Processor time of each: what it takes where nothing else runs.
        stages: Each preview's stages.
        memory: Largest resident memory of the process, in MiB.
    """

    entries: int
    questions: int
    warm_up: float
    renewal: float
    previews: tuple[float, ...]
    busy: tuple[float, ...]
    stages: tuple[dict[str, float], ...]
    memory: float

    @property
    def median(self) -> float:
        """The median preview."""
        return statistics.median(self.previews)


def measure(
    content: Path, entries: int, questions: int, previews: int, say: Callable[[str], None]
) -> Measured:
    """Builds a throw-away knowledge base of a size and previews changes of it."""
    with TemporaryDirectory(prefix="zhike-impact-") as folder:
        settings = replace(
            Settings.from_env(),
            data=Path(folder),
            database_url=f"sqlite:///{Path(folder) / 'zhike.db'}",
        )
        _fill(settings, content, entries, say)
        services = build_services(settings)
        try:
            return _measured(services, questions, previews, say)
        finally:
            services.impact.previews.close()
            services.kb.engine.dispose()


def _fill(settings: Settings, content: Path, entries: int, say: Callable[[str], None]) -> None:
    engine = open_engine(settings)
    try:
        upgrade(engine)
        kb = KnowledgeBase(engine, utc_now, settings.site_tz)
        apply_import(plan_import(content, kb), kb, "evaluation")
        grow(kb, entries)
        say("Building the index …")
        Indexer(kb, load_encoder(settings), settings.data / "index").build()
    finally:
        engine.dispose()


def _measured(
    services: Services, questions: int, previews: int, say: Callable[[str], None]
) -> Measured:
    desk, kb = services.impact, services.kb
    texts = list(dict.fromkeys(query.query for query in judged.load()))[:questions]
    rows = [Wanted(Question(text, audience=Audience.AGENT)) for text in texts]
    desk.questions.bring(rows, "evaluation")
    kept = len(desk.questions.all())
    say(f"{len(kb.snapshot())} entries, {kept} questions; warming up …")
    warm_up = _seconds(desk.previews.warm_up)
    proposals = _proposals(services, previews + 1)
    times, busy, stages = _previews(desk.previews, proposals[1:])
    desk.previews.close()  # or else it would be made ready before it is measured
    publish(kb, proposals[0].entry_id, proposals[0].content)
    renewal = _seconds(desk.previews.renew)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(
        len(kb.snapshot()),
        kept,
        warm_up,
        renewal,
        tuple(times),
        tuple(busy),
        tuple(stages),
        memory,
    )


def _previews(
    previews: Previews, proposals: Sequence[Proposal]
) -> tuple[list[float], list[float], list[dict[str, float]]]:
    times, busy, stages = [], [], []
    for proposal in proposals:
        started, worked = time.perf_counter(), time.process_time()
        found = previews.preview(proposal)
        times.append(time.perf_counter() - started)
        busy.append(time.process_time() - worked)
        stages.append(found.timings)
    return times, busy, stages


def _proposals(services: Services, wanted: int) -> list[Proposal]:
    revisions = in_force(services.kb.snapshot(), services.clock())
    chosen = revisions[:: max(1, len(revisions) // wanted)][:wanted]
    return [
        Proposal(Step.PUBLISH, revision.entry_id, 0, edited(revision.content, at))
        for at, revision in enumerate(chosen)
    ]


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def text(found: Measured) -> str:
    """The figures for people."""
    total = sum(found.previews)
    shares = {stage: sum(laps.get(stage, 0.0) for laps in found.stages) / total for stage in STAGES}
    verdict = "holds" if found.median <= BAR_SECONDS else "is missed"
    return "\n".join(
        [
            f"{found.entries} entries, {found.questions} questions, {len(found.previews)} previews",
            f"  median {found.median:.2f} s  max {max(found.previews):.2f} s"
            f"  (the bar of {BAR_SECONDS:.0f} s {verdict})"
            f"  processor time {statistics.median(found.busy):.2f} s",
            "  share  " + "  ".join(f"{stage} {share:.0%}" for stage, share in shares.items()),
            f"  warm-up of a process {found.warm_up:.1f} s,"
            f" after a publish {found.renewal:.1f} s; memory {found.memory:.0f} MiB",
        ]
    )


def as_json(found: Measured) -> dict[str, Any]:
    """The figures for programs."""
    return {
        "entries": found.entries,
        "questions": found.questions,
        "median_seconds": round(found.median, 3),
        "seconds": [round(value, 3) for value in found.previews],
        "processor_seconds": [round(value, 3) for value in found.busy],
        "stages": [
            {stage: round(value, 3) for stage, value in laps.items()} for laps in found.stages
        ],
        "warm_up_seconds": round(found.warm_up, 3),
        "renewal_seconds": round(found.renewal, 3),
        "memory_mib": round(found.memory),
    }
