"""The widget on somebody else's page: it shows itself, obeys, and leaves the page alone."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import jwt
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.people import faults_of
from tests.browser.service import Service, run_command
from tests.browser.widget_host import Customer, Host, hosting

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WIDE = {"viewport": {"width": 1280, "height": 800}}
# What a page can be told apart by: its globals, and how every element of it looks.
STATE_OF_PAGE = """() => ({
  globals: Object.getOwnPropertyNames(window).sort(),
  styles: [document.documentElement, document.body, ...document.querySelectorAll("main, main *")].map((one) => {
    const style = getComputedStyle(one);
    return [one.tagName, one.className, one.getAttribute("style"), ...[...style].map((name) => style[name])].join();
  }),
  sheets: document.styleSheets.length + document.adoptedStyleSheets.length,
  head: document.head.children.length,
})"""
NOTING_USERS = "() => { window.told = []; for (const name of ['user', 'error']) Zhike.on(name, (told) => window.told.push(told)) }"
COUNTING = """
const own = (target) => target === window || target === document || target === visualViewport || target instanceof MediaQueryList;
const there = [], same = (one) => (other) => one.every((part, i) => part === other[i]);
const add = EventTarget.prototype.addEventListener, remove = EventTarget.prototype.removeEventListener;
EventTarget.prototype.addEventListener = function (type, listener, options) {
  if (own(this ?? window) && !there.some(same([this ?? window, type, listener]))) there.push([this ?? window, type, listener]);
  return add.call(this ?? window, type, listener, options);
};
EventTarget.prototype.removeEventListener = function (type, listener, options) {
  const at = there.findIndex(same([this ?? window, type, listener]));
  if (at >= 0) there.splice(at, 1);
  return remove.call(this ?? window, type, listener, options);
};
window.left = () => there.map(([, type]) => type);
"""


@pytest.fixture(scope="module")
def host(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with hosting(service, tmp_path_factory.mktemp("pages"), "--title", "安居客服") as made:
        yield made


@pytest.fixture
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of somebody who has never been here; any error in it fails the test."""
    options: dict[str, Any] = getattr(request, "param", WIDE)
    context = chromium.new_context(**{"locale": "zh-CN", **options})
    page = context.new_page()
    faults = faults_of(page)
    yield page
    context.close()
    assert not faults, faults


def test_the_first_screen(page: Page, host: Host) -> None:
    page.goto(host.page("first"))
    widget = Customer(page).open()
    expect(widget.panel).to_contain_text("有什么可以帮您？")
    expect(widget.part(".title")).to_have_text("安居客服")
    expect(widget.part(".search input")).to_be_focused()
    expect(widget.part(".most li")).to_have_count(6)
    box = widget.panel.bounding_box()
    assert box
    assert (box["width"], box["height"]) == (380, 600)
    widget.part(".most li button").nth(2).click()
    expect(widget.messages).to_have_count(2)
    expect(widget.part(".card").first).to_be_visible()


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_on_a_phone_it_fills_the_screen_and_keeps_the_focus(page: Page, host: Host) -> None:
    page.goto(host.page("phone"))
    widget = Customer(page).open()
    page.wait_for_function(  # it slides in
        """() => {
          const { x, y, width, height } = document.querySelector("zhike-widget").shadowRoot.querySelector(".panel").getBoundingClientRect();
          return x === 0 && y === 0 && width === 390 && height === 844;
        }"""
    )
    expect(widget.panel).to_have_attribute("aria-modal", "true")
    expect(widget.part("header .shut")).to_be_focused()  # no field: no keyboard that covers it
    inside = "() => document.activeElement === document.querySelector('zhike-widget')"
    for key in ["Tab"] * 15 + ["Shift+Tab"] * 20:
        page.keyboard.press(key)
        assert page.evaluate(inside)
    page.keyboard.press("Escape")
    expect(widget.panel).to_be_hidden()


