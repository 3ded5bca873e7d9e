"""Talking with the assistant: answers in cards, choices, suggestions, verdicts, two tabs."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.browser.people import faults_of
from tests.browser.service import Service
from tests.browser.widget_host import Customer, Host, hosting

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def host(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with hosting(service, tmp_path_factory.mktemp("pages")) as made:
        yield made


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of somebody who has never been here; any error in it fails the test."""
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    faults = faults_of(page)
    yield page
    context.close()
    assert not faults, faults


def at(page: Page, host: Host) -> Customer:
    page.goto(host.page("talk"))
    return Customer(page).open()


def test_an_answer_names_its_source_and_folds_what_is_long(page: Page, host: Host) -> None:
    widget = at(page, host)
    answer = widget.ask("七天无理由退货运费谁出")
    source = answer.locator(".source")
    expect(source).to_contain_text("依据：")
    expect(source).to_contain_text("起有效")
    link = source.locator("a")
    expect(link).to_have_attribute("target", "_blank")
    assert str(link.get_attribute("href")).startswith(f"{host.service.base}/help/articles/")
    detail = answer.locator(".detail")
    expect(detail).to_be_hidden()
    answer.locator("summary").click()
    expect(detail).to_be_visible()
    expect(detail.locator("table")).to_be_visible()
    expect(detail.locator("[role=region]")).to_have_attribute("tabindex", "0")
    expect(answer.locator(".verdict")).to_have_text(["解决了", "没解决"])


def test_several_questions_get_several_answers(page: Page, host: Host) -> None:
    answer = at(page, host).ask("发票怎么开？退款多久到账？")
    expect(answer.locator(".card")).to_have_count(2)
    expect(answer.locator(".card h3:not(.sr)")).to_have_count(2)
    expect(answer.locator(".bubble")).to_contain_text("2 件事")


def test_a_question_with_choices(page: Page, host: Host) -> None:
    widget = at(page, host)

    def ask_back(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        asked = {
            "kind": "clarify",
            "text": "是哪一项？",
            "options": ["退货运费谁出", "发票怎么开", "退款多久到账"],
        }
        body["messages"][-1] |= {**asked, "answers": []}
        route.fulfill(response=answer, json=body)

    page.route("**/widget/v1/messages", ask_back, times=1)
    asked = widget.ask("空调")
    choices = asked.locator(".choice")
    expect(choices.first).to_be_enabled()
    chosen = choices.nth(2).inner_text()
    choices.nth(2).click()
    expect(widget.messages.nth(2)).to_contain_text(chosen)
    expect(widget.part(".card").first).to_be_visible()
    expect(choices.first).to_be_disabled()  # it has been answered


def test_a_rejected_answer_does_not_come_again(page: Page, host: Host) -> None:
    widget = at(page, host)
    first = widget.ask("退货运费谁出")
    rejected = first.locator(".source a").first.inner_text()
    first.locator(".verdict").nth(1).click()
    expect(first.locator(".judged")).to_have_text("已标记为没解决")
    expect(widget.messages).to_have_count(3)
    expect(widget.messages.last).not_to_contain_text(rejected)
    page.reload()
    widget.part(".launcher").click()
    expect(widget.messages.last).to_be_in_viewport()
    expect(widget.messages).to_have_count(3)  # the visit goes on, with what was thought of it
    expect(widget.messages.nth(1).locator(".judged")).to_have_text("已标记为没解决")
    expect(widget.messages.nth(1).locator(".verdict")).to_have_count(0)


def test_suggestions_while_typing(page: Page, host: Host) -> None:
    widget = at(page, host)
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if r.url.endswith("/suggestions") else None)
    field = widget.part(".search input")
    field.press_sequentially("退货运费", delay=20)
    options = widget.part(".home .option")
    expect(options.first).to_be_visible()
    assert len(asked) == 1  # not one for each letter
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "home-list-0")
    question = options.first.inner_text()
    field.press("Enter")
    expect(widget.messages.first).to_contain_text(question)
    expect(widget.composer).to_be_focused()
    widget.composer.press_sequentially("发票", delay=20)
    expect(widget.part(".over .option").first).to_be_visible()
    widget.composer.press("Escape")
    expect(widget.part(".over")).to_be_hidden()
    expect(widget.panel).to_be_visible()  # Esc closed the list alone
    expect(widget.composer).to_have_value("发票")


