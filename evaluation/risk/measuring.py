"""How well the assessment of contacts agrees with people's labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from assistant.risk import Assessment, HandoverReason, Mood, RiskSettings, assess
from evaluation.risk.labelled import Labelled, customer_text

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # any moment does: the labelled contacts have none


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled contact, what was found in it, and how many milliseconds that took."""

    item: Labelled
    found: Assessment
    took_ms: float


def judge(items: Sequence[Labelled], settings: RiskSettings) -> list[Judged]:
    """Assess every contact once, each text for the first time."""
    judged = []
    for item in items:
        started = perf_counter()
        found = assess(item.messages, now=NOW, settings=settings)
        judged.append(Judged(item, found, (perf_counter() - started) * 1000))
    return judged


def result(judged: Sequence[Judged]) -> dict[str, Any]:
    """All figures of a split, and the ids of the contacts that each is wrong about."""
    if not judged:
        raise ValueError("nothing to measure")
    checks: dict[str, Callable[[Judged], bool]] = {
        "mood": lambda j: j.found.mood is j.item.mood,
        "sensitive": lambda j: _topics(j) >= j.item.topics and bool(_topics(j)) == _is_sensitive(j),
        "handover": lambda j: j.found.handover.needed == (j.item.handover is not None),
        "reason": lambda j: j.found.handover.reason == j.item.handover,
        "complexity": lambda j: j.found.complexity.number == j.item.complexity,
        "grade": lambda j: j.found.graded is not None and j.found.graded.grade is j.item.grade,
        "complaint": lambda j: _colour(j) == j.item.complaint,
    }
    times = sorted(j.took_ms for j in judged)
    return {
        "contacts": len(judged),
        "mood": _mood(judged),
        "mood_words_verbatim": _share([_words_are_verbatim(j) for j in judged]),
        "sensitive": _sensitive(judged),
        "handover": _counts(
            [(j.item.handover is not None, j.found.handover.needed) for j in judged]
        )
        | {"reason_right": _share([checks["reason"](j) for j in judged if j.item.handover])}
        | {"by_reason": _by_reason(judged)},
        "complexity_accuracy": _share([checks["complexity"](j) for j in judged]),
        "grade_accuracy": _share([checks["grade"](j) for j in judged]),
        "grade_a": _counts([(j.item.grade == "A", _grade(j) == "A") for j in judged]),
        "complaint_accuracy": _share([checks["complaint"](j) for j in judged]),
        "complaint_f1": _macro_f1(
            [(str(j.item.complaint), str(_colour(j))) for j in judged],
            ("None", "red", "yellow", "green"),
        ),
        "ms": {"median": round(_at(times, 0.5), 3), "p95": round(_at(times, 0.95), 3)},
        "wrong": {
            name: [j.item.id for j in judged if not right(j)] for name, right in checks.items()
        },
    }


def text(found: dict[str, Any], split: str) -> str:
    """The figures as lines to read."""
    mood, sensitive, handover = found["mood"], found["sensitive"], found["handover"]
    each = ", ".join(f"{name} {value:.3f}" for name, value in mood["f1"].items())
    lines = [
        f"{split}: {found['contacts']} contacts",
        f"mood        macro-F1 {mood['macro_f1']:.3f} ({each}), accuracy {mood['accuracy']:.3f}",
        f"            words verbatim {found['mood_words_verbatim']:.3f}",
        f"sensitive   recall {sensitive['recall']:.3f}, precision {sensitive['precision']:.3f}, "
        f"{sensitive['false_alarms']} false alarms in {sensitive['harmless']} harmless contacts, "
        f"topic recall {sensitive['topic_recall']:.3f}",
        f"hand-over   precision {handover['precision']:.3f}, recall {handover['recall']:.3f}, "
        f"right reason {handover['reason_right']:.3f}",
        f"complexity  accuracy {found['complexity_accuracy']:.3f}",
        f"grade       accuracy {found['grade_accuracy']:.3f}, "
        f"A: precision {found['grade_a']['precision']:.3f}, "
        f"recall {found['grade_a']['recall']:.3f}",
        f"complaint   accuracy {found['complaint_accuracy']:.3f}, "
        f"macro-F1 {found['complaint_f1']:.3f}",
        f"time        median {found['ms']['median']:.2f} ms, p95 {found['ms']['p95']:.2f} ms",
    ]
    return "\n".join(lines)


