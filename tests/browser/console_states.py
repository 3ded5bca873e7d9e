"""Every state of the console, and how to bring a page into it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.shown_page import Shown


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


CONSOLE: list[Callable[[Shown], None]] = [
    scratch, answered, past_day, unanswered, editing_a_red_figure, own_draft_changes, reading,
    live_with_reasons, palette, canned_editor, changes, versions, steps, scenarios, similar,
    hand_over, case_writer, key_sheet, outdated,
]  # fmt: skip