def test_nothing_of_the_page_is_touched(page: Page, host: Host) -> None:
    page.goto(host.page("bare", tag=False))
    before = page.evaluate(STATE_OF_PAGE)
    page.goto(host.page("furnished", head='<link rel="x">'))
    widget = Customer(page).open()
    widget.ask("退货运费谁出")
    after = page.evaluate(STATE_OF_PAGE)
    assert set(after["globals"]) - set(before["globals"]) == {"Zhike"}
    assert after["styles"] == before["styles"]
    assert after["sheets"] == before["sheets"]
    assert after["head"] == before["head"] + 2  # the tag, and what this test put there


@pytest.mark.parametrize("page", [{**WIDE, "reduced_motion": "no-preference"}], indirect=True)
def test_it_opens_with_a_short_motion_to_its_place(page: Page, host: Host) -> None:
    page.goto(host.page("moving"))
    widget = Customer(page).open()
    widget.panel.evaluate("panel => Promise.all(panel.getAnimations().map((one) => one.finished))")
    assert widget.panel.evaluate("panel => getComputedStyle(panel).animationName") == "appear"
    box = widget.panel.bounding_box()
    assert box
    assert (box["x"], box["y"]) == (1280 - 20 - 380, 800 - 92 - 600)


def test_nothing_of_the_page_reaches_it(page: Page, host: Host) -> None:
    spoiling = '<link rel="stylesheet" href="spoiling.css">'
    page.goto(host.page("spoiled", head=spoiling, body='<div id="cover"></div>'))
    launcher = Customer(page).part(".launcher")
    expect(launcher).to_have_css("width", "56px")
    expect(launcher).to_have_css("background-color", "rgb(11, 100, 99)")
    widget = Customer(page).open()  # though something lies over the whole page
    expect(widget.panel).to_have_css("font-size", "15px")
    expect(widget.panel).to_have_css("color", "rgb(21, 34, 34)")
    expect(widget.panel).to_have_css("width", "380px")
    box = widget.panel.bounding_box()
    assert box
    assert (box["x"], box["y"]) == (1280 - 20 - 380, 800 - 92 - 600)


def test_a_strict_policy_is_kept(page: Page, host: Host) -> None:
    watch = "window.broken = []; addEventListener('securitypolicyviolation', (e) => broken.push(e.violatedDirective + ' ' + e.blockedURI));"
    page.goto(host.page("strict", before=watch))
    widget = Customer(page).open()
    widget.ask("七天无理由退货运费谁出")
    widget.part(".fold summary").first.click()
    expect(widget.part(".detail").first).to_be_visible()
    assert page.evaluate("broken") == []
    other = page.context.new_page()
    other.goto(page.url)
    other.evaluate("try { document.body.innerHTML = 'x' } catch {}")
    assert len(other.evaluate("broken")) == 1  # the policy is there, and heard of


def longest_work(chromium: Browser, page: Page, address: str) -> float:
    """Milliseconds of processor time that the longest task took in which the widget had a part,
    from loading the page to the open panel. Processor time, because the machine may be busy.
    """
    chromium.start_tracing(page=page, categories=["toplevel", "devtools.timeline"])
    page.goto(address)
    expect(Customer(page).part(".launcher")).to_be_visible()
    Customer(page).open()
    events = json.loads(chromium.stop_tracing())["traceEvents"]
    own = [e for e in events if "/widget.js" in str(e.get("args", {}).get("data", {}))]
    assert own
    return max(
        task["tdur"] / 1000
        for task in events
        if task["name"].endswith("RunTask") and "tdur" in task
        if any(
            e["tid"] == task["tid"] and task["ts"] <= e["ts"] <= task["ts"] + task["dur"]
            for e in own
        )
    )


def test_it_does_not_block_the_page(chromium: Browser, page: Page, host: Host) -> None:
    assert longest_work(chromium, page, host.page("fast")) <= 50


