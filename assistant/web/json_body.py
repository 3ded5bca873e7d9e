"""Answers as JSON, whatever text is in them."""

from __future__ import annotations

import json


def json_body(value: object) -> bytes:
    """`value` as JSON in UTF-8; text that no encoding can write, half an emoji, is escaped."""
    try:
        return _text(value, ascii_only=False).encode()
    except UnicodeEncodeError:
        return _text(value, ascii_only=True).encode()


def _text(value: object, *, ascii_only: bool) -> str:
    return json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":"), allow_nan=False)
