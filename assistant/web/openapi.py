"""The OpenAPI 3.1 document, assembled from the route registry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from assistant.accounts.policy import COLUMNS, TABLE, Action, Verdict
from assistant.web.problems import MEDIA_TYPE
from assistant.web.responses import ProblemDetails
from assistant.web.routing import FORM, JSON, Route

_REF = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
_FILE = {
    "type": "object",
    "properties": {"file": {"type": "string", "format": "binary"}},
    "required": ["file"],
}
_PROBLEMS = {
    400: "Not valid JSON",
    401: "No valid token or session",
    403: "Not allowed",
    404: "Absent, or not open to the caller",
    409: "Changed in between; carries `current_version` and `diff`",
    413: "Too large",
    415: "Unsupported content type",
    422: "Refused; `errors` names each field",
    428: "If-Match is required",
    429: "Too much at once; `Retry-After` says for how long",
    503: "Too busy just now; `Retry-After` says for how long",
    507: "Disk full",
}


def document(
    routes: Iterable[Route], version: str, elsewhere: Mapping[str, Iterable[Route]] | None = None
) -> dict[str, Any]:
    """The whole document; it is the same for every caller and language.

    Routes `elsewhere`, by the address that theirs begin with, stand under their whole path.
    """
    own, others = list(routes), {at: list(them) for at, them in (elsewhere or {}).items()}
    everywhere = [("", route) for route in own]
    everywhere += [(at, route) for at, them in others.items() for route in them]
    schemas, components = _schemas([route for _at, route in everywhere])
    paths: dict[str, dict[str, Any]] = {}
    for at, route in everywhere:
        path, parameters = _path(route)
        item = paths.setdefault(at + path, {"servers": [{"url": "/"}]} if at else {})
        item[route.method.value.lower()] = _operation(route, parameters, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Zhike",
            "version": version,
            "summary": "Dated, evidence-backed answers for customer-service teams.",
            "description": (
                "Tokens are made by `zhike token create --role agent`. The widget's routes take "
                "the token of a visit instead, which `POST /widget/v1/sessions` answers with."
            ),
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "zhike_session"},
            },
        },
    }


_Key = tuple[str, str]


def _schemas(routes: list[Route]) -> tuple[dict[_Key, Any], dict[str, Any]]:
    """The schema of each route's models by (operation, place), and the shared components."""
    wanted: list[tuple[_Key, JsonSchemaMode, TypeAdapter[Any]]] = [
        (("", "problem"), "serialization", TypeAdapter(ProblemDetails))
    ]
    for route in routes:
        if route.body is not None:
            wanted.append(((route.name, "body"), "validation", TypeAdapter(route.body)))
        if route.query is not None:
            wanted.append(((route.name, "query"), "validation", TypeAdapter(route.query)))
        if route.returns is not None and not isinstance(route.returns, str):
            adapter = TypeAdapter(route.returns)
            wanted.append(((route.name, "returns"), "serialization", adapter))
    found, shared = TypeAdapter.json_schemas(wanted, ref_template=_REF)
    components: dict[str, Any] = shared.get("$defs", {})
    schemas = {key: schema for (key, _mode), schema in found.items()}
    for name in [route.name for route in routes if route.query is not None]:
        schemas[(name, "query")] = _inline(schemas[(name, "query")], components)
    for name in {route.query.__name__ for route in routes if route.query is not None}:
        components.pop(name, None)  # parameters stand in the operations; nothing refers to these
    return schemas, components


def _inline(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """The schema itself where it is a reference to a component."""
    reference = schema.get("$ref", "")
    return dict(components[reference.rsplit("/", 1)[-1]]) if reference else schema


def _path(route: Route) -> tuple[str, list[dict[str, Any]]]:
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer"} if converter == "int" else {"type": "string"},
        }
        for converter, name in _PARAMETER.findall(route.path)
    ]
    return _PARAMETER.sub(r"{\2}", route.path), parameters


def _operation(
    route: Route, parameters: list[dict[str, Any]], schemas: dict[_Key, Any]
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "description": f"Roles: {', '.join(_roles(route)) or 'nobody'}.",
        "parameters": parameters + _query_parameters(route, schemas),
        "responses": _responses(route, schemas),
    }
    if route.needs_version:
        operation["parameters"].append(
            {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}}
        )
    if route.upload:
        schema = {"allOf": [schemas[(route.name, "body")], _FILE]}
        operation["requestBody"] = {"required": True, "content": {FORM: {"schema": schema}}}
    elif route.body is not None:
        content = {JSON: {"schema": schemas[(route.name, "body")]}}
        content |= {kind: {"schema": {"type": "string"}} for kind in route.accepts if kind != JSON}
        operation["requestBody"] = {"required": True, "content": content}
    if "anonymous" in _roles(route):
        operation["security"] = []
    elif route.action is Action.WIDGET_USE:
        operation["security"] = [{"token": []}]
    return operation


def _query_parameters(route: Route, schemas: dict[_Key, Any]) -> list[dict[str, Any]]:
    schema = schemas.get((route.name, "query"), {})
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": part}
        for name, part in schema.get("properties", {}).items()
    ]


def _responses(route: Route, schemas: dict[_Key, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done"}
    if isinstance(route.returns, str):
        good["content"] = {route.returns: {"schema": {"type": "string", "format": "binary"}}}
    elif route.returns is not None:
        good["content"] = {JSON: {"schema": schemas[(route.name, "returns")]}}
    problem = {MEDIA_TYPE: {"schema": schemas[("", "problem")]}}
    responses: dict[str, Any] = {str(route.status): good}
    for status in _possible_problems(route):
        responses[str(status)] = {"description": _PROBLEMS[status], "content": problem}
    return responses


def _possible_problems(route: Route) -> list[int]:
    found = [401, 403, 404, 422]
    if route.action in (Action.WIDGET_BEGIN, Action.WIDGET_USE):
        found += [429, 503]
    if route.body is not None:
        found += [400, 413, 415, 507]
    if route.needs_version:
        found += [409, 428]
    return sorted(found)


def _roles(route: Route) -> list[str]:
    verdicts = zip(COLUMNS, TABLE[route.action], strict=True)
    return [(role.value if role else "anonymous") for role, cell in verdicts if cell is Verdict.YES]
