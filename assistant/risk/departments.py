"""Which skill groups a message concerns, by its topic words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.risk.lexicon import find_spans
from assistant.risk.writing import written
from indexer.asking import asks, clauses

if TYPE_CHECKING:
    from assistant.risk.settings import RiskSettings

_LISTED = re.compile(r"[\s,\uff0c\u3001]+")
_WISH = re.compile(
    r"请(?!问)|麻烦|希望|帮我|帮忙|[想要]把|不想要|要求|申请|(?:我|就|只|还)想(?!问)"
    r"|\b(?:please|want|need|would like)\b"
)
# What is asked or wished for tells more about who can help than the story that leads to it.
_ASKED, _TOLD, _STORY = 3.0, 1.0, 2.0
_MORE, _VAGUE = 0.5, 0.5  # a further word of the same clause; a clause with one character only


def topic_groups(text: str, settings: RiskSettings) -> tuple[str, ...]:
    """Skill groups whose topic words occur in `text`, the best first, table order on ties.

    What has happened names the group (手机退货: returns), and only where nothing does, the product.
    Customers abroad have a group of their own, whatever else it is about.
    """
    groups = settings.groups
    found = _ranked(text, groups["topics"]) or _ranked(text, groups["products"])
    return tuple(sorted(found, key=lambda group: group != groups["abroad"]))


def departments(text: str, settings: RiskSettings) -> tuple[str, ...]:
    """The groups that a turn needs: for each of its clauses the one that fits best.

    A clause that names no matter adds nothing when another clause does: there the product is only
    what the matter is about.
    """
    return _departments(text, settings)


@lru_cache(maxsize=1024)
def _departments(text: str, settings: RiskSettings) -> tuple[str, ...]:
    topics = settings.groups["topics"]
    parts = [part for clause in clauses(text) for part in _LISTED.split(clause)]
    best = [found[0] for part in parts if (found := _ranked(part, topics))]
    return tuple(dict.fromkeys(best)) or topic_groups(text, settings)[:1]


def _ranked(text: str, table: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Groups by how much speaks for them; however long, a story counts less than a wish."""
    asked: dict[str, float] = defaultdict(float)
    told: dict[str, float] = defaultdict(float)
    for clause in clauses(text) or [text]:
        wanted = asks(clause) or bool(_WISH.search(written(clause).text))
        score, weight = (asked, _ASKED) if wanted else (told, _TOLD)
        for group, words in _words(clause, table).items():
            sure = any(len(word) > 1 for word in words)
            score[group] += weight * (1 + _MORE * (len(words) - 1) if sure else _VAGUE)
    found = [group for group in table if asked[group] or told[group]]
    return tuple(sorted(found, key=lambda one: -(asked[one] + min(_STORY, told[one]))))


def _words(clause: str, table: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    """The topic words of a clause by group; of overlapping ones the longest, whosever it is."""
    every = tuple(word for words in table.values() for word in words)
    said = {span.word for span in find_spans(written(clause).text, every)}
    return {group: hit for group, words in table.items() if (hit := said.intersection(words))}
