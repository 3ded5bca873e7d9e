import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.service import Service

pytestmark = pytest.mark.browser


def ask(page: Page, service: Service, text: str) -> None:
    page.goto(f"{service.base}/agent")
    page.get_by_label("客户的话", exact=True).fill(text)
    expect(page.locator("#answers [role=option]").first).to_be_visible()
    expect(page.locator("#progress")).to_be_hidden()


def test_answers_and_reply_follow_the_typing(service: Service, page: Page) -> None:
    ask(page, service, "退款多久到账")
    first = page.locator("#answers [role=option]").first
    expect(first).to_contain_text("退款")
    expect(first.locator(".chip").first).to_be_visible()
    expect(first.locator("mark").first).to_be_visible()
    expect(page.locator(".reply-body")).to_contain_text("工作日")
    assert page.locator("#reply .evidence li").count() >= 1


def test_every_factual_sentence_shows_a_source(service: Service, page: Page) -> None:
    ask(page, service, "手机能用多久 玩游戏呢")
    for part in ("facts", "compensation", "action"):
        for sentence in page.locator(f".reply-body .sentence.{part}").all():
            assert sentence.get_attribute("data-ev"), sentence.inner_text()


def test_keyboard_alone_copies_the_reply(service: Service, page: Page) -> None:
    ask(page, service, "退款多久到账")
    shown = page.locator(".reply-body").inner_text()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.sub(r"\s", "", copied)[:12] in re.sub(r"\s", "", shown)
    expect(page.locator("#transcript .agent")).to_be_visible()
    expect(page.get_by_label("客户的话", exact=True)).to_be_focused()


def test_a_follow_up_says_which_words_came_from_before(service: Service, page: Page) -> None:
    ask(page, service, "退款多久到账")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#transcript .agent")).to_be_visible()
    page.get_by_label("客户的话", exact=True).fill("那银行卡呢")
    expect(page.locator("#answers-read")).to_contain_text("结合上文：退款、到账")
    expect(page.locator("#answers [role=option]").first).to_contain_text("退款")
    page.get_by_label("客户的话", exact=True).fill("对了,积分什么时候过期")
    expect(page.locator("#answers-read")).to_be_hidden()
    expect(page.locator("#answers [role=option]").first).to_contain_text("积分")


@pytest.mark.parametrize("typed", ["tui huo yun fei shui chu", "退贷运费谁出"])
def test_a_mended_question_says_what_was_searched(service: Service, page: Page, typed: str) -> None:
    ask(page, service, typed)
    expect(page.locator("#answers-read")).to_have_text("按“退货运费谁出”搜索")
    expect(page.locator("#answers-read b").first).to_contain_text("货")
    expect(page.locator("#answers mark").filter(has_text="运费").first).to_be_visible()
    page.get_by_label("客户的话", exact=True).fill("退货运费谁出")
    expect(page.locator("#answers-read")).to_be_hidden()


@pytest.mark.parametrize(
    ("typed", "pointed_at"),
    [
        ("退貨的運費要我自己付嗎", {"退货", "运费"}),
        ("邮费谁出", {"邮费", "运费"}),
        ("在吗在吗 我那个啥 冰箱咋不制冷了啊!!", {"冰箱不制冷"}),
    ],
)
def test_whole_words_are_pointed_at_however_they_were_typed(
    service: Service, page: Page, typed: str, pointed_at: set[str]
) -> None:
    ask(page, service, typed)
    marked = set(page.locator("#answers [role=option]:visible mark").all_inner_texts())
    assert pointed_at <= marked
    assert not [part for part in marked if len(part) < 2 or part[0] in "的了" or part[-1] in "的了"]


def test_a_long_mended_question_shows_what_was_mended(service: Service, page: Page) -> None:
    ask(
        page,
        service,
        "我上周买的那个冰葙今天早上起来发现完全不制冷了里面的菜都坏了然后我就想要退贷但是不知道运费谁出",
    )
    note = page.locator("#answers-read")
    expect(note.locator("b")).to_have_text(["箱", "货"])
    expect(note).to_contain_text("冰箱今天")
    expect(note).to_contain_text("…")


def test_keyboard_opens_an_entry_and_comes_back(service: Service, page: Page) -> None:
    ask(page, service, "退款多久到账")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#reader article.entry h1")).to_be_visible()
    expect(page.locator("#reader")).to_contain_text("版本")
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    expect(page.get_by_label("客户的话", exact=True)).to_be_focused()


