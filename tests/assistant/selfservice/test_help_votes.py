"""Was this helpful? Counted once, following nobody."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from assistant.selfservice import store
from assistant.selfservice.helpful import Votes
from kb.errors import StorageFull
from tests.assistant.conftest import ORIGIN, FakeClock, published
from tests.assistant.selfservice.help_library import NEVER_PUBLIC, RULE, Library

PATH = "/help/articles/return-rule"
SHOWN = re.compile(r'name="shown" value="([^"]+)"')


def shown(client: FlaskClient, path: str = PATH) -> str:
    (value,) = SHOWN.findall(client.get(path).get_data(as_text=True))
    return str(value)


def vote(client: FlaskClient, verdict: str = "yes", sign: str | None = None) -> TestResponse:
    form = {"verdict": verdict, "shown": shown(client) if sign is None else sign}
    return client.post(f"{PATH}/vote", data=form, headers=ORIGIN)


def counted(library: Library) -> Votes:
    return library.services.selfservice.helpful.lately("return-rule")


@pytest.mark.parametrize(("verdict", "votes"), [("yes", Votes(1, 0)), ("no", Votes(0, 1))])
def test_a_vote_counts_and_the_page_says_thanks(
    library: Library, anonymous: FlaskClient, verdict: str, votes: Votes
) -> None:
    answer = vote(anonymous, verdict)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{PATH}?thanks={verdict}#helpful"
    assert counted(library) == votes
    html = anonymous.get(answer.headers["Location"]).get_data(as_text=True)
    assert "谢谢您的反馈" in html
    assert not SHOWN.search(html)


def test_one_reader_votes_once_and_another_one_too(
    library: Library, app: Flask, anonymous: FlaskClient
) -> None:
    for verdict in ("yes", "no", "yes"):
        assert vote(anonymous, verdict).status_code == 303
    assert counted(library) == Votes(1, 0)
    vote(app.test_client(), "no")
    assert counted(library) == Votes(1, 1)


def test_the_cookie_goes_back_to_this_one_vote_and_names_nobody(
    library: Library, app: Flask, anonymous: FlaskClient
) -> None:
    cookie = vote(anonymous).headers["Set-Cookie"]
    assert f"Path={PATH}/vote" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=86400" in cookie
    assert vote(app.test_client()).headers["Set-Cookie"].split(";")[0] == cookie.split(";")[0]


def test_a_new_version_and_a_new_day_may_be_voted_on_again(
    library: Library, anonymous: FlaskClient, clock: FakeClock
) -> None:
    vote(anonymous)
    published(library.services.kb, "return-rule", replace(RULE, body="新的正文"))
    vote(anonymous)
    assert counted(library) == Votes(2, 0)
    clock.advance(timedelta(days=2))
    vote(anonymous)
    assert counted(library) == Votes(3, 0)
    clock.advance(timedelta(days=31))
    assert counted(library) == Votes(0, 0)


def test_the_form_is_the_same_for_everybody_within_the_hour(
    library: Library, app: Flask, anonymous: FlaskClient
) -> None:
    assert shown(anonymous) == shown(app.test_client())


@pytest.mark.parametrize("sign", ["", "x", "1.2", "99999999999.x", "²." + "0" * 32, "490000.é"])
def test_a_form_that_no_page_of_ours_carried_counts_nothing(
    library: Library, anonymous: FlaskClient, sign: str
) -> None:
    answer = vote(anonymous, sign=sign)
    assert answer.headers["Location"] == f"{PATH}?thanks=again#helpful"
    assert "请再点一次" in anonymous.get(answer.headers["Location"]).get_data(as_text=True)
    assert counted(library) == Votes(0, 0)


def test_a_form_is_for_its_article_its_version_and_a_day(
    library: Library, anonymous: FlaskClient, clock: FakeClock
) -> None:
    vote(anonymous, sign=shown(anonymous, "/help/articles/refund-timing"))
    old = shown(anonymous)
    clock.advance(timedelta(hours=25))
    vote(anonymous, sign=old)
    assert counted(library) == Votes(0, 0)
    old = shown(anonymous)
    published(library.services.kb, "return-rule", replace(RULE, body="新的正文"))
    vote(anonymous, sign=old)
    assert counted(library) == Votes(0, 0)


@pytest.mark.parametrize("verdict", ["", "maybe", "yes'; drop table helpful"])
def test_only_yes_and_no_are_verdicts(
    library: Library, anonymous: FlaskClient, verdict: str
) -> None:
    vote(anonymous, verdict)
    assert counted(library) == Votes(0, 0)


@pytest.mark.parametrize("entry_id", [*NEVER_PUBLIC, "never-was"])
def test_what_is_not_public_cannot_be_voted_on(
    library: Library, anonymous: FlaskClient, entry_id: str
) -> None:
    data = {"verdict": "yes", "shown": shown(anonymous)}
    answer = anonymous.post(f"/help/articles/{entry_id}/vote", data=data, headers=ORIGIN)
    assert answer.status_code == 404
    assert answer.data == anonymous.get("/help/articles/never-was").data


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}])
def test_other_sites_cannot_vote_for_a_reader(
    library: Library, anonymous: FlaskClient, headers: dict[str, str]
) -> None:
    data = {"verdict": "yes", "shown": shown(anonymous)}
    assert anonymous.post(f"{PATH}/vote", data=data, headers=headers).status_code == 403
    assert counted(library) == Votes(0, 0)


def test_a_full_disk_costs_the_vote_alone(
    library: Library, anonymous: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_more: object) -> None:
        raise StorageFull("the disk is full")

    monkeypatch.setattr(store, "count_helpful", full)
    assert vote(anonymous).status_code == 303
    assert counted(library) == Votes(0, 0)


@pytest.mark.parametrize("thanks", ["<script>", "yes<", "maybe", ""])
def test_only_our_own_thanks_are_shown(
    library: Library, anonymous: FlaskClient, thanks: str
) -> None:
    html = anonymous.get(PATH, query_string={"thanks": thanks}).get_data(as_text=True)
    assert SHOWN.search(html)
    assert "<script>" not in html


def test_one_address_may_not_vote_without_end(library: Library, app: Flask) -> None:
    sign = shown(app.test_client())
    answers = [vote(app.test_client(), sign=sign).status_code for _ in range(400)]
    assert answers[0] == 303
    assert 429 in answers
    assert counted(library).yes == answers.count(303)
