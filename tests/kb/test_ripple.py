"""What a change of a rule touches, and how it goes stale by repeating old figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kb.freshness import State, assess
from kb.model import Content, Entry, Kind, Revision, Status, Stewardship
from kb.ripple import Tie, ripple

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
DAY = timedelta(days=1)
OLD, NEW = "过保产品上门检修，每次收取上门费 60 元。", "过保产品上门检修，每次收取上门费 80 元。"


def entry(entry_id: str, *bodies: str, title: str = "说明", ages: tuple[float, ...] = (300, 100),
          reviewed: float | None = None, kind: Kind = Kind.POLICY, draft: bool = False,
          **fields: Any) -> Entry:  # fmt: skip
    revisions = []
    for number, (body, age) in enumerate(zip(bodies, ages, strict=False), start=1):
        content = Content(kind=kind, title=title, body=body, **fields)
        open_ = draft and number == len(bodies)
        published = None if open_ else NOW - age * DAY
        status = Status.DRAFT if open_ else Status.PUBLISHED
        revisions.append(Revision(entry_id, number, content, content.digest(), status, "a",
                                  NOW - age * DAY, published_at=published))  # fmt: skip
    keeper = Stewardship(reviewed_at=None if reviewed is None else NOW - reviewed * DAY)
    return Entry(entry_id, kind, keeper, 1, NOW, tuple(revisions))


def rule(draft: bool = True) -> Entry:
    return entry("fee", OLD, NEW, title="上门收费规则", draft=draft)


def test_every_tie_is_found_with_its_sentence_and_proposal() -> None:
    changed = rule()
    others = [
        entry("declared", "按规则收费。", depends_on=("fee",)),
        entry("repeats", "先问清故障。\n过保上门检修一次要收上门费 60 元。", kind=Kind.FAQ),
        entry("links", "收费见[这里](kb:fee#上门费)。其他照旧。"),
        entry("names", "按《上门收费规则》办理。"),
        entry("told", "客户过保，上门检修收取上门费六十元。", kind=Kind.CASE),
        entry("nothing", "三楼起每层收取 60 元搬楼费。"),
    ]
    found = {t.entry_id: t for t in ripple([changed, *others], changed.revisions[-1], now=NOW)}
    assert {name: t.ties for name, t in found.items()} == {
        "declared": (Tie.DECLARED,),
        "repeats": (Tie.FIGURE,),
        "links": (Tie.LINK,),
        "names": (Tie.NAME,),
        "told": (Tie.FIGURE,),
    }
    assert {name for name, t in found.items() if t.marked} == {"declared", "repeats"}
    repeated = found["repeats"].repeated[0]
    assert (repeated.old, repeated.new) == ("60 元", "80 元")
    assert repeated.proposal == "过保上门检修一次要收上门费 80 元。"
    assert found["told"].repeated[0].proposal == "客户过保，上门检修收取上门费八十元。"
    assert found["links"].sentence == "收费见这里。"
    assert next(iter(found)) == "declared", "the surest come first"


def test_what_is_said_no_more_has_no_proposal() -> None:
    changed = entry("fee", f"{OLD}\n安装免费。", "安装免费。", draft=True)
    other = entry("repeats", "过保上门检修一次要收上门费 60 元。")
    (touched,) = ripple([changed, other], changed.revisions[-1], now=NOW)
    assert (touched.repeated[0].new, touched.repeated[0].proposal) == ("", None)


def test_a_successor_is_held_against_what_it_supersedes() -> None:
    before = entry("old-fee", OLD, title="上门收费规则")
    after = entry("new-fee", NEW, title="收费规则", draft=True, supersedes=("old-fee",))
    after = replace(after, revisions=after.revisions)
    other = entry("repeats", "过保上门检修一次要收上门费 60 元。")
    found = ripple([before, after, other], after.revisions[-1], now=NOW)
    assert [(t.entry_id, t.repeated[0].new) for t in found] == [("repeats", "80 元")]


@pytest.mark.parametrize(
    ("reviewed", "body", "expected"),
    [
        (200, "过保上门检修一次要收上门费 60 元。", True),
        (50, "过保上门检修一次要收上门费 60 元。", False),  # looked at since the change
        (200, "过保上门检修一次要收上门费 80 元。", False),
        (200, "三楼起每层收取 60 元搬楼费。", False),
    ],
)
def test_repeating_an_old_figure_is_a_changed_basis_until_somebody_looks(
    reviewed: float, body: str, expected: bool
) -> None:
    other = entry("faq", body, kind=Kind.FAQ, reviewed=reviewed)
    reasons = assess([rule(draft=False), other], now=NOW, conflicts=())["faq"].reasons
    found = [reason for reason in reasons if reason.state is State.BASIS_CHANGED]
    assert bool(found) is expected
    if expected:
        assert found[0].refs == ("fee",)
        assert found[0].at == NOW - 100 * DAY
        assert "“60 元”" in found[0].message_zh
        assert "80 元" in found[0].message_en


def test_a_draft_or_a_case_changes_no_label() -> None:
    body = "过保上门检修一次要收上门费 60 元。"
    story = entry("case", body, kind=Kind.CASE, reviewed=200)
    assert assess([rule(draft=False), story], now=NOW, conflicts=())["case"].reasons == ()
    faq = entry("faq", body, reviewed=200)
    assert assess([rule(draft=True), faq], now=NOW, conflicts=())["faq"].reasons == ()
