"""Ids for new entries, offered from their titles: what is short, readable and still free."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count

from indexer.characters import readings
from indexer.text import dictionary_cut, normalise
from kb.model import Kind

_PREFIX = {Kind.FAQ: "faq", Kind.CASE: "case", Kind.REPLY: "reply"}
_RUN = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
_LONGEST = 40  # characters; the whole pinyin of a long title is nothing one can read
# Words of the trade whose characters are usually read otherwise.
_SPOKEN = {
    "空调": "kongtiao",
    "重新": "chongxin",
    "重复": "chongfu",
    "重启": "chongqi",
    "调节": "tiaojie",
}
_FILLER = frozenset("a an and are for how in is of on or the to what when with your".split())


def suggested_id(title: str, kind: Kind, taken: Callable[[str], bool]) -> str:
    """An id that the title suggests, Han words as pinyin; numbered when it is `taken`.

    Empty for a title without letters or digits. Policies and guides stand without a prefix,
    the other kinds carry theirs.
    """
    words = [word for word in _words(title) if word not in _FILLER]
    if not words:
        return ""
    prefix = _PREFIX.get(kind)
    name = "-".join(([prefix] if prefix and words[0] != prefix else []) + words[:1])
    for word in words[1:]:
        if len(name) + len(word) >= _LONGEST:
            break
        name = f"{name}-{word}"
    name = name[:_LONGEST].strip("-")
    if len(name) < 3:
        name = f"{kind.value}-{name}"
    return next(each for each in _numbered(name) if not taken(each))


def _numbered(name: str) -> map[str]:
    return map(lambda n: name if n == 1 else f"{name}-{n}", count(1))


def _words(title: str) -> list[str]:
    found: list[str] = []
    for run in _RUN.findall(normalise(title)):
        if run.isascii():
            found.append(run)
        else:
            found += filter(None, map(_sound, dictionary_cut(run)))
    return found


def _sound(word: str) -> str:
    """The usual reading of a word as letters; characters without one are left out."""
    if word in _SPOKEN:
        return _SPOKEN[word]
    syllables = (ways[0] for character in word if (ways := readings(character)))
    return re.sub(r"[^a-z0-9]", "", "".join(syllables).replace("ü", "v"))
