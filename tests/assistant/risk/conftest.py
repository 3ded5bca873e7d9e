from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from assistant.risk import Assessment, Message, RiskSettings, assess, load_settings

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
Read = Callable[..., Assessment]


@pytest.fixture(scope="session")
def settings() -> RiskSettings:
    return load_settings()


@pytest.fixture
def read(settings: RiskSettings) -> Read:
    """Assess a contact: strings are the customer's, messages anybody's."""

    def reading(*said: str | Message, **more: object) -> Assessment:
        messages = [Message("customer", m) if isinstance(m, str) else m for m in said]
        return assess(messages, now=NOW, settings=settings, **more)  # type: ignore[arg-type]

    return reading
