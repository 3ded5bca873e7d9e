"""Every hostile string through every place where the console shows what somebody wrote."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from tests.browser.hostile_content import (
    BOTH,
    CASE,
    LINES,
    STEPS,
    TABLE,
    allowed,
    in_one_line,
    write_entries,
)
from tests.browser.people import set_up
from tests.browser.service import Api, Service, new_token, serving
from tests.hostile_strings import HOSTILE

pytestmark = pytest.mark.browser

WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 360, "height": 740}
# What no text may turn into: elements, handlers and addresses that nobody of ours has made.
AUDIT = """(root) => {
  const made = "iframe, object, embed, base, frame, marquee, math, plaintext, style, img, image, video, audio, xss," +
    "custom-element, meta[http-equiv], form[action]:not([action^='/']), dialog:not([aria-labelledby], [aria-label])";
  const found = [...document.querySelectorAll(made)].map((one) => one.outerHTML.slice(0, 200));
  for (const one of document.querySelectorAll("*")) {
    for (const { name, value } of one.attributes) {
      const address = /^(href|src|action|formaction|xlink:href|background|srcdoc|data|poster)$/.test(name);
      const link = one.localName === "a" && /^https?:/.test(value) && one.closest(".prose");
      if (/^on/.test(name) || name === "style" && /evil|url\\(/.test(value)
        || address && !link && /^\\s*(javascript|data|vbscript|https?:|\\/\\/)/i.test(value) && !value.startsWith(location.origin)) {
        found.push(`${one.localName} ${name}=${value}`.slice(0, 200));
      }
    }
  }
  return found;
}"""
TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll("dialog[open], .talk, .side, .reply, .risk")]
  .filter((box) => box.scrollWidth > box.clientWidth + 1)
  .map((box) => {
    const edge = box.getBoundingClientRect().left + box.clientWidth + 1;
    const over = [...box.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > edge && !one.closest(".contacts"));
    return `${box.localName}.${box.className} ${box.scrollWidth} > ${box.clientWidth}: ${over.slice(-4).map((one) =>
      `${one.parentElement.className}/${one.localName}.${one.className} ${one.textContent.slice(0, 30)}`).join("; ")}`;
  })"""


class Guarded:
    """A page on which nothing may run, be asked for elsewhere, or be refused by the policy."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.base = base
        self.faults: list[str] = []
        self.expected = ""  # what the console may say
        self.page = page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"script: {error.stack}"))
        page.on(
            "console", lambda said: self._said(said.type, f"{said.text} {said.location['url']}")
        )
        page.on("request", lambda asked: self._asked(asked.url))
        page.on("dialog", self._stopped)
        page.on("popup", lambda popup: self.faults.append(f"window: {popup.url}"))
        page.add_init_script(
            "addEventListener('securitypolicyviolation', (e) => console.error('policy', e.blockedURI, e.violatedDirective))"
        )

    def _said(self, kind: str, text: str) -> None:
        if kind == "error" and not (self.expected and self.expected in text):
            self.faults.append(f"console: {text}")

    def _stopped(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _asked(self, url: str) -> None:
        if not url.startswith((self.base, "data:", "blob:")):
            self.faults.append(f"request: {url}")

    def go(self, path: str) -> None:
        """Opens a page of the service; the console when it takes what is typed."""
        self.page.goto(self.base + path)
        if path.startswith("/agent"):
            expect(self.page.locator("#contacts")).to_have_attribute("aria-busy", "false")

    def check(self) -> None:
        """Fails when a text has become more than text, or has widened the page."""
        assert self.page.evaluate("window.zhikeBroken") is None
        assert (
            self.page.evaluate("Object.prototype.zhikeBroken ?? Object.prototype.polluted") is None
        )
        assert self.page.evaluate(AUDIT) == []
        for size in (NARROW, WIDE):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            assert self.page.evaluate(TOO_WIDE) == [], size
        assert self.page.url.startswith(self.base)
        assert not self.faults, self.faults


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The folder and origin of a contact-centre platform's pages."""
    folder = tmp_path_factory.mktemp("platform")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, platform: tuple[Path, str]
) -> Iterator[Service]:
    """A service of its own: what is written here would be found by the other tests."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "content").mkdir()
    write_entries(folder / "content")
    with serving(folder, folder / "content", ZHIKE_FRAME_ANCESTORS=platform[1]) as started:
        yield started


@pytest.fixture(scope="module")
def api(service: Service) -> Api:
    return Api(service.base, new_token(service.data))


@pytest.fixture(scope="module")
def signed_in(service: Service, chromium: Browser) -> dict[str, object]:
    return set_up(service, chromium)


@pytest.fixture
def guarded(service: Service, chromium: Browser, signed_in: dict[str, object]) -> Iterator[Guarded]:
    context = chromium.new_context(
        storage_state=signed_in,  # type: ignore[arg-type]
        viewport=WIDE,  # type: ignore[arg-type]
        locale="zh-CN",
        reduced_motion="reduce",
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield Guarded(context, service.base)
    context.close()


def units(text: str) -> int:
    """How long it is for a browser, which counts UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def batches(texts: tuple[str, ...], most: int, size: Callable[[str], int] = units) -> list[str]:
    """All of them, joined to as few texts of at most such a size as it takes."""
    found = [""]
    for text in texts:
        joined = f"{found[-1]}\n{text}" if found[-1] else text
        if size(joined) > most:
            found.append(text)
        else:
            found[-1] = joined
    return found


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
    guarded.page.wait_for_timeout(0)
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


