"""What begins or ends at another time than midnight says so wherever its days are shown."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from assistant.wiring import Services
from kb.clock import parse_local
from tests.assistant.conftest import RETURNS, TZ, published

EVENING, MORNING = "2026-11-20T20:00", "2026-12-24T09:30"
PAGES = ("/entries/night-visit", "/desk/entries", "/desk/entries/night-visit/revisions/1")


def valid(services: Services, start: str, end: str) -> None:
    content = replace(
        RETURNS,
        title="夜间上门",
        effective_from=parse_local(start, TZ),
        effective_until=parse_local(end, TZ),
    )
    published(services.kb, "night-visit", content)


@pytest.mark.parametrize("page", PAGES)
def test_the_time_of_day_is_shown(page: str, services: Services, editor: FlaskClient) -> None:
    valid(services, EVENING, MORNING)
    assert "2026-11-20 20:00 起，2026-12-24 09:30 失效" in editor.get(page).get_data(as_text=True)


@pytest.mark.parametrize("page", PAGES)
def test_midnight_is_the_day_alone(page: str, services: Services, editor: FlaskClient) -> None:
    valid(services, EVENING[:10], MORNING[:10])
    shown = editor.get(page).get_data(as_text=True)
    assert "2026-11-20 起，2026-12-24 失效" in shown


def test_a_change_of_the_end_is_told_with_both_times(
    services: Services, editor: FlaskClient
) -> None:
    valid(services, EVENING, MORNING)
    (entry,) = services.kb.snapshot()
    content = replace(
        entry.revisions[0].content, effective_until=parse_local("2026-12-31T18:00", TZ)
    )
    services.kb.edit("night-visit", content, "林编辑", entry.version)
    page = editor.get("/desk/entries/night-visit/revisions/2").get_data(as_text=True)
    assert "<del>2026-12-24 09:30</del>" in page and "<ins>2026-12-31 18:00</ins>" in page


def test_days_gone_by_in_reasons_and_the_calendar(services: Services, editor: FlaskClient) -> None:
    valid(services, "2026-11-01T07:15", "2026-11-21T21:45")
    shown = editor.get("/entries/night-visit").get_data(as_text=True)
    assert re.search(r"class=\"notice[^\n]*2026-11-21 21:45", shown), (
        "the reason why it is not in force"
    )
    valid_again = replace(
        services.kb.snapshot()[0].revisions[0].content,
        effective_from=parse_local("2026-11-25T06:30", TZ),
        effective_until=None,
    )
    published(services.kb, "night-visit", valid_again)
    calendar = editor.get("/desk/freshness/calendar").get_data(as_text=True)
    assert "版本 2 · 06:30" in calendar
