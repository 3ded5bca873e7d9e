"""Text preparation: the product's normal form, lower case as the tokenizer makes it."""

from __future__ import annotations

import re

from indexer.text import normalise

__all__ = ["HAN_RUN", "NUMBER", "WORD", "clean", "normalise"]

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"
HAN_RUN = re.compile(f"[{HAN}]+")
WORD = re.compile(r"[a-z]+")
NUMBER = re.compile(r"[0-9]+")
_MARKUP = re.compile(r"[*`|]+|\{\{|\}\}|(?<!\w)#+(?=\s)|-{2,}|<[^<>]{1,40}>")


def clean(text: str) -> str:
    """Return normalised text without Markdown marks; used on training text only."""
    return normalise(_MARKUP.sub(" ", text))
