"""Nothing that is kept from the public reaches it: markers in all of it, and every public route.

Two installations with the same public texts, one of them full of markers, are asked the same
thousands of questions. No marker may come back, and the answers must be the same in both: so that
not even a title, a count, a score or the existence of a hidden text can be told from outside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from assistant.accounts.policy import COLUMNS, TABLE, Verdict
from assistant.accounts.roles import Role
from assistant.web import guard
from tests.assistant.selfservice.canaries import (
    OPEN_ORIGIN,
    World,
    build_world,
    encoded,
    seen_in,
)
from tests.assistant.selfservice.canary_questions import OURS, ask_the_rest, ask_the_same
from tests.assistant.selfservice.watching import BY_CHANCE, Route, Visitor, Watched


@dataclass
class Both:
    """The world full of markers, the same without, and what each answered."""

    full: Watched
    plain: Watched


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("canaries")
    worlds = [build_world(folder / name, hidden=name == "full") for name in ("full", "plain")]
    full, plain = (Watched(world) for world in worlds)
    plain.world.hidden = full.world.hidden
    plain.world.pictures = full.world.pictures
    for watched in (full, plain):
        ask_the_same(watched, full.world.markers.all)
    ask_the_rest(full, full.world.markers.all)
    yield Both(full, plain)
    for world in worlds:
        world.close()


def test_markers_stand_in_everything_and_staff_find_them(both: Both) -> None:
    """What is looked for is there, and a leak would be seen."""
    world = both.full.world
    assert len(set(world.markers.all)) >= 200
    token = world.services.accounts.tokens.create(Role.ADMIN, "looks")[0]
    client = world.app.test_client()
    seen: set[str] = set()
    for path in ("/api/v1/entries/export", "/api/v1/contacts", "/api/v1/gaps", "/api/v1/reports",
                 "/api/v1/questions", "/desk/entries"):  # fmt: skip
        answer = client.get(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, path
        seen |= seen_in(answer.data)
    assert len(seen & set(world.markers.all)) >= 50


@pytest.mark.parametrize(
    "form",
    ["{}", "<b>{}</b>", "%s", "&#x{:x};", "\\u{:04x}"],
)
def test_a_leak_would_be_seen(form: str) -> None:
    marker = "靐龜龝齉"
    text = {
        "%s": quote(marker),
        "&#x{:x};": "".join(f"&#x{ord(sign):x};" for sign in marker),
        "\\u{:04x}": "".join(f"\\u{ord(sign):04x}" for sign in marker),
    }.get(form, form.format(marker) if "{}" in form else "")
    assert marker in seen_in(f"前 {text} 后".encode())
    assert "qzxjvkabc" in seen_in(b"<p>QZXjvk<mark>abc</mark></p>")


def test_two_thousand_questions_over_every_public_route(both: Both) -> None:
    assert both.full.questions >= 2_000
    missing = public_routes(both.full.world.app) - set(both.full.routes)
    assert not missing, f"nobody asks these with markers behind them: {sorted(missing)}"


def public_routes(app: Flask) -> set[Route]:
    """Every route that somebody unknown or a customer is let in to."""
    columns = (COLUMNS.index(None), COLUMNS.index(Role.CUSTOMER))
    declared = guard.declared(app)
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if any(TABLE[declared[rule.endpoint]][column] is not Verdict.NO for column in columns)
    }


def test_no_marker_comes_back(both: Both) -> None:
    assert both.full.leaks == []


def test_all_answers_are_as_if_there_were_nothing_hidden(both: Both) -> None:
    pairs = zip(both.full.answers, both.plain.answers, strict=False)
    public = ("/help", "/widget", "/robots")
    compared = [(a, b) for a, b in pairs if a.asked.split()[1].startswith(public)]
    assert len(compared) >= 800
    different = [
        f"{full}\n{plain}"[:6000]
        for full, plain in compared
        if (full.status, full.headers, full.body) != (plain.status, plain.headers, plain.body)
    ]
    assert not different, f"{len(different)} of {len(compared)}:\n" + "\n".join(different[:3])


def test_answers_were_really_given(both: Both) -> None:
    """A service that refuses everything would leak nothing either."""
    statuses = both.full.statuses
    assert statuses[("/widget/v1/messages", 201)] >= 500
    assert statuses[("/help/search", 200)] >= 300
    assert statuses[("/help/suggestions", 200)] >= 300
    assert statuses[("/widget/v1/suggestions", 200)] >= 300
    bodies = [answer.body for answer in both.full.answers if "/widget/v1/messages" in answer.asked]
    assert sum(b'"kind":"answer"' in body for body in bodies) >= 100
    assert sum(b'"mode":"waiting"' in body for body in bodies) >= 20


def test_no_marker_in_any_file_of_the_public_index(both: Both) -> None:
    world = both.full.world
    data = {
        path: path.read_bytes() for path in (world.index / "public").rglob("*") if path.is_file()
    }
    assert data
    planted = both.plain.world.markers.all  # those of entries that the public knows
    hidden = [marker for marker in world.markers.all if marker not in set(planted)]
    found = {
        path.name for path, content in data.items() for way in encoded(hidden) if way in content
    }
    assert not found
    staff = b"".join(p.read_bytes() for p in (world.index / "staff").rglob("*") if p.is_file())
    assert any(marker.encode() in staff for marker in hidden)


def test_the_public_index_is_the_same_with_and_without_hidden_entries(both: Both) -> None:
    def files(world: World) -> dict[str, bytes]:
        folder = world.index / "public"
        return {
            path.name: path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and path.suffix in (".npy", ".faiss", ".bin", ".jsonl")
        }

    full, plain = files(both.full.world), files(both.plain.world)
    assert full.keys() == plain.keys() and full
    assert [name for name in full if full[name] != plain[name]] == []


def test_from_elsewhere_readiness_tells_nothing_of_what_is_hidden(both: Both) -> None:
    answers = [
        watched.world.app.test_client().get("/readyz", environ_base={"REMOTE_ADDR": "10.0.0.7"})
        for watched in (both.full, both.plain)
    ]
    assert answers[0].json == answers[1].json
    assert "generation" not in answers[0].text


def test_forbidden_and_absent_are_the_same_byte_for_byte(both: Both) -> None:
    client = both.full.world.app.test_client(use_cookies=False)
    absent_id, absent_name = "qzxjvk" + "z" * 7, "0" * 64 + ".png"
    hidden = [*both.full.world.hidden, "gift-card-gone", "gift-card-later", "gift-card-over",
              "gift-card-case", "gift-card-reply"]  # fmt: skip
    pictures = {**both.full.world.pictures}
    pairs: list[tuple[str, str, str, dict[str, Any]]] = []
    for entry_id in hidden:
        for form, method in (("/help/articles/{}", "GET"), ("/help/articles/{}", "HEAD"),
                             ("/help/articles/{}?lang=en", "GET"), ("/help/articles/{}/vote", "POST"),
                             ("/help/articles/{}/vote", "GET"), ("/help/categories/{}", "GET"),
                             ("/entries/{}", "GET"), ("/api/v1/entries/{}", "GET")):  # fmt: skip
            more: dict[str, Any] = {"data": {"verdict": "yes"}} if method == "POST" else {}
            absent = absent_id[0] * len(entry_id)
            pairs.append((method, form.format(entry_id), form.format(absent), more))
    name = pictures["hidden"]
    pairs += [(method, f"/help/images/{name}", f"/help/images/{absent_name}", {})
              for method in ("GET", "HEAD")]  # fmt: skip
    for method, forbidden, absent, more in pairs:
        for accept in ("text/html", "application/json"):
            headers = {"Accept": accept, "Origin": OURS}
            first, second = (
                client.open(path, method=method, headers=headers, buffered=True, **more)
                for path in (forbidden, absent)
            )
            named = [_all_of(answer) for answer in (first, second)]
            key = forbidden.split("/")[-1 if "vote" not in forbidden else -2].partition("?")[0]
            other = absent.split("/")[-1 if "vote" not in absent else -2].partition("?")[0]
            assert named[0].replace(key, "<id>") == named[1].replace(other, "<id>"), forbidden
            assert first.status_code == second.status_code
            assert first.status_code in (401, 404, 405) or "/login" in first.headers["Location"]


def _all_of(answer: TestResponse) -> str:
    headers = [(name, value) for name, value in answer.headers if name not in BY_CHANCE]
    return f"{answer.status} {headers} {answer.text}"


def test_an_error_of_ours_says_nothing(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    world = both.full.world

    def broken(*_given: object, **_more: object) -> Any:
        raise RuntimeError(f"cannot read {world.hidden[0]}: {world.markers.all[0]}")

    watched = Watched.__new__(Watched)
    watched.__dict__.update(both.full.__dict__, leaks=[], answers=[], statuses=Counter())
    visitor = Visitor(watched, world.open_site, OPEN_ORIGIN)
    monkeypatch.setattr(type(world.services.selfservice.searcher), "search", broken)
    statuses = Counter(act().status_code for act in _failing(watched, visitor))
    assert statuses[500] >= 3
    assert set(statuses) <= {200, 500}
    assert watched.leaks == []


def _failing(watched: Watched, visitor: Visitor) -> list[Callable[[], Any]]:
    return [
        lambda: visitor.say("退货要几天"),
        lambda: visitor.do("POST", "/suggestions", {"text": "退货"}),
        lambda: watched.page("/help/search?q=1", Accept="text/html"),
        lambda: watched.page("/help/search?q=1", Accept="application/json"),
        lambda: watched.page("/help/suggestions?q=1"),
    ]
