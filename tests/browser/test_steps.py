"""Guides walked step by step, by keyboard."""

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.service import Service

pytestmark = pytest.mark.browser

COOLING = "空调开了不凉怎么办"


def ask(page: Page, service: Service, text: str) -> None:
    page.goto(f"{service.base}/agent")
    page.locator("#message").fill(text)
    expect(page.locator("#answers [role=option]").first).to_be_visible()
    expect(page.locator("#progress")).to_be_hidden()


def walk(page: Page, service: Service, text: str = COOLING) -> Locator:
    """Asks and begins to walk; the heading of the step."""
    ask(page, service, text)
    page.keyboard.press("Alt+s")
    heading = page.locator("#steps [data-step]")
    expect(heading).to_be_focused()
    return heading


def draft(page: Page) -> Locator:
    return page.locator("#reply textarea.draft")


def test_each_way_is_a_key_and_backspace_goes_back(service: Service, page: Page) -> None:
    heading = walk(page, service)
    expect(heading).to_contain_text("第 1 步")
    expect(heading).to_contain_text("核对模式和温度")
    expect(page.locator("#steps-text")).to_contain_text("遥控器显示“制冷”图标")
    page.keyboard.press("2")
    expect(heading).to_contain_text("看屏幕有没有代码")
    expect(heading).to_be_focused()
    page.keyboard.press("2")
    page.keyboard.press("1")
    expect(heading).to_contain_text("看外机")
    expect(page.locator("#steps .crumbs li")).to_have_count(3)
    expect(page.locator("#steps .crumbs")).to_contain_text("没变")
    # its table of symptoms stands as ways to choose, not twice
    expect(page.locator("#steps .steps-way")).to_have_count(4)
    expect(page.locator("#steps table")).to_have_count(0)
    page.keyboard.press("Backspace")
    expect(heading).to_contain_text("看滤网")
    expect(heading).to_be_focused()
    page.get_by_role("button", name="核对模式和温度").first.click()
    expect(heading).to_contain_text("第 1 步")


def test_a_step_is_told_to_the_customer_by_one_key(service: Service, page: Page) -> None:
    heading = walk(page, service)
    page.keyboard.press("Enter")
    expect(draft(page)).to_be_focused()
    text = draft(page).input_value()
    assert "设定温度比室温低至少 3 ℃" in text
    assert "请告诉我是哪一种情况：出风口变凉了；没变。" in text
    assert "第 2 步" not in text
    expect(page.locator("#steps")).to_be_visible()
    page.keyboard.press("2")  # in the draft a digit is text
    expect(heading).to_contain_text("第 1 步")
    page.keyboard.press("Alt+s")
    expect(heading).to_be_focused()
    page.keyboard.press("2")
    expect(heading).to_contain_text("看屏幕有没有代码")


def test_advice_is_tried_and_the_summary_goes_into_the_reply(service: Service, page: Page) -> None:
    heading = walk(page, service)
    for key in "221":
        page.keyboard.press(key)
    expect(heading).to_contain_text("看外机")
    page.keyboard.press("1")
    expect(heading).to_contain_text("等 3 分钟，压缩机有启动保护")
    page.keyboard.press("1")
    expect(heading).to_contain_text("问题已解决")
    expect(heading).to_be_focused()
    expect(page.locator(".steps-tried li")).to_have_count(4)
    page.keyboard.press("1")
    expect(draft(page)).to_be_focused()
    text = draft(page).input_value()
    assert "1. 核对模式和温度：没变" in text
    assert "4. 看外机：外机不转，刚关机又开机 → 等 3 分钟，压缩机有启动保护" in text
    assert text.rstrip().endswith("问题已经解决。")


def test_what_was_tried_goes_along_when_it_is_handed_over(service: Service, page: Page) -> None:
    heading = walk(page, service)
    page.evaluate(
        """() => document.addEventListener("handover", (event) => {
            event.stopImmediatePropagation();
            event.preventDefault();
            window.handed = event.detail.tried;
        }, true)"""
    )
    page.keyboard.press("2")
    page.locator("#steps").get_by_role("button", name="没解决", exact=True).click()
    expect(heading).to_contain_text("还没有解决")
    page.locator("#steps").get_by_role("button", name="转接").click()
    handed = page.evaluate("window.handed")
    assert handed.splitlines() == ["1. 核对模式和温度：没变", "2. 看屏幕有没有代码"]


def test_another_entry_opens_over_the_walk(service: Service, page: Page) -> None:
    heading = walk(page, service)
    page.keyboard.press("2")
    page.keyboard.press("1")
    expect(page.locator("#reader article.entry h1")).to_contain_text("故障代码")
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    expect(page.locator("#steps")).to_be_visible()
    expect(heading).to_contain_text("看屏幕有没有代码")
    page.keyboard.press("Escape")
    expect(page.locator("#steps")).to_be_hidden()
    expect(page.locator("#message")).to_be_focused()
    page.keyboard.press("Alt+s")
    expect(heading).to_contain_text("看屏幕有没有代码")  # where it was left


