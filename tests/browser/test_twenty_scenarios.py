"""What a new colleague does in their first hour: twenty contacts, answered right by keyboard alone.

Each scenario starts at a console that shows nothing of it yet. Its keys are what the colleague
presses, from opening the contact to the reply being sent; typing the value of one variable counts
as one action. What counts is the message that the customer gets: it must say the rule in force.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

from tests.browser.service import Api, Service

pytestmark = pytest.mark.browser

MOST_ACTIONS = 6
OPEN, SEND = "Alt+j", "Control+Enter"


@dataclass(frozen=True)
class Typed:
    """Text typed into the field that has the focus: one action."""

    text: str


@dataclass(frozen=True)
class Scenario:
    """What the customer writes, what is pressed, and what the sent reply must and must not say."""

    name: str
    said: tuple[str, ...]
    says: tuple[str, ...]
    keys: tuple[str | Typed, ...] = (OPEN, SEND)
    never: tuple[str, ...] = ()
    channel: str = "chat"
    slots: dict[str, str] = field(default_factory=dict)


SCENARIOS = (
    Scenario("refund time", ("退款一般几天到账，我用微信付的",), (r"1[–-]3 个工作日",)),
    Scenario("freight of a gold member", ("金叶会员退货运费要自己出吗",), ("金叶会员", "免运费")),
    Scenario("invoice heading", ("发票抬头开错了还能改吗",), ("180 天", "1 次")),
    Scenario("copper pipe", ("空调铜管不够长，加一米多少钱",), (r"120 元",)),
    Scenario("robot error", ("扫地机报错12是什么意思",), ("圆塔",)),
    Scenario("locked out", ("门锁没电了进不去怎么办",), ("USB-C", "充电宝")),
    Scenario("by scenario, by phone", ("手机玩游戏能用多久",), ("4 小时",), channel="phone"),
    Scenario("in two messages", ("你好", "积分什么时候过期"), ("自然年年底",)),
    Scenario("installer late", ("师傅约了十点，迟到一个多小时了还没来",), ("50 元",)),
    Scenario("unpaid order", ("下单半小时没付款订单没了？",), ("30 分钟",)),
    Scenario("price fell", ("买完第二天就降价了能补差价吗",), ("15 天内", "我的-价保")),
    Scenario("pairing", ("扫地机连不上wifi",), ("2.4 GHz",)),
    Scenario("trade-in", ("旧空调能抵多少钱",), ("300 元", "800 元")),
    Scenario("activated phone", ("我把手机激活了还能七天无理由退吗",), ("已激活的手机", "不能退")),
    Scenario("no lift", ("冰箱送到六楼没电梯要加钱吗",), ("20 元",)),
    Scenario("account deleted", ("账号注销了还能恢复吗",), ("冷静期", "不能恢复")),
    Scenario("instalments", ("分期免息是几期",), ("3 期免息",)),
    Scenario(
        "English, by e-mail",
        ("Hi, how long do I have to return a router? I live in Singapore.",),
        ("14 days after delivery",),
        channel="email",
    ),
    Scenario(
        "two answers disagree: the policy, not the outdated FAQ",
        ("快递晚到三天有补偿吗",),
        ("48 小时", "20 元"),
        keys=(OPEN, "Alt+2", SEND),
        never=("72 小时",),
    ),
    Scenario(
        "a canned reply with a variable",
        ("买完就降价了，你们什么意思",),
        ("15 天内", r"选订单 \[订单号\]"),  # filled in; what is stored of it is masked
        keys=(OPEN, "/", Typed("jbsq"), "Enter", Typed("LS20261101"), SEND),
    ),
)


@pytest.fixture
def console(page: Page, service: Service, api: Api) -> Iterator[Page]:
    """A console whose list holds nothing but the scenario's own contact."""
    close_all(api)
    page.goto(f"{service.base}/agent")
    expect(page.locator("#contacts")).to_be_visible()
    yield page
    close_all(api)


def close_all(api: Api) -> None:
    for contact in api.get("/contacts?status=open")["contacts"]:
        api.post(f"/contacts/{contact['id']}/close", {})


def press(page: Page, action: str | Typed) -> None:
    if isinstance(action, Typed):
        page.keyboard.type(action.text)
        page.wait_for_timeout(400)  # a person looks at what appeared before going on
        return
    page.keyboard.press(action)
    if action != SEND:
        expect(page.locator("#progress")).to_be_hidden()


def what_was_sent(page: Page, api: Api, contact: str) -> str:
    """The one message that reached the service; the console has said that it did."""
    expect(page.locator("#transcript .bubble.agent")).to_be_visible()
    expect(page.locator("#transcript .bubble.pending")).to_have_count(0)
    sent = [m["text"] for m in api.get(f"/contacts/{contact}")["messages"] if m["role"] == "agent"]
    assert len(sent) == 1
    return str(sent[0])


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_a_new_colleague_sends_the_right_reply(
    scenario: Scenario, console: Page, api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    contact = api.post(
        "/contacts",
        {"channel": scenario.channel, "customer": {"name": "李女士"}, "slots": scenario.slots},
    )
    for text in scenario.said:
        api.post(f"/contacts/{contact['id']}/messages", {"role": "customer", "text": text})
    row = console.locator(f"#contacts [data-contact='{contact['id']}']")
    expect(row).to_contain_text(scenario.said[-1][:10])
    for action in scenario.keys:
        press(console, action)
        if action == OPEN:
            expect(console.locator("#transcript")).to_contain_text(scenario.said[-1])
            expect(console.locator("#reply .reply-body")).to_be_visible()
    sent = what_was_sent(console, api, contact["id"])
    for pattern in scenario.says:
        assert re.search(pattern, sent), sent
    for pattern in scenario.never:
        assert not re.search(pattern, sent), sent
    assert len(scenario.keys) <= MOST_ACTIONS
    with capsys.disabled():
        sys.stdout.write(f"\n  {scenario.name}: {len(scenario.keys)} key actions")