def test_blocking_would_be_noticed(chromium: Browser, page: Page, host: Host) -> None:
    def slow_down(route: Route) -> None:
        answer = route.fetch()
        busy = "{ let n = 0; for (let i = 0; i < 3e8; i += 1) n += i % 7; window.n = n; }"
        route.fulfill(response=answer, body=answer.text() + busy)

    page.route("**/widget.js", slow_down)
    assert longest_work(chromium, page, host.page("fast")) > 50


@pytest.mark.parametrize("color", ["#ffd54a", "#1a56db", "#7a7a7a", "#000", "not-a-colour"])
def test_attributes_of_the_tag(page: Page, host: Host, color: str) -> None:
    address = host.page("attributes", position="left", color=color, title="Shop", lang="en")
    page.goto(address)
    widget = Customer(page).open()
    expect(widget.panel).to_contain_text("How can we help?")
    expect(widget.part(".title")).to_have_text("Shop")
    expect(widget.part(".launcher")).to_have_css("left", "20px")
    widget.ask("can I return it")
    assert page.evaluate(CONTRASTS) == []


# Pairs of text and ground that are not far enough apart, by WCAG's own formula.
CONTRASTS = """() => {
  const root = document.querySelector("zhike-widget").shadowRoot;
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => channels(colour).slice(0, 3).map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4).reduce((all, c, i) => all + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (one) => { for (; one; one = one.parentElement) { const c = getComputedStyle(one).backgroundColor; if (channels(c)[3] !== 0) return c; } return "rgb(255, 255, 255)"; };
  return [...root.querySelectorAll(".panel *")].filter((one) => one.getClientRects().length && !one.disabled && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .map((one) => { const [a, b] = [light(getComputedStyle(one).color), light(ground(one))].sort((x, y) => y - x); return [one.className || one.tagName, one.textContent, (a + 0.05) / (b + 0.05)]; })
    .filter(([, , contrast]) => contrast < 4.5);
}"""


def test_settings_of_the_page_and_calls_before_it_is_ready(page: Page, host: Host) -> None:
    before = (
        "window.ZhikeSettings = { title: '设置里的标题', color: '#123456', context: { product: '扫地机' } };"
        "window.heard = [];"
        "window.Zhike = [['on', 'ready', () => heard.push('ready')], ['on', 'open', () => heard.push('open')], ['openWithQuestion', '退货运费谁出']];"
    )
    with page.expect_request("**/widget/v1/messages") as sent:
        page.goto(host.page("queued", before=before))
    assert sent.value.post_data_json["text"] == "退货运费谁出"
    assert sent.value.post_data_json["context"] == {
        "page": f"{host.origin}/queued.html",
        "product": "扫地机",
    }
    widget = Customer(page)
    expect(widget.part(".title")).to_have_text("设置里的标题")
    expect(widget.part(".card").first).to_be_visible()
    assert page.evaluate("heard") == ["open", "ready"]
    assert page.evaluate("Array.isArray(Zhike)") is False


def test_what_the_page_can_call(page: Page, host: Host) -> None:
    page.goto(host.page("calls", mode="hidden"))
    widget = Customer(page)
    page.evaluate("() => { Zhike.on('close', () => { window.closed_ = true }) }")
    page.locator("#field").focus()
    page.evaluate("Zhike.open()")
    expect(widget.panel).to_be_visible()
    expect(widget.part(".launcher")).to_have_count(0)
    page.evaluate("Zhike.close()")
    expect(widget.panel).to_be_hidden()
    expect(page.locator("#field")).to_be_focused()  # where it was before
    assert page.evaluate("closed_")
    page.evaluate("Zhike.toggle(); Zhike.openWithQuestion('发票怎么开', { send: false })")
    expect(widget.composer).to_have_value("发票怎么开")
    expect(widget.messages).to_have_count(0)
    page.evaluate("Zhike.setContext({ 'order.no': 'A1', 'bad name': 'x', empty: '' })")
    with page.expect_request("**/widget/v1/messages") as sent:
        widget.composer.press("Enter")
    assert set(sent.value.post_data_json["context"]) == {"page", "order.no"}


