"""The pages of the help centre: what they show, what they never show, how they may be kept."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import assistant.web
from assistant.accounts.roles import Role
from assistant.wiring import Services
from kb.model import Audience
from tests.assistant.conftest import FakeClock, published
from tests.assistant.selfservice.help_library import (
    NEVER_PUBLIC,
    RULE,
    SECRET,
    TIMING,
    Library,
    hit,
)

DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)
WEB = Path(assistant.web.__file__).parent
CHANGE = datetime(2026, 11, 30, 16, tzinfo=UTC)  # midnight of December 1st in the site's zone


def page(client: FlaskClient, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def said_by(answer: TestResponse) -> dict[str, str]:
    """All headers but how long it took, which is never twice the same."""
    return {name: value for name, value in answer.headers if name != "Server-Timing"}


def test_the_home_page_shows_search_questions_and_categories(
    library: Library, anonymous: FlaskClient
) -> None:
    html = page(anonymous, "/help")
    assert 'name="q"' in html
    assert 'href="/help/articles/refund-timing"' in html  # the one FAQ
    assert 'href="/help/categories/returns"' in html
    assert "/help/categories/phones" not in html  # it holds no article
    assert SECRET not in html


def test_an_empty_knowledge_base_says_so(services: Services, anonymous: FlaskClient) -> None:
    assert "帮助中心还没有内容" in page(anonymous, "/help")
    assert anonymous.get("/help/categories/returns").status_code == 404


def test_an_article_tells_everything_about_itself(library: Library, anonymous: FlaskClient) -> None:
    library.finds(hit("refund-timing", TIMING.title), hit("return-rule", RULE.title))
    html = page(anonymous, "/help/articles/return-rule")
    assert "<h1" in html
    assert RULE.title in html
    assert '<div class="prose" lang="zh-CN">' in html
    assert "2026-11-22 起有效" in html
    assert "2026-11-22 更新" in html
    assert html.count('href="#期限"') == 2  # beside the text, and above it on a phone
    assert '<link rel="canonical" href="http://localhost/help/articles/return-rule">' in html
    assert '<meta property="og:title" content="退货规则">' in html
    assert '<a href="/help/articles/refund-timing" lang="zh-CN">' in html  # related
    assert library.searcher.asked[-1].query == RULE.title


def test_an_article_is_related_to_its_neighbours_where_there_is_no_index(
    library: Library, anonymous: FlaskClient
) -> None:
    library.finds()
    html = page(anonymous, "/help/articles/refund-timing")
    assert '<a href="/help/articles/return-rule"' in html.split("help-after")[1]


def test_related_articles_are_public_whatever_the_index_says(
    library: Library, anonymous: FlaskClient
) -> None:
    library.finds(*(hit(entry_id, SECRET) for entry_id in NEVER_PUBLIC))
    html = page(anonymous, "/help/articles/refund-timing")
    assert SECRET not in html
    assert "approval-table" not in html


def test_a_link_to_what_is_not_public_is_plain_text(
    library: Library, anonymous: FlaskClient
) -> None:
    html = page(anonymous, "/help/articles/return-rule")
    assert '<a href="/help/articles/refund-timing" rel=' in html
    assert "见审批表和旧规则。" in html  # the words stay, as words
    assert "approval-table" not in html


@pytest.mark.parametrize("entry_id", [*NEVER_PUBLIC, "a" * 200, "x%00y", "..%2fx", "Ä", "%ff"])
def test_forbidden_and_absent_articles_look_the_same(
    library: Library, anonymous: FlaskClient, entry_id: str
) -> None:
    absent = anonymous.get("/help/articles/never-was")
    answer = anonymous.get(f"/help/articles/{entry_id}")
    assert answer.status_code == absent.status_code == 404
    assert answer.data == absent.data
    assert said_by(answer) == said_by(absent)
    # Also of a category and of an address that nothing answers.
    for path in ("/help/categories/never-was", "/help/never-was", f"/help/images/{entry_id}"):
        other = anonymous.get(path)
        assert (other.status_code, other.data) == (404, absent.data), path


def test_nothing_hidden_stands_on_any_page(library: Library, anonymous: FlaskClient) -> None:
    library.finds(*(hit(e, SECRET, snippet=SECRET) for e in (*NEVER_PUBLIC, "return-rule")))
    seen: set[str] = set()
    paths = ["/help", "/help?lang=en", "/help/search?q=x", "/help/sitemap.xml", "/robots.txt"]
    paths.append("/help/suggestions?q=x")
    while paths:
        path = paths.pop()
        seen.add(path)
        text = page(anonymous, path)
        if path.startswith(("/help/search", "/help/suggestions")):
            text = text.replace(f"“{SECRET}”", "")
        assert not any(entry_id in text for entry_id in NEVER_PUBLIC), path
        if not path.startswith(("/help/search", "/help/suggestions")):
            assert SECRET not in text, path
        links = re.findall(r'(?:href="|<loc>http://localhost)(/help[^"#<]*)', text)
        paths += [link for link in {*links} if link not in seen and link not in paths]
    assert any("/help/articles/intl-return?lang=" in path for path in seen)
    assert len(seen) > 12


def test_a_change_ahead_is_announced_and_no_more(
    library: Library, anonymous: FlaskClient, clock: FakeClock
) -> None:
    coming = replace(RULE, title=f"{SECRET}新", body=SECRET, effective_from=CHANGE)
    published(library.services.kb, "return-rule", coming)
    html = page(anonymous, "/help/articles/return-rule")
    assert "自 2026-12-01 起有新规定" in html
    assert "到 2026-11-30 为止" in html
    assert SECRET not in html
    clock.advance(timedelta(days=20))
    html = page(anonymous, "/help/articles/return-rule")
    assert SECRET in html
    assert "起有新规定" not in html


@pytest.mark.parametrize("audience", [Audience.AGENT, Audience.INTERNAL])
def test_a_change_that_is_not_public_is_no_more_than_an_end(
    library: Library, anonymous: FlaskClient, clock: FakeClock, audience: Audience
) -> None:
    coming = replace(RULE, title=SECRET, body=SECRET, effective_from=CHANGE, audience=audience)
    published(library.services.kb, "return-rule", coming)
    html = page(anonymous, "/help/articles/return-rule")
    assert "有新规定" not in html
    assert "到 2026-11-30 为止" in html
    clock.advance(timedelta(days=20))
    assert anonymous.get("/help/articles/return-rule").status_code == 404


def test_an_article_that_another_one_will_replace_says_so(
    library: Library, anonymous: FlaskClient
) -> None:
    heir = replace(TIMING, title=SECRET, effective_from=CHANGE, supersedes=("refund-timing",))
    published(library.services.kb, "new-timing", heir)
    html = page(anonymous, "/help/articles/refund-timing")
    assert "自 2026-12-01 起有新规定" in html
    assert SECRET not in html


def test_structured_data_is_json_that_no_title_can_break(
    library: Library, anonymous: FlaskClient
) -> None:
    hostile = "</script><script>alert(1)</script>&lt;!--"
    published(library.services.kb, "hostile", replace(TIMING, title=hostile, body=hostile))
    html = page(anonymous, "/help/articles/hostile")
    assert "<script>alert" not in html
    (text,) = DATA.findall(html)
    assert not set(text) & set("<>&")
    faq, trail = json.loads(text)["@graph"]
    assert faq["@type"] == "FAQPage"
    assert faq["mainEntity"][0]["name"] == hostile
    assert trail["itemListElement"][0]["item"] == "http://localhost/help"


def test_structured_data_of_a_rule_is_an_article_with_its_dates(
    library: Library, anonymous: FlaskClient
) -> None:
    limited = replace(RULE, effective_from=CHANGE - timedelta(days=30), effective_until=CHANGE)
    published(library.services.kb, "limited-rule", limited)
    (text,) = DATA.findall(page(anonymous, "/help/articles/limited-rule"))
    article = json.loads(text)["@graph"][0]
    assert article["@type"] == "Article"
    assert article["headline"] == RULE.title
    assert article["expires"] == CHANGE.isoformat()
    assert article["datePublished"] == (CHANGE - timedelta(days=30)).isoformat()


@pytest.mark.parametrize(
    "path", ["/help", "/help/articles/return-rule", "/help/categories/returns", "/help/search?q=x"]
)
def test_pages_may_be_kept_and_are_the_same_for_everybody(
    library: Library,
    anonymous: FlaskClient,
    client_of: Callable[[Role], FlaskClient],
    path: str,
) -> None:
    first = anonymous.get(path)
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in first.headers
    assert {"Cookie", "Accept-Language"} <= set(first.vary)
    again = anonymous.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client_of(Role.ADMIN).get(path).data == first.data
    named = anonymous.get(f"{path}{'&' if '?' in path else '?'}lang=en")
    assert "Cookie" not in named.vary


def test_a_page_changes_with_what_it_shows(library: Library, anonymous: FlaskClient) -> None:
    path = "/help/articles/return-rule"
    tag = anonymous.get(path).headers["ETag"]
    published(library.services.kb, "refund-timing", replace(TIMING, title="到账时间"))
    published(library.services.kb, "return-rule", replace(RULE, body="改过的正文"))
    answer = anonymous.get(path, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "改过的正文" in answer.get_data(as_text=True)


def test_the_language_in_the_address_goes_along(library: Library, anonymous: FlaskClient) -> None:
    html = page(anonymous, "/help?lang=en")
    assert '<html lang="en">' in html
    assert "How can we help?" in html
    links = re.findall(r'href="(/help/(?:articles|categories)[^"]*)"', html)
    assert links
    assert all(link.endswith("?lang=en") for link in links)
    assert '<input type="hidden" name="lang" value="en">' in html
    assert '<link rel="alternate" hreflang="zh-CN" href="http://localhost/help?lang=zh-CN">' in html
    by_browser = page(anonymous, "/help", **{"Accept-Language": "en-GB"})
    assert '<html lang="en">' in by_browser
    assert "?lang=en" not in "".join(re.findall(r'href="(/help/articles[^"]*)"', by_browser))


def test_a_category_lists_the_readers_language_first(
    library: Library, anonymous: FlaskClient
) -> None:
    html = page(anonymous, "/help/categories/returns", **{"Accept-Language": "en"})
    english, chinese = html.index("intl-return"), html.index('return-rule"')
    assert english < html.index("In Chinese") < chinese


def test_the_slash_leads_to_the_one_address(library: Library, anonymous: FlaskClient) -> None:
    answer = anonymous.get("/help/")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/help")


def test_colleagues_find_the_way_from_a_public_entry(library: Library, agent: FlaskClient) -> None:
    library.services.selfservice.helpful.count(
        library.services.kb.entry("return-rule").revisions[0], yes=True
    )
    html = page(agent, "/entries/return-rule")
    assert 'href="/help/articles/return-rule"' in html
    assert "1 人说有帮助" in html
    assert "/help/articles/" not in page(agent, "/entries/agent-note")


def test_public_pages_reach_knowledge_by_one_way_only() -> None:
    """No module of the help centre touches the parts that know what is not public."""
    staff_only = {"kb", "catalogue", "searcher", "composer", "contacts", "cases", "canned"}
    modules = sorted(WEB.glob("help_*.py"))
    assert len(modules) >= 7
    for path in modules:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Attribute) or node.attr not in staff_only:
                continue
            owner = ast.unparse(node.value)
            assert not owner.endswith(("services", "services()")), (path.name, ast.unparse(node))


def test_few_related_articles_are_joined_by_those_with_the_same_matters(
    library: Library, anonymous: FlaskClient
) -> None:
    about = replace(TIMING, tags=("退款", "门锁"), products=("gate-d1",))
    published(library.services.kb, "close", replace(about, title="最近"))
    published(library.services.kb, "far", replace(about, title="较远", products=(), tags=("门锁",)))
    published(library.services.kb, "own", about)
    library.finds(hit("return-rule", RULE.title, 0.2), hit("far", "较远", 0.01))
    related = page(anonymous, "/help/articles/own").split("help-after")[1]
    order = [related.find(f'/help/articles/{e}"') for e in ("return-rule", "close", "far")]
    assert -1 not in order
    assert order == sorted(order)
    assert '/help/articles/own"' not in related
