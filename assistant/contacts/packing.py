"""Packs what customers typed so that any database gives it back exactly.

PostgreSQL takes no NUL in a text; JSON writes it, and every control character, as an escape.
"""

from __future__ import annotations

import json
from collections.abc import Mapping


def packed(value: str | Mapping[str, object]) -> str:
    """`value` as one line of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def text_of(stored: str) -> str:
    """A text as it was packed."""
    return str(json.loads(stored))


def mapping_of(stored: str) -> dict[str, object]:
    """A mapping as it was packed."""
    return dict(json.loads(stored))


def strings_of(stored: str) -> dict[str, str]:
    """A mapping of texts as it was packed."""
    return {name: str(value) for name, value in mapping_of(stored).items()}