def test_a_walk_belongs_to_its_conversation(service: Service, page: Page) -> None:
    heading = walk(page, service)
    page.keyboard.press("2")
    made = page.request.post(
        f"{service.base}/api/v1/contacts",
        data={
            "channel": "chat",
            "customer": {"name": "王女士"},
            "messages": [{"role": "customer", "text": "路由器网速特别慢"}],
        },
        headers={"Origin": service.base},
    )
    assert made.status == 201
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+s")
    expect(heading).to_contain_text("看屏幕有没有代码")
    expect(page.locator("#contacts")).to_contain_text("王")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#transcript")).to_contain_text("网速特别慢")
    expect(page.locator("#steps")).to_be_hidden()
    expect(page.locator(".steps-offer")).to_contain_text("网速慢排查")
    page.keyboard.press("Alt+s")
    expect(heading).to_contain_text("分段测")
    page.keyboard.press("2")
    expect(heading).to_contain_text("插线也慢")
    page.keyboard.press("Alt+ArrowUp")
    expect(heading).to_contain_text("看屏幕有没有代码")
    page.keyboard.press("Alt+ArrowDown")
    expect(heading).to_contain_text("插线也慢")
    page.keyboard.press("Alt+x")


def test_a_new_scratch_contact_begins_anew(service: Service, page: Page) -> None:
    heading = walk(page, service)
    page.keyboard.press("2")
    page.keyboard.press("Alt+n")
    expect(page.locator("#steps")).to_be_hidden()
    ask(page, service, COOLING)
    page.keyboard.press("Alt+s")
    expect(heading).to_contain_text("第 1 步")


def test_a_how_to_begins_with_its_parts(service: Service, page: Page) -> None:
    heading = walk(page, service, "扫地机怎么配网")
    expect(heading).to_contain_text("从哪里开始")
    expect(page.locator("#steps .steps-way")).to_have_count(3)
    page.keyboard.press("2")
    expect(heading).to_contain_text("第 1 步，共 5 步")
    for _ in range(4):
        page.keyboard.press("1")
    expect(heading).to_contain_text("第 5 步，共 5 步")
    expect(page.locator("#steps .steps-way")).to_contain_text("接着看：卡在哪里就看哪里")
    page.get_by_role("button", name="从头再来").click()
    expect(heading).to_contain_text("从哪里开始")


def test_an_agents_procedure_is_not_for_customers(service: Service, page: Page) -> None:
    ask(page, service, "转别的组要写什么")
    shown = page.locator("#answers [role=option]").all_text_contents()
    place = next(n for n, text in enumerate(shown, 1) if "转接与交接规范" in text)
    for _ in range(place):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Alt+s")
    heading = page.locator("#steps [data-step]")
    expect(page.locator("#steps .steps-title")).to_contain_text("转接与交接规范")
    page.keyboard.press("2")
    expect(heading).to_contain_text("转之前做三步")
    expect(page.locator("#steps .notice")).to_contain_text("内部流程")
    expect(page.locator("#steps .steps-tell")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(draft(page)).to_have_count(0)
    expect(heading).to_be_focused()


def test_without_steps_it_says_so(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/agent")
    expect(page.locator("#message")).to_be_focused()
    page.keyboard.press("Alt+s")
    expect(page.locator(".toast")).to_contain_text("没有可以逐步走的步骤")
    expect(page.locator("#steps")).to_be_hidden()


def test_the_failure_to_fetch_can_be_tried_again(service: Service, context: BrowserContext) -> None:
    page = context.new_page()  # the browser itself logs what it cannot fetch
    ask(page, service, COOLING)
    page.route("**/flow?*", lambda route: route.fulfill(status=503, json={"detail": "请稍后"}))
    page.keyboard.press("Alt+s")
    expect(page.locator("#steps")).to_contain_text("请稍后")
    page.unroute("**/flow?*")
    page.locator("#steps").get_by_role("button", name="重试").click()
    expect(page.locator("#steps [data-step]")).to_be_focused()


@pytest.mark.parametrize("context", [{"viewport": {"width": 360, "height": 740}}], indirect=True)
def test_in_a_side_panel_telling_uncovers_the_reply(service: Service, page: Page) -> None:
    walk(page, service)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.keyboard.press("Enter")
    expect(page.locator("#steps")).to_be_hidden()
    expect(draft(page)).to_be_focused()
    expect(draft(page)).to_be_in_viewport()


def test_the_note_of_a_hand_over_says_what_was_tried(service: Service, page: Page) -> None:
    made = page.request.post(
        f"{service.base}/api/v1/contacts",
        data={"channel": "chat", "messages": [{"role": "customer", "text": COOLING}]},
        headers={"Origin": service.base},
    )
    page.goto(f"{service.base}/agent?contact={made.json()['id']}")
    expect(page.locator(".steps-offer")).to_contain_text("空调不凉排查步骤")
    page.keyboard.press("Alt+s")
    heading = page.locator("#steps [data-step]")
    expect(heading).to_be_focused()
    page.keyboard.press("2")
    expect(heading).to_contain_text("看屏幕有没有代码")
    page.keyboard.press("Alt+h")
    expect(page.locator("#handover-note")).to_have_value("已按步骤试过：\n1. 核对模式和温度：没变")
    page.keyboard.press("Escape")
    page.locator("#steps").get_by_role("button", name="没解决", exact=True).click()
    page.locator("#steps").get_by_role("button", name="转接").click()
    expect(page.locator("#handover-note")).to_have_value(
        "已按步骤试过：\n1. 核对模式和温度：没变\n2. 看屏幕有没有代码"
    )
    page.keyboard.press("Escape")
