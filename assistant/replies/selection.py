"""The state of one selection: scored passages, what has been taken, what may stand alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from assistant.replies import wording
from assistant.replies.asking import figures
from assistant.replies.model import Part
from assistant.replies.passages import Passage, Shape
from assistant.replies.telling import is_telling, key_overlap
from assistant.replies.vocabulary import Vocabulary
from kb.model import Content

Group = list[Passage]

_SAME = 0.6
_HEADED = 1.5
_BRANCH = re.compile(r"第 ?\d+ ?步|(?<!\w)step \d", re.IGNORECASE)
_REFERS = re.compile(
    r"下表|上表|下面|上面|表里|如下|以下(?:步骤|情况|几)|\b(?:below|above|following)\b",
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

    @property
    def text(self) -> str:
        """All of it, run together."""
        return "".join(p.text for p in self.passages)


@dataclass(slots=True)
class Selection:
    """What has been chosen so far from the scored passages of one entry.

    Attributes:
        question: What is asked.
        content: The entry's content.
        pool: Its passages; `scores` has one score for each.
        vocabulary: The company's words.
        applying: Orders of passages whose range the customer's own figure is in.
        dropped: Orders of passages that the figure rules out; they are never taken.
        chosen: Taken so far, in the order of taking; the first is the answer's core.
    """

    question: str
    content: Content
    pool: tuple[Passage, ...]
    scores: list[float]
    vocabulary: Vocabulary
    applying: frozenset[int] = frozenset()
    dropped: frozenset[int] = frozenset()
    chosen: list[Choice] = field(default_factory=list)
    _used: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """What is dropped counts as used."""
        self._used.update(self.dropped)

    @property
    def best(self) -> float:
        """The highest score of all passages."""
        return max(self.scores, default=0.0)

    @property
    def telling(self) -> bool:
        """Whether the question says more than the entry's topic."""
        return is_telling(self.question, self.content, self.vocabulary)

    def overlap(self, key: str) -> float:
        """Share (0 to 1) of the question's telling words that a heading or a row's key holds."""
        return key_overlap(self.question, key, self.vocabulary)

    def score(self, group: Iterable[Passage]) -> float:
        """The score of the best passage of a group."""
        return max(self.scores[p.order] for p in group)

    def rank(self, group: Group) -> tuple[float, int]:
        """Sort key: the best group first, the earlier one on ties."""
        return -self.score(group), group[0].order

    def take(self, group: Iterable[Passage], score: float, part: Part | None = None) -> None:
        """Choose a group unless all of it is chosen already, said already, or out of place.

        Without `part` the wording decides. Compensation is out of place where nothing went wrong.
        """
        wanted = [p for p in group if p.order not in self._used]
        if not wanted or self._repeats("".join(p.text for p in wanted)):
            return
        part = part or wording.part_of(wanted[0].text)
        if part is Part.ACTION and all(p.shape is Shape.ROW for p in wanted):
            part = Part.FACTS
        fits = wording.asks_compensation(self.question) or score >= 0.9 * self.best
        if part is Part.COMPENSATION and not fits:
            return
        self._used.update(p.order for p in wanted)
        self.chosen.append(Choice(tuple(wanted), part, score))

    def count(self, *parts: Part) -> int:
        """How many choices play one of these parts."""
        return sum(1 for choice in self.chosen if choice.part in parts)

    def sections(self, shape: Shape | None = None) -> set[int]:
        """Sections that something was chosen from, of one shape or any."""
        taken = (p for choice in self.chosen for p in choice.passages)
        return {p.section for p in taken if shape is None or p.shape is shape}

    def group(self, number: int) -> Group:
        """All passages of a group."""
        return [p for p in self.pool if p.group == number]

    def steps(self) -> list[Passage]:
        """All numbered steps."""
        return [p for p in self.pool if p.shape is Shape.STEP]

    def free(self, passage: Passage) -> bool:
        """Whether a passage has not been taken."""
        return passage.order not in self._used

    def sentences(self) -> list[Group]:
        """Groups of sentences and list items that can be said alone, not used yet."""
        numbers = dict.fromkeys(
            p.group for p in self.pool if self.free(p) and p.shape in (Shape.PROSE, Shape.ITEM)
        )
        groups = [self.group(number) for number in numbers]
        return [g for g in groups if all(map(stands_alone, g)) and not _only_leads_on(g)]

    def best_section(self, members: Iterable[Passage]) -> int:
        """Section of the best of these passages, its heading counting too."""
        totals: dict[int, float] = {}
        for passage in members:
            headed = self.overlap(passage.heading)
            score = self.score([passage]) + _HEADED * headed
            totals[passage.section] = max(totals.get(passage.section, 0.0), score)
        return max(totals, key=lambda section: (totals[section], -section))

    def _repeats(self, text: str) -> bool:
        """Whether a text's figures, if it has any, and its words have been said already."""
        stated = figures(text)
        return bool(stated) and any(
            stated <= figures(choice.text) and alike(text, choice.text) for choice in self.chosen
        )


def stands_alone(passage: Passage) -> bool:
    """Whether a passage refers neither to another step (→ 第 3 步) nor to what stands around it."""
    return not branches(passage) and not _REFERS.search(passage.text)


def branches(passage: Passage) -> bool:
    """Whether a passage sends the reader to another step."""
    return bool(_BRANCH.search(passage.text))


def alike(text: str, other: str, share: float = _SAME) -> bool:
    """Whether more than a share of one text's character pairs are in the other."""
    return max(_overlap(text, other), _overlap(other, text)) > share


def repeats(text: str, other: str) -> bool:
    """Whether a text adds nothing to another: most of its character pairs and all its figures."""
    return _overlap(text, other) > _SAME and figures(text) <= figures(other)


def _only_leads_on(group: Group) -> bool:
    """Whether a group only leads to something else: a list that follows, another article."""
    if wording.announces(group[-1].text):
        return True
    return len(group) == 1 and wording.only_points_elsewhere(group[0].text)


def _overlap(text: str, other: str) -> float:
    """Share of a text's character pairs that the other text has too."""
    pairs = {text[i : i + 2] for i in range(len(text) - 1)}
    others = {other[i : i + 2] for i in range(len(other) - 1)}
    return len(pairs & others) / len(pairs) if pairs else 0.0
