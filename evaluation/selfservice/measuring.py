"""Many visits summed up: how often customers are helped, misled, and given a person in time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from evaluation.metrics import mean_difference_interval, paired_p_value
from evaluation.selfservice.customer import Assistant, Outcome, Titles, Visit, visit
from evaluation.selfservice.visits import Script

# What the product promises; `zhike evaluate selfservice` fails beyond these. Most customers turn a
# wrong answer down or get none, and most visits need no person: so it also counts how many were
# shown a wrong answer at all, and how many had a person at the first message that called for one.
BARS = {
    "solved": 0.70, "wrong_answer": 0.05, "wrong_shown": 0.10,
    "handed_over": 0.90, "handed_over_at_once": 0.75,
}  # fmt: skip
_AT_MOST = frozenset({"wrong_answer", "wrong_shown"})
_Z = 1.959964  # of a 95 % interval

Begin = Callable[[Script], Assistant]

_ROWS = (
    "solved", "wrong_answer", "wrong_answer_if_believed", "handed_over", "handed_over_at_once",
    "reason_right", "handed_over_needlessly", "gave_up", "wrong_shown", "wrong_of_answers",
    "answers_beyond_the_question", "asked_back",
)  # fmt: skip
_UNLEARNT_ROWS = ("solved", "wrong_answer", "handed_over_needlessly", "wrong_shown")


@dataclass(frozen=True, slots=True)
class Measured:
    """The same customers before the product and before the FAQ bot, in the order of the scripts.

    `learnt` are the entries that answer a judged query from which the ranking was learnt.
    """

    split: str
    ours: tuple[Visit, ...]
    theirs: tuple[Visit, ...]
    learnt: frozenset[str] = frozenset()


def play(scripts: Sequence[Script], begin: Begin, titles: Titles) -> tuple[Visit, ...]:
    """Every script as one visit of its own."""
    return tuple(visit(script, begin(script), titles) for script in scripts)


def result(measured: Measured) -> dict[str, Any]:
    """All figures. Shares come with their number, what they are of, and a 95 % interval.

    `solved` is of the visits that public knowledge can settle, `handed_over` of those for which a
    person is due, `wrong_answer` of all, `wrong_answer_if_believed` of those in which a wrong
    answer would be believed; `handed_over_at_once` of those handed over rightly whose first
    message said why. `unlearnt` has the same for the visits with a goal none of whose entries
    answers a query that the ranking was learnt from.

    Raises:
        ValueError: There is nothing to measure.
    """
    if not measured.ours:
        raise ValueError("nothing to measure")
    ours, theirs = figures(measured.ours), figures(measured.theirs)
    return {
        "split": measured.split,
        "visits": len(measured.ours),
        "product": ours,
        "faq_bot": theirs,
        "unlearnt": {
            "product": figures(_unlearnt(measured.ours, measured.learnt)),
            "faq_bot": figures(_unlearnt(measured.theirs, measured.learnt)),
        },
        "paired": {
            "solved": _paired(measured, Outcome.SOLVED, _answerable),
            "wrong_answer": _paired(measured, Outcome.WRONG_ANSWER, _any),
        },
        "by_category": _by(measured, lambda script: script.category),
        "by_language": _by(measured, lambda script: script.lang),
        "wrong": [v.script.id for v in measured.ours if not as_it_should(v)],
    }


def figures(visits: Sequence[Visit]) -> dict[str, Any]:
    """What became of visits to one assistant."""
    answerable = [v for v in visits if _answerable(v)]
    due = [v for v in visits if v.script.handover]
    handed = [v for v in due if v.outcome is Outcome.HANDED_OVER]
    at_once = [v for v in handed if v.script.handover != "no_knowledge"]
    believing = [v for v in visits if v.script.believes]
    replies = sum(v.replies for v in visits)
    return {
        "solved": share(_count(answerable, Outcome.SOLVED), len(answerable)),
        "wrong_answer": share(_count(visits, Outcome.WRONG_ANSWER), len(visits)),
        "wrong_answer_if_believed": share(_count(believing, Outcome.WRONG_ANSWER), len(believing)),
        "handed_over": share(len(handed), len(due)),
        "handed_over_at_once": share(sum(v.at_once for v in at_once), len(at_once)),
        "reason_right": share(sum(v.reason == v.script.handover for v in handed), len(handed)),
        "handed_over_needlessly": share(
            _count(visits, Outcome.HANDED_OVER_NEEDLESSLY), len(visits) - len(due)
        ),
        "gave_up": share(_count(visits, Outcome.GAVE_UP), len(visits)),
        "wrong_shown": share(sum(v.wrong > 0 for v in visits), len(visits)),
        "wrong_of_answers": share(sum(v.wrong for v in visits), replies),
        "answers_beyond_the_question": share(sum(v.more for v in visits), replies),
        "asked_back": share(sum(v.asked_back > 0 for v in visits), len(visits)),
        "messages_a_visit": round(fmean(v.said for v in visits), 2) if visits else 0.0,
        "outcomes": dict(sorted(Counter(v.outcome.value for v in visits).items())),
    }


def share(count: int, of: int) -> dict[str, Any]:
    """A share with Wilson's 95 % interval; of nothing it is None."""
    if not of:
        return {"share": None, "count": 0, "of": 0, "interval": None}
    p, z2 = count / of, _Z * _Z
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z * math.sqrt(p * (1 - p) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    interval = [round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4)]
    return {"share": round(p, 4), "count": count, "of": of, "interval": interval}


