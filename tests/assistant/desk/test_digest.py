from collections.abc import Callable

import pytest

from assistant.desk.digest import Digest


def test_text_names_what_to_do_and_what_comes(digest_of: Callable[..., Digest]) -> None:
    made = digest_of()
    assert made.subject == "知识待办：促销组有 2 条需要处理"
    assert "1. 夏季<清洗>优惠 · 已失效 · 近 30 天使用 3 次" in made.text
    assert "2026-12-01 10:00 双12活动 生效" in made.text
    assert made.tasks == 2
    assert "http" not in made.text


def test_english_with_links(digest_of: Callable[..., Digest]) -> None:
    made = digest_of("en", "https://kb.example.com/")
    assert made.subject == "Knowledge tasks: 2 for 促销组"
    assert "https://kb.example.com/entries/summer" in made.text
    assert "Open the board: https://kb.example.com/desk/freshness" in made.text
    assert "used 3 times in 30 days" in made.text


def test_html_escapes_what_people_wrote(digest_of: Callable[..., Digest]) -> None:
    html = digest_of(address="https://kb.example.com").html
    assert "夏季&lt;清洗&gt;优惠" in html
    assert "<清洗>" not in html
    assert '<a href="https://kb.example.com/entries/summer">' in html


def test_nobody_with_nothing_to_do(digest_of: Callable[..., Digest]) -> None:
    made = digest_of(owner="")
    assert made.subject == "知识待办：未指定负责人没有待处理的条目"
    assert "没有需要处理的条目。" in made.html


def test_the_payload_is_plain_data(digest_of: Callable[..., Digest]) -> None:
    payload = digest_of(address="https://kb.example.com").payload
    assert payload["event"] == "freshness.digest"
    assert [task["state"] for task in payload["tasks"]] == ["expired", "not_yet_effective"]
    assert payload["tasks"][0]["url"] == "https://kb.example.com/entries/summer"
    assert payload["coming"][0]["turn"] == "starts"


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_every_language_is_whole(digest_of: Callable[..., Digest], lang: str) -> None:
    made = digest_of(lang)
    for text in (made.subject, made.text, made.html):
        assert "{" not in text
        assert "expired" not in text.replace("not_yet", "") or lang == "en"
