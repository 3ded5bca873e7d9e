"""The freshness desk: the board in place, contradictions, the calendar, the ripple, my tasks."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.people import Colleague, faults_of, publish, sign_in, walk_to
from tests.browser.service import Service

pytestmark = pytest.mark.browser

RULE = {
    "kind": "policy",
    "title": "上门取件等待规则",
    "body": "## 等待\n\n快递员上门取件时最多等待 15 分钟，超时视为取消预约。\n",
    "audience": "customer",
}
FOLLOWS = {
    "kind": "faq",
    "title": "取件的快递员会等多久？",
    "body": "快递员上门取件时[最多等待](kb:pickup-wait) 15 分钟，超时视为取消预约，请提前准备好商品。\n",
    "audience": "customer",
    "depends_on": ["pickup-wait"],
}


@pytest.fixture(scope="module")
def editor(service: Service, chromium: Browser) -> Iterator[Colleague]:
    """Somebody of the group that keeps promotions."""
    person = sign_in(service, chromium, "bian", "林编辑", "editor")
    yield person
    person.context.close()


@pytest.fixture(scope="module")
def reviewer(service: Service, chromium: Browser) -> Iterator[Colleague]:
    """Who approves, and sets up teams."""
    person = sign_in(service, chromium, "shen", "沈审核", "reviewer")
    yield person
    person.context.close()


@pytest.fixture
def desk(editor: Colleague) -> Iterator[Page]:
    """A page of the editor's that fails on any script or console error."""
    page = editor.context.new_page()
    faults = faults_of(page)
    yield page
    page.close()
    assert not faults, faults


def opened(page: Page, service: Service, path: str) -> Page:
    """The page once its script listens."""
    page.goto(service.base + path)
    expect(page.locator("[data-ready]")).to_be_attached()
    return page


def row(page: Page, entry_id: str) -> Locator:
    return page.locator(f"tr[data-entry={entry_id}]")


def test_an_entry_is_verified_with_a_note_by_keys_alone(
    service: Service, desk: Page, reviewer: Colleague
) -> None:
    opened(desk, service, "/desk/freshness?state=review_overdue")
    overdue = desk.locator(".tile", has_text="逾期未复核").locator("b")
    before = int(overdue.inner_text())
    due = row(desk, "installment")
    walk_to(desk, due)
    desk.keyboard.press("v")
    expect(desk.get_by_role("dialog")).to_contain_text("核实无误")
    desk.keyboard.type("和财务核对过分期费率")
    desk.keyboard.press("Enter")
    expect(desk.locator("#toasts")).to_contain_text("已记为核实")
    expect(due).to_have_count(0)
    expect(overdue).to_have_text(str(before - 1))
    assert desk.evaluate("document.activeElement.matches('tr[data-entry]')")
    rows = reviewer.api("GET", "/entries/installment/audit")["audit"]
    assert rows[-1]["action"] == "verify"
    assert rows[-1]["detail"]["note"] == "和财务核对过分期费率"


def test_an_entry_is_put_off_until_a_day_and_woken(service: Service, desk: Page) -> None:
    opened(desk, service, "/desk/freshness")
    flawed = row(desk, "faq-price-protect-promo")
    walk_to(desk, flawed)
    desk.keyboard.press("s")
    asked = desk.get_by_role("dialog")
    asked.get_by_role("button", name=re.compile("两周后")).click()
    expect(asked.get_by_label("暂缓到哪一天")).to_have_value(re.compile(r"\d{4}-\d\d-\d\d"))
    asked.get_by_label("为什么").fill("等市场部确认")
    asked.get_by_role("button", name="暂缓").last.click()
    expect(desk.locator("#toasts")).to_contain_text("已暂缓到")
    expect(flawed).to_have_count(0)
    desk.locator(".tile", has_text="已暂缓").click()
    expect(desk).to_have_url(re.compile("snoozed=only"))
    expect(flawed).to_contain_text("等市场部确认")
    walk_to(desk, flawed)
    desk.keyboard.press("w")
    expect(flawed).to_have_count(0)
    desk.go_back()
    expect(flawed).to_contain_text("依据已变更")


