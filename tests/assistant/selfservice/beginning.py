"""Visits that begin on the shop's pages, by the widget's own calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from assistant.selfservice.model import Site

SHOP = "https://shop.example.com"
OWN = "http://localhost"
EVIL = "https://evil.example.com"
SESSIONS = "/widget/v1/sessions"
RENEW = f"{SESSIONS}/renew"
CORS = ("Access-Control-Allow-Origin", "Access-Control-Allow-Headers", "Access-Control-Max-Age")
Begin = Callable[..., TestResponse]


@pytest.fixture
def begin(anonymous: FlaskClient, shop: Site) -> Begin:
    """Begins a visit, from the shop's pages unless told otherwise."""

    def post(
        site: str = shop.id, origin: str | None = SHOP, lang: str | None = None, **more: Any
    ) -> TestResponse:
        body = {"site": site, **({"lang": lang} if lang else {})}
        headers = {"Origin": origin} if origin is not None else {}
        return anonymous.post(SESSIONS, json=body, headers=headers, **more)

    return post


def speaking(answer: TestResponse, origin: str | None = SHOP, lang: str = "") -> dict[str, str]:
    """The headers of a request for the visit that has just begun."""
    assert answer.status_code == 201, answer.json
    assert answer.json is not None
    headers = {"Authorization": f"Bearer {answer.json['token']}"}
    if origin is not None:
        headers["Origin"] = origin
    return headers | ({"Accept-Language": lang} if lang else {})


def allows(answer: TestResponse, origin: str) -> bool:
    """Whether a browser lets the page read the answer."""
    assert "Access-Control-Allow-Credentials" not in answer.headers
    return answer.headers.get("Access-Control-Allow-Origin") == origin