def test_editing_is_never_overwritten(service: Service, page: Page) -> None:
    ask(page, service, "退款多久到账")
    page.keyboard.press("Alt+e")
    draft = page.get_by_label("编辑", exact=True)
    draft.fill("我自己写的回复")
    page.get_by_label("客户的话", exact=True).fill("发票怎么开")
    expect(page.get_by_role("button", name="有更新")).to_be_visible()
    assert draft.input_value() == "我自己写的回复"
    page.keyboard.press("Escape")
    expect(page.locator(".reply-body")).to_be_visible()


def test_a_past_day_answers_with_that_days_rule_and_says_so(service: Service, page: Page) -> None:
    ask(page, service, "双11满多少送空气炸锅")
    page.locator("#asof").fill("2025-11-03")
    expect(page.locator("#asof-banner")).to_contain_text("2025-11-03")
    expect(page.locator("#answers")).to_contain_text("3,000")
    page.locator("#asof").fill("2025-11-08")
    expect(page.locator("#answers")).to_contain_text("4,000")
    page.get_by_role("button", name="回到今天").click()
    expect(page.locator("#asof-banner")).to_be_hidden()


def test_no_reliable_answer_is_said_and_can_be_sent_to_the_gaps(
    service: Service, page: Page
) -> None:
    page.goto(f"{service.base}/agent")
    page.get_by_label("客户的话", exact=True).fill("今天上海天气怎么样")
    button = page.get_by_role("button", name="送入知识缺口")
    expect(button).to_be_visible()
    button.click()
    expect(page.locator(".toast")).to_contain_text("已送入")


def test_the_nearest_entries_are_not_called_sure(service: Service, page: Page) -> None:
    ask(page, service, "公积金能提出来买家电吗")
    expect(page.locator("#reply")).to_contain_text("无可靠答案")
    expect(page.locator("#answers .confidence").first).to_have_text("仅供参考")
    expect(page.get_by_role("button", name=re.compile("其他可能（"))).to_be_visible()


def test_a_question_left_open_is_named_beside_the_reply(service: Service, page: Page) -> None:
    ask(page, service, "退款多久到账?公积金能提出来吗?")
    expect(page.locator(".reply-body")).to_contain_text("工作日")
    expect(page.locator(".reply-open li")).to_have_text(["公积金能提出来吗?"])


def test_sensitive_words_raise_a_warning(service: Service, page: Page) -> None:
    ask(page, service, "再不退款我就打12315投诉你们")
    expect(page.locator("#risk")).to_contain_text("12315")