def as_it_should(ended: Visit) -> bool:
    """Whether a visit ended the way its script says."""
    if ended.script.handover:
        return ended.outcome is Outcome.HANDED_OVER
    return ended.outcome is (Outcome.ABSTAINED if ended.script.abstain else Outcome.SOLVED)


def below_bars(found: Mapping[str, Any]) -> list[str]:
    """What falls short of `BARS`, in words."""
    short: list[str] = []
    for name, bar in BARS.items():
        value = found["product"][name]["share"]
        if value is None:
            short.append(f"{name}: there is no visit to measure it on")
        elif name in _AT_MOST and value > bar:
            short.append(f"{name} {value:.3f} is over {bar:.2f}")
        elif name not in _AT_MOST and value < bar:
            short.append(f"{name} {value:.3f} is below {bar:.2f}")
    return short


def text(found: Mapping[str, Any]) -> str:
    """The figures as lines to read."""
    lines = [
        f"{found['split']}: {found['visits']} simulated visits",
        f"{'':<30}{'product':<34}FAQ bot (BM25's top hit, always)",
    ]
    lines += _rows(found, _ROWS)
    ours, theirs = (found[who]["messages_a_visit"] for who in ("product", "faq_bot"))
    lines.append(f"  {'messages a visit':<28}{ours:<34}{theirs}")
    for name, test in found["paired"].items():
        lines.append(f"  {name.replace('_', ' ')}: {_test(test)}")
    apart = found["unlearnt"]["product"]["solved"]["of"]
    lines.append(f"  of these the {apart} with a goal that no judged dev query has:")
    lines += _rows(found["unlearnt"], _UNLEARNT_ROWS)
    lines.append("  ended as it should, by category (product / FAQ bot):")
    for part in ("by_category", "by_language"):
        for name, row in found[part].items():
            lines.append(
                f"    {name:<14}{row['product']:>4} /{row['faq_bot']:>4} of {row['visits']:<5}"
                f"wrong answers {row['product_wrong']} / {row['faq_bot_wrong']}"
            )
    return "\n".join([*lines, *(f"beyond the bar: {what}" for what in below_bars(found))])


def errors(measured: Measured) -> str:
    """Every visit that did not end as it should, word for word: for dev, to learn from."""
    told: list[str] = []
    for ended in measured.ours:
        if not as_it_should(ended):
            script = ended.script
            needs = " + ".join("|".join(sorted(entries)) for entries in script.needs)
            wanted = script.handover or needs or "no answer"
            told.append(f"-- {script.id} {script.category}: {script.goal} ({wanted})")
            told += [f"   {line}" for line in [*ended.log, f"= {ended.outcome}"]]
    return "\n".join(told)


def _rows(part: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """A line for each figure, ours and the FAQ bot's."""
    lines = []
    for name in names:
        ours, theirs = (_shown(part[who][name]) for who in ("product", "faq_bot"))
        lines.append(f"  {name.replace('_', ' '):<28}{ours:<34}{theirs}")
    return lines


def _answerable(ended: Visit) -> bool:
    return bool(ended.script.needs)


def _unlearnt(visits: Sequence[Visit], learnt: frozenset[str]) -> list[Visit]:
    """Those with a goal that the ranking has learnt nothing about."""
    return [v for v in visits if _answerable(v) and not v.script.goal_entries & learnt]


def _any(ended: Visit) -> bool:
    return True


def _count(visits: Sequence[Visit], outcome: Outcome) -> int:
    return sum(v.outcome is outcome for v in visits)


def _paired(
    measured: Measured, outcome: Outcome, counts: Callable[[Visit], bool]
) -> dict[str, Any]:
    """How much more often one outcome is ours than theirs, on the same visits."""
    pairs = [
        (float(a.outcome is outcome), float(b.outcome is outcome))
        for a, b in zip(measured.ours, measured.theirs, strict=True)
        if counts(a)
    ]
    if not pairs:
        return {"difference": None, "interval": None, "p": None}
    ours, theirs = [a for a, _ in pairs], [b for _, b in pairs]
    low, high = mean_difference_interval(ours, theirs)
    return {
        "difference": round(fmean(ours) - fmean(theirs), 4),
        "interval": [round(low, 4), round(high, 4)],
        "p": round(paired_p_value(ours, theirs), 4),
    }


def _by(measured: Measured, key: Callable[[Script], str]) -> dict[str, dict[str, int]]:
    rows: dict[str, dict[str, int]] = {}
    for a, b in zip(measured.ours, measured.theirs, strict=True):
        row = rows.setdefault(
            key(a.script),
            dict.fromkeys(("visits", "product", "faq_bot", "product_wrong", "faq_bot_wrong"), 0),
        )
        row["visits"] += 1
        for name, ended in (("product", a), ("faq_bot", b)):
            row[name] += as_it_should(ended)
            row[f"{name}_wrong"] += ended.outcome is Outcome.WRONG_ANSWER
    return dict(sorted(rows.items()))


def _shown(part: Mapping[str, Any]) -> str:
    if part["share"] is None:
        return "–"
    low, high = part["interval"]
    return f"{part['share']:.3f} ({part['count']} of {part['of']}; {low:.2f}–{high:.2f})"


def _test(test: Mapping[str, Any]) -> str:
    if test["difference"] is None:
        return "nothing to compare"
    low, high = test["interval"]
    p = "p < 0.001" if test["p"] < 0.001 else f"p = {test['p']:.3f}"
    return f"{test['difference']:+.3f} against the FAQ bot ({low:+.3f} to {high:+.3f}), {p}"