def errors(judged: Sequence[Judged], found: dict[str, Any]) -> str:
    """Every contact that something is wrong about, with labels and verdicts: for dev, to learn."""
    by_id = {j.item.id: j for j in judged}
    lines = []
    for name, ids in found["wrong"].items():
        lines.append(f"-- {name}: {len(ids)} wrong")
        for one in ids:
            said = customer_text(by_id[one].item).replace("\n", " / ")
            lines.append(f"{one} {_verdict(name, by_id[one])} | {said}")
    return "\n".join(lines)


def _verdict(name: str, j: Judged) -> str:
    item, found = j.item, j.found
    shown: dict[str, tuple[object, object]] = {
        "mood": (item.mood.value, f"{found.mood.value} {list(found.mood_words)}"),
        "sensitive": (sorted(item.topics), [(w.topic, w.word) for w in found.sensitive]),
        "complexity": (item.complexity, found.complexity),
        "grade": (item.grade.value, found.graded and (_grade(j), found.graded.reason.value)),
        "complaint": (item.complaint, found.complaint and (_colour(j), found.complaint.reason)),
    }
    wanted, got = shown.get(name, (item.handover, found.handover.reason))
    return f"{wanted} -> {got}"


def _mood(judged: Sequence[Judged]) -> dict[str, Any]:
    pairs = [(j.item.mood.value, j.found.mood.value) for j in judged]
    names = tuple(mood.value for mood in Mood)
    return {
        "macro_f1": _macro_f1(pairs, names),
        "accuracy": _share([wanted == got for wanted, got in pairs]),
        "f1": {name: round(_f1(pairs, name), 4) for name in names},
        "confusion": {
            wanted: {got: pairs.count((wanted, got)) for got in names} for wanted in names
        },
    }


def _sensitive(judged: Sequence[Judged]) -> dict[str, Any]:
    counts = _counts([(_is_sensitive(j), bool(_topics(j))) for j in judged])
    topics = [(topic in _topics(j)) for j in judged for topic in sorted(j.item.topics)]
    harmless = [j for j in judged if not _is_sensitive(j)]
    return counts | {
        "topic_recall": _share(topics),
        "harmless": len(harmless),
        "false_alarms": sum(bool(_topics(j)) for j in harmless),
    }


def _by_reason(judged: Sequence[Judged]) -> dict[str, dict[str, Any]]:
    reasons = [
        reason for reason in HandoverReason if any(j.item.handover is reason for j in judged)
    ]
    return {
        reason.value: _counts(
            [(j.item.handover is reason, j.found.handover.reason is reason) for j in judged]
        )
        for reason in reasons
    }


def _words_are_verbatim(j: Judged) -> bool:
    said = customer_text(j.item)
    shown = (*j.found.mood_words, *(word.word for word in j.found.sensitive))
    if j.found.mood is not Mood.CALM and not j.found.mood_words:
        return False
    return all(word and word in said for word in shown)


def _topics(j: Judged) -> set[str]:
    return {word.topic for word in j.found.sensitive}


def _is_sensitive(j: Judged) -> bool:
    return bool(j.item.topics)


def _colour(j: Judged) -> str | None:
    return j.found.complaint.colour if j.found.complaint else None


def _grade(j: Judged) -> str:
    return j.found.graded.grade.value if j.found.graded else ""


def _counts(pairs: Sequence[tuple[bool, bool]]) -> dict[str, Any]:
    right = sum(wanted and got for wanted, got in pairs)
    wanted = sum(wanted for wanted, _ in pairs)
    got = sum(got for _, got in pairs)
    return {
        "precision": round(right / got, 4) if got else 0.0,
        "recall": round(right / wanted, 4) if wanted else 0.0,
        "labelled": wanted,
        "found": got,
        "right": right,
    }


def _f1(pairs: Sequence[tuple[str, str]], name: str) -> float:
    right = sum(wanted == got == name for wanted, got in pairs)
    total = sum((wanted == name) + (got == name) for wanted, got in pairs)
    return 2 * right / total if total else 0.0


def _macro_f1(pairs: Sequence[tuple[str, str]], names: Sequence[str]) -> float:
    return round(sum(_f1(pairs, name) for name in names) / len(names), 4)


def _share(right: Sequence[bool]) -> float:
    return round(sum(right) / len(right), 4) if right else 0.0


def _at(times: Sequence[float], share: float) -> float:
    return times[min(len(times) - 1, int(share * len(times)))]
