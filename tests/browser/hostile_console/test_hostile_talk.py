"""Every hostile string through contacts, drafts, hand-overs, addresses and the page around."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hostile_console.guarding import (
    AUDIT,
    TOO_WIDE,
    WIDE,
    Guarded,
    batches,
    one_contact,
)
from tests.browser.hostile_content import (
    LINES,
    in_one_line,
)
from tests.browser.service import Api, Service
from tests.hostile_strings import HOSTILE

pytestmark = pytest.mark.browser


def shown_texts(page: Page, selector: str) -> list[str]:
    """The words of each element, without those around them that are ours."""
    return list(
        page.evaluate(
            """(selector) => [...document.querySelectorAll(selector)].map((one) => [...one.childNodes]
                 .filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ data }) => data).join(""))""",
            selector,
        )
    )


def test_the_checks_would_notice(chromium: Browser, service: Service) -> None:
    context = chromium.new_context()
    guarded = Guarded(context, service.base)
    guarded.page.goto("about:blank")
    plant = "(html) => { document.body.innerHTML = html; }"
    guarded.page.evaluate(
        plant, "<img src=x onerror=window.zhikeBroken=1><img src=https://evil.example/pixel.gif>"
    )
    guarded.page.wait_for_function("window.zhikeBroken === 1")
    assert len(guarded.page.evaluate(AUDIT)) >= 2
    assert [fault for fault in guarded.faults if fault == "request: https://evil.example/pixel.gif"]
    guarded.page.evaluate(plant, "<img src=x onerror=alert(1)><p style='width:9000px'>x</p>")
    guarded.page.wait_for_function("document.querySelector('p')")
    assert guarded.page.evaluate(TOO_WIDE)
    with pytest.raises(AssertionError):
        guarded.check()
    active = sum("zhikeBroken" in text for text in HOSTILE)
    assert active >= 60
    assert len(HOSTILE) >= 100
    context.close()


def test_each_as_a_customer_by_name_words_and_answers(guarded: Guarded, api: Api) -> None:
    said = {}
    for number, text in enumerate(HOSTILE):
        name = in_one_line(text, 200) or "空"
        made = api.post("/contacts", {
            "channel": "chat", "external_id": f"{number} {name}"[:200],
            "customer": {"name": name, name: text[:1000]}, "slots": {"order.no": text[:1000], name: text[:1000]},
            "messages": [{"role": "customer", "text": text}]})  # fmt: skip
        api.call("PATCH", f"/contacts/{made['id']}", {"assigned_to": "admin"})
        said[made["id"]] = (made["customer"]["name"], made["messages"][0]["text"])
    assert sum(HOSTILE[at] == text for at, (_name, text) in enumerate(said.values())) >= 130
    page = guarded.page
    guarded.go("/agent")
    expect(page.locator("#contacts .contact")).to_have_count(len(HOSTILE) + 1)
    listed = page.evaluate(
        """() => [...document.querySelectorAll("#contacts .contact[data-contact]:not([data-contact=''])")].map((row) =>
             [row.dataset.contact, row.querySelector("b").textContent, row.querySelector(".words").textContent])"""
    )
    assert {one: (name, words) for one, name, words in listed} == {
        one: (name, words) for one, (name, words) in said.items()
    }
    guarded.check()
    titles: set[str] = set()
    for _ in said:
        page.keyboard.press("Alt+ArrowDown")
        current = page.locator("#contacts [aria-current=true]").get_attribute("data-contact")
        assert current
        name, words = said[current]
        page.wait_for_function(
            """([name, words]) => document.querySelector("#talk-head h2").textContent === name
                 && document.querySelector("#transcript .bubble")?.textContent.includes(words)
                 && document.getElementById("progress").hidden && document.querySelector("#reply :is(.empty > *, .sentence)")
                 && !document.querySelector("#answers .skeleton")""",
            arg=[name, words],
        )
        titles.update(page.locator("#answers .head b").all_text_contents())
        assert page.evaluate(AUDIT) == [], words
    guarded.check()
    assert len(titles & set(LINES)) >= len(LINES) * 0.9
    for contact in said:
        api.post(f"/contacts/{contact}/close", {"outcome": "怪"})
    page.get_by_role("button", name="已结束").click()
    guarded.check()


def test_each_in_one_conversation_and_in_a_draft(guarded: Guarded, api: Api) -> None:
    contact = one_contact(api, roles=("customer", "agent", "system", "customer"))
    page = guarded.page
    guarded.go(f"/agent?contact={contact['id']}")
    expect(page.locator("#transcript .bubble")).to_have_count(len(HOSTILE))
    assert shown_texts(page, "#transcript .bubble") == [
        message["text"] for message in contact["messages"]
    ]
    page.locator("#risk .risk-toggle").click()
    for part in page.locator("#risk .risk-part").all():
        part.hover()
    guarded.check()
    # In the draft, with its marks, its figures beside what the customer said, and what was changed.
    draft = "\n".join(HOSTILE)
    page.locator("#reply").press("Alt+e")
    page.keyboard.press("Control+a")
    with page.expect_response(lambda answer: "/replies/check" in answer.url):
        page.keyboard.insert_text(draft)
    area = page.locator("textarea.draft")
    marked = area.evaluate(
        "(area) => [area.value, document.querySelector('.draft-layer').textContent]"
    )
    assert marked[1].removesuffix("\n").removesuffix("\u200b") == marked[0].removesuffix("\n")
    assert "<plaintext>" in marked[0]
    guarded.check()
    page.keyboard.press("Escape")
    expect(page.locator(".reply-body.own")).to_contain_text("<plaintext>后面都看不见了")
    changes = page.get_by_role("button", name="改动")
    if changes.count():
        changes.click()
        expect(page.locator(".draft-changes")).to_contain_text("<plaintext>后面都看不见了")
    guarded.check()
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")  # the first one asks about the figures
    page.keyboard.press("Control+Enter")
    expect(page.locator("#transcript .bubble.agent").last).to_contain_text(
        "<plaintext>后面都看不见了"
    )
    guarded.check()


def test_each_typed_into_the_scratch_contact(guarded: Guarded) -> None:
    page = guarded.page
    guarded.go("/agent")
    field = page.get_by_label("客户的话", exact=True)
    pasted = batches(HOSTILE, 2000)
    for number, text in enumerate(pasted, 1):
        field.fill(text)
        expect(page.locator("#progress")).to_be_hidden()
        page.keyboard.press("Enter")
        expect(page.locator("#transcript .bubble")).to_have_count(number)
        assert shown_texts(page, "#transcript .bubble")[-1] == field_text(text)
        guarded.check()
    page.keyboard.press("Alt+h")
    expect(page.locator("dialog[open] .handover-along")).to_contain_text("script")
    guarded.check()


def field_text(text: str) -> str:
    """What a text area makes of it, once the ends are trimmed as a message's are."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip().strip("\ufeff").strip()


