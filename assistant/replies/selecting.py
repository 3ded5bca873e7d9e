"""Which passages of an entry answer a question.

An FAQ gives its first sentence, then what fits. A how-to gives its first steps in order. A scenario
table gives the rows that the question names, or all of them when it names none. Everything else
gives the best sentences. What limits a sentence (但…, 除外…) stays with it, whatever the limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.replies import wording
from assistant.replies.asking import (
    NUMBER,
    asked_quantities,
    figures,
    kinds_of_quantity,
    wanted_quantities,
)
from assistant.replies.meaning import Meaning
from assistant.replies.model import Part
from assistant.replies.passages import Passage, Shape, passages
from assistant.replies.relevance import is_marginal, is_telling, key_overlap, rate
from indexer.results import Hit
from kb.model import Content, Kind

MAX_FACTS = 4
MAX_STEPS = 4
MAX_ROWS = 6
_FEW_STEPS = 2
_KEEP = 0.62
_KEEP_BESIDE_OTHERS = 0.82
_SAME = 0.6
_NAMED = 0.3
_SPECIFIC = 0.9
_FOR_QUANTITY = 0.4
_ACTION_KEEP = 0.35
_STEP_KEEP = 0.6
_SNIPPET = 0.12
_MATCHED_HEADING = 0.08
_FLOOR = 0.12

_BRANCH = re.compile(r"第 ?\d+ ?步|(?<!\w)step \d|→", re.IGNORECASE)
_REFERS = re.compile(
    r"下表|上表|下面|上面|表里|如下|以下(?:步骤|情况|几)|\b(?:below|above|following)\b",
    re.IGNORECASE,
)
_SCENARIO = re.compile(r"场景|用法|用途|\b(?:scenario|use|usage)\b", re.IGNORECASE)
_KEYED = re.compile(
    r"情况|情形|方式|等级|类型|类别|商品|产品|型号|地区"
    r"|\b(?:case|method|region|product|model|level)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A group of passages to say together, with the part they play and how well they fit."""

    passages: tuple[Passage, ...]
    part: Part
    score: float

    @property
    def order(self) -> int:
        """Place in the entry."""
        return self.passages[0].order


def choose(question: str, content: Content, hit: Hit, meaning: Meaning | None) -> list[Choice]:
    """The passages that answer a question, best first; the first one is never to be dropped.

    At most four sentences or steps, or six rows, not counting what limits them, and one action.
    """
    pool = passages(content)
    scores = _with_hints(pool, rate(question, content, meaning), hit)
    picker = _Picker(question, content, pool, scores)
    picker.run()
    return picker.chosen


def _with_hints(pool: tuple[Passage, ...], scores: list[float], hit: Hit) -> list[float]:
    """Search has matched a place of the entry: passages there gain a little."""
    heading = hit.heading.replace(" › ", " ")
    return [
        score
        + (_SNIPPET if hit.snippet and passage.quotes[0] in hit.snippet else 0.0)
        + (_MATCHED_HEADING if heading and heading == passage.heading else 0.0)
        for passage, score in zip(pool, scores, strict=True)
    ]