def one_contact(api: Api, *, roles: tuple[str, ...] = ("customer",)) -> dict[str, Any]:
    """A contact of the administrator in which every string was said."""
    said = [{"role": roles[n % len(roles)], "text": text} for n, text in enumerate(HOSTILE)]
    made = api.post(
        "/contacts", {"channel": "chat", "customer": {"name": LINES[0]}, "messages": said[:100]}
    )
    for message in said[100:]:
        api.post(f"/contacts/{made['id']}/messages", message)
    api.call("PATCH", f"/contacts/{made['id']}", {"assigned_to": "admin"})
    return dict(api.read(made["id"]))


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


def test_each_as_a_canned_reply(guarded: Guarded, api: Api) -> None:
    page = guarded.page
    guarded.go("/agent")
    for at in range(0, len(LINES), 20):
        lines = LINES[at : at + 20]
        made = [
            page.request.post(
                f"{guarded.base}/api/v1/canned",
                headers={"Origin": guarded.base},
                data={
                    "title": line[:100].strip(),
                    "text": f"{allowed(line).replace('{{', '{').replace('}}', '}')}\n{{{{customer.name}}}} {{{{?到账时间}}}} {{{{amount}}}}",
                    "short_code": f"h{at + number}",
                    "params": [{"name": "amount", "label": line[:20].strip()}],
                },
            )
            for number, line in enumerate(lines)
        ]
        assert [answer.status for answer in made] == [201] * len(lines), [
            answer.text() for answer in made if answer.status != 201
        ]
        page.keyboard.press("Alt+p")
        with page.expect_response(lambda answer: "scope=private" in answer.url):
            page.keyboard.press("Alt+1")
        expect(page.locator("#canned-list [role=option]")).to_have_count(len(lines))
        seen = set()
        for _ in lines:
            chosen = page.wait_for_function(
                """() => {
                  const title = document.querySelector("#canned-list [aria-selected=true] .canned-head b")?.textContent;
                  return title && document.querySelector(".palette-preview h3")?.textContent === title ? { title } : null;
                }"""
            )
            seen.add(chosen.json_value()["title"])
            page.keyboard.press("ArrowDown")
        assert seen == {line[:100].strip() for line in lines}
        assert page.evaluate(AUDIT) == []
        page.keyboard.press("Control+e")
        expect(page.locator("dialog.canned-editor")).to_be_visible()
        guarded.check()
        page.keyboard.press("Escape")
        page.keyboard.press("Control+Enter")  # asks for what is open
        guarded.check()
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        expect(page.locator("textarea.draft")).to_be_visible()
        guarded.check()
        for answer in made:
            page.request.delete(
                f"{guarded.base}/api/v1/canned/{answer.json()['id']}",
                headers={"Origin": guarded.base},
            )
        guarded.go("/agent")