def test_an_entry_is_handed_to_somebody_else(service: Service, desk: Page) -> None:
    opened(desk, service, "/desk/freshness?owner=会员组")
    first = desk.locator("tr[data-entry]").first
    name = first.get_attribute("data-entry")
    assert name
    first.locator("summary").click()
    first.get_by_role("button", name="转交").click()
    asked = desk.get_by_role("dialog")
    expect(asked.get_by_label("负责")).to_have_value("会员组")
    asked.get_by_label("负责").fill("促销组")
    desk.keyboard.press("Enter")
    expect(desk.locator("#toasts")).to_contain_text("已转交")
    expect(row(desk, name)).to_have_count(0)  # it is not among those of the group any more
    desk.locator("#filters [name=owner]").select_option("促销组")
    expect(row(desk, name)).to_be_visible()


def test_the_bar_tells_what_it_is_made_of(service: Service, desk: Page) -> None:
    opened(desk, service, "/desk/freshness")
    bar = desk.locator(".damage-bar").first
    tip = desk.get_by_role("tooltip").first
    expect(tip).to_be_hidden()
    bar.focus()
    expect(tip).to_contain_text("风险")
    expect(tip).to_contain_text("× 时间 × 风险")
    desk.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_filters_act_in_place_and_can_be_gone_back_from(service: Service, desk: Page) -> None:
    opened(desk, service, "/desk/freshness")
    desk.evaluate("window.stayed = true")
    every = desk.locator("tr[data-entry]").count()
    desk.locator("#filters [name=kind]").select_option("faq")
    expect(desk).to_have_url(re.compile("kind=faq"))
    expect(desk.locator("tr[data-entry]").first).to_contain_text("常见问题")
    assert desk.locator("tr[data-entry]").count() < every
    desk.locator("#filters [name=product]").select_option(index=1)
    expect(desk).to_have_url(re.compile("product="))
    desk.get_by_label("只看与我有关").check()
    expect(desk).to_have_url(re.compile("mine="))
    expect(desk.locator(".empty")).to_contain_text("没有条目")
    desk.go_back()
    desk.go_back()
    desk.go_back()
    expect(desk.locator("tr[data-entry]")).to_have_count(every)
    expect(desk.locator("#filters [name=kind]")).to_have_value("")
    assert desk.evaluate("window.stayed") is True


def test_many_rows_come_in_portions(service: Service, desk: Page) -> None:
    opened(desk, service, "/desk/freshness?state=current")
    rows = desk.locator("tr[data-entry]")
    expect(rows).to_have_count(50)
    desk.get_by_role("link", name="再显示一些").click()
    expect(rows).to_have_count(100)
    expect(desk.locator("[data-part=foot]")).to_contain_text("已显示 100 /")
    assert desk.evaluate(
        "document.activeElement === document.querySelectorAll('tr[data-entry]')[50]"
    )
    shown = desk.evaluate(
        "new Set([...document.querySelectorAll('tr[data-entry]')].map(r => r.dataset.entry)).size"
    )
    assert shown == 100


def test_rows_of_other_filters_do_not_come_late(service: Service, desk: Page) -> None:
    opened(desk, service, "/desk/freshness?state=current")
    desk.route(re.compile("offset="), lambda _: None)  # answered never, as it seems
    with desk.expect_request(re.compile("offset=")):
        desk.get_by_role("link", name="再显示一些").click()
    with desk.expect_event("requestfailed", lambda failed: "offset=" in failed.url):
        desk.locator("#filters [name=kind]").select_option("policy")
    expect(desk).to_have_url(re.compile("kind=policy"))
    expect(desk.locator("[data-part=list]")).not_to_have_attribute("aria-busy", "true")
    expect(desk.locator("#toasts > *")).to_have_count(0)


