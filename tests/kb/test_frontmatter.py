"""Reading names every defect with its line; writing is canonical and loses nothing."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.document import Document
from kb.errors import InvalidInput
from kb.frontmatter import KEYS, dump, parse, settled
from kb.model import Audience, Channel, Content, Kind, Slot, Status, Stewardship

TZ = ZoneInfo("Asia/Shanghai")
GOOD = """---
id: return-7-days
kind: policy
revision: 2
status: published
title: 七天无理由退货规则
effective_from: 2026-06-01
effective_until: 2027-01-01T20:00
published_at: 2026-05-28T10:00
author: 林编辑
approved_by: 周审核
review_every: 90
tags: [退货, 售后]
questions:
  - 冰箱不想要了能退吗?
---

## 规则
签收次日起 7 天内可以退货。
"""


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        parse(text, "a.md", TZ)
    return [str(problem) for problem in caught.value.problems]


def test_reads_what_is_written() -> None:
    document = parse(GOOD, "a.md", TZ)
    assert (document.entry_id, document.number, document.kind) == ("return-7-days", 2, Kind.POLICY)
    content = document.content
    assert content.effective_from == datetime(2026, 5, 31, 16, tzinfo=UTC)
    assert content.effective_until == datetime(2027, 1, 1, 12, tzinfo=UTC)
    assert content.tags == ("退货", "售后")
    assert content.questions == ("冰箱不想要了能退吗?",)
    assert content.body == "## 规则\n签收次日起 7 天内可以退货。"
    assert document.stewardship.review_every == 90


def test_defaults_windows_line_ends_and_byte_order_mark() -> None:
    text = "\ufeff---\r\nid: abc\r\nkind: faq\r\ntitle: 多久?\r\n---\r\n\r\n答。\r\n第二行\r\n\r\n"
    document = parse(text, "a.md", TZ)
    assert document == Document("abc", Content(Kind.FAQ, "多久?", "答。\n第二行"))
    assert document.content.risk == 2
    assert document.status is Status.DRAFT


def test_scalars_stay_what_they_are_written_as() -> None:
    text = GOOD.replace("title: 七天无理由退货规则", "title: no").replace(
        "[退货, 售后]", "[yes, 12:30, 2026-06-01, ~, 1e3, null]"
    )
    content = parse(text, "a.md", TZ).content
    assert content.title == "no"
    assert content.tags == ("yes", "12:30", "2026-06-01", "~", "1e3", "null")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("revision: 2", "revision: 0"), "a.md:4: revision: counts from 1"),
        (("revision: 2", "revision: two"), "a.md:4: revision: 'two' is not a whole number"),
        (("status: published", "status: live"), "a.md:5: status: 'live' is none of draft"),
        (("kind: policy", "kind: rule"), "a.md:3: kind: 'rule' is none of policy, guide"),
        (("id: return-7-days", "id: Return_7"), "a.md:2: id: 'Return_7' is no id"),
        (("title: 七天无理由退货规则\n", ""), "a.md:1: title: is missing"),
        (("effective_from: 2026-06-01", "effective_from: 2026-02-30"),
         "a.md:7: effective_from: '2026-02-30' does not exist"),
        (("effective_from: 2026-06-01", "effective_from: 1. Juni"),
         "a.md:7: effective_from: '1. Juni' is not a date such as 2026-06-01"),
        (("effective_from: 2026-06-01", "effective_from: 2027-01-01T20:00"),
         "a.md:8: effective_until: must be later than effective_from"),
        (("published_at: 2026-05-28T10:00\n", ""), "a.md:1: published_at: is missing"),
        (("approved_by: 周审核", "approved_by: 林编辑"), "nobody approves their own"),
        (("approved_by: 周审核\n", ""), "a.md:1: approved_by: is missing for status published"),
        (("author: 林编辑\n", ""), "a.md:1: author: is missing for status published"),
        (("status: published", "status: draft"), "published_at: does not go with status draft"),
        (("status: published", "status: withdrawn"), "withdrawn_at: is missing"),
        (("author: 林", "withdrawn_at: 2026-05-01\nauthor: 林"), "does not go with status publ"),
        (("tags: [退货, 售后]", "tags: 退货"), "a.md:13: tags: must be a list; write [退货]"),
        (("tags: [退货, 售后]", "tags: [退货, 退货]"), "a.md:13: tags: '退货' is listed twice"),
        (("tags: [退货, 售后]", "tags: [[退货]]"), "a.md:13: tags: is nested too deeply"),
        (("tags: [退货, 售后]", "tag: [退货]"), "a.md:13: tag: is no key of an entry; did you mean 'tags'?"),
        (("tags: [退货, 售后]", "colour: red"), "a.md:13: colour: is no key of an entry"),
        (("tags: [退货, 售后]", "title: 又一个"), "a.md:13: title: stands twice"),
        (("tags: [退货, 售后]", "channels: [fax]"), "a.md:13: channels: 'fax' is none of chat"),
        (("tags: [退货, 售后]", "risk: 4"), "a.md:13: risk: 4 is none of 1"),
        (("tags: [退货, 售后]", "lang: de"), "a.md:13: lang: 'de' is none of zh-CN, en"),
        (("tags: [退货, 售后]", "counter: [换货?]"), "counter: only a faq has counter-examples"),
        (("tags: [退货, 售后]", "short_code: abc"), "short_code: only a reply has this field"),
        (("tags: [退货, 售后]", "depends_on: [Rule 1]"), "depends_on: 'Rule 1' is no id"),
        (("tags: [退货, 售后]", "slots: [a]"), "a.md:13: slots: each must look like {name: …"),
        (("tags: [退货, 售后]", "tags: [退货"), "the front matter is no YAML"),
        (("tags: [退货, 售后]", "nonsense"), "the front matter is no YAML"),
        (("## 规则", "# 规则"), "a.md:18: body: a level-1 heading is the title's"),
        (("签收次日起", "签收\x07次日起"), "a.md:19: body: holds a control character"),
    ],
)  # fmt: skip
def test_each_defect_is_named_with_its_line(change: tuple[str, str], message: str) -> None:
    assert change[0] in GOOD
    found = problems(GOOD.replace(*change, 1))
    assert any(message in line for line in found), found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a.md:1: is empty"),
        ("  \n\n", "a.md:1: is empty"),
        ("## 规则\n", "a.md:1: must begin with a line '---'"),
        ("---\nid: abc\n", "a.md:1: the front matter is not closed"),
        ("---\n- a\n---\nx", "a.md:2: the front matter must be lines such as"),
        ("---\n---\nx", "a.md:2: the front matter must be lines such as"),
        ("---\nid: abc\nkind: policy\ntitle: t\n---\n\n", "body: is empty"),
        ("---\n" + "[" * 50_000 + "\n---\nx", "nested too deeply"),
        ("---\na: " + "- " * 50_000 + "\n---\nx", "the front matter"),
        ("---\n" + "? " * 20_000 + "\n---\nx", "nested too deeply"),
        ("---\nid: &a [*a]\n---\nx", "a.md"),
        ("---\nid: !!python/object:os.system X_Y\nkind: policy\ntitle: t\n---\nx", "is no id"),
        ("---\n? [a]\n: b\n---\nx", "a.md:2: a key must be a word"),
    ],
)
def test_files_that_are_no_entry(text: str, message: str) -> None:
    assert any(message in line for line in problems(text)), problems(text)


def test_all_defects_of_a_file_are_told_at_once_in_order_of_lines() -> None:
    text = GOOD.replace("kind: policy", "kind: rule").replace("review_every: 90", "review_every: x")
    found = problems(text.replace("tags:", "tagz:"))
    assert [line.split(":")[1] for line in found] == ["3", "12", "13"]


def test_case_and_reply_bodies_have_their_parts() -> None:
    case = GOOD.replace("kind: policy", "kind: case")
    assert any("the part '## 场景' is missing" in line for line in problems(case))
    assert any("a case has no part '规则'" in line for line in problems(case))
    reply = GOOD.replace("kind: policy", "kind: reply")
    assert any("'规则' is no channel" in line for line in problems(reply))
    open_slot = reply.replace("## 规则", "## chat\n{{order.no}}\n")
    assert any("{{order.no}} stands in the body but is not declared" in line
               for line in problems(open_slot))  # fmt: skip
    twice = reply.replace("## 规则\n", "## chat\na\n\n## CHAT\n\n## email\n")
    assert any("stands twice" in line for line in problems(twice))


def test_every_key_is_written_in_order_and_read_back() -> None:
    at = datetime(2026, 6, 1, 4, tzinfo=UTC)
    content = Content(
        Kind.REPLY, "t", "## chat\n{{a}}", "en", Audience.AGENT, at, at + timedelta(days=1), 3,
        ("mira-5",), (Channel.CHAT,), ("t",), ("q?",), (), ("x-y",), ("z-y",), "abc", (Slot("a"),),
    )  # fmt: skip
    document = Document(
        "reply-a", content, 1, Status.WITHDRAWN, Stewardship("o", "r", 1, at, "b"), "a", "b",
        at, at, at, at + timedelta(hours=1), at + timedelta(hours=2),
    )  # fmt: skip
    text = dump(document, TZ)
    assert parse(text, "a.md", TZ) == document
    keys = [line.partition(":")[0] for line in text.split("---")[1].splitlines() if ":" in line]
    assert [key for key in keys if not key.startswith(" ")] == [k for k in KEYS if k != "counter"]


def test_record_times_that_follow_from_publishing_are_left_out() -> None:
    document = settled(parse(GOOD, "a.md", TZ), datetime(2026, 11, 22, tzinfo=UTC))
    assert document.created_at == document.approved_at == document.published_at
    text = dump(document, TZ)
    assert "created_at" not in text
    assert "approved_at" not in text
    assert settled(parse(text, "a.md", TZ), datetime(2030, 1, 1, tzinfo=UTC)) == document
    assert dump(parse(text, "a.md", TZ), TZ) == text


# what may stand in one line: anything printable, not only tame letters
line = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="\ufeff"),
    min_size=1,
    max_size=60,
).filter(lambda text: text == text.strip())
tricky = st.sampled_from(
    ["no", "~", "null", "- a", "a: b", "a #b", "#a", "a:", "'", '"', "[x", "{x}", "1_0", "0x1f",
     "12:30", "2026-06-01", ".5", "=", "<<", "&a", "*a", "!a", "%a", "@a", "`a", "? a", "…",
     "a, b", "a?", "\\", "---", "...", "é\u0301", "a\xa0x\u3000y", "👩‍👩‍👧"]
)  # fmt: skip
text = line | tricky
texts = st.lists(text, max_size=4, unique=True).map(tuple)
ids = st.from_regex(r"[a-z0-9]{3,8}(-[a-z0-9]{1,5}){0,3}", fullmatch=True)
moments = st.datetimes(datetime(1980, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
body = st.lists(text | st.just(""), min_size=1, max_size=6).map("\n".join).filter(
    lambda text: text.strip() and text == text.strip("\n")
    and text.split("\n")[0].strip() and text.split("\n")[-1].strip()
    and not any(row.startswith("# ") or row == "#" for row in text.split("\n"))
)  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> Document:
    start, length = draw(moments), draw(st.timedeltas(timedelta(seconds=1), timedelta(days=900)))
    content = Content(
        kind=draw(st.sampled_from([Kind.POLICY, Kind.GUIDE, Kind.FAQ])),
        title=draw(text),
        body=draw(body),
        effective_from=draw(st.none() | st.just(start)),
        effective_until=draw(st.none() | st.just(start + length)),
        risk=draw(st.sampled_from([1, 2, 3])),
        tags=draw(texts),
        questions=draw(texts),
        depends_on=draw(st.lists(ids, max_size=3, unique=True).map(tuple)),
        channels=draw(st.lists(st.sampled_from(Channel), max_size=3, unique=True).map(tuple)),
    )
    keeper = Stewardship(
        draw(text), draw(text), draw(st.integers(0, 999)), draw(st.none() | moments)
    )
    return Document(draw(ids), content, draw(st.none() | st.integers(1, 999)), Status.IN_REVIEW,
                    keeper, draw(text), submitted_at=draw(st.none() | moments))  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(documents(), st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York"]))
def test_writing_and_reading_give_the_same_document(document: Document, zone: str) -> None:
    tz = ZoneInfo(zone)
    written = dump(document, tz)
    again = parse(written, "a.md", tz)
    assert again == document
    assert dump(again, tz) == written


@settings(max_examples=150, deadline=None)
@given(texts, text)
def test_other_yaml_readers_see_the_same_strings(items: tuple[str, ...], title: str) -> None:
    content = Content(Kind.POLICY, title, "x", tags=items, questions=items)
    header = dump(Document("abc", content, author=title), TZ).split("---\n")[1]
    for loader in (yaml.SafeLoader, yaml.CSafeLoader):
        read = yaml.load(header, loader)
        assert (read["title"], read["author"]) == (title, title)
        assert tuple(read.get("tags", ())) == items == tuple(read.get("questions", ()))


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from(string.printable + "规则：—\u2028\x85"), max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    for attempt in (text, f"---\n{text}\n---\n\nx", f"---\nid: abc\ntitle: {text}\n---\n{text}"):
        try:
            document = parse(attempt, "a.md", TZ)
        except InvalidInput as error:
            assert error.problems
        else:
            assert parse(dump(document, TZ), "a.md", TZ) == replace(document)
