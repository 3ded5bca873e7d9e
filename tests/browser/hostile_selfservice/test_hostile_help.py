"""Every hostile string through the help centre."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from tests.browser.hostile_selfservice.guarding import NARROW, TOO_WIDE, Guarded
from tests.browser.hostile_selfservice.texts import LINES, SPOKEN, batches
from tests.browser.service import Service
from tests.hostile_strings import EVERY

pytestmark = pytest.mark.browser


def test_there_are_enough_of_them() -> None:
    assert len(EVERY) >= 300
    assert len(LINES) >= 300


def test_each_as_an_article(stranger: Guarded, service: Service) -> None:
    page = stranger.page
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    for number, line in list(enumerate(LINES))[::2]:  # each holds the next one's text too
        page.goto(f"{service.base}/help/articles/hostile-{number}", wait_until="domcontentloaded")
        assert page.locator("h1").text_content() == line
        assert (
            page.evaluate("document.querySelector('meta[property=\"og:title\"]').content") == line
        )
        graph = json.loads(page.locator("script[type='application/ld+json']").text_content() or "")
        main = graph["@graph"][0]
        assert line in (main.get("headline"), (main.get("mainEntity") or [{}])[0].get("name"))
        stranger.check(sizes=())
        assert page.evaluate(TOO_WIDE) == [], line


def test_each_in_lists_and_in_what_is_searched(stranger: Guarded, service: Service) -> None:
    page = stranger.page
    # The address of a page that is not there is an error of the browser's own.
    stranger.expected = ("status of 404", "status of 414")
    for path in ("/help", "/help?lang=en", "/help/categories/returns", "/help/categories/other"):
        answer = page.goto(service.base + path)
        if answer is not None and answer.status == 200:
            stranger.check()
    for text in batches(SPOKEN, 200, " "):
        page.goto(f"{service.base}/help/search?q={quote(text.encode('utf-8', 'replace'))}",
                  wait_until="domcontentloaded")  # fmt: skip
        stranger.check(sizes=())
        assert page.evaluate(TOO_WIDE) == [], text
    stranger.check()
    for text in SPOKEN[::20]:
        path = quote(text.encode("utf-8", "replace")[:600], safe="")
        for place in (
            "/help/articles/",
            "/help/categories/",
            "/help/images/",
            "/widget/frame?site=",
        ):
            page.goto(f"{service.base}{place}{path}", wait_until="commit")
        page.goto(f"{service.base}/help?lang={path}&thanks={path}", wait_until="domcontentloaded")
        stranger.check(sizes=())


def test_each_typed_into_the_search_field(stranger: Guarded, service: Service) -> None:
    page = stranger.page
    page.goto(f"{service.base}/help")
    field = page.locator("#q")
    for text in (*batches(SPOKEN, 190, " "), *LINES[::30]):
        field.fill(text)
        with page.expect_response(lambda answer: "/help/suggestions" in answer.url):
            field.press("End")
            field.press_sequentially("7")
        stranger.check(sizes=())
    stranger.check()
