"""The one registry of API routes: each states its method, path, action, models and handler.

Flask's URL map, the authorisation gate and the OpenAPI document are all made from it, so none of
them can know a route that the others do not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPMethod
from typing import Any, TypedDict, Unpack

from flask import Blueprint, Flask, Response, current_app, request
from pydantic import BaseModel, TypeAdapter, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from assistant.accounts.policy import Action
from assistant.web import context, guard, messages
from assistant.web.json_body import json_body
from assistant.web.problems import Refusal
from assistant.web.validation import field_errors
from kb.exchange import decoded

JSON = "application/json"
FORM = "multipart/form-data"
FORM_FIELDS = 64 * 1024  # for what a form holds besides its file
FORM_PARTS = 50
Handler = Callable[..., Any]


@dataclass(frozen=True)
class Reply:
    """A handler's answer when it is more than a JSON body with the route's usual status."""

    body: Any
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Route:
    """One operation of the API.

    `path` is relative to ``/api/v1``; `body` and `query` are models that the handler gets checked
    instances of, as arguments of these names; `returns` describes the JSON answer (a TypedDict)
    or is a media type when the answer is something else.
    """

    method: HTTPMethod
    path: str
    action: Action
    handler: Handler
    summary: str
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    returns: Any = None
    status: int = 200
    accepts: tuple[str, ...] = (JSON,)
    needs_version: bool = False  # If-Match is required
    upload: int = 0  # most bytes of the file part `file` of a form; `body` are its other fields
    files: int = 1  # how often that part may stand in the form

    @property
    def name(self) -> str:
        """Operation id, and the endpoint's name in Flask."""
        return self.handler.__name__


class Options(TypedDict, total=False):
    """What a route may state beyond method, path and action; see `Route`."""

    body: type[BaseModel]
    query: type[BaseModel]
    returns: Any
    status: int
    accepts: tuple[str, ...]
    needs_version: bool
    upload: int
    files: int


class Routes:
    """Routes of one module, collected by decorators."""

    def __init__(self) -> None:
        self.all: list[Route] = []

    def add(
        self, method: HTTPMethod, path: str, action: Action, **options: Unpack[Options]
    ) -> Callable[[Handler], Handler]:
        """Register the decorated handler; its docstring's first line is the summary."""

        def register(handler: Handler) -> Handler:
            summary = (handler.__doc__ or "").strip().splitlines()[0].rstrip(".")
            self.all.append(Route(method, path, action, handler, summary, **options))
            return handler

        return register

    def get(
        self, path: str, action: Action, **options: Unpack[Options]
    ) -> Callable[[Handler], Handler]:
        """Register a GET."""
        return self.add(HTTPMethod.GET, path, action, **options)

    def post(
        self, path: str, action: Action, **options: Unpack[Options]
    ) -> Callable[[Handler], Handler]:
        """Register a POST."""
        return self.add(HTTPMethod.POST, path, action, **options)

    def put(
        self, path: str, action: Action, **options: Unpack[Options]
    ) -> Callable[[Handler], Handler]:
        """Register a PUT."""
        return self.add(HTTPMethod.PUT, path, action, **options)

    def patch(
        self, path: str, action: Action, **options: Unpack[Options]
    ) -> Callable[[Handler], Handler]:
        """Register a PATCH."""
        return self.add(HTTPMethod.PATCH, path, action, **options)


def mount(app: Flask, blueprint: Blueprint, routes: list[Route]) -> None:
    """Add `routes` to `blueprint`, the blueprint to `app`, and declare every action."""
    for route in routes:
        blueprint.add_url_rule(route.path, route.name, _view(route), methods=[route.method.value])
    app.register_blueprint(blueprint)
    for route in routes:
        guard.declare(app, f"{blueprint.name}.{route.name}", route.action)


def _view(route: Route) -> Callable[..., Response]:
    def view(**parts: object) -> Response:
        if route.query is not None:
            given = {name: value for name, value in request.args.items() if value}
            parts["query"] = _checked(route.query, given, "query")
        if route.body is not None:
            parts["body"] = _read_body(route)
        elif route.method is not HTTPMethod.GET and JSON not in route.accepts:
            _require_type(route.accepts)
        return _respond(route, route.handler(**parts))

    view.__name__ = route.name
    return view


def _read_body(route: Route) -> BaseModel:
    _require_type(route.accepts)
    assert route.body is not None
    if route.upload:
        return _read_form(route.body, route.upload, route.files)
    data = _whole_body()
    if request.mimetype != JSON:
        # One text as the whole body stands for a list of one file.
        name = request.args.get("name") or "body.md"
        text = decoded(name, data)
        return _checked(route.body, {"files": [{"name": name, "text": text}]}, "body")
    try:
        plain = json.loads(data)
    except (ValueError, RecursionError):
        raise Refusal(400, "not_json") from None
    return _checked(route.body, plain, "body")


def _read_form(model: type[BaseModel], most: int, files: int) -> BaseModel:
    """The fields of a form that carries files of at most `most` bytes, which stay on disk."""
    request.max_content_length = most + FORM_FIELDS
    request.max_form_parts = files + FORM_PARTS
    if (request.content_length or 0) > most + FORM_FIELDS:
        raise Refusal(413, "upload_too_large", {"mib": most // 1024 // 1024})
    fields = _checked(model, {name: text for name, text in request.form.items() if text}, "body")
    if "file" not in request.files:
        message = messages.field_message("missing", context.lang())
        raise Refusal(422, "fields", {"count": 1}, [{"field": "file", "message": message}])
    return fields


def _whole_body() -> bytes:
    """The body to its end: never a part of one that is too long or was cut off."""
    data = request.get_data(cache=False)
    limit = request.max_content_length
    # Sent in chunks it has no length to refuse beforehand; reading just stops at the limit.
    if limit is not None and len(data) >= limit and request.content_length is None:
        raise RequestEntityTooLarge
    return data


def _require_type(accepts: tuple[str, ...]) -> None:
    if request.mimetype not in accepts:
        wanted = " / ".join(accepts)
        raise Refusal(415, "media_type", {"wanted": wanted}, headers={"Accept": ", ".join(accepts)})


def _checked(model: type[BaseModel], plain: object, place: str) -> BaseModel:
    try:
        return model.model_validate(plain)
    except ValidationError as error:
        errors = field_errors(error, context.lang(), place)
        raise Refusal(422, "fields", {"count": len(errors)}, errors) from None


def _respond(route: Route, result: object) -> Response:
    if isinstance(result, Response):
        return result
    reply = result if isinstance(result, Reply) else Reply(result)
    if current_app.testing and route.returns is not None:
        TypeAdapter(route.returns).validate_python(reply.body)
    response = Response(json_body(reply.body), reply.status or route.status, content_type=JSON)
    response.headers.update(reply.headers)
    return response
