"""Words that raise an early warning, found through the usual disguises."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.risk.lexicon import find_spans
from assistant.risk.model import SensitiveWord
from assistant.risk.writing import undisguised, written

if TYPE_CHECKING:
    from assistant.risk.settings import RiskSettings


@lru_cache(maxsize=1024)
def sensitive_words(text: str, settings: RiskSettings) -> tuple[SensitiveWord, ...]:
    """The sensitive words of one message, in its order; no two of a topic overlap.

    The text is read as it stands and with separators taken out (曝 光, 1-2-3-1-5). Words inside an
    exception, of all topics or of their own, do not count.
    """
    found: dict[tuple[str, str], tuple[int, SensitiveWord]] = {}
    for plain in (written(text), undisguised(text)):
        for topic, table in settings.sensitive["topics"].items():
            exceptions = (*settings.sensitive["except"], *table.get("except", ()))
            for span in find_spans(plain.text, table["words"], exceptions=exceptions):
                word = plain.verbatim(span.start, span.end)
                english = table.get("advice_en", "")
                warning = SensitiveWord(word, span.word, topic, table["advice"], english)
                found.setdefault((topic, span.word), (plain.offsets[span.start], warning))
    return tuple(warning for _, warning in sorted(found.values(), key=lambda pair: pair[0]))