def signed(host: Host, **more: object) -> str:
    """What the site's own server would sign for a customer."""
    secrets = json.loads(run_command(host.service.data, "site", "secret", host.site, "--json"))
    claims = {"aud": host.site, "sub": "c-1", "name": "李雷", "exp": int(time.time()) + 300}
    return jwt.encode({**claims, "jti": token_hex(), **more}, secrets["identity"], "HS256")


def test_who_the_customer_is(page: Page, host: Host) -> None:
    page.goto(host.page("known"))
    page.evaluate(NOTING_USERS)
    page.evaluate("(token) => Zhike.setUser(() => Promise.resolve(token))", signed(host))
    widget = Customer(page).open()  # nobody is asked before there is a visit
    page.wait_for_function("() => told.length === 1")
    assert page.evaluate("told[0].verified") is True
    widget.part(".below .row").last.click()
    widget.part(".card.waiting summary").click()
    expect(widget.part(".told")).to_contain_text("您的身份已核实")


def test_another_customer_at_the_same_machine_begins_a_visit_of_their_own(
    chromium: Browser, host: Host
) -> None:
    page = chromium.new_context(locale="zh-CN").new_page()  # the browser notes the refusal
    page.goto(host.page("shared"))
    page.evaluate(NOTING_USERS)
    page.evaluate("(token) => Zhike.setUser(token)", signed(host))
    widget = Customer(page).open()
    page.wait_for_function("() => told.length === 1")
    widget.ask("发票怎么开")
    before = widget.kept()["visit"]
    held: list[Route] = []
    # What was said before is on its way meanwhile.
    page.route(
        "**/widget/v1/conversation*",
        lambda route: route.continue_() if held else held.append(route),
    )
    page.reload()
    page.evaluate(NOTING_USERS)
    with page.expect_request("**/widget/v1/conversation*"):
        widget.part(".launcher").click()
    page.evaluate("(token) => Zhike.setUser(token)", signed(host, sub="c-2", name="韩梅梅"))
    page.wait_for_function("() => told.length === 1")
    assert page.evaluate("told[0].verified") is True
    assert widget.kept()["visit"] != before
    with page.expect_event("requestfinished", lambda r: "/conversation" in r.url):
        held[0].fulfill(json={"messages": [{"number": 1, "role": "customer", "kind": "said", "text": "发票怎么开"}]},
                        headers={"Access-Control-Allow-Origin": "*"})  # fmt: skip
    widget.ask("退货运费谁出")
    expect(widget.messages).to_have_count(2)
    expect(widget.panel).not_to_contain_text("发票怎么开")
    page.context.close()


def test_only_the_last_word_on_who_the_customer_is_counts(page: Page, host: Host) -> None:
    page.goto(host.page("twice"))
    page.evaluate(NOTING_USERS)
    Customer(page).open()
    page.evaluate("() => Zhike.setUser(() => new Promise((done) => { window.late = done; }))")
    page.evaluate("(token) => Zhike.setUser(token)", signed(host, sub="c-2"))
    page.wait_for_function("() => told.length === 1")
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if r.url.endswith("/identity") else None)
    page.evaluate("async (token) => { late(token); await null; }", signed(host))
    Customer(page).ask("你好")
    assert asked == []
    assert page.evaluate("told.length") == 1


def test_a_forged_identity_is_refused(chromium: Browser, host: Host) -> None:
    page = chromium.new_context(locale="zh-CN").new_page()  # the browser notes the refusal
    page.goto(host.page("forged"))
    page.evaluate("() => { window.told = []; Zhike.on('error', (told) => window.told.push(told)) }")
    Customer(page).open()
    page.evaluate("(token) => Zhike.setUser(token)", signed(host, aud="another"))
    page.wait_for_function("() => told.length === 1")
    assert page.evaluate("told") == [{"what": "user", "status": 403}]
    page.context.close()


