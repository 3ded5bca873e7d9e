"""Whole numbers in addresses: those that a database can count to."""

from __future__ import annotations

from werkzeug.routing import IntegerConverter, Map

from assistant.web.requests import LARGEST


class DatabaseNumber(IntegerConverter):
    """``<int:…>`` up to `LARGEST`; an address with a larger number is none of ours."""

    regex = r"\d{1,19}"

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST)
