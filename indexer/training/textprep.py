"""Text preparation: the same normal form that the product applies before encoding."""

from __future__ import annotations

import re
import unicodedata

import opencc

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"
HAN_RUN = re.compile(f"[{HAN}]+")
WORD = re.compile(r"[a-z]+")
NUMBER = re.compile(r"[0-9]+")
_SPACE = re.compile(r"\s+")
_MARKUP = re.compile(r"[*`|]+|\{\{|\}\}|(?<!\w)#+(?=\s)|-{2,}|<[^<>]{1,40}>")
_T2S = opencc.OpenCC("t2s")


def normalise(text: str) -> str:
    """Return text in NFKC, simplified Chinese, lower case, with single spaces."""
    text = unicodedata.normalize("NFKC", text)
    if not text.isascii():
        text = _T2S.convert(text)
    return _SPACE.sub(" ", text.lower()).strip()


def clean(text: str) -> str:
    """Return normalised text without Markdown marks; used on training text only."""
    return normalise(_MARKUP.sub(" ", text))
