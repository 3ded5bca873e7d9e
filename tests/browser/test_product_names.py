"""Products where people write and review: shown, found and typed by name, kept by id."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import faults_of, sign_in
from tests.browser.service import Service
from tests.browser.writing import taken_up

pytestmark = pytest.mark.browser

FRIDGE = "霜序 452 法式多门冰箱"


def test_products_are_shown_and_typed_by_name(service: Service, chromium: Browser) -> None:
    editor = sign_in(service, chromium, "pen", "笔编辑", "editor")
    rule = {"kind": "guide", "title": "滤网", "body": "每月洗一次。", "products": ["unheard-of"]}
    editor.api("POST", "/entries", {"id": "filter-wash", "content": rule})
    page = editor.context.new_page()
    faults = faults_of(page)
    page.goto(f"{service.base}/desk/entries/filter-wash/edit")
    taken_up(page)
    page.keyboard.press("Alt+2")
    field = page.locator("#field-products")
    chips = page.locator("[data-field=products] .chip")
    expect(chips).to_have_text(["unheard-of"])
    field.focus()
    page.keyboard.type("法式")
    options = page.locator("#products-list [role=option]")
    expect(options).to_have_text([f"{FRIDGE} frost-452"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("岚舍 mira 5")
    page.keyboard.press("Enter")
    page.keyboard.type("breeze-26,")
    expect(chips).to_have_text(["unheard-of", FRIDGE, "岚舍 Mira 5", "清和大1匹挂机"])
    expect(chips.nth(1)).to_have_attribute("title", "frost-452")
    page.get_by_role("button", name=f"去掉 {FRIDGE}").click()
    page.keyboard.press("Control+s")
    expect(page.locator("#editor-saved")).to_have_text("已存为版本 2")
    stored = editor.api("GET", "/entries/filter-wash")["content"]["products"]
    assert stored == ["unheard-of", "mira-5", "breeze-26"]
    page.goto(f"{service.base}/desk/entries/filter-wash/revisions/2")
    expect(page.locator("#review")).to_contain_text("清和大1匹挂机")
    assert faults == []
    editor.context.close()
