"""What several answers of the API share: typed dictionaries, checked by mypy, shown by OpenAPI.

Times are ISO 8601 strings with the site's offset, or null.
"""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12


class ReasonOut(TypedDict):
    """Why an entry is in a state, in the reader's language."""

    state: str
    message: str
    refs: list[str]
    at: str | None


class FreshnessOut(TypedDict):
    """The worst state of an entry and all reasons."""

    state: str
    reasons: list[ReasonOut]


# `from` is a Python keyword, hence the functional form.
Effective = TypedDict("Effective", {"from": str | None, "until": str | None})


class ProblemOut(TypedDict):
    """One field at fault."""

    field: str
    message: str
    source: NotRequired[str]
    line: NotRequired[int]


class ProblemDetails(TypedDict):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[ProblemOut]]
    current_version: NotRequired[int]
    diff: NotRequired[str]
    reference: NotRequired[str]


class MeOut(TypedDict):
    """Who the caller is."""

    name: str
    login: str
    role: str
    kind: str
    audiences: list[str]
