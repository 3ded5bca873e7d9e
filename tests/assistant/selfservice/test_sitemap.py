"""What search engines are told."""

from __future__ import annotations

from urllib.robotparser import RobotFileParser

from defusedxml.ElementTree import fromstring
from flask.testing import FlaskClient

from assistant.wiring import Services
from tests.assistant.selfservice.help_library import Library

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def addresses(client: FlaskClient, **headers: str) -> dict[str, str | None]:
    answer = client.get("/help/sitemap.xml", headers=headers)
    assert answer.mimetype == "application/xml"
    urls = fromstring(answer.data).findall(f"{SPACE}url")
    return {
        url.findtext(f"{SPACE}loc", default=""): url.findtext(f"{SPACE}lastmod") for url in urls
    }


def test_it_lists_every_public_page_and_no_other(library: Library, anonymous: FlaskClient) -> None:
    found = addresses(anonymous)
    assert found == {
        "http://localhost/help": None,
        "http://localhost/help/categories/returns": None,
        "http://localhost/help/articles/intl-return": "2026-11-22",
        "http://localhost/help/articles/refund-timing": "2026-11-22",
        "http://localhost/help/articles/return-rule": "2026-11-22",
    }
    for address in found:
        assert anonymous.get(address.removeprefix("http://localhost")).status_code == 200
    assert addresses(anonymous, **{"Accept-Language": "en"}) == found


def test_a_withdrawn_article_leaves_it(library: Library, anonymous: FlaskClient) -> None:
    library.services.kb.withdraw("return-rule", 1, "周审核")
    assert "http://localhost/help/articles/return-rule" not in addresses(anonymous)


def test_an_empty_one_is_still_a_sitemap(services: Services, anonymous: FlaskClient) -> None:
    assert addresses(anonymous) == {"http://localhost/help": None}


def test_a_forged_host_cannot_break_it(library: Library, anonymous: FlaskClient) -> None:
    answer = anonymous.get("/help/sitemap.xml", headers={"Host": "a&b<c>.example"})
    if answer.status_code == 200:
        fromstring(answer.data)


def test_robots_are_welcome_in_the_help_centre_alone(anonymous: FlaskClient) -> None:
    answer = anonymous.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    rules = RobotFileParser()
    rules.parse(answer.get_data(as_text=True).splitlines())
    assert rules.site_maps() == ["http://localhost/help/sitemap.xml"]
    for path in ("/help", "/help/articles/return-rule", "/help/sitemap.xml"):
        assert rules.can_fetch("anybot", path), path
    for path in ("/", "/agent", "/entries/x", "/api/v1/search", "/help/search?q=x"):
        assert not rules.can_fetch("anybot", path), path
