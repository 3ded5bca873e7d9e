"""What a mistyped query may have meant, in the index's own words.

Three kinds of mistakes are read: characters typed for others that sound or look like them
(退贷, 发漂, 冰葙), pinyin instead of characters (tuihuo, thyf), and one wrong letter in an English
word. Words that the index knows are never touched, so a query in its words costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from indexer.changes import Change, Slot
from indexer.letters import spelled
from indexer.slips import slips
from indexer.text import fold
from indexer.vocabulary import Words


class Correction(NamedTuple):
    """Another reading of a query; `sure` when the mistake is plain, whatever is found."""

    text: str
    sure: bool


Readable = Callable[[str], bool]


def corrections(
    text: str,
    unknown: frozenset[str],
    vocabulary: Words,
    readable: Readable,
    *,
    doubtful: bool = True,
) -> list[Correction]:
    """Readings of a query in which mistyped words are replaced, best first, at most two.

    Args:
        text: The query.
        unknown: Its terms that no document of the index holds.
        vocabulary: The words that may be meant.
        readable: Whether the caller may read anything that holds a word; others are never
            suggested, so that a correction tells nobody what is hidden from them.
        doubtful: Whether to give readings, too, that are not sure.
    """
    if not unknown:
        return []
    text = fold(text)
    plain = text.lower()
    if len(plain) != len(text):  # a few foreign capitals
        text = plain
    wrong = [*spelled(plain, unknown, vocabulary), *slips(plain, unknown, vocabulary)]
    slots = _apart(
        [
            kept
            for options in wrong
            if (doubtful or options[0].sure)
            and (kept := [told for change in options if (told := _told(change, readable)).words])
        ]
    )
    sure = [options for options in slots if options[0].sure]
    found = [_applied(text, [options[0] for options in sure])] if sure else []
    if len(sure) < len(slots):
        found.append(_applied(text, [options[0] for options in slots]))
    elif second := _second_best(sure):
        found.append(_applied(text, second))
    return found


def _told(change: Change, readable: Readable) -> Change:
    return change._replace(words=tuple(filter(readable, change.words)))


def _second_best(slots: Sequence[Slot]) -> list[Change]:
    """The best changes but for one, where the second best comes closest; empty without any."""
    open_ = [at for at, options in enumerate(slots) if len(options) > 1]
    if not open_:
        return []
    closest = min(open_, key=lambda at: slots[at][0].score - slots[at][1].score)
    return [options[at == closest] for at, options in enumerate(slots)]


def _apart(slots: Sequence[Slot]) -> list[Slot]:
    """The best slots that do not overlap, in the order of the text."""
    kept: list[Slot] = []
    for options in sorted(slots, key=lambda options: -options[0].score):
        if all(options[0].end <= o[0].start or o[0].end <= options[0].start for o in kept):
            kept.append(options)
    return sorted(kept, key=lambda options: options[0].start)


def _applied(text: str, changes: Sequence[Change]) -> Correction:
    pieces, at = [], 0
    for change in changes:
        pieces += [text[at : change.start], *change.words]
        at = change.end
    return Correction("".join([*pieces, text[at:]]), all(change.sure for change in changes))
