"""Pictures: those of public articles in force, and no other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from kb.images import ImageStore
from kb.model import Audience
from tests.assistant.conftest import published
from tests.assistant.selfservice.help_library import RULE, TIMING, Library
from tests.office_files import png


@pytest.fixture
def shown(library: Library) -> str:
    """The name of a picture that a public article shows."""
    name = ImageStore(library.services.settings.data / "images").put(png())
    body = f"看图：\n\n![示意](image:{name})"
    published(library.services.kb, "pictured", replace(TIMING, body=body))
    return name


def test_a_public_picture_is_shown_and_may_be_kept_for_a_while(
    library: Library, anonymous: FlaskClient, shown: str
) -> None:
    html = anonymous.get("/help/articles/pictured").get_data(as_text=True)
    assert f'src="/help/images/{shown}"' in html
    with anonymous.get(f"/help/images/{shown}") as answer:
        assert (answer.status_code, answer.mimetype) == (200, "image/png")
        assert answer.data == png()
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("audience", [Audience.AGENT, Audience.INTERNAL])
def test_a_picture_of_colleagues_is_absent(
    library: Library, anonymous: FlaskClient, audience: Audience
) -> None:
    name = ImageStore(library.services.settings.data / "images").put(png())
    secret = replace(RULE, body=f"![内部](image:{name})", audience=audience)
    published(library.services.kb, "secret", secret)
    answer = anonymous.get(f"/help/images/{name}")
    assert answer.status_code == 404
    assert answer.data == anonymous.get(f"/help/images/{'0' * 64}.png").data


def test_a_picture_goes_with_its_article(
    library: Library, anonymous: FlaskClient, shown: str
) -> None:
    library.services.kb.withdraw("pictured", 1, "周审核")
    assert anonymous.get(f"/help/images/{shown}").status_code == 404


def test_a_picture_that_is_named_and_not_there_is_absent(
    library: Library, anonymous: FlaskClient
) -> None:
    name = f"{'a' * 64}.png"
    published(library.services.kb, "pictured", replace(TIMING, body=f"![示意](image:{name})"))
    assert "示意" in anonymous.get("/help/articles/pictured").get_data(as_text=True)
    assert anonymous.get(f"/help/images/{name}").status_code == 404