def test_nobody_vouches_for_a_version_they_have_not_seen(
    service: Service, editor: Colleague, reviewer: Colleague
) -> None:
    page = editor.context.new_page()  # the refusal stands in the console of the browser
    opened(page, service, "/desk/freshness?state=current&kind=policy")
    first = page.locator("tr[data-cured]").first
    name = first.get_attribute("data-entry")
    found = editor.api("GET", f"/entries/{name}")
    content = {**found["content"], "effective_from": None, "effective_until": None}
    number = publish(editor, reviewer, str(name), {**content, "title": content["title"] + "（新）"})
    walk_to(page, first)
    page.keyboard.press("v")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text(f"现在生效的是版本 {number}")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(first).to_be_focused()
    page.keyboard.press("a")
    page.get_by_role("dialog").get_by_label("负责").fill("促销组")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("刚有新的改动")
    assert editor.api("GET", f"/entries/{name}")["owner"] == found["owner"]
    page.close()


def test_a_contradiction_is_found_to_be_none_and_taken_back(service: Service, desk: Page) -> None:
    opened(desk, service, "/desk/freshness/conflicts?entry_id=repair-service")
    pair = desk.locator(".pair", has_text="上门费")
    expect(pair.locator("mark")).to_have_text(["80 元", "60 元"])
    first = pair.get_by_role("link", name="改这一条").first
    assert "/edit?find=" in (first.get_attribute("href") or "")
    over = pair.get_by_role("link", name="用这条取代对方").first
    assert "/edit?supersedes=" in (over.get_attribute("href") or "")
    desk.keyboard.press("j")
    desk.keyboard.press("n")
    desk.keyboard.type("一条讲过保，一条讲保内")
    desk.keyboard.press("Enter")
    expect(pair).to_have_count(0)
    desk.get_by_role("link", name=re.compile("已判定不冲突")).click()
    expect(pair).to_contain_text("一条讲过保，一条讲保内")
    expect(desk.locator("[data-ready]")).to_be_attached()
    desk.keyboard.press("j")
    desk.keyboard.press("u")
    expect(pair).to_have_count(0)
    opened(desk, service, "/desk/freshness/conflicts")
    expect(pair).to_have_count(1)


def test_the_ripple_of_a_published_change(
    service: Service, desk: Page, editor: Colleague, reviewer: Colleague
) -> None:
    publish(editor, reviewer, "pickup-wait", RULE)
    publish(editor, reviewer, "faq-pickup-wait", FOLLOWS)
    changed = {**RULE, "body": RULE["body"].replace("15 分钟", "30 分钟")}
    publish(editor, reviewer, "pickup-wait", changed)
    opened(desk, service, "/desk/freshness/ripple")
    desk.get_by_role("link", name=re.compile("上门取件等待规则")).click()
    touched = desk.locator(".touched[data-entry=faq-pickup-wait]")
    expect(touched).to_contain_text("以它为依据")
    expect(touched).to_contain_text("写着旧数字")
    expect(touched).to_contain_text("依据已变更")
    expect(touched.locator("del")).to_have_text("15")
    expect(touched.locator("ins")).to_have_text("30")
    apply = touched.get_by_role("link", name="套用这个改法").get_attribute("href") or ""
    assert apply.startswith("/desk/entries/faq-pickup-wait/edit?replace=")
    expect(desk.locator("[data-ready]")).to_be_attached()
    walk_to(desk, touched)
    with desk.expect_request(lambda request: "/edit?replace=" in request.url) as asked:
        desk.keyboard.press("e")
    assert "kb%3Apickup-wait" in asked.value.url  # the line as it stands in the source
    opened(desk, service, "/desk/freshness/ripple?entry=pickup-wait")
    touched.get_by_role("button", name="仍然正确").click()
    expect(touched).to_contain_text("已复核")


