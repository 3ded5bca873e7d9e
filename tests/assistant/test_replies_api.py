"""Checking what an agent writes against its evidence, by API."""

from __future__ import annotations

from flask.testing import FlaskClient

from assistant.wiring import Services

QUOTE = "签收次日起 7 天内可以退货。"
PATH = "/api/v1/replies/check"


def evidence(quote: str, revision: int = 1, entry_id: str = "return-7-days") -> dict[str, object]:
    return {"entry_id": entry_id, "revision": revision, "quote": quote}


def figures(agent: FlaskClient, **body: object) -> list[dict[str, object]]:
    answer = agent.post(PATH, json=body)
    assert answer.status_code == 200, answer.json
    assert answer.json is not None
    return list(answer.json["figures"])


def test_a_figure_that_the_evidence_does_not_back_is_named(
    stocked: Services, agent: FlaskClient
) -> None:
    found = figures(agent, text="七天内能退，15 天不行", evidence=[evidence(QUOTE)])
    assert [(f["text"], f["ok"]) for f in found] == [("七天", True), ("15 天", False)]
    assert found[1]["near"] == ["7 天"]


def test_offsets_count_as_a_browser_counts(stocked: Services, agent: FlaskClient) -> None:
    (found,) = figures(agent, text="😀😀9 天")
    assert (found["start"], found["end"]) == (4, 7)


def test_evidence_that_is_invented_or_not_in_force_backs_nothing(
    stocked: Services, agent: FlaskClient
) -> None:
    for given in (
        evidence("签收次日起 7 天内随便退。"),
        evidence(QUOTE, revision=9),
        evidence(QUOTE, entry_id="no-such-entry"),
    ):
        (found,) = figures(agent, text="7 天", evidence=[given])
        assert not found["ok"], given
    (past,) = figures(agent, text="7 天", evidence=[evidence(QUOTE)], as_of="2020-01-01")
    assert not past["ok"]


def test_what_was_said_may_be_repeated(agent: FlaskClient) -> None:
    (found,) = figures(agent, text="您买了十天", said=["买了 10 天的手机"])
    assert found["ok"]


def test_a_text_that_is_too_long_is_refused(agent: FlaskClient) -> None:
    answer = agent.post(PATH, json={"text": "7" * 10_001})
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"][0]["field"] == "text"
