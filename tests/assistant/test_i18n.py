"""Both languages say the same things, and everything that pages ask for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import assistant.web
from assistant.web import i18n, messages
from assistant.web.problems import Refusal

WEB = Path(assistant.web.__file__).parent
TEXTS = {
    lang: json.loads((WEB / "i18n" / f"{lang}.json").read_text("utf-8")) for lang in i18n.LANGUAGES
}
# t("key") and t('key'); keys put together from a prefix and a value are t("prefix." ~ value).
USED = re.compile(r"""\bt\(\s*(["'])([a-z0-9_.]+)\1\s*(~|\+|,|\))""")
SCRIPT_TEMPLATE = re.compile(r"\bt\(\s*`([a-z0-9_.]+)\$\{")


def sources() -> list[Path]:
    return sorted([*(WEB / "templates").rglob("*.html"), *(WEB / "static").rglob("*.js")])


def test_both_languages_have_the_same_keys() -> None:
    assert set(TEXTS["zh-CN"]) == set(TEXTS["en"])


def test_both_languages_fill_the_same_places() -> None:
    for key, chinese in TEXTS["zh-CN"].items():
        places = [sorted(re.findall(r"\{(\w+)\}", text)) for text in (chinese, TEXTS["en"][key])]
        assert set(places[0]) == set(places[1]), key


def test_no_text_is_empty() -> None:
    for lang, texts in TEXTS.items():
        assert [key for key, text in texts.items() if not str(text).strip()] == [], lang


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.name)
def test_every_key_in_use_exists(path: Path) -> None:
    known = TEXTS["en"]
    text = path.read_text("utf-8")
    for _quote, key, after in USED.findall(text):
        if after in "~+":
            assert any(name.startswith(key) for name in known), key
        else:
            assert key in known, key
    for prefix in SCRIPT_TEMPLATE.findall(text):
        assert any(name.startswith(prefix) for name in known), prefix


def test_texts_fill_places_and_survive_gaps() -> None:
    texts = i18n.Texts("en", {"hits": "{count} of {total}"})
    assert texts("hits", count=1, total=2) == "1 of 2"
    assert texts("hits", count=1) == "1 of {total}"
    assert texts("unknown.key") == "unknown.key"


def test_the_servers_own_wording_is_complete() -> None:
    for table in (messages._TITLES, messages._DETAILS, messages._FIELDS):
        for key, (chinese, english) in table.items():
            assert chinese, key
            assert english, key
            assert set(re.findall(r"\{(\w+)\}", chinese)) == set(
                re.findall(r"\{(\w+)\}", english)
            ), key


def test_every_refusal_in_the_code_has_its_wording() -> None:
    for path in WEB.glob("*.py"):
        for key in re.findall(r'Refusal\(\s*\d{3},\s*"(\w+)"', path.read_text("utf-8")):
            assert key in messages._DETAILS, (path.name, key)
    assert Refusal(404, "absent").status == 404