def test_the_calendar_shows_what_comes(service: Service, desk: Page) -> None:
    opened(desk, service, "/desk/freshness/calendar")
    day = desk.locator("#d-2026-12-01")
    expect(desk.locator(".month").first).to_be_visible()
    if day.count():  # what the content plans lies ahead for as long as that day has not come
        expect(day).to_contain_text("换版")
    expect(desk.locator(".passed")).to_contain_text("文中日期已过")
    desk.keyboard.press("j")
    assert desk.evaluate("document.activeElement.matches('.day')")
    desk.locator("#filters [name=days]").select_option("180")
    expect(desk).to_have_url(re.compile("days=180"))
    expect(desk.locator(".month")).to_have_count(7)


def test_my_tasks_from_both_sides(
    service: Service, desk: Page, editor: Colleague, reviewer: Colleague
) -> None:
    draft = {**RULE, "title": "夜间取件规则", "body": "夜间不上门取件。\n"}
    editor.api("POST", "/entries", {"id": "pickup-night", "content": draft})
    editor.api("POST", "/entries/pickup-night/revisions/1/submit", {})
    page = reviewer.page("/desk")
    task = page.locator("[data-id=pickup-night]")
    expect(task).to_contain_text("等我审核")
    expect(task.get_by_role("link", name="去审核")).to_have_attribute(
        "href", "/desk/entries/pickup-night/revisions/1"
    )
    reviewer.api(
        "POST", "/entries/pickup-night/revisions/1/reject", {"note": "请写明几点以后算夜间"}
    )
    page.close()
    reviewer.api("PUT", "/teams/促销组", {"members": ["林编辑"]})
    opened(desk, service, "/desk")
    back = desk.locator("[data-id=pickup-night]")
    expect(back).to_contain_text("沈审核 退回")
    expect(back).to_contain_text("请写明几点以后算夜间")
    kept = desk.locator(".task[data-entry]").first
    expect(kept).to_contain_text("促销组")
    name = kept.get_attribute("data-entry")
    walk_to(desk, kept)
    desk.keyboard.press("s")
    desk.keyboard.type("等负责人回来")
    desk.keyboard.press("Enter")
    expect(desk.locator(f"#list > section [data-entry={name}]")).to_have_count(0)
    desk.locator("#snoozed summary").click()
    put_off = desk.locator(f"#snoozed [data-entry={name}]")
    expect(put_off).to_contain_text("等负责人回来")
    put_off.get_by_role("button", name="取消暂缓").click()
    expect(desk.locator(f"#list > section [data-entry={name}]")).to_have_count(1)


def test_an_agent_has_no_tasks_here(service: Service, chromium: Browser) -> None:
    agent = sign_in(service, chromium, "chen", "陈客服", "agent")
    page = agent.context.new_page()
    page.goto(f"{service.base}/desk")
    expect(page).to_have_url(re.compile("/agent$"))
    opened(page, service, "/desk/freshness")
    expect(page.locator("tr[data-entry]").first).to_be_visible()
    expect(page.locator("[data-act]")).to_have_count(0)
    agent.context.close()


def test_reviewers_read_what_each_owner_is_sent(service: Service, reviewer: Colleague) -> None:
    page = reviewer.page("/desk/freshness/digest")
    page.get_by_role("link", name=re.compile("安装维修组")).click()
    expect(page.locator("#letter-subject")).to_contain_text("知识待办：安装维修组有")
    expect(page.locator("article.letter pre")).to_contain_text("需要处理")
    page.close()


def test_the_list_of_keys(service: Service, desk: Page) -> None:
    opened(desk, service, "/desk/freshness")
    desk.keyboard.press("?")
    sheet = desk.get_by_role("dialog")
    for label in ("核实无误，可写备注", "暂缓，到某天再提醒", "转交", "下一条、上一条"):
        expect(sheet).to_contain_text(label)
    desk.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    desk.keyboard.press("v")  # no row is chosen
    expect(desk.locator("#toasts")).to_contain_text("请先按 j 或 k 选一条")
