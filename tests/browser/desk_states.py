"""Every state of the desk's pages, the reader and the sign-in page, and how to bring a page into it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import FilePayload, expect

from tests.browser.shown_page import Shown


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


DESK: list[Callable[[Shown], None]] = [
    case_desk, entries, selected_entries, bulk_edit, version, version_beside, version_step,
    entry, freshness, putting_off, my_tasks, contradictions, calendar, ripple, digest,
    link_check, not_found, importing, import_rows, import_row, import_question, hit_testing,
    hit_batch, hit_run, hit_comparison, hit_questions, impact, writing, writing_new,
    writing_fields, linking, submitting, merging, sign_in,
]  # fmt: skip
