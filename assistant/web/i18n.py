"""Texts of the interface by language, and which language a request gets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from werkzeug.datastructures import LanguageAccept

LANGUAGES = ("zh-CN", "en")
DEFAULT = "zh-CN"
COOKIE = "lang"
_FOLDER = Path(__file__).parent / "i18n"


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language: flat key to text with ``{name}`` placeholders."""

    lang: str
    texts: Mapping[str, str]

    def __call__(self, key: str, /, **params: object) -> str:
        """The text for `key` with placeholders filled.

        An unknown key comes back as itself and an unknown placeholder stays as written: a page
        with a gap in its wording still works, and a test finds the gap.
        """
        text = self.texts.get(key, key)
        for name, value in params.items():
            text = text.replace("{" + name + "}", str(value))
        return text


def texts_for(lang: str) -> Texts:
    """The texts of one of `LANGUAGES`; any other gets the default."""
    return _load(lang if lang in LANGUAGES else DEFAULT)


def as_json(lang: str) -> str:
    """All texts of a language as one JSON object, for the browser."""
    texts = texts_for(lang).texts
    return json.dumps(dict(texts), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def choose(asked: str | None, cookie: str | None, accepted: LanguageAccept) -> str:
    """The language of a request: the query says it, or the cookie, or the browser; else Chinese."""
    for explicit in (asked, cookie):
        if explicit:
            return match(explicit) or DEFAULT
    for offered, _quality in accepted:
        found = match(offered)
        if found:
            return found
    return DEFAULT


def match(offered: str) -> str | None:
    """Our language for an offered tag: ``zh-Hans`` → ``zh-CN``, ``en-GB`` → ``en``; or None."""
    primary = offered.replace("_", "-").split("-")[0].lower()
    return {"zh": "zh-CN", "en": "en"}.get(primary)


@cache
def _load(lang: str) -> Texts:
    path = _FOLDER / f"{lang}.json"
    texts = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return Texts(lang, texts)
