"""axe-core over every state of the console and its desk pages, in both languages and schemes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.service import Api, Service

pytestmark = pytest.mark.browser

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 360, "height": 740}
# Each state is looked at twice, so that every language, scheme and width is seen in every state.
APPEARANCES: dict[str, dict[str, Any]] = {
    "zh-light-1280": {"locale": "zh-CN", "color_scheme": "light", "viewport": WIDE},
    "en-dark-360": {"locale": "en-GB", "color_scheme": "dark", "viewport": NARROW},
}
THREAT = "这已经是第三次找你们了！！再不解决我就打12315，邮箱 a@b.cn"


@dataclass
class Shown:
    """A page to bring into a state, and the contacts that were made for it."""

    page: Page
    base: str
    angry: str
    closed: str
    case: str

    def go(self, path: str) -> None:
        """Opens a page of the service; the console when it takes what is typed."""
        self.page.goto(self.base + path)
        if path.startswith("/agent"):
            expect(self.page.locator("#contacts")).to_have_attribute("aria-busy", "false")

    def ask(self, text: str) -> None:
        """The scratch contact with answers to `text`."""
        self.go(f"/agent?q={text}")
        expect(self.page.locator(".reply-body .sentence").first).to_be_visible()
        expect(self.page.locator("#progress")).to_be_hidden()

    def press(self, *combos: str) -> None:
        """Keys, one after the other."""
        for combo in combos:
            self.page.keyboard.press(combo)

    def sees(self, selector: str) -> None:
        """Waits until it is on the screen."""
        expect(self.page.locator(selector).first).to_be_visible()


def scratch(shown: Shown) -> None:
    shown.go("/agent")
    shown.sees("#reply .empty")


def answered(shown: Shown) -> None:
    shown.ask("退款多久到账")


def past_day(shown: Shown) -> None:
    shown.ask("双11满多少送空气炸锅")
    shown.page.locator("#asof").fill("2025-11-03")
    shown.sees("#asof-banner")
    expect(shown.page.locator("#answers")).to_contain_text("3,000")


def unanswered(shown: Shown) -> None:
    shown.go("/agent?q=公积金能提出来买家电吗")
    shown.sees("#answers [role=option]")


def editing_a_red_figure(shown: Shown) -> None:
    answered(shown)
    shown.press("Alt+e")
    shown.page.keyboard.type("退款会在 97 个工作日内到账。")
    shown.sees(".draft-layer .figure.wrong, .draft-figures :not(:empty)")


def own_draft_changes(shown: Shown) -> None:
    editing_a_red_figure(shown)
    shown.press("Escape")
    shown.sees(".reply-body.own")


def reading(shown: Shown) -> None:
    answered(shown)
    shown.press("ArrowDown", "ArrowRight")
    shown.sees("#reader article.entry h1")


def live_with_reasons(shown: Shown) -> None:
    shown.go(f"/agent?contact={shown.angry}")
    shown.sees("#risk [data-part=grade]")
    shown.page.locator("#risk .risk-toggle").click()
    shown.sees("#risk-details")


def palette(shown: Shown) -> None:
    answered(shown)
    shown.press("Alt+p")
    shown.page.keyboard.type("tkjd")
    shown.sees(".palette-preview .canned-text")


def canned_editor(shown: Shown) -> None:
    palette(shown)
    shown.press("Control+s")
    shown.sees("dialog.canned-editor")


def changes(shown: Shown) -> None:
    shown.go("/agent")
    shown.press("Alt+l")
    shown.sees("#changes .changes-head")


def versions(shown: Shown) -> None:
    shown.ask("发货晚了有补偿吗")
    shown.press("Alt+b")
    shown.sees("dialog[open] td")


def steps(shown: Shown) -> None:
    shown.go("/agent?q=空调开了不凉怎么办")
    shown.sees(".steps-offer")
    shown.press("Alt+s")
    shown.sees("#steps [data-step]")
    shown.press("2", "2")
    shown.sees("#steps .crumbs li")


def scenarios(shown: Shown) -> None:
    shown.go("/agent?q=手机能用多久 玩游戏呢")
    shown.sees(".scenario-panel tr.fits")


def similar(shown: Shown) -> None:
    shown.ask("扫地机老是掉线,这周第三次打来了")
    shown.press("Alt+c")
    shown.sees("#cases article")


def hand_over(shown: Shown) -> None:
    shown.go(f"/agent?contact={shown.angry}")
    shown.sees("#risk [data-part=grade]")
    shown.press("Alt+h")
    shown.sees("dialog[open] #handover-groups [role=option]")


def case_writer(shown: Shown) -> None:
    shown.go(f"/agent?contact={shown.closed}")
    shown.sees(".case-offer")
    shown.press("Alt+k")
    shown.sees("dialog[open] textarea")


def key_sheet(shown: Shown) -> None:
    scratch(shown)
    shown.press("?")
    shown.sees("dialog#keys kbd")


def outdated(shown: Shown) -> None:
    shown.ask("公司采购怎么开专用发票")
    shown.press("Alt+o")
    shown.sees("dialog[open] input[type=radio]")


def case_desk(shown: Shown) -> None:
    shown.go(f"/desk/cases?case=case-{shown.case}")
    shown.sees("#case-review h2")


def sign_in(shown: Shown) -> None:
    shown.page.context.clear_cookies()
    shown.go("/login")


def entries(shown: Shown) -> None:
    shown.go("/desk/entries")


def entry(shown: Shown) -> None:
    shown.go("/entries/return-7-days?as_of=2025-03-01")


def freshness(shown: Shown) -> None:
    shown.go("/desk/freshness")
    shown.sees("#board[data-ready]")
    shown.page.locator(".damage-bar").first.hover()
    shown.sees(".damage-why")


def putting_off(shown: Shown) -> None:
    shown.go("/desk/freshness")
    shown.sees("#board[data-ready]")
    shown.press("j", "s")
    shown.sees("dialog[open] .ask-quick")


def my_tasks(shown: Shown) -> None:
    shown.go("/desk")
    shown.sees("#tasks[data-ready]")


def contradictions(shown: Shown) -> None:
    shown.go("/desk/freshness/conflicts")
    shown.sees(".pair mark")


def calendar(shown: Shown) -> None:
    shown.go("/desk/freshness/calendar")
    shown.sees("#calendar[data-ready] .day")


def ripple(shown: Shown) -> None:
    shown.go("/desk/freshness/ripple?entry=price-protect")
    shown.sees("#ripple[data-ready] .touched")


def digest(shown: Shown) -> None:
    shown.go("/desk/freshness/digest?owner=安装维修组")
    shown.sees("article.letter")


def link_check(shown: Shown) -> None:
    shown.go("/desk/freshness/links")
    shown.sees("#links[data-ready] .link-list")


def importing(shown: Shown) -> None:
    shown.go("/desk/import")
    shown.sees("#exchange[data-ready] #import-history[aria-busy=false]")


def import_rows(shown: Shown) -> None:
    importing(shown)
    table = "question,answer,备注\n空调安装要收费吗？,另算,x\n坏的,,\n".encode()
    file = FilePayload(name="问答.csv", mimeType="text/csv", buffer=table)
    shown.page.set_input_files("#import-files", [file])
    shown.page.locator("#import-start").click()
    shown.sees(".import-rows")


def import_row(shown: Shown) -> None:
    import_rows(shown)
    shown.page.locator(".tile[data-filter=duplicates]").click()
    shown.page.locator("tr[data-row='1'] .more button").click()
    shown.sees(".row-beside")


def import_question(shown: Shown) -> None:
    import_rows(shown)
    shown.page.locator("#run-apply").click()
    shown.sees("dialog[open] .apply-counts")


def hit_testing(shown: Shown) -> None:
    shown.go("/desk/test?q=tuihuo yunfei shei chu&as_of=2026-11-01")
    expect(shown.page.locator(".hit-result").first).to_be_visible(timeout=120_000)
    shown.page.locator(".hit-scores > summary").first.click()
    shown.page.locator(".hit-all > summary").first.click()
    shown.sees(".hit-all dd")


def hit_batch(shown: Shown) -> None:
    shown.go("/desk/test?view=batch")
    shown.sees("[data-ready] #hit-runs[aria-busy=false]")
    table = "question,expects\n退款多久到账,install-ac\n双11买的能保价吗,price-protect\n,x\n"
    shown.page.locator("#hit-text").fill(table)
    shown.sees(".hit-faults li")


def hit_run(shown: Shown) -> None:
    hit_batch(shown)
    shown.page.locator("#hit-new [type=submit]").click()
    shown.sees(".hit-figures")
    shown.sees(".hit-table tbody tr")


def hit_comparison(shown: Shown) -> None:
    hit_run(shown)
    hit_run(shown)
    shown.page.locator(".hit-with select").select_option(index=1)
    shown.sees(".hit-versus")


def hit_questions(shown: Shown) -> None:
    hit_testing(shown)
    shown.press("Alt+s")
    shown.sees("[data-save][aria-pressed=true]")
    shown.go("/desk/test?view=questions")
    shown.page.locator("[data-question] .act button").first.click()
    shown.sees("dialog[open] #hit-q-expects")


def impact(shown: Shown) -> None:
    shown.go("/desk/entries/return-7-days/edit")
    shown.sees("[data-ready]")
    shown.page.locator("#tab-impact").click()
    shown.page.locator(".impact-idle .btn").click()
    expect(shown.page.locator(".impact-verdict")).to_be_visible(timeout=120_000)


def writing(shown: Shown) -> None:
    shown.go("/desk/entries/ac-not-cooling/edit")
    shown.sees("#editor[data-ready]")


def writing_new(shown: Shown) -> None:
    shown.go("/desk/entries/new?kind=faq&title=新的")
    shown.sees("#editor[data-ready]")
    shown.page.locator("#editor-body").fill("# 一级\n\n| a | b |\n| --- | --- |\n| 1 | 2 |")
    shown.press("Alt+e")
    shown.sees(".problems-list button")
    shown.page.locator("#editor-body").press("Control+End")
    shown.sees("#editor-table-tools")


def writing_fields(shown: Shown) -> None:
    shown.go("/desk/entries/reply-account-deletion/edit")
    shown.sees("#editor[data-ready]")
    shown.press("Alt+2")
    shown.page.locator("#field-effective_until").fill("2020-01-01")
    shown.page.locator("#field-tags").fill("退")
    shown.sees("#tags-list [role=option]")


def linking(shown: Shown) -> None:
    writing(shown)
    shown.press("Alt+1", "Control+k")
    shown.page.locator("#link-target").fill("退款")
    shown.sees("#link-found [role=option]")


def submitting(shown: Shown) -> None:
    writing(shown)
    shown.press("Control+Enter")
    shown.sees("#submit-note")


def merging(shown: Shown) -> None:
    path = "/desk/entries/lock-setup/edit"
    shown.go(path)
    shown.sees("#editor[data-ready]")
    title = shown.page.locator("#editor-title").input_value()
    other = shown.page.context.new_page()
    other.goto(shown.base + path)
    expect(other.locator("#editor")).to_have_attribute("data-ready", "")
    other.locator("#editor-title").fill(f"{title}，先存的")
    other.keyboard.press("Control+s")
    expect(other.locator("#editor-saved.good-text")).to_be_visible()
    shown.page.locator("#editor-title").fill(f"{title}，后存的")
    shown.press("Control+s")
    shown.sees("#editor-merge[open] .merge-card.undecided")


def not_found(shown: Shown) -> None:
    shown.go("/entries/no-such-entry")


def selected_entries(shown: Shown) -> None:
    shown.go("/desk/entries")
    shown.sees("#entries[data-ready]")
    shown.press("j", "x")
    shown.sees("#bulk-bar")


def bulk_edit(shown: Shown) -> None:
    selected_entries(shown)
    shown.press("b")
    shown.page.locator("#bulk-add_tags").fill("门店")
    shown.press("Enter")
    shown.sees(".bulk-table tr[data-outcome]")


def version(shown: Shown) -> None:
    shown.go("/desk/entries/return-7-days/revisions/3")
    shown.sees("#review[data-ready]")
    shown.press("n", "c")
    shown.sees(".composer textarea:focus")


def version_beside(shown: Shown) -> None:
    shown.go("/desk/entries/return-7-days/revisions/3?view=side")
    shown.sees("#review[data-ready]")
    shown.page.locator("#review-ripple button").click()
    shown.sees("#review-ripple li, #review-ripple p")


def version_step(shown: Shown) -> None:
    shown.go("/desk/entries/return-7-days/revisions/3")
    shown.sees("#review[data-ready]")
    shown.page.locator("[data-step=withdraw]").click()
    shown.sees("dialog[open] #step-note")


STATES: list[Callable[[Shown], None]] = [
    scratch, answered, past_day, unanswered, editing_a_red_figure, own_draft_changes, reading,
    live_with_reasons, palette, canned_editor, changes, versions, steps, scenarios, similar,
    hand_over, case_writer, key_sheet, outdated, case_desk, entries, selected_entries, bulk_edit, version,
    version_beside, version_step, entry, freshness,
    putting_off, my_tasks, contradictions, calendar, ripple, digest, link_check, not_found,
    importing, import_rows, import_row, import_question,
    hit_testing, hit_batch, hit_run, hit_comparison, hit_questions, impact,
    writing, writing_new, writing_fields, linking, submitting, merging,
    sign_in,
]  # fmt: skip


@dataclass
class Contacts:
    """Contacts in the conditions that the states need."""

    angry: str
    closed: str
    case: str


@pytest.fixture(scope="module")
def contacts(api: Api, signed_in: dict[str, object]) -> Contacts:
    asked, told = "冰箱响得像打鼓，能换一台吗？", "签收次日起 7 天内确认性能故障，可以换货。"
    angry = api.contact("赵先生", "冰箱坏了三天没人管", THREAT, to="admin")
    ended = []
    for name in ("钱女士", "孙女士"):
        contact = api.contact(name, asked, to="admin")
        api.says(contact, told, role="agent")
        api.post(f"/contacts/{contact}/close", {})
        ended.append(contact)
    case = {
        "title": "换货的案例",
        "scene": "场景",
        "cause": "因",
        "handling": "办",
        "outcome": "果",
    }
    api.call("PUT", f"/contacts/{ended[1]}/case", {**case, "submit": True})
    return Contacts(angry, *ended)


@pytest.fixture
def shown(
    service: Service,
    chromium: Browser,
    signed_in: dict[str, object],
    contacts: Contacts,
    request: pytest.FixtureRequest,
) -> Iterator[Shown]:
    context = chromium.new_context(
        storage_state=signed_in,  # type: ignore[arg-type]
        reduced_motion="reduce",  # no colour is caught half-way
        **APPEARANCES[request.param],
    )
    page = context.new_page()
    yield Shown(page, service.base, contacts.angry, contacts.closed, contacts.case)
    context.close()


def faults(page: Page) -> list[str]:
    """What axe finds: the rule, and the element in which."""
    page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]} ({node['failureSummary']})"
            for rule in found for node in rule["nodes"]]  # fmt: skip


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
@pytest.mark.parametrize("shown", APPEARANCES, indirect=True)
def test_axe_finds_nothing(shown: Shown, state: Callable[[Shown], None]) -> None:
    state(shown)
    assert not faults(shown.page)


def test_axe_would_find_something(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/login")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert [fault for fault in faults(page) if fault.startswith("button-name")]
