"""Chinese or English: which language a text is in, and how to join its sentences."""

from __future__ import annotations

import re

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z']+")


def language(text: str) -> str:
    """``en`` when Latin words outweigh Han characters, otherwise ``zh``.

    A model name inside a Chinese question does not make it English: two Han characters weigh as
    much as one Latin word.
    """
    han = han_count(text)
    words = len(_LATIN_WORD.findall(text))
    return "en" if words > han / 2 else "zh"


def of_tag(tag: str) -> str:
    """``en`` for a language tag such as ``en-GB``, ``zh`` for every other."""
    return "en" if tag.lower().startswith("en") else "zh"


def fits(entry_lang: str, wanted: str) -> bool:
    """Whether an entry's language tag (``zh-CN``, ``en``) is the wanted language."""
    return entry_lang.lower().split("-")[0] == wanted


def han_count(text: str) -> int:
    """Number of Han characters."""
    return len(_HAN.findall(text))


def length(text: str) -> float:
    """Reading length in Han characters: a Latin word counts as one and a half, a digit as half."""
    digits = sum(char.isdigit() for char in text)
    return han_count(text) + 1.5 * len(_LATIN_WORD.findall(text)) + digits / 2


def join(sentences: list[str], lang: str) -> str:
    """Sentences run on: with a space in English, without in Chinese."""
    return (" " if lang == "en" else "").join(sentences)