def test_markup_in_a_message_stays_text(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/agent")
    page.get_by_label("客户的话", exact=True).fill("<img src=x onerror=alert(1)> 退款")
    expect(page.locator("#progress")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("#transcript .customer")).to_contain_text("<img src=x")
    assert page.locator("#transcript img").count() == 0


def test_question_mark_lists_the_keys(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/agent")
    expect(page.locator("#reply .empty")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Ctrl+Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


@pytest.mark.parametrize(
    "context",
    [
        {"viewport": {"width": 360, "height": 740}},
        {"viewport": {"width": 600, "height": 800}},
        {"viewport": {"width": 900, "height": 800}, "locale": "en-GB"},
        {"viewport": {"width": 1920, "height": 1080}, "color_scheme": "dark"},
    ],
    indirect=True,
)
@pytest.mark.parametrize(
    "path", ["/agent?q=退款多久到账", "/entries/return-7-days", "/desk/freshness", "/desk/entries"]
)
def test_pages_fit_narrow_and_wide(service: Service, page: Page, path: str) -> None:
    page.goto(service.base + path)
    if path.startswith("/agent"):  # its event stream never falls silent
        expect(page.locator(".reply-body")).to_contain_text("工作日")
    else:
        page.wait_for_load_state("networkidle")
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0


def test_unlikely_answers_are_folded_until_asked_for(service: Service, page: Page) -> None:
    ask(page, service, "退款多久到账")
    options = page.locator("#answers [role=option]")
    shown = page.locator("#answers [role=option]:visible")
    useful, total = shown.count(), options.count()
    assert 0 < useful < total
    fold = page.get_by_role("button", name=re.compile("其他可能（"))
    expect(fold).to_have_attribute("aria-expanded", "false")
    fold.click()
    expect(shown).to_have_count(total)
    page.get_by_role("button", name="收起其他可能").click()
    expect(shown).to_have_count(useful)
    page.get_by_label("客户的话", exact=True).focus()
    for _ in range(useful + 1):
        page.keyboard.press("ArrowDown")
    expect(shown).to_have_count(total)


def test_the_selected_answer_is_announced_while_the_message_keeps_the_focus(
    service: Service, page: Page
) -> None:
    ask(page, service, "退款多久到账")
    message = page.get_by_label("客户的话", exact=True)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(message).to_be_focused()
    expect(message).to_have_attribute("aria-activedescendant", "answer-1")
    expect(page.locator("#answer-1")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#announce")).to_contain_text("建议回复")
    page.keyboard.press("Alt+n")
    expect(page.locator("#answers")).not_to_have_attribute("role", "listbox")
    assert message.get_attribute("aria-activedescendant") is None


def test_an_edited_reply_stays_until_it_is_copied_or_restored(service: Service, page: Page) -> None:
    ask(page, service, "退款多久到账")
    page.keyboard.press("Alt+e")
    page.keyboard.type("请您放心。")
    page.keyboard.press("Escape")
    expect(page.locator(".reply-body")).to_contain_text("已编辑")
    expect(page.locator(".reply-body")).to_contain_text("请您放心。")
    page.get_by_role("button", name="恢复原文").click()
    expect(page.locator(".reply-body")).not_to_contain_text("请您放心。")
    page.keyboard.press("Alt+e")
    page.keyboard.type("请您放心。")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#transcript .agent")).to_contain_text("请您放心。")
    assert page.evaluate("navigator.clipboard.readText()").endswith("请您放心。")


def test_arrow_keys_move_through_the_reply_tabs(service: Service, page: Page) -> None:
    ask(page, service, "退款多久到账")
    reply = page.locator("#reply")
    tabs = reply.get_by_role("tab")
    tabs.first.focus()
    page.keyboard.press("ArrowRight")
    expect(tabs.nth(1)).to_have_attribute("aria-selected", "true")
    expect(tabs.nth(1)).to_be_focused()
    expect(reply.get_by_role("tabpanel")).to_have_attribute("aria-labelledby", "reply-tab-1")


def test_dates_read_the_same_in_every_browser(service: Service, page: Page) -> None:
    ask(page, service, "双11满多少送空气炸锅")
    field = page.get_by_label("按某一天有效的规则回答")
    expect(field).to_have_attribute("placeholder", "年-月-日")
    field.click()
    page.keyboard.type("2025/11/3")
    page.keyboard.press("Enter")
    expect(field).to_have_value("2025-11-03")
    expect(page.locator("#asof-banner")).to_contain_text("2025-11-03")
    field.fill("2025-02-31")
    page.keyboard.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#asof-banner")).to_contain_text("2025-11-03")


def test_offline_says_so_and_recovers(service: Service, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{service.base}/agent")
    expect(page.locator("#reply .empty")).to_be_visible()
    context.set_offline(True)
    page.get_by_label("客户的话", exact=True).fill("退款多久到账")
    expect(page.locator("#answers")).to_contain_text("连不上服务")
    expect(page.locator("#reply")).to_contain_text("暂时没有建议回复")
    context.set_offline(False)
    expect(page.locator(".reply-body")).to_contain_text("工作日")
    page.close()


@pytest.mark.parametrize(("given_up", "told"), [(True, "AbortError"), (False, "0")])
def test_an_answer_that_breaks_off_is_no_answer(
    service: Service, page: Page, given_up: bool, told: str
) -> None:
    page.goto(f"{service.base}/agent")
    expect(page.locator("#reply .empty")).to_be_visible()
    rejected = page.evaluate(
        """async (givenUp) => {
          const { call } = await import(new URL("../api.js", document.querySelector("script[src*='console/main']").src));
          const controller = new AbortController();
          const broken = new ReadableStream({ pull: (it) => {
            if (givenUp) controller.abort();
            it.error(new TypeError("cut"));
          } });
          window.fetch = async () => new Response(broken, { status: 200 });
          const asked = call("GET", "/api/v1/me", undefined, { signal: controller.signal });
          return asked.then(() => "answered", ({ status, name }) => String(status ?? name));
        }""",
        given_up,
    )
    assert rejected == told
