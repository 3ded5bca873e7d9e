"""Fixtures of self-service: its parts, and a shop that embeds the widget."""

from __future__ import annotations

import pytest

from assistant.selfservice.model import Site
from assistant.selfservice.selfservice import SelfService
from assistant.selfservice.sites import SiteChanges
from assistant.wiring import Services
from tests.assistant.selfservice.beginning import begin
from tests.assistant.selfservice.help_library import library
from tests.assistant.selfservice.talking import script, talk, talk_services

__all__ = ["begin", "library", "script", "talk", "talk_services"]


@pytest.fixture
def selfservice(services: Services) -> SelfService:
    return services.selfservice


@pytest.fixture
def shop(selfservice: SelfService) -> Site:
    """A site with one origin."""
    return selfservice.sites.add(SiteChanges(name="商城", origins=("https://shop.example.com",)))
