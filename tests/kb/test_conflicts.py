from datetime import UTC, datetime

import pytest

from kb.conflicts import find
from kb.model import Content, Kind, Revision, Status

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def revision(entry_id: str, body: str, kind: Kind = Kind.POLICY, **fields: object) -> Revision:
    content = Content(kind=kind, title=str(fields.pop("title", entry_id)), body=body, **fields)  # type: ignore[arg-type]
    return Revision(entry_id, 1, content, content.digest(), Status.PUBLISHED, "林编辑", NOW)


def conflicts(*revisions: Revision) -> list[tuple[str, str]]:
    return [pair.what for pair in find(revisions)]


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        ("订单超过承诺送达时间 48 小时仍未送达的，补偿一张 20 元优惠券。",
         "有的，订单超过承诺送达时间 72 小时仍未送达的，岚舍补偿一张 20 元优惠券。", ("48 小时", "72 小时")),
        ("过保产品上门检修，每次收取上门费 60 元。", "过保产品上门检修，每次收取上门费 80 元。", ("60 元", "80 元")),
        ("价保申请须在签收后七天内提交。", "价保申请须在签收后 15 天内提交。", ("七天", "15 天")),
        ("手机激活以后可以办理无理由退货手续。", "手机激活以后不可以办理无理由退货手续。", ("—", "不可以")),
        ("Refunds reach the card 3 business days after inspection.",
         "Refunds reach the card 5 business days after inspection.", ("3 business days", "5 business days")),
    ],
)  # fmt: skip
def test_same_rule_with_another_figure_or_polarity(
    first: str, second: str, what: tuple[str, str]
) -> None:
    assert conflicts(revision("a", first), revision("b", second)) == [what]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("价保申请须在签收后七天内提交。", "价保申请须在签收后 7 天内提交。"),
        ("小件商品签收后 24 小时内报损有效。", "大件商品签收后 48 小时内报损有效。"),
        ("巡尘 X2 满电可以清扫 180 分钟左右。", "巡尘 X2 Max 满电可以清扫 150 分钟左右。"),
        ("退款在 3 个工作日内到账支付宝账户。", "退款在 3 天内提交售后服务申请单据。"),
        ("满 3 期免息。", "满 6 期免息。"),
    ],
)
def test_equal_figures_or_other_subjects_do_not_conflict(first: str, second: str) -> None:
    assert conflicts(revision("a", first), revision("b", second)) == []


def test_short_frames_need_titles_about_the_same_thing() -> None:
    short, other = "整机保修 3 年。", "整机保修 2 年。"
    assert (
        conflicts(revision("a", short, title="门锁保修"), revision("b", other, title="扫地机保修"))
        == []
    )
    assert (
        len(
            conflicts(
                revision("a", short, title="门锁保修期"), revision("b", other, title="门锁保修多久")
            )
        )
        == 1
    )


def test_cases_replacements_other_products_and_own_revisions_are_left_out() -> None:
    one, other = "每次上门检修收取上门费用 60 元整。", "每次上门检修收取上门费用 80 元整。"
    assert conflicts(revision("a", one), revision("b", other, kind=Kind.CASE)) == []
    assert conflicts(revision("a", one), revision("b", other, supersedes=("a",))) == []
    assert (
        conflicts(revision("a", one, products=("x",)), revision("b", other, products=("y",))) == []
    )
    assert conflicts(revision("a", one), revision("a", other)) == []
    assert (
        len(
            conflicts(
                revision("a", one, products=("x",)), revision("b", other, products=("x", "y"))
            )
        )
        == 1
    )


def test_table_rows_are_not_compared() -> None:
    table = "| 场景 | 时长 |\n| --- | --- |\n| 连续玩大型游戏的时候 | {} 小时 |"
    assert conflicts(revision("a", table.format(4)), revision("b", table.format(5))) == []
