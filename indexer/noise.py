"""A query without what says nothing: greetings, fillers, emoji, order numbers, stretched words.

`wording/spoken.json` lists what is said and what is meant by it; it may be edited. Every change is
cautious: what might tell something stays.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from indexer.text import fold, mainland_words

FILE = Path(__file__).parent / "wording" / "spoken.json"
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_CLAUSE_END = ",;:!?~\u2026\u3002\u3001\uff5e"

# Numbers that name one parcel, order or person. 400 numbers stay: they may be what is asked for.
_PERSONAL = re.compile(
    r"(?:(?:我的?)?(?:订单|快递|运单|物流|手机|电话)?(?:编号|单号|号码?)(?:是|为)?[:,\s]{0,3})?"
    r"(?:(?:https?://|www\.)[^\s\u3000-\u9fff]+"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
    r"|(?<![\dA-Za-z.-])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![\d])"
    r"|(?<![\dA-Za-z])[A-Za-z]{0,4}-?\d{10,}(?![\dA-Za-z]))",
    re.ASCII,
)
_TONES = re.compile("(?<=[A-Za-z\u0308])[\u0300\u0301\u0304\u030c]")  # of pinyin: tuì huò
_STRETCHED_HAN = re.compile(rf"([{_HAN}])\1{{2,}}")
_STRETCHED_LATIN = re.compile(  # sooo, but not AAA
    r"(?<![A-Za-z])(?=[A-Za-z]*([A-Za-z])\1\1)(?!([A-Za-z])\2+(?![A-Za-z]))[A-Za-z]+"
)
_REPEATED_SIGN = re.compile(r"([^\w\s])(?:\s*\1)+")
_SIGN_PILE = re.compile(r"[!?~\u3002.…]*([!?])[!?~\u3002.…]+")
_PARTICLES = re.compile(rf"(?<=[{_HAN}])[啊呀哦噢哈哟呐喔嘞哩哇诶]+(?=\W|$)")
_CLAUSE = re.compile(rf"[^\s{_CLAUSE_END}]+|[\s{_CLAUSE_END}]+")
_TELLING = re.compile(rf"[{_HAN}A-Za-z0-9]")


class _Wording(NamedTuple):
    said: dict[str, str]
    spoken: re.Pattern[str]
    overseas: dict[str, str]
    abroad: re.Pattern[str]
    fillers: frozenset[str]
    openers: re.Pattern[str]
    stickers: re.Pattern[str]


@lru_cache(maxsize=1)
def _wording() -> _Wording:
    stored = json.loads(FILE.read_text("utf-8"))
    # 亲 opens 亲我想退货, but not 亲人代收.
    long = [words for words in stored["openers"] if len(words) > 1]
    short = [words for words in stored["openers"] if len(words) == 1]
    return _Wording(
        stored["said"],
        re.compile(_any(stored["said"])),
        stored["overseas"],
        re.compile(_any(stored["overseas"])),
        frozenset(stored["fillers"]),
        re.compile(
            rf"(?:(?:{_any(long)})(?=\W|\w\w|$)"
            rf"|(?:{_any(short)})(?=\W|$|{_any(long)}|[我你想这那有]))+"
        ),
        re.compile(rf"[\[【/](?:{_any(stored['stickers'])})[\]】]"),
    )


@lru_cache(maxsize=2048)
def essential(text: str) -> str:
    """The query in simplified Chinese and NFKC, spoken words as they are written, without noise.

    Case is kept. A query of nothing but small talk stays as it is; the result is never empty
    unless the text is blank.
    """
    words = _wording()
    mainland = mainland_words(text)
    whole = fold(_TONES.sub("", unicodedata.normalize("NFD", mainland)))
    if mainland is not text:
        whole = words.abroad.sub(lambda found: words.overseas[found[0]], whole)
    plain = words.stickers.sub(" ", whole)
    plain = _PERSONAL.sub(" ", plain)
    plain = "".join(" " if _is_picture(char) else char for char in plain)
    plain = _STRETCHED_HAN.sub(r"\1", plain)
    plain = _STRETCHED_LATIN.sub(_shortened, plain)
    plain = _SIGN_PILE.sub(r"\1", _REPEATED_SIGN.sub(r"\1", plain))
    plain = words.spoken.sub(lambda found: words.said[found[0]], plain)
    kept = _without_fillers(plain, words)
    return kept if _TELLING.search(kept) else whole


def _without_fillers(text: str, words: _Wording) -> str:
    pieces: list[str] = []
    for piece in _CLAUSE.findall(text):
        if not _TELLING.search(piece):
            if pieces and _TELLING.search(pieces[-1]):
                pieces.append(piece)
            continue
        clause = _PARTICLES.sub("", piece)
        if opening := words.openers.match(clause):
            clause = clause[opening.end() :]
        if clause.lower().strip(".'\"-") not in words.fillers:
            pieces.append(clause)
    joined = "".join(pieces)
    return _tidy(joined)


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" ,;:~\u3001\uff5e")


def _shortened(found: re.Match[str]) -> str:
    return re.sub(r"([A-Za-z])\1{2,}", r"\1", found[0])


def _is_picture(char: str) -> bool:
    """Emoji, their modifiers and other pictures; degree signs and the like are none."""
    if char < "\u2000":
        return False
    return unicodedata.category(char) in {"So", "Sk", "Cs", "Co", "Cn", "Cf", "Mn"}


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
