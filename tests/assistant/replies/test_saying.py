from __future__ import annotations

import pytest

from assistant.replies import Evidence, Part, Sentence, load_tables
from assistant.replies.passages import Shape, cut
from assistant.replies.saying import said
from assistant.replies.shaping import Block, shape_reply
from assistant.risk.model import Mood
from kb.model import Channel, Kind
from tests.assistant.replies.conftest import Ask
from tests.assistant.replies.fakes import Library, ScriptedSearcher


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("客户可以在换货和维修中任选一种。", "您可以在换货和维修中任选一种。"),
        ("24 小时内通知客户。", "24 小时内通知您。"),
        ("会员免运费，其他客户承担 10 元运费。", "会员免运费，其他客户承担 10 元运费。"),
        ("购买新机的客户，交回旧机可以抵扣。", "购买新机的客户，交回旧机可以抵扣。"),
        ("请联系客户服务。", "请联系客户服务。"),
        ("滤网堵了最容易滴水，步骤见空调滤网清洗。", "滤网堵了最容易滴水。"),
        ("静置 2 小时再通电，见冰箱首次使用；再关门。", "静置 2 小时再通电；再关门。"),
        ("有 7 天冷静期，详见 30 天规则。", "有 7 天冷静期，详见 30 天规则。"),
        ("先别着急，见到师傅再付款。", "先别着急，见到师傅再付款。"),
        ("It can be returned; see International returns.", "It can be returned."),
    ],
)
def test_an_article_is_said_to_the_customer(written: str, spoken: str) -> None:
    assert said(written) == spoken


def test_what_is_said_keeps_its_verbatim_quote(
    library: Library, searcher: ScriptedSearcher, ask: Ask
) -> None:
    library.add("swap", "产品有故障的，客户可以在换货和维修中任选一种。\n", title="故障")
    searcher.script["故障"] = [("swap", 0.9)]
    (sentence,) = ask("有故障怎么处理").suggestions[0].sentences
    assert sentence.text == "产品有故障的，您可以在换货和维修中任选一种。"
    assert sentence.evidence[0].quote == "产品有故障的，客户可以在换货和维修中任选一种。"


def test_a_stage_is_gone_to_in_words() -> None:
    body = (
        "## 第 1 步 看灯\n1. 灯灭，转到第 2 步报修。\n2. 没变，转到第 3 步。\n"
        "\n## 第 2 步 报修\n拨打热线。\n\n## 第 3 步 看滤网\n拆下。\n"
    )
    named, going = cut(body, "zh-CN")[:2]
    assert named.text == "灯灭，请报修。"
    assert going.text == "没变，接下来看滤网。"
    assert going.quotes == ("没变，转到第 3 步。", "第 3 步 看滤网")


def test_a_formal_letter_says_that_it_answers_and_who_signs(ask: Ask) -> None:
    slots = {"agent.name": "小林"}
    calm = ask("退款多久到账", channel=Channel.EMAIL, slots=slots).suggestions[0]
    assert "感谢您的来信。关于您咨询的问题，答复如下。" in calm.text
    assert calm.text.endswith("\n\n客服 小林")
    assert calm.sentences[-1].part is Part.EMPATHY
    assert "客服" not in ask("退款多久到账", channel=Channel.EMAIL).suggestions[0].text[-8:]


def test_a_row_that_only_repeats_the_rule_is_not_said(
    library: Library, searcher: ScriptedSearcher, ask: Ask
) -> None:
    library.add(
        "doors",
        "木门、钢质防盗门能装门锁，玻璃门和铝合金窄边推拉门不能装。\n\n"
        "| 门 | 能不能装 |\n| --- | --- |\n| 玻璃门、铝合金窄边推拉门 | 不能装 |\n",
        kind=Kind.FAQ,
        title="什么门能装门锁？",
    )
    searcher.script["玻璃门"] = [("doors", 0.9)]
    text = ask("玻璃门和铝合金窄边推拉门能装门锁吗").suggestions[0].text
    assert text.count("推拉门") == 1


def test_two_steps_come_together_or_not_at_all(
    library: Library, searcher: ScriptedSearcher, ask: Ask
) -> None:
    rule = (
        "订单超过承诺时间 48 小时仍未送达的，补偿一张 20 元优惠券，逾期不再补偿也不能折现或转让。"
    )
    more = "补偿优惠券须在 30 天内领取，领取后在下一笔订单结算时抵扣，不能与其他优惠叠加使用。"
    steps = "1. 打开 App 的“我的-订单”，进入延迟的订单。\n2. 点“延迟补偿”，选择领券。\n"
    library.add("late", f"## 补偿\n{rule}{more}\n\n## 领取补偿\n{steps}", title="延迟补偿")
    searcher.script = {"延迟": [("late", 0.9)]}
    for channel in (Channel.CHAT, Channel.PHONE):
        text = ask("延迟送达补偿多少优惠券", channel=channel).suggestions[0].text
        assert ("点“延迟补偿”" in text) == ("进入延迟的订单" in text)


def test_a_letter_leaves_out_what_hardly_fits() -> None:
    def block(text: str, score: float, order: int, *, needed: bool = False) -> Block:
        evidence = (Evidence("lock", 1, text),)
        sentence = Sentence(text, Part.FACTS, evidence)
        return Block((sentence,), Part.FACTS, Shape.PROSE, score, (0, order), needed)

    blocks = [
        block("没电时用充电宝应急。", 1.0, 0, needed=True),
        block("平时记得备一节电池。", 0.8, 1),
        block("新锁三个月没电多半是信号弱。", 0.5, 2),
    ]
    text, _ = shape_reply(
        blocks,
        channel=Channel.EMAIL,
        mood=Mood.CALM,
        lang="zh",
        slots={},
        phrases=load_tables().phrases,
    )
    assert "备一节电池" in text
    assert "信号弱" not in text