def test_no_suggestion_after_sending(page: Page, host: Host) -> None:
    widget = at(page, host)
    held: list[Route] = []
    page.route("**/widget/v1/suggestions", lambda route: held.append(route))
    field = widget.part(".search input")
    with page.expect_request("**/widget/v1/suggestions"):
        field.fill("退货运费")
    with page.expect_event("requestfailed") as given_up:
        field.press("Enter")
    request: Request = given_up.value
    assert request.url.endswith("/suggestions")
    expect(widget.part(".card").first).to_be_visible()
    expect(widget.part(".option")).to_have_count(0)


def test_pinyin_that_is_being_composed_is_neither_sent_nor_looked_up(
    page: Page, host: Host
) -> None:
    widget = at(page, host)
    widget.ask("你好")
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    widget.composer.evaluate(
        """field => {
          field.value = "tui";
          field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true, isComposing: true }));
          field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, composed: true, isComposing: true }));
        }"""
    )
    page.evaluate("() => new Promise((done) => setTimeout(done, 400))")
    assert [url for url in asked if "/widget/v1/" in url] == []
    expect(widget.composer).to_have_value("tui")


def test_a_picture_opens_large(page: Page, host: Host) -> None:
    widget = at(page, host)
    block = [
        {"tag": "img", "attrs": {"src": "/help/images/a.svg", "alt": "按钮在右下角"}},
        {"tag": "img", "attrs": {"src": "https://evil.example/b.png", "alt": "别处的图"}},
        {"tag": "a", "attrs": {"href": "javascript:alert(1)"}, "children": ["点我"]},
        {"tag": "script", "children": ["alert(1)"]},
        {"tag": "iframe", "attrs": {"src": "https://evil.example"}, "children": []},
    ]

    def with_picture(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        body["messages"][-1]["answers"][0]["detail"] = block
        route.fulfill(response=answer, json=body)

    page.route("**/widget/v1/messages", with_picture)
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='900' height='600'/>"
    page.route(
        "**/help/images/a.svg",
        lambda route: route.fulfill(body=svg, content_type="image/svg+xml"),
    )
    answer = widget.ask("退货运费谁出")
    answer.locator("summary").click()
    detail = answer.locator(".detail")
    expect(detail).to_contain_text("别处的图")  # its description; it is not loaded
    expect(detail.locator("a, script, iframe")).to_have_count(0)
    small = detail.locator(".picture")
    small.click()
    large = widget.part("dialog.lightbox")
    expect(large.locator("img")).to_have_js_property("naturalWidth", 900)
    page.keyboard.press("Escape")
    expect(large).to_have_count(0)
    expect(widget.panel).to_be_visible()  # Esc closed the picture alone
    expect(small).to_be_focused()


def test_two_tabs_are_in_step(page: Page, host: Host) -> None:
    widget = at(page, host)
    page.goto(host.page("talk"))
    other = page.context.new_page()
    other.goto(host.page("talk"))
    mirror = Customer(other).open()
    widget.part(".launcher").click()
    widget.ask("退货运费谁出")
    expect(mirror.part(".most li").first).to_be_visible()
    mirror.part(".sheet.row").filter(has_text="继续").click()
    expect(mirror.messages).to_have_count(2)
    mirror.ask("发票怎么开")
    expect(widget.messages).to_have_count(4)
    widget.messages.last.locator(".verdict").first.click()
    expect(mirror.messages.nth(3).locator(".judged")).to_be_visible()
    expect(mirror.messages).to_have_count(5)
    assert mirror.kept()["visit"] == widget.kept()["visit"]


def test_starting_in_two_tabs_at_once_makes_one_visit(page: Page, host: Host) -> None:
    begun: list[str] = []
    page.context.on(
        "request",
        lambda r: (
            begun.append(r.url) if r.url.endswith("/sessions") and r.method == "POST" else None
        ),
    )
    other = page.context.new_page()
    for one in (page, other):
        one.goto(host.page("talk"))
        expect(Customer(one).part(".launcher")).to_be_visible()
    page.evaluate("Zhike.open()")
    other.evaluate("Zhike.open()")
    for one in (page, other):
        expect(Customer(one).part(".most li")).to_have_count(6)
    assert len(begun) == 1
