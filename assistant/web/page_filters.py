"""Filters in the address of a page: what makes sense counts, a mistyped one is dropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from flask import request
from pydantic import ValidationError

from assistant.web.requests import Strict

_Q = TypeVar("_Q", bound=Strict)


def lenient(model: type[_Q], names: Sequence[str]) -> _Q:
    """The filters in the address that make sense; a mistyped one is dropped, not an error page."""
    given = {name: request.args[name] for name in names if request.args.get(name)}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        wrong = {str(finding["loc"][0]) for finding in error.errors()}
        return model.model_validate({k: v for k, v in given.items() if k not in wrong})


def selected(query: Strict, names: Sequence[str]) -> dict[str, str]:
    """The filters in use, as they stand in an address; an empty string for each that is not."""
    fields = type(query).model_fields
    return {
        name: "" if getattr(query, name) == fields[name].default else _text(getattr(query, name))
        for name in names
    }


def _text(value: object) -> str:
    return "1" if value is True else str(value)
