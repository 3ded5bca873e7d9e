"""How well states, conflicts and ripple agree with people's labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.freshness import labelled
from evaluation.freshness.labelled import NOW, TZ, Change, Pair, World
from kb.conflicts import find
from kb.freshness import State, assess
from kb.ripple import ripple
from kb.validity import Timeline

# What the product promises; `zhike evaluate freshness` fails below these.
BARS = {
    "states": {"precision": 0.95, "recall": 0.95},
    "conflicts": {"precision": 0.80, "recall": 0.80},
    "ripple": {"recall": 0.95},
}


@dataclass(frozen=True, slots=True)
class Counted:
    """Right, wrongly found and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, wanted: bool, got: bool) -> Counted:
        """One more judgement."""
        return Counted(
            self.right + (wanted and got), self.wrong + (got and not wanted),
            self.missed + (wanted and not got),
        )  # fmt: skip

    def plain(self) -> dict[str, Any]:
        """Precision and recall (1 where there is nothing to get wrong) and what they rest on."""
        found, labelled_ = self.right + self.wrong, self.right + self.missed
        return {
            "precision": round(self.right / found, 4) if found else 1.0,
            "recall": round(self.right / labelled_, 4) if labelled_ else 1.0,
            "labelled": labelled_,
            "found": found,
            "right": self.right,
        }


def measure(split: str) -> dict[str, Any]:
    """All figures of a split, and the ids of the cases that each is wrong about."""
    return {
        "split": split,
        "conflicts": conflicts(labelled.pairs(split)),
        "states": states(labelled.worlds(split)),
        "ripple": ripples(labelled.changes(split)),
    }


def conflicts(items: Sequence[Pair]) -> dict[str, Any]:
    """Whether each pair of entries is seen to conflict, of the revisions in force at `NOW`."""
    counted, wrong = Counted(), []
    by_kind: dict[str, Counted] = {}
    for item in items:
        timeline = Timeline(item.entries)
        live = [r for e in item.entries if (r := timeline.at(e.id, NOW))]
        got = bool(find(live))
        counted = counted.add(item.conflict, got)
        by_kind[item.what] = by_kind.get(item.what, Counted()).add(item.conflict, got)
        if got != item.conflict:
            wrong.append(item.id)
    kinds = {kind: count.plain() for kind, count in sorted(by_kind.items())}
    return {**counted.plain(), "pairs": len(items), "by_kind": kinds, "wrong": wrong}


def states(items: Sequence[World]) -> dict[str, Any]:
    """For every state whether it is given to just the entries that are in it."""
    counted = dict.fromkeys(State, Counted())
    exact, entries, wrong = 0, 0, []
    for item in items:
        found = assess(item.entries, now=item.now, tz=TZ, reports=item.reports)
        for entry_id, expected in item.expected.items():
            got = frozenset(r.state for r in found[entry_id].reasons) or {State.CURRENT}
            wanted = expected or {State.CURRENT}
            for state in State:
                counted[state] = counted[state].add(state in wanted, state in got)
            entries += 1
            exact += got == wanted
            if got != wanted:
                wrong.append(f"{item.id}:{entry_id}")
    flaws = [count for state, count in counted.items() if state is not State.CURRENT]
    total = Counted(*(sum(part) for part in zip(*map(_parts, flaws), strict=True)))
    return {
        **total.plain(),
        "entries": entries,
        "exact": round(exact / entries, 4) if entries else 1.0,
        "by_state": {state.value: count.plain() for state, count in counted.items()},
        "wrong": wrong,
    }


def _parts(count: Counted) -> tuple[int, int, int]:
    return count.right, count.wrong, count.missed


def ripples(items: Sequence[Change]) -> dict[str, Any]:
    """Which entries a change touches, how they hang on it, and whether proposals read right."""
    counted, proposed, tied, wrong = Counted(), 0, 0, []
    wanted_proposals = expected_ties = 0
    for item in items:
        found = {t.entry_id: t for t in ripple(item.entries, item.changed, now=NOW)}
        for entry_id, ties in item.expected.items():
            got = found.get(entry_id)
            counted = counted.add(bool(ties), got is not None)
            expected_ties += bool(ties)
            tied += bool(ties) and got is not None and ties <= set(got.ties)
            proposal = item.proposals.get(entry_id)
            right = proposal is None or _proposes(got and got.repeated, proposal)
            wanted_proposals += proposal is not None
            proposed += proposal is not None and right
            if bool(ties) != (got is not None) or not right:
                wrong.append(f"{item.id}:{entry_id}")
    return {
        **counted.plain(),
        "changes": len(items),
        "ties_right": round(tied / expected_ties, 4) if expected_ties else 1.0,
        "proposals": wanted_proposals,
        "proposals_right": round(proposed / wanted_proposals, 4) if wanted_proposals else 1.0,
        "wrong": wrong,
    }


def _proposes(repeated: Any, proposal: str) -> bool:  # noqa: ANN401 - rows or None
    return any(row.proposal == proposal for row in repeated or ())


def below_bars(found: dict[str, Any]) -> list[str]:
    """What falls short of `BARS`, in words."""
    return [
        f"{part} {name} {found[part][name]:.3f} is below {bar:.2f}"
        for part, bars in BARS.items()
        for name, bar in bars.items()
        if found[part][name] < bar
    ]


def text(found: dict[str, Any]) -> str:
    """The figures as lines to read."""
    conflict, state, touched = found["conflicts"], found["states"], found["ripple"]
    lines = [
        f"{found['split']}: {conflict['pairs']} pairs, {state['entries']} entries, "
        f"{touched['changes']} changes",
        _line("conflicts", conflict),
        _line("states", state) + f", exact {state['exact']:.3f}",
        *(_line(f"  {name}", part) for name, part in state["by_state"].items()),
        _line("ripple", touched) + f", ties right {touched['ties_right']:.3f}, "
        f"proposals right {touched['proposals_right']:.3f} of {touched['proposals']}",
    ]
    return "\n".join([*lines, *(f"below the bar: {what}" for what in below_bars(found))])


def _line(name: str, part: dict[str, Any]) -> str:
    return (
        f"{name:<20} precision {part['precision']:.3f}, recall {part['recall']:.3f} "
        f"({part['right']} right of {part['found']} found, {part['labelled']} labelled)"
    )


def errors(found: dict[str, Any]) -> str:
    """The ids of everything judged wrongly: for dev, to learn from."""
    return "\n".join(
        f"-- {part}: {', '.join(found[part]['wrong']) or 'nothing'} wrong"
        for part in ("conflicts", "states", "ripple")
    )
