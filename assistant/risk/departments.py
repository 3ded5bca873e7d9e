"""Which skill groups a message concerns, by its topic words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.risk.lexicon import find_spans
from assistant.risk.writing import written
from indexer.asking import clauses

if TYPE_CHECKING:
    from assistant.risk.settings import RiskSettings

_LISTED = re.compile(r"[\s,\uff0c\u3001]+")


def topic_groups(text: str, settings: RiskSettings) -> tuple[str, ...]:
    """Skill groups whose topic words occur in `text`, the most words first, table order on ties.

    What has happened names the group (手机退货: returns), and only where nothing does, the product.
    """
    return _ranked(text, settings.groups["topics"]) or _ranked(text, settings.groups["products"])


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
    plain = written(text).text
    counts = Counter({group: len(find_spans(plain, words)) for group, words in table.items()})
    return tuple(group for group, count in counts.most_common() if count)