class _Picker:
    """One selection: candidates are offered in a fixed order until the limits are reached."""

    def __init__(
        self, question: str, content: Content, pool: tuple[Passage, ...], scores: list[float]
    ) -> None:
        self.question = question
        self.content = content
        self.pool = pool
        self.scores = scores
        self.chosen: list[Choice] = []
        self.used: set[int] = set()
        self.best = max(scores, default=0.0)

    def run(self) -> None:
        if not self.pool or self.best < _FLOOR:
            return
        self._lead()
        if self._wants_steps():
            self._steps()
        if not self._rows():
            self._sentences()
        self._action()

    # -- candidates -------------------------------------------------------------------------

    def _lead(self) -> None:
        """The first sentence of an FAQ is its answer."""
        if self.content.kind is Kind.FAQ:
            first = self._group(self.pool[0].group)
            self._take(first, self.best, Part.FACTS)

    def _wants_steps(self) -> bool:
        steps = [p for p in self.pool if p.shape is Shape.STEP]
        if not steps:
            return False
        if wording.asks_how(self.question):
            return True
        if self.content.kind is not Kind.GUIDE or asked_quantities(self.question):
            return False
        section = self._best_section(list(self.pool))
        opening = not next(p for p in self.pool if p.section == section).heading
        return opening or any(p.section == section for p in steps)

    def _steps(self) -> None:
        """The first steps, in order, of the section that fits best.

        A question that only names the trouble starts at the beginning.
        """
        steps = [p for p in self.pool if p.shape is Shape.STEP]
        if is_telling(self.question, self.content):
            section = self._best_section(steps)
        else:
            section = steps[0].section
        run = [p for p in steps if p.section == section and not _BRANCH.search(p.text)]
        if not run:
            return
        before = [p for p in self.pool if p.section == section and p.order == run[0].order - 1]
        if before and wording.announces(before[0].text):
            self._take(before, self._score(run[0]), Part.ACTION)
        for step in run[:MAX_STEPS]:
            self._take([step], self.best, Part.ACTION)

    def _rows(self) -> bool:
        """Rows whose scenario the question names, or a small scenario table as a whole.

        Returns whether a table was the answer, so that single sentences need not be.
        """
        tables = self._tables()
        for table in sorted(tables, key=lambda rows: not _SCENARIO.search(rows[0].key_label)):
            overlaps = [key_overlap(self.question, row.key) for row in table]
            top = max(overlaps)
            named = [r for r, o in zip(table, overlaps, strict=True) if o and o >= 0.6 * top]
            scenario = bool(_SCENARIO.search(table[0].key_label))
            if top and len(named) < len(table):
                rows = [r for r in named[:MAX_FACTS] if scenario or self._fits(r, top)]
                for row in rows:
                    self._take(self._twin(row), self.best if scenario else self._score(row))
                if rows and scenario:
                    return True
            elif self._whole(table):
                self._take_table(table)
                return True
        return False

    def _take_table(self, table: list[Passage]) -> None:
        """All rows, as the sentences that say the same where there is one for each."""
        twins = [self._twin(row) for row in table]
        if all(twin[0].shape is Shape.PROSE for twin in twins):
            for twin in twins:
                self._take(twin, self.best)
        else:
            self._take(table, self.best)

    def _fits(self, row: Passage, overlap: float) -> bool:
        """Whether a row of an ordinary table is worth giving: named clearly or scored well."""
        if not is_telling(self.question, self.content):
            return False
        return overlap >= _NAMED or self._score(row) >= 0.5 * self.best

    def _twin(self, row: Passage) -> list[Passage]:
        """The sentence that says the same as a row, where there is one: it reads better."""
        stated = figures(row.text)
        for group in self._prose_groups():
            text = "".join(p.text for p in group)
            same = group[0].section == row.section and _overlap(row.text, text) > _SAME
            if same and stated and stated == figures(text):
                return group
        return [row]

    def _core_rules(self) -> list[list[Passage]]:
        """For a question that only names a policy's topic: its rules with figures, in order."""
        if self.content.kind is not Kind.POLICY or is_telling(self.question, self.content):
            return []
        wanted = wanted_quantities(self.question) or NUMBER
        return [
            group
            for group in self._prose_groups()
            if not is_marginal(group[0].heading)
            and any(wanted & kinds_of_quantity(p.text) for p in group)
        ]

    def _sentences(self) -> None:
        for group in self._core_rules()[:MAX_FACTS]:
            self._take_sentences(group, self.best)
        keep = (_KEEP_BESIDE_OTHERS if self.chosen else _KEEP) * self.best
        ranked = sorted(self._prose_groups() + self._single_steps(), key=self._rank)
        steps = {p.section for c in self.chosen for p in c.passages if p.shape is Shape.STEP}
        if steps:
            ranked = [g for g in ranked if g[0].section in steps]
        for group in ranked:
            score = max(map(self._score, group))
            enough = self._count(Part.FACTS, Part.COMPENSATION) >= self._limit()
            if self.chosen and (score < keep or enough):
                break
            self._take_sentences(group, score)
        self._state_quantity(ranked)

    def _state_quantity(self, ranked: list[list[Passage]]) -> None:
        """Where a quantity is asked for and none was chosen, the best sentence that states one."""
        wanted = wanted_quantities(self.question)
        said = "".join(p.text for c in self.chosen for p in c.passages)
        if not wanted or wanted & kinds_of_quantity(said):
            return
        steps = [[p] for p in self.pool if p.shape is Shape.STEP and _stands_alone(p)]
        for group in sorted([*ranked, *steps], key=self._rank):
            score = max(map(self._score, group))
            if score < _FOR_QUANTITY * self.best:
                return
            if any(wanted & kinds_of_quantity(p.text) for p in group):
                self._take_sentences(group, score)
                return

    def _take_sentences(self, group: list[Passage], score: float) -> None:
        self._take(group, score, Part.FACTS if group[0].shape is Shape.STEP else None)

    def _limit(self) -> int:
        """An FAQ's first sentence is the answer: two more are plenty."""
        return MAX_FACTS - 1 if self.content.kind is Kind.FAQ else MAX_FACTS

    def _single_steps(self) -> list[list[Passage]]:
        """Steps that alone state the quantity asked for (按住 8 秒)."""
        wanted = wanted_quantities(self.question)
        return [
            [p]
            for p in self.pool
            if p.shape is Shape.STEP
            and p.order not in self.used
            and self._score(p) >= _SPECIFIC * self.best
            and wanted & kinds_of_quantity(p.text)
            and _stands_alone(p)
        ]

    def _rank(self, group: list[Passage]) -> tuple[float, int]:
        return -max(map(self._score, group)), group[0].order

    def _action(self) -> None:
        """One next step, or the first two of a procedure, if the chosen passages name none.

        Compensation is always followed by how to get it.
        """
        if not any(c.part is Part.ACTION for c in self.chosen) and not self._action_sentence():
            steps = [p for p in self.pool if p.shape is Shape.STEP and _stands_alone(p)]
            section = self._best_section(steps) if steps else -1
            keep = 0.0 if self._count(Part.COMPENSATION) else _STEP_KEEP * self.best
            run = [p for p in steps if p.section == section][:_FEW_STEPS]
            if run and self._score(run[0]) >= keep:
                for step in run:
                    self._take([step], self._score(step), Part.ACTION)

    def _action_sentence(self) -> bool:
        sections = {p.section for c in self.chosen for p in c.passages}
        groups = [
            group for group in self._prose_groups() if wording.part_of(group[0].text) is Part.ACTION
        ]
        for group in sorted(groups, key=self._rank):
            near = 0.1 if group[0].section in sections else 0.0
            score = max(map(self._score, group))
            if score + near >= _ACTION_KEEP * self.best + 0.05:
                self._take(group, score, Part.ACTION)
                return True
        return False

    # -- bookkeeping ------------------------------------------------------------------------

    def _take(self, group: Iterable[Passage], score: float, part: Part | None = None) -> None:
        wanted = [p for p in group if p.order not in self.used]
        if not wanted or self._repeats(wanted):
            return
        part = part or wording.part_of(wanted[0].text)
        if part is Part.ACTION and all(p.shape is Shape.ROW for p in wanted):
            part = Part.FACTS
        if part is Part.COMPENSATION and not self._compensates(score):
            return
        self.used.update(p.order for p in wanted)
        self.chosen.append(Choice(tuple(wanted), part, score))

    def _compensates(self, score: float) -> bool:
        return wording.asks_compensation(self.question) or score >= 0.9 * self.best

    def _repeats(self, group: list[Passage]) -> bool:
        """Whether the group's figures, if it has any, and its words have been said already."""
        text = "".join(p.text for p in group)
        stated = figures(text)
        if not stated:
            return False
        for choice in self.chosen:
            said = "".join(p.text for p in choice.passages)
            if stated <= figures(said) and max(_overlap(text, said), _overlap(said, text)) > _SAME:
                return True
        return False

    def _count(self, *parts: Part) -> int:
        return sum(1 for c in self.chosen if c.part in parts)

    def _score(self, passage: Passage) -> float:
        return self.scores[passage.order]

    def _group(self, number: int) -> list[Passage]:
        return [p for p in self.pool if p.group == number]

    def _prose_groups(self) -> list[list[Passage]]:
        """Groups of sentences and list items that can stand alone, not used yet."""
        free = [p for p in self.pool if p.order not in self.used]
        numbers = dict.fromkeys(p.group for p in free if p.shape in (Shape.PROSE, Shape.ITEM))
        groups = [self._group(number) for number in numbers]
        return [g for g in groups if all(_stands_alone(p) for p in g) and not self._only_points(g)]

    def _only_points(self, group: list[Passage]) -> bool:
        """Whether a group only leads to something else: a list that follows, another article."""
        if wording.announces(group[-1].text):
            return True
        return len(group) == 1 and wording.only_points_elsewhere(group[0].text)

    def _best_section(self, members: list[Passage]) -> int:
        """Section with the best passage, its heading counting too."""
        totals: dict[int, float] = {}
        for passage in members:
            score = self._score(passage) + key_overlap(self.question, passage.heading)
            totals[passage.section] = max(totals.get(passage.section, 0.0), score)
        return max(totals, key=lambda section: (totals[section], -section))

    def _tables(self) -> list[list[Passage]]:
        rows = [p for p in self.pool if p.shape is Shape.ROW]
        tables: dict[tuple[int, str], list[Passage]] = {}
        for row in rows:
            tables.setdefault((row.section, row.key_label), []).append(row)
        return [
            kept
            for table in tables.values()
            if (kept := [row for row in table if not _BRANCH.search(row.text)])
        ]

    def _whole(self, table: list[Passage]) -> bool:
        """Whether to give a table completely: a short scenario table where the question points."""
        cut = any(p.section == table[0].section and p.shape is Shape.ROW
                  and _BRANCH.search(p.text) for p in self.pool)  # fmt: skip
        if cut or len(table) > MAX_ROWS:
            return False
        if _SCENARIO.search(table[0].key_label):
            return True
        if not _KEYED.search(table[0].key_label):
            return False
        if self.content.kind is Kind.FAQ:
            return len(table) <= MAX_FACTS
        return max(self._score(row) for row in table) >= 0.8 * self.best


def _stands_alone(passage: Passage) -> bool:
    return not _BRANCH.search(passage.text) and not _REFERS.search(passage.text)


def _overlap(text: str, other: str) -> float:
    """Share of a text's character pairs that the other text has too."""
    pairs = {text[i : i + 2] for i in range(len(text) - 1)}
    others = {other[i : i + 2] for i in range(len(other) - 1)}
    return len(pairs & others) / len(pairs) if pairs else 0.0
