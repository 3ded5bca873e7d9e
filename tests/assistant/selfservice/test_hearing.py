"""Who should have a person at once, and who only asks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assistant.risk import Message, load_settings
from assistant.risk.model import HandoverReason
from assistant.selfservice.hearing import hear

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def reason(text: str) -> HandoverReason | None:
    heard = hear([Message("customer", text, NOW)], load_settings(), NOW)
    return heard.handover.reason if heard.at_once else None


@pytest.mark.parametrize(
    "text",
    [
        "房子大，卧室没信号，我已经有一台了，再买一台能连一块用吗",  # 再买 alone is innocent
        "我觉得是机器本身毛病，你们怎么认定是不是质量问题",  # pressing, but a question
        "什么情况你们不给免费修",
    ],
)
def test_who_only_asks_is_answered(text: str) -> None:
    assert reason(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "太差劲了，一群骗子",
        "拖拖拖，都拖半个月了，把我当傻子是吧",
        "真的忍无可忍了",
        "you people are useless",
    ],
)
def test_anger_gets_a_person(text: str) -> None:
    assert reason(text) is HandoverReason.UPSET


@pytest.mark.parametrize(
    "text",
    [
        "算了你帮我叫个客服吧",
        "客服呢？在线客服在哪",
        "我要跟你们主管谈",
        "put me through to somebody",
    ],
)
def test_whoever_wants_a_person_gets_one(text: str) -> None:
    assert reason(text) is HandoverReason.ASKED_FOR_PERSON
