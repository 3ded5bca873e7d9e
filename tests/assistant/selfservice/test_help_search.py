"""Searching the help centre: what is shown, what is admitted, what is never shown."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from assistant.selfservice.public_knowledge import ARTICLES, CUSTOMERS
from assistant.web.help_search import MAX_QUESTION, highlighted
from indexer.results import SearchResponse
from tests.assistant.selfservice.help_library import (
    NEVER_PUBLIC,
    RULE,
    SECRET,
    TIMING,
    Library,
    hit,
)
from tests.hostile_strings import HOSTILE

RESULT = re.compile(r"<li>\s*<h2>(.*?)</li>", re.S)


def results(client: FlaskClient, question: str, **more: str) -> str:
    answer = client.get("/help/search", query_string={"q": question, **more})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def rows(html: str) -> list[str]:
    return RESULT.findall(html)


def test_without_a_question_there_is_the_form_and_the_categories(
    library: Library, anonymous: FlaskClient
) -> None:
    for question in ("", "   "):
        html = results(anonymous, question)
        assert 'name="q"' in html
        assert "/help/categories/returns" in html
        assert rows(html) == []
    assert library.searcher.asked == []


def test_a_result_shows_where_it_matched_its_kind_and_its_dates(
    library: Library, anonymous: FlaskClient
) -> None:
    found = hit("return-rule", RULE.title, terms=("退货", "天内"), anchor="期限", heading="期限")
    library.finds(found, corrected="退货")
    html = results(anonymous, "退贷")
    (row,) = rows(html)
    assert 'href="/help/articles/return-rule#%E6%9C%9F%E9%99%90"' in row
    assert "<mark>退货</mark>规则" in row
    assert "签收次日起 7 <mark>天内</mark>可以<mark>退货</mark>。" in row
    assert "政策" in row
    assert "2026-11-22 起有效" in row
    assert "已按“退货”查找" in html
    (asked,) = library.searcher.asked
    assert (asked.query, asked.audiences, asked.kinds) == ("退贷", CUSTOMERS, ARTICLES)


def test_only_the_public_article_in_force_is_shown(
    library: Library, anonymous: FlaskClient
) -> None:
    """Whatever an index says that lags behind, or is the wrong one."""
    library.finds(
        *(hit(entry_id, SECRET, snippet=SECRET) for entry_id in NEVER_PUBLIC),
        hit("refund-timing", "旧标题", revision=7),
        hit("gone", SECRET),
        hit("return-rule", "旧标题"),
        hit("intl-return", "x", 0.01),
    )
    for path in ("/help/search", "/help/suggestions"):
        text = anonymous.get(path, query_string={"q": "退货"}).get_data(as_text=True)
        assert SECRET not in text
        assert not any(entry_id in text for entry_id in NEVER_PUBLIC)
        assert "旧标题" not in text
        assert text.count("/help/articles/") == 1


def test_without_a_reliable_answer_it_says_so(library: Library, anonymous: FlaskClient) -> None:
    library.finds(hit("return-rule", RULE.title, 0.2), answerable=False)
    html = results(anonymous, "公积金怎么提取，电话 13800138000")
    assert "没有找到可靠的答案" in html
    assert "也许相关" in html
    assert len(rows(html)) == 1
    assert 'href="/help/categories/returns"' in html
    assert (
        'data-question="公积金怎么提取，电话 13800138000"' in html
    )  # for the chat, if there is one
    (gap,), _total = library.services.insights.gaps()
    assert "公积金" in gap.query
    assert "13800138000" not in gap.query


def test_with_nothing_near_all_categories_are_shown(
    library: Library, anonymous: FlaskClient
) -> None:
    library.finds(answerable=False)
    html = results(anonymous, "asdf")
    assert "没有找到可靠的答案" in html
    assert "也许相关" not in html
    assert 'href="/help/categories/returns"' in html


def test_without_an_index_the_categories_remain(library: Library, anonymous: FlaskClient) -> None:
    library.searcher.response = SearchResponse(degraded=True, degraded_reason="there is no index")
    html = results(anonymous, "退货")
    assert "搜索暂时用不了" in html
    assert "there is no index" not in html
    assert 'href="/help/categories/returns"' in html
    answer = anonymous.get("/help/suggestions?q=x")
    assert answer.get_json() == {"suggestions": []}


def test_a_degraded_index_still_answers(library: Library, anonymous: FlaskClient) -> None:
    found = (hit("return-rule", RULE.title),)
    library.searcher.response = SearchResponse(found, True, 0.9, "g1", True)
    assert len(rows(results(anonymous, "退货"))) == 1


def test_too_long_a_question_is_refused_before_it_costs_anything(
    library: Library, anonymous: FlaskClient
) -> None:
    assert "问题太长了" in results(anonymous, "退" * (MAX_QUESTION + 1))
    assert anonymous.get(f"/help/suggestions?q={'a' * 500}").get_json() == {"suggestions": []}
    assert library.searcher.asked == []
    results(anonymous, "退" * MAX_QUESTION)
    assert len(library.searcher.asked) == 1


@pytest.mark.parametrize(
    ("page", "first", "shown"),
    [("1", "规则0", 10), ("2", "规则10", 10), ("3", "规则20", 3), ("99", "规则20", 3),
     ("-1", "规则0", 10), ("0", "规则0", 10), ("x", "规则0", 10), ("²", "规则0", 10)],
)  # fmt: skip
def test_results_come_in_pages(
    library: Library, anonymous: FlaskClient, page: str, first: str, shown: int
) -> None:
    library.finds(*(hit("return-rule", f"规则{n}", snippet=f"规则{n}") for n in range(23)))
    html = results(anonymous, "退货", page=page)
    found = rows(html)
    assert len(found) == shown
    assert f">{first}</p>" in found[0]
    assert ('rel="next"' in html) == (first != "规则20")
    assert ('rel="prev"' in html) == (first != "规则0")


def test_suggestions_prefer_the_readers_language(library: Library, anonymous: FlaskClient) -> None:
    library.finds(
        hit("return-rule", RULE.title), hit("intl-return", "x"), hit("refund-timing", "x")
    )
    answer = anonymous.get("/help/suggestions?q=return&lang=en")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert [row["url"] for row in answer.get_json()["suggestions"]] == [
        "/help/articles/intl-return?lang=en",
        "/help/articles/return-rule?lang=en",
        "/help/articles/refund-timing?lang=en",
    ]
    chinese = anonymous.get("/help/suggestions?q=return").get_json()["suggestions"]
    assert chinese[0] == {"title": RULE.title, "url": "/help/articles/return-rule"}
    assert chinese[1]["title"] == TIMING.title


@pytest.mark.parametrize("text", HOSTILE[::9])
def test_hostile_questions_are_text(library: Library, anonymous: FlaskClient, text: str) -> None:
    library.finds(hit("return-rule", RULE.title, terms=(text[:20],), snippet=text))
    answer = anonymous.get("/help/search", query_string={"q": text})
    assert answer.status_code == 200
    html = answer.get_data(as_text=True)
    body = html.split("<main")[1]
    assert not re.search(r"<(?:script|img|iframe|svg (?!class))", body.split("</main>")[0])


def test_highlighting_escapes_what_it_marks() -> None:
    assert highlighted("a<b>c & <b>", ("<b>",)) == (
        "a<mark>&lt;b&gt;</mark>c &amp; <mark>&lt;b&gt;</mark>"
    )
    assert highlighted("退货规则", ("退", "退货")) == "<mark>退货</mark>规则"
    assert highlighted("<i>", ("", " ")) == "&lt;i&gt;"


def test_one_address_may_not_search_without_end(library: Library, anonymous: FlaskClient) -> None:
    for number in range(2_000):
        answer = anonymous.get(f"/help/suggestions?q={number}")
        if answer.status_code != 200:
            break
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert "操作有点快" in answer.get_data(as_text=True)
    assert anonymous.get("/help").status_code == 200
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert anonymous.get("/help/search?q=x", environ_base=elsewhere).status_code == 200


def test_a_word_that_names_a_matter_brings_what_is_about_it_first(
    library: Library, anonymous: FlaskClient
) -> None:
    """Whether or not the search is sure of an answer to so short a question."""
    library.finds(
        hit("refund-timing", TIMING.title, 0.4), hit("return-rule", RULE.title, 0.3),
        answerable=False,
    )  # fmt: skip
    html = results(anonymous, "退货")
    assert "没有找到可靠的答案" not in html
    assert "查看“退换与退款”的全部内容" in html
    first, second = rows(html)
    assert "return-rule" in first
    assert "refund-timing" in second