def test_each_as_a_step_and_as_a_row(guarded: Guarded) -> None:
    page = guarded.page
    guarded.go("/agent?q=怪字怎么排查")
    expect(page.locator(".steps-offer")).to_be_visible()
    page.keyboard.press("Alt+s")
    heading = page.locator("#steps [data-step]")
    seen = []
    for number in range(1, len(LINES) + 1):
        expect(heading).to_contain_text(f"第 {number} 步")
        seen.append(heading.text_content() or "")
        assert page.evaluate(AUDIT) == [], seen[-1]
        page.keyboard.press("1")
    assert sum(line in text for line, text in zip(LINES, seen, strict=True)) >= len(LINES) * 0.75
    guarded.check()
    guarded.go("/agent?q=怪字要等几天")
    expect(page.locator(".scenario-panel tr").nth(2)).to_be_visible()
    guarded.check()


def test_each_in_entries_cases_changes_and_versions(guarded: Guarded, api: Api) -> None:
    page = guarded.page
    for entry in (TABLE, STEPS, BOTH, CASE):
        guarded.go(f"/entries/{entry}")
        expect(page.locator("article.entry")).to_contain_text("zhikeBroken")
        guarded.check()
    guarded.go("/agent?q=怪字客户又来了")
    page.keyboard.press("Alt+c")
    expect(page.locator("#cases article")).to_contain_text("zhikeBroken")
    guarded.check()
    page.locator("#cases article").first.press("Enter")
    expect(page.locator("#reader article.entry")).to_contain_text("zhikeBroken")
    guarded.check()
    for text in batches(tuple(map(allowed, HOSTILE)), 2000):
        api.post(
            "/feedback",
            {
                "kind": "outdated",
                "entry_id": BOTH,
                "revision": 2,
                "sentence": text,
                "note": text,
                "query": text,
            },
        )
    page.evaluate(
        "localStorage.setItem('zhike.shift.测试管理员', JSON.stringify({ last: 1, since: '2025-01-01T00:00:00Z', ended: '2025-01-01T00:00:00Z', seen: [] }))"
    )
    guarded.go("/agent")
    page.keyboard.press("Alt+l")
    expect(page.locator("#changes .change").nth(20)).to_be_visible()
    guarded.check()
    both = page.locator("#changes .change").filter(has_text="怪字两版规则").first
    both.focus()
    page.keyboard.press("Alt+b")
    expect(page.locator("dialog[open] td").first).to_contain_text("zhikeBroken")
    guarded.check()
    page.keyboard.press("Escape")
    guarded.go("/desk/freshness")
    guarded.check()
    guarded.go("/desk/entries?" + f"q={quote(LINES[0])}")
    guarded.check()


def test_each_reported_as_outdated(guarded: Guarded) -> None:
    page = guarded.page
    guarded.go("/agent?q=第3号怎么办")
    expect(page.locator(".reply-body .sentence").first).to_be_visible()
    for text in batches(HOSTILE, 2000):
        page.keyboard.press("Alt+o")
        dialog = page.get_by_role("dialog", name="反馈内容过时")
        dialog.get_by_label("说明").fill(
            text[: int(dialog.get_by_label("说明").get_attribute("maxlength") or 2000)]
        )
        guarded.check()
        dialog.get_by_role("radio").first.press("Enter")
        expect(dialog).to_be_hidden()
    guarded.check()


def test_each_in_a_case_and_on_the_page_of_cases(guarded: Guarded, api: Api) -> None:
    contact = one_contact(api)["id"]
    api.post(f"/contacts/{contact}/close", {})
    page = guarded.page
    guarded.go(f"/agent?contact={contact}")
    expect(page.locator(".case-offer")).to_be_visible()
    page.keyboard.press("Alt+k")
    dialog = page.get_by_role("dialog", name="写案例")
    expect(dialog.get_by_label("场景")).to_be_visible()
    guarded.check()
    parts = batches(HOSTILE, 3000)
    for name, text in zip(("场景", "原因", "处理", "结果"), parts, strict=True):
        dialog.get_by_label(name, exact=True).fill(allowed(text))
    dialog.get_by_label("标题").fill(LINES[0])
    guarded.check()
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    guarded.go(f"/desk/cases?case=case-{contact}")
    review = page.locator("#case-review")
    expect(review).to_contain_text("<plaintext>后面都看不见了")
    expect(review).to_contain_text(LINES[-1])
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