def test_destroying_it_leaves_nothing(page: Page, host: Host) -> None:
    address = host.page("gone", before=COUNTING)
    page.goto(address)
    expect(Customer(page).part(".launcher")).to_be_visible()
    widget = Customer(page).open()
    widget.ask("退货运费谁出")
    token = widget.kept()["token"]
    assert page.evaluate("left()") != []
    with page.expect_response(lambda r: r.request.method == "DELETE") as ended:
        page.evaluate("Zhike.destroy()")
    assert ended.value.status == 204
    expect(page.locator("zhike-widget")).to_have_count(0)
    assert page.evaluate("[typeof Zhike, localStorage.length, left()]") == ["undefined", 0, []]
    asked = page.request.get(
        f"{host.service.base}/widget/v1/conversation", headers={"Authorization": f"Bearer {token}"}
    )
    assert asked.status == 401
    page.reload()
    Customer(page).open()


def test_by_keyboard(page: Page, host: Host) -> None:
    page.goto(host.page("keys"))
    widget = Customer(page)
    expect(widget.part(".launcher")).to_be_visible()
    page.locator("#field").focus()
    page.keyboard.press("Tab")
    expect(widget.part(".launcher")).to_be_focused()
    page.keyboard.press("Enter")
    expect(widget.part(".search input")).to_be_focused()
    page.keyboard.type("退货运费谁出")
    page.keyboard.press("Enter")
    expect(widget.part(".verdict").first).to_be_visible()
    expect(widget.composer).to_be_focused()
    expect(widget.part("[aria-live=polite].sr")).to_contain_text("智能助手")
    page.keyboard.type("一行")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("又一行")
    expect(widget.composer).to_have_value("一行\n又一行")
    for _ in range(10):
        page.keyboard.press("Shift+Tab")
        if widget.part(".verdict").first.evaluate("one => one === one.getRootNode().activeElement"):
            break
    page.keyboard.press("Space")
    expect(widget.part(".judged")).to_contain_text("已标记为解决")
    expect(widget.composer).to_be_focused()
    page.keyboard.press("Escape")
    expect(widget.panel).to_be_hidden()
    expect(widget.part(".launcher")).to_be_focused()


def test_in_a_frame_of_a_listed_page(page: Page, host: Host) -> None:
    address = f"{host.service.base}/widget/frame?site={host.site}"
    page.goto(host.page("framing", tag=False, body=f'<iframe src="{address}"></iframe>'))
    frame = page.frame_locator("iframe")
    expect(frame.locator("zhike-widget .most li")).to_have_count(6)
    frame.locator("zhike-widget .most li button").first.click()
    expect(frame.locator("zhike-widget .card").first).to_be_visible()
    expect(frame.locator("zhike-widget header .shut")).to_have_count(0)


def test_not_in_a_frame_of_any_other(chromium: Browser, host: Host) -> None:
    page = chromium.new_context().new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    address = f"{host.service.base}/widget/frame?site=help"
    page.goto(host.page("foreign", tag=False, body=f'<iframe src="{address}"></iframe>'))
    assert any("frame-ancestors" in text for text in refused)
    assert page.frame_locator("iframe").locator("zhike-widget").count() == 0
    page.context.close()


def test_on_a_page_that_is_not_listed(
    chromium: Browser, service: Service, host: Host, tmp_path: Path
) -> None:
    with hosting(service, tmp_path) as stranger:
        stranger.site = host.site
        page = chromium.new_context(locale="zh-CN").new_page()
        page.goto(stranger.page("stolen"))
        Customer(page).part(".launcher").click()
        expect(Customer(page).part(".failure")).to_contain_text("暂时连接不上")
        expect(Customer(page).part(".failure button")).to_have_text("重试")
        page.context.close()