def test_each_handed_over_with_reason_and_note(guarded: Guarded, api: Api) -> None:
    contact = api.contact("转交", "你好", to="admin")
    for text in HOSTILE:
        body = {"skill_group": in_one_line(text, 200) or "组", "reason": text[:500], "note": text}
        told = api.post(f"/contacts/{contact}/handover", body)
    assert told
    api.call("PATCH", f"/contacts/{contact}", {"assigned_to": "admin"})
    page = guarded.page
    guarded.go(f"/agent?contact={contact}")
    expect(page.locator("#transcript .system")).to_have_count(len(HOSTILE))
    assert shown_texts(page, "#transcript .system") == [
        message["text"] for message in api.read(contact)["messages"][1:]
    ]
    guarded.check()
    page.keyboard.press("Alt+h")
    dialog = page.get_by_role("dialog", name="转交会话")
    dialog.get_by_label("备注").fill(batches(HOSTILE, 2000)[0])
    guarded.check()


def test_each_in_the_address(guarded: Guarded) -> None:
    page = guarded.page
    # A contact that is not there is a 404, which browsers write to the console themselves.
    guarded.expected = "status of 404"
    for text in batches(HOSTILE, 3500, lambda joined: len(quote(joined, safe=""))):
        if len(quote(text, safe="")) > 3500:
            text = text[:300]  # longer addresses are refused before they reach the page
        guarded.go(f"/agent?q={quote(text, safe='')}")
        expect(page.get_by_label("客户的话", exact=True)).to_have_value(as_field(text))
        expect(page.locator("#progress")).to_be_hidden()
        guarded.check()
        guarded.go(f"/agent?contact={quote(text, safe='')}")
        page.wait_for_load_state("load")
        guarded.check()


