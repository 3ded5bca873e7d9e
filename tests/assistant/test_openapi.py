"""The API document covers every route, holds together, and says what the code does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from assistant.web import api

METHODS = {"get", "put", "post", "patch", "delete"}


@pytest.fixture
def document(anonymous: FlaskClient) -> dict[str, Any]:
    answer = anonymous.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_every_route_of_the_api_is_described(app: Flask, document: dict[str, Any]) -> None:
    served = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1")), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/api/", "/widget/v1/"))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(path, method) for path, method, _ in operations(document)} == served


def test_the_document_has_the_form_of_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert {"title", "version"} <= set(document["info"])
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    for path, method, operation in operations(document):
        assert path.startswith("/")
        assert method in METHODS
        assert operation["summary"]
        check_parameters(path, operation["parameters"])
        check_responses(operation["responses"])
        body = operation.get("requestBody")
        assert body is None or all("schema" in part for part in body["content"].values())


def check_parameters(path: str, parameters: list[dict[str, Any]]) -> None:
    keys = [(parameter["in"], parameter["name"]) for parameter in parameters]
    assert len(keys) == len(set(keys))
    in_path = {name for place, name in keys if place == "path"}
    assert in_path == set(re.findall(r"\{(\w+)\}", path))
    for parameter in parameters:
        assert parameter["in"] in ("path", "query", "header")
        assert "schema" in parameter
        assert parameter["in"] != "path" or parameter["required"] is True


def check_responses(responses: dict[str, Any]) -> None:
    assert any(status.startswith("2") for status in responses)
    for status, response in responses.items():
        assert re.fullmatch(r"[1-5]\d\d", status)
        assert response["description"]
        if int(status) >= 400:
            assert "application/problem+json" in response["content"]


def test_every_reference_leads_somewhere_and_nothing_is_left_over(
    document: dict[str, Any],
) -> None:
    schemas = document["components"]["schemas"]
    references = set(find_references(document))
    assert references == {f"#/components/schemas/{name}" for name in schemas}


def find_references(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [ref for value in part.values() for ref in find_references(value)]
    if isinstance(part, list):
        return [ref for value in part for ref in find_references(value)]
    return []


def test_reading_routes_are_get_and_writing_routes_take_json() -> None:
    for route in api.all_routes():
        bodiless = route.method.value in ("GET", "DELETE")
        assert bodiless or route.body is not None, route.name
        assert route.returns is not None, route.name


def test_an_edit_says_that_it_needs_a_version(document: dict[str, Any]) -> None:
    edit = document["paths"]["/entries/{entry_id}"]["put"]
    needed = [p["name"] for p in edit["parameters"] if p["in"] == "header" and p["required"]]
    assert needed == ["If-Match"]
    assert {"409", "428"} <= set(edit["responses"])


def test_the_widgets_routes_stand_under_their_own_address(document: dict[str, Any]) -> None:
    widget = {path: item for path, item in document["paths"].items() if path.startswith("/widget/")}
    assert "/widget/v1/sessions" in widget
    for item in widget.values():
        assert item.pop("servers") == [{"url": "/"}], "the document's own is /api/v1"
        for operation in item.values():
            assert {"429", "503"} <= set(operation["responses"])
            assert operation["security"] in ([], [{"token": []}])


def test_roles_are_told(document: dict[str, Any]) -> None:
    publish = document["paths"]["/entries/{entry_id}/revisions/{number}/publish"]["post"]
    assert publish["description"] == "Roles: reviewer, admin."
