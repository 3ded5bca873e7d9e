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


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        ("超过承诺送达时间 48 小时未送达，补偿 20 元优惠券。",
         "超过承诺送达时间 48 小时还没送到，补偿您 15 元优惠券。", ("20 元", "15 元")),
        ("退到银行卡的，3–7 个工作日到账。", "退到银行卡的款项一般 5–10 个工作日到账，节假日顺延。",
         ("3–7 个工作日", "5–10 个工作日")),
        ("服务站在 3 个工作日内出具检测报告。", "服务站会在 3 天内出具检测报告。", ("3 个工作日", "3 天")),
        ("更换锁体收费 100 元。", "更换锁体免费，预约时说一声就行。", ("100 元", "免费")),
        ("质量问题退货的运费由岚舍承担。", "质量问题退货的运费由客户承担。",
         ("质量问题退货的运费由岚舍承担", "质量问题退货的运费由客户承担")),
        ("秒杀商品不参加价格保护。", "秒杀商品可以参加价格保护，和平时一样申请。", ("不", "—")),
        ("The international warranty covers the battery.",
         "The international warranty does not cover the battery.", ("—", "not")),
    ],
)  # fmt: skip
def test_the_same_rule_in_other_words(first: str, second: str, what: tuple[str, str]) -> None:
    title = {"title": "规则说明"}
    assert conflicts(revision("a", first, **title), revision("b", second, **title)) == [what]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("未拆封的冰箱退货不收取件费。", "已拆封的冰箱退货收取 100 元取件费。"),
        ("手机未激活的支持无理由退货。", "手机激活后不支持无理由退货。"),
        ("金叶会员生日当月可领 50 元生日券。", "翠叶会员生日当月可领 100 元生日券。"),
        ("超过承诺送达时间 48 小时未送达，补偿 20 元优惠券。", "超过承诺送达时间 7 天未送达，补偿 50 元优惠券。"),
        ("无理由退货须在签收次日起 7 天内申请。", "例如 11 月 2 日签收，最晚 11 月 9 日 24:00 前申请退货。"),
        ("退到支付宝的 1–3 个工作日到账。", "退到支付宝，最晚 3 个工作日到账。"),
        ("空调基础安装免费。", "空调基础安装不收费，含 1 个孔。"),
        ("寄往新加坡的运费为 60 元。", "寄往马来西亚的运费为 80 元。"),
        ("红色投诉 2 小时内给出方案。", "黄色投诉 4 小时内给出方案。"),
        ("手机激活后不支持无理由退货，质量问题除外。", "手机激活后不能无理由退货。"),
    ],
)  # fmt: skip
def test_other_subjects_conditions_tiers_and_examples_do_not_conflict(
    first: str, second: str
) -> None:
    title = {"title": "规则说明"}
    assert conflicts(revision("a", first, **title), revision("b", second, **title)) == []


def test_what_the_other_entry_says_elsewhere_too_is_no_conflict() -> None:
    both = "退到银行卡的 7 个工作日内到账。\n退到银行卡的 5 个工作日内到账，限储蓄卡。"
    assert conflicts(revision("a", both), revision("b", "退到银行卡的 5 个工作日内到账。")) == []


def test_every_differing_pair_of_sentences_is_told_the_surest_first() -> None:
    one = "过保产品上门检修，每次收取上门费 60 元。\n备件等待超过 15 天的，可以换新机。"
    other = "过保产品上门检修，每次收取上门费 80 元。\n备件等待超过 30 天的，可以给您换新机。"
    found = find([revision("a", one), revision("b", other)])
    assert [pair.what for pair in found] == [("60 元", "80 元"), ("15 天", "30 天")]
    assert [pair.kind for pair in found] == ["money", "duration"]
    assert found[0].score >= found[1].score


def test_a_canned_reply_is_held_against_its_own_scene_only() -> None:
    late, wrong = "另外给您补一张 30 元优惠券。", "另外给您补一张 20 元优惠券。"
    replies = {"kind": Kind.REPLY}
    apart = (
        revision("a", f"## chat\n{late}", title="第三次来电", **replies),
        revision("b", f"## chat\n{wrong}", title="上次答错了", **replies),
    )
    assert conflicts(*apart) == []
    same = (
        revision("a", f"## chat\n{late}", title="来电补偿", **replies),
        revision("b", f"## chat\n{wrong}", title="来电补偿", **replies),
    )
    assert conflicts(*same) == [("30 元", "20 元")]


def test_hostile_texts_are_looked_at_in_bounded_time() -> None:
    endless = "过保上门费 60 元，" * 20_000
    lines = "\n".join(f"过保上门费 {number} 元，不修也要支付。" for number in range(1500))
    assert conflicts(revision("a", endless), revision("b", lines)) == []
    assert find([revision("a", "免" * 50_000 + "费"), revision("b", "不收" * 50_000)]) == []


def test_those_of_one_entry_are_the_same_ones_found_sooner() -> None:
    revisions = [
        revision("a", "价保申请须在签收后七天内提交。过保产品上门检修，每次收取上门费 60 元。"),
        revision("b", "价保申请须在签收后 15 天内提交。"),
        revision("c", "过保产品上门检修，每次收取上门费 80 元。"),
        revision("d", "价保申请须在签收后 30 天内提交。过保产品上门检修，每次收取上门费 90 元。"),
    ]
    everything = find(revisions)
    assert len(everything) > 4
    for name in "abcd":
        mine = [pair for pair in everything if name in (pair.a.entry_id, pair.b.entry_id)]
        assert find(revisions, about=name) == mine
    assert find(revisions, about="nobody") == []
