from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.contacts.model import Message as Said
from assistant.contacts.model import Speaker
from assistant.risk import Message, Reason, load_settings
from assistant.risk.lexicon import find_words
from assistant.risk.plain import as_json
from assistant.wiring import RiskReader
from kb.errors import InvalidInput
from tests.assistant.risk.conftest import NOW, Read


def test_complexity_counts_departments_questions_and_repetition(read: Read) -> None:
    simple = read("退款几天到账", departments=("物流组",), questions=1).complexity
    hard = read("第三次来问了", departments=("物流组", "退换货组"), questions=2).complexity
    assert (simple.level, simple.number, simple.reasons) == ("low", 1, ())
    assert (hard.level, hard.number) == ("high", 3)
    assert hard.reasons == (Reason.DEPARTMENTS, Reason.QUESTIONS, Reason.REPEATED)


def test_departments_and_questions_are_counted_where_nobody_knows_better(read: Read) -> None:
    found = read("空调安装要收费吗？发票什么时候开？").complexity
    assert found.questions == 2
    assert found.departments == ("安装维修组", "发票与支付组")
    assert read("你们是猪吗？退个款这么难？骗子").complexity.questions == 1


def test_what_an_assessment_is_as_json(read: Read) -> None:
    found = as_json(read(Message("customer", "骗子！曝 光 你们", NOW), departments=()))
    assert json.loads(json.dumps(found)) == found
    assert found["sensitive_words"] == ["曝光"]
    assert found["sensitive"][0]["word"] == "曝 光"
    assert found["sensitive"][0]["topic"] == "exposure"
    assert (found["grade"], found["grade_reason"]) == ("A", "sensitive")
    complaint = found["complaint"]
    assert complaint is not None
    assert (complaint["colour"], complaint["reason"]) == ("red", "sensitive")
    assert complaint["since"] == "2026-11-22T04:00:00+00:00"
    assert complaint["respond_by"] == "2026-11-22T04:10:00+00:00"
    assert complaint["resolve_by"] == "2026-11-22T06:00:00+00:00"
    assert complaint["responded_at"] is None
    assert found["handover"] == {
        "needed": True, "reason": "sensitive", "skill_group": "投诉处理组"
    }  # fmt: skip


def test_a_contact_in_which_nothing_was_said(read: Read) -> None:
    found = as_json(read())
    assert (found["mood"], found["grade"], found["clock"]) == ("calm", None, None)


def test_a_stored_contact_is_read_with_its_times() -> None:
    said = [
        Said(1, Speaker.CUSTOMER, "冰箱不制冷了", NOW - timedelta(minutes=20), "platform"),
        Said(2, Speaker.AGENT, "马上查", NOW - timedelta(minutes=15), "li"),
    ]
    found = RiskReader(load_settings())(said, {"customer.level": "翠叶"}, NOW)
    assert found["grade"] == "B"
    assert found["clock"] == {
        "since": "2026-11-22T03:40:00+00:00",
        "respond_by": "2026-11-22T04:10:00+00:00",
        "resolve_by": "2026-11-22T07:40:00+00:00",
        "responded_at": "2026-11-22T03:45:00+00:00",
    }


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("发到我的抖音上", ["发*抖音"], ["发*抖音"]),
        ("发了。抖音上看到的", ["发*抖音"], []),
        ("我要SUE你", ["sue"], ["sue"]),
        ("issue", ["sue"], []),
        ("气死我了", ["气", "气死"], ["气死"]),
    ],
)
def test_finding_words(text: str, words: list[str], found: list[str]) -> None:
    assert find_words(text, words) == found


def test_negations_and_the_question_that_is_none() -> None:
    words, negations = ["生气"], ["不", "会不会不", "不会"]
    assert find_words("我不生气", words, negations=negations) == []
    assert find_words("我会不会生气", words, negations=negations) == ["生气"]


def test_clocks_can_be_set(tmp_path: Path) -> None:
    (tmp_path / "risk").mkdir()
    packaged = load_settings().grading["grades"]
    grades = {**packaged, "A": {"respond_minutes": 5, "resolve_minutes": 60}}
    (tmp_path / "risk" / "grading.json").write_text(json.dumps({"grades": grades}), "utf-8")
    assert load_settings(tmp_path).grading["grades"]["A"]["respond_minutes"] == 5


@pytest.mark.parametrize(
    ("file", "override", "field"),
    [
        ("grading.json", '{"grades": {"A": {"respond_minutes": 0}}}', "grades.A"),
        ("grading.json", '{"clocks": {}}', "clocks"),
        ("mood.json", '{"angry": [1]}', "angry"),
        ("sensitive.json", '{"topics": {"exposure": {"words": ["曝光"]}}}', "exposure"),
        ("sensitive.json", '{"also": {"nothing": ["x"]}}', "nothing"),
        ("groups.json", '{"topics": {"物流组": "快递"}}', "物流组"),
        ("asking.json", "[]", ""),
        ("asking.json", "{", ""),
        ("groups.json", '{"names": {"en": ["Complaints"]}}', "names.en"),
        (
            "sensitive.json",
            '{"topics": {"legal": {"words": ["起诉"], "advice": "转", "advice_en": 1}}}',
            "legal",
        ),
    ],
)
def test_an_override_that_cannot_be_used_is_named(
    tmp_path: Path, file: str, override: str, field: str
) -> None:
    (tmp_path / "risk").mkdir()
    (tmp_path / "risk" / file).write_text(override, "utf-8")
    with pytest.raises(InvalidInput) as caught:
        load_settings(tmp_path)
    assert field in {problem.field for problem in caught.value.problems}
