"""What stands in double braces, in private replies and in the company's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.canned.holes import bad_names, holes
from assistant.canned.model import Found, Param
from assistant.replies.canned import fill, template
from assistant.wiring import Services
from kb.model import Channel, Slot
from kb.sentences import split
from kb.validation import content_problems
from tests.assistant.canned.conftest import Find, reply
from tests.assistant.conftest import published

TEXT = "{{customer.name}}，补您 {{?补偿金额}} 元，{{ days }} 天到，{{?补偿金额}} 元不少。"
ASKING = reply("补偿答复", "bcdf", TEXT, slots=(Slot("customer.name"), Slot("days")))


def test_slots_and_questions_each_once_in_order() -> None:
    found = holes(TEXT, [Param("days", "几天"), Param("unused", "")])
    assert found.slots == ("customer.name",)
    assert found.params == (Param("?补偿金额", "补偿金额"), Param("days", "几天"))
    assert holes(TEXT).slots == ("customer.name", "days")


@pytest.mark.parametrize("name", ["", "?", "? ", "Name", "a b", "?" + "长" * 61, "名字"])
def test_what_is_neither(name: str) -> None:
    assert bad_names(f"{{{{{name}}}}} {{{{a.b}}}} {{{{?x}}}}") == [name.strip()]


def test_the_companys_replies_may_ask_the_agent_without_declaring_it() -> None:
    assert content_problems(ASKING) == []
    undeclared = replace(ASKING, slots=())
    assert {problem.field for problem in content_problems(undeclared)} == {"slots"}
    assert content_problems(reply("x", "x", "{{?}}")) != []


def test_a_question_to_the_agent_ends_no_sentence() -> None:
    assert split("补您 {{?金额}} 元。好吗?好。") == ["补您 {{?金额}} 元。", "好吗?", "好。"]
    assert split("{{ ?金额 }}元") == ["{{ ?金额 }}元"]


def test_a_suggestion_reports_the_question_as_missing(shop: Services) -> None:
    number = published(shop.kb, "reply-asking", ASKING)
    revision = shop.kb.revision("reply-asking", number)
    ((sentence,),) = template(revision, Channel.CHAT)
    text, missing = fill(sentence.text, {"customer.name": "李女士", "days": "3", "?补偿金额": ""})
    assert text.startswith("李女士，补您 {{?补偿金额}} 元，3 天到")
    assert missing == ("?补偿金额",)


def test_the_companys_questions_are_told_to_the_console(shop: Services, find: Find) -> None:
    published(shop.kb, "reply-asking", ASKING)
    (offer,) = find("bcdf")
    assert offer.match.by is Found.CODE
    assert offer.item.holes.params == (Param("?补偿金额", "补偿金额"),)