def as_field(text: str) -> str:
    """What a text area makes of line breaks."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


HOST = """<!doctype html><meta charset="utf-8"><title>platform</title><link rel="icon" href="data:,">
<iframe id="zhike" width="1100" height="760" src="{console}"></iframe><script src="host.js"></script>"""
HOST_SCRIPT = """const heard = [];
addEventListener("message", ({{ data, origin }}) => {{ if (origin === {origin!r}) heard.push(data); }});
const say = (message) => document.getElementById("zhike").contentWindow.postMessage(message, {origin!r});
"""


def test_each_from_the_page_around(
    chromium: Browser, service: Service, signed_in: dict[str, object], platform: tuple[Path, str]
) -> None:
    folder, origin = platform
    (folder / "host.html").write_text(HOST.format(console=f"{service.base}/agent?embed=1"))
    (folder / "host.js").write_text(HOST_SCRIPT.format(origin=service.base))
    context = chromium.new_context(storage_state=signed_in, viewport=WIDE, locale="zh-CN")  # type: ignore[arg-type]
    guarded = Guarded(context, service.base)
    page = guarded.page
    page.goto(f"{origin}/host.html")
    page.wait_for_function("heard.some(({ type }) => type === 'zhike:ready')")
    frame = page.frames[1]
    contact = {
        "external_id": LINES[0],
        "channel": "chat",
        "customer": {"name": LINES[1], LINES[2]: LINES[3]},
        "slots": dict(zip(LINES[:90], LINES[:90], strict=True)),
        "messages": [{"role": "customer", "text": text} for text in HOSTILE[:100]],
    }
    page.evaluate("(contact) => say({ type: 'zhike:contact', contact })", contact)
    done = "(count) => heard.filter(({ type }) => type === 'zhike:done').length >= count"
    page.wait_for_function(done, arg=1)
    for number, text in enumerate(HOSTILE[100:], 2):
        page.evaluate(
            "([id, text]) => say({ type: 'zhike:message', external_id: id, role: 'customer', text })",
            [LINES[0], text],
        )
        page.wait_for_function(done, arg=number)
    expect(frame.locator("#transcript .bubble")).to_have_count(len(HOSTILE))
    for text in HOSTILE:
        page.evaluate(
            "(text) => say({ type: text, [text]: text, contact: { [text]: text, external_id: text } })",
            text,
        )
        page.evaluate("(text) => say(text)", text)
        page.evaluate("(text) => say({ type: 'zhike:' + text, external_id: text })", text)
    page.wait_for_function(
        "(count) => heard.filter(({ type }) => type === 'zhike:refused').length >= count",
        arg=len(HOSTILE),
    )
    assert frame.evaluate("window.zhikeBroken") is None
    assert page.evaluate("window.zhikeBroken") is None
    assert frame.evaluate(AUDIT) == []
    assert [f for f in guarded.faults if not f.startswith(f"request: {origin}")] == []
    context.close()
