"""What is pasted, dropped and uploaded into a text, and text that would like to be more than that."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.people import Colleague, sign_in
from tests.browser.service import Service
from tests.browser.writing import OpenPage, body, put, strict_pages
from tests.hostile_strings import HOSTILE
from tests.office_files import png

pytestmark = pytest.mark.browser

PASTE = """([kind, html, text]) => {
  const data = new DataTransfer();
  if (html) data.setData("text/html", html);
  if (text) data.setData("text/plain", text);
  const area = document.querySelector("textarea.area:not([hidden])");
  area.focus();
  area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
PICTURE = """([kind, bytes, name]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
  const area = document.querySelector("textarea.area:not([hidden])");
  area.focus();
  const made = kind === "paste"
    ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
    : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
  area.dispatchEvent(made);
}"""


@pytest.fixture(scope="module")
def editor(service: Service, chromium: Browser) -> Colleague:
    return sign_in(service, chromium, "pen", "笔编辑", "editor")


@pytest.fixture
def desk(editor: Colleague) -> Iterator[OpenPage]:
    yield from strict_pages(editor)


def test_tables_of_excel_become_markdown(desk: OpenPage) -> None:
    page = desk("/desk/entries/new?kind=policy&title=收费")
    excel = (
        "<html><head><style>td{mso-x:1}</style></head><body><table>"
        "<tr><td colspan=3>上门收费</td></tr><tr><td>型号</td><td>项目</td><td>费用</td></tr>"
        "<tr><td rowspan=2>挂机</td><td>清洗</td><td>30|元</td></tr>"
        "<tr><td>拆装</td><td>120<br>元起</td></tr></table></body></html>"
    )
    page.evaluate(PASTE, ["paste", excel, "上门收费\t\t\n"])
    assert body(page).strip() == (
        "**上门收费**\n\n| 型号 | 项目 | 费用 |\n| --- | --- | --- |\n"
        "| 挂机 | 清洗 | 30\\|元 |\n| 挂机 | 拆装 | 120 元起 |"
    )
    expect(page.locator(".toast")).to_contain_text("3 行 3 列")
    expect(page.locator("#editor-preview th")).to_have_text(["型号", "项目", "费用"])
    page.keyboard.press("Control+z")
    assert body(page) == ""
    page.evaluate(PASTE, ["paste", "", '城市\t时效\n上海\t"次日\n达"\n成都\t3 天\n'])
    made = "| 城市 | 时效 |\n| --- | --- |\n| 上海 | 次日 达 |\n| 成都 | 3 天 |"
    assert body(page).strip() == made
    before = body(page)
    # Text beside a table and code are pasted by the browser as they are.
    mixed = "<p>一段话</p><table><tr><td>a</td><td>b</td></tr></table>"
    page.evaluate(PASTE, ["paste", mixed, "x"])
    page.evaluate(PASTE, ["paste", "", "if x:\n\treturn 1\n"])
    assert body(page) == before
    put(page, "看官网")
    page.locator("#editor-body").select_text()
    page.evaluate(PASTE, ["paste", "", "https://example.com/a"])
    assert body(page) == "[看官网](https://example.com/a)"


def test_pictures_by_button_paste_and_drop(desk: OpenPage) -> None:
    page = desk("/desk/entries/new?kind=guide&title=图片")
    put(page, "开头\n\n结尾")
    page.locator("#editor-file").set_input_files(
        {"name": "滤网位置.png", "mimeType": "image/png", "buffer": png(2)}
    )
    expect(page.locator("#editor-preview img")).to_have_count(1)
    assert re.search(r"结尾\n\n!\[滤网位置\]\(image:[0-9a-f]{64}\.png\)", body(page))
    page.evaluate(PICTURE, ["paste", list(png(3)), "image.png"])
    expect(page.locator("#editor-preview img")).to_have_count(2)
    page.keyboard.type("接口在左边")  # the description waits to be typed over
    assert "![接口在左边](image:" in body(page)
    page.evaluate(PICTURE, ["drop", list(png(4)), "铭牌.png"])
    expect(page.locator("#editor-preview img")).to_have_count(3)
    for width, picture in enumerate(page.locator("#editor-preview img").all(), 2):
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("naturalWidth", width)
    before = body(page)
    page.locator("#editor-file").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    expect(page.locator(".upload.bad")).to_contain_text("只能上传 PNG、JPEG、GIF 和 WebP")
    assert body(page) == before


def test_a_picture_done_late_goes_into_its_own_text(desk: OpenPage) -> None:
    """Whatever has the focus by then: a field of another part, or a dialog over the page."""
    page = desk("/desk/entries/new?kind=guide&title=慢网")
    put(page, "开头")
    held: list[Route] = []
    page.route("**/api/v1/images", lambda route: held.append(route))
    pictures = "textarea => textarea.value.match(/image:[0-9a-f]{64}[.]png/g).length"
    text = page.locator("#editor-body")
    with page.expect_request("**/api/v1/images"):
        page.evaluate(PICTURE, ["drop", list(png(6)), "铭牌.png"])
    page.keyboard.press("Alt+2")
    tags = page.locator("#field-tags")
    tags.press_sequentially("春")
    held.pop().continue_()
    expect(page.locator("#editor-preview img")).to_have_count(1)
    expect(tags).to_be_focused()
    expect(tags).to_have_value("春")
    assert text.evaluate(pictures) == 1
    page.keyboard.press("Alt+1")
    with page.expect_request("**/api/v1/images"):
        page.evaluate(PICTURE, ["drop", list(png(7)), "滤网.png"])
    page.keyboard.press("Control+k")
    field = page.locator("#editor-link-sheet input").first
    field.fill("退货")
    held.pop().continue_()
    expect(page.locator("#editor-preview img")).to_have_count(2)
    expect(field).to_have_value("退货")
    assert text.evaluate(pictures) == 2


def test_hostile_markdown_runs_nothing(desk: OpenPage) -> None:
    page = desk("/desk/entries/new?kind=guide&title=怪字")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda r: asked.append(r.url) if "127.0.0.1" not in r.url else None)
    printable = [re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", text) for text in HOSTILE]
    put(page, "\n\n".join(text.encode(errors="ignore").decode() for text in printable))
    page.locator("#editor-title").fill(printable[0].replace("\n", " "))
    page.keyboard.press("Alt+2")
    for text in printable[:30]:
        page.locator("#field-tags").fill(text.replace("\n", " "))
        page.keyboard.press("Enter")
    expect(page.locator("#editor-preview h1")).to_contain_text("script")
    expect(page.locator("#editor-preview .prose")).to_contain_text("zhikeBroken")
    made = "#editor-preview :is(script, iframe, object, embed, svg, math, form, style, [onerror], [onload])"
    assert page.locator(made).count() == 0
    links = "all => all.map((one) => one.protocol).filter((p) => !/^(https?|mailto|tel):$/.test(p))"
    assert page.locator("#editor-preview .prose a[href]").evaluate_all(links) == []
    assert page.evaluate("window.zhikeBroken") is None
    assert asked == []
