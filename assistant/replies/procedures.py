"""Answers from numbered steps, and the next step after an answer."""

from __future__ import annotations

import re

from assistant.replies import wording
from assistant.replies.asking import asked_quantities
from assistant.replies.model import Part
from assistant.replies.selection import Selection, branches, stands_alone
from kb.model import Kind

MAX_STEPS = 4
_STAGE = re.compile(r"第 ?\d+ ?步|\bstep \d", re.IGNORECASE)
_FEW_STEPS = 2
_SENTENCE_KEEP = 0.35
_STEP_KEEP = 0.6
_NEAR = 0.1


def wants_steps(selection: Selection) -> bool:
    """Whether the answer is a procedure.

    It is where the best section is one, if the question asks how or the entry is a guide; where
    that section has no steps, only if the question does not point at it. A guide in stages (第 1
    步 …, 第 2 步 …) is worked through from its beginning.
    """
    steps = selection.steps()
    guide = selection.content.kind is Kind.GUIDE and not asked_quantities(selection.question)
    if not steps or not (guide or wording.asks_how(selection.question)):
        return False
    section = selection.best_section(selection.pool)
    if any(p.section == section for p in steps):
        return True
    heading = next(p for p in selection.pool if p.section == section).heading
    if wording.asks_how(selection.question):
        return not (selection.telling and selection.overlap(heading))
    return not heading or _is_staged(selection)


def take_steps(selection: Selection) -> None:
    """Take the first steps, in order, of the section that fits best.

    A question that only names the trouble starts at the beginning. Steps that only branch are
    left out: what they point to is not in the reply.
    """
    steps = selection.steps()
    start = not selection.telling or _is_staged(selection)
    section = steps[0].section if start else selection.best_section(steps)
    run = [p for p in steps if p.section == section and not branches(p)]
    if not run:
        return
    before = [p for p in selection.pool if p.section == section and p.order == run[0].order - 1]
    if before and wording.announces(before[0].text):
        selection.take(before, selection.score(run[:1]), Part.ACTION)
    for step in run[:MAX_STEPS]:
        selection.take([step], selection.best, Part.ACTION)


def take_next_step(selection: Selection) -> None:
    """Take one sentence that says what to do, or the first two steps, if none is chosen yet.

    Compensation is always followed by how to get it.
    """
    if selection.count(Part.ACTION) or _take_sentence(selection):
        return
    steps = [p for p in selection.steps() if stands_alone(p)]
    if not steps:
        return
    section = selection.best_section(steps)
    run = [p for p in steps if p.section == section][:_FEW_STEPS]
    keep = 0.0 if selection.count(Part.COMPENSATION) else _STEP_KEEP * selection.best
    if selection.score(run[:1]) >= keep:
        for step in run:
            selection.take([step], selection.score([step]), Part.ACTION)


def _is_staged(selection: Selection) -> bool:
    return sum(1 for p in selection.steps() if _STAGE.search(p.heading)) > 1


def _take_sentence(selection: Selection) -> bool:
    near = selection.sections()
    groups = [g for g in selection.sentences() if wording.part_of(g[0].text) is Part.ACTION]
    for group in sorted(groups, key=selection.rank):
        score = selection.score(group)
        bonus = _NEAR if group[0].section in near else 0.0
        if score + bonus >= _SENTENCE_KEEP * selection.best + _NEAR / 2:
            selection.take(group, score, Part.ACTION)
            return True
    return False
