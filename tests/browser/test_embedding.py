"""The console in a frame of a contact-centre platform: real pages of two origins in Chromium."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from tests.browser.people import PASSWORD, add_person, pass_the_door
from tests.browser.service import (
    ROOT,
    Api,
    Service,
    new_token,
    serving,
)

pytestmark = pytest.mark.browser

# A platform's page in as few lines as can be: it shows the console and keeps what it is told.
HOST = """<!doctype html><meta charset="utf-8"><title>platform</title>
<link rel="icon" href="data:,">
<body style="margin:0"><textarea id="field" aria-label="platform"></textarea>
<iframe id="zhike" style="width:100%;height:760px;border:0" src="{console}"></iframe>
<script>
const zhike = {origin!r}, heard = [];
addEventListener("message", ({{ data, origin }}) => {{
  if (origin !== zhike) return;
  heard.push(data);
  if (data.type === "zhike:insert") document.getElementById("field").value = data.text;
}});
const say = (message) => document.getElementById("zhike").contentWindow.postMessage(message, zhike);
</script>"""
# A page of somebody else inside of the platform's: it reaches the console and is not listed.
STRANGER = """<!doctype html><meta charset="utf-8"><script>
const answers = [];
addEventListener("message", ({{ data }}) => answers.push(data));
const intrude = (message) => parent.frames[0].postMessage(message, {origin!r});
</script>"""


@dataclass
class Stage:
    """The service, the platform that it lists, and a site that it does not."""

    service: Service
    api: Api
    platform: str
    stranger: str


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("embedding")
    content, pages, data = folder / "content", folder / "pages", folder / "data"
    content.mkdir()
    pages.mkdir()
    for found in (ROOT / "content" / "policy").glob("return-7-days.*.md"):
        shutil.copy(found, content)
    servers = [
        ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(pages))) for _ in "ab"
    ]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    platform, stranger = (f"http://127.0.0.1:{server.server_address[1]}" for server in servers)
    data.mkdir()
    with serving(data, content, ZHIKE_FRAME_ANCESTORS=platform) as service:
        console = f"{service.base}/agent?embed=1"
        (pages / "host.html").write_text(HOST.format(console=console, origin=service.base))
        (pages / "stranger.html").write_text(STRANGER.format(origin=service.base))
        add_person(service, "li", "李客服", "agent")
        yield Stage(service, Api(service.base, new_token(data)), platform, stranger)
    for server in servers:
        server.shutdown()
        server.server_close()


Open = Callable[..., tuple[Page, Frame]]


@pytest.fixture
def context(chromium: Browser, stage: Stage) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1100, "height": 820}, locale="zh-CN")
    page = context.new_page()
    pass_the_door(page, stage.service, "li")
    page.close()
    yield context
    context.close()


@pytest.fixture
def framed(context: BrowserContext, stage: Stage) -> Iterator[Open]:
    """Opens the platform's page with the console in it; script errors fail the test."""
    faults: list[str] = []

    def open_host() -> tuple[Page, Frame]:
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        page.goto(f"{stage.platform}/host.html")
        wait_for(page, "zhike:ready")
        frame = page.frame(url=f"{stage.service.base}/agent*")
        assert frame is not None
        return page, frame

    yield open_host
    assert not faults, faults


def wait_for(page: Page, kind: str, count: int = 1) -> list[dict[str, Any]]:
    """What the platform was told of a kind, once that was so often."""
    page.wait_for_function(
        "([kind, count]) => heard.filter(({ type }) => type === kind).length >= count",
        arg=[kind, count],
    )
    told: list[dict[str, Any]] = page.evaluate(
        "(kind) => heard.filter(({ type }) => type === kind)", kind
    )
    return told


def say(page: Page, **message: object) -> None:
    page.evaluate("(message) => say(message)", message)


def opened(page: Page, external: str, *said: str, **more: object) -> str:
    """Has the platform open a contact; its id in the service."""
    messages = [{"role": "customer", "text": text} for text in said]
    before = page.evaluate("heard.length")
    say(page, type="zhike:contact",
        contact={"external_id": external, "channel": "chat", "messages": messages, **more})  # fmt: skip
    page.wait_for_function(
        "(from) => heard.slice(from).some(({ type }) => type === 'zhike:done')", arg=before
    )
    return str(wait_for(page, "zhike:done")[-1]["contact_id"])


def test_a_contact_of_the_platform_is_answered_into_its_own_field(
    framed: Open, stage: Stage
) -> None:
    page, frame = framed()
    contact = opened(
        page, "call-1", customer={"name": "张女士"}, slots={"order.no": "LS20261120001"}
    )
    say(page, type="zhike:message", external_id="call-1", role="customer",
        text="七天无理由退货怎么退", message_id="m-1")  # fmt: skip
    expect(frame.locator("#transcript")).to_contain_text("七天无理由退货怎么退")
    expect(frame.locator("#reply")).to_contain_text("7 天")
    assert frame.locator(".nav").is_hidden()
    frame.locator("#reply").press("Control+Enter")
    (inserted,) = wait_for(page, "zhike:insert")
    assert inserted["contact"] == "call-1"
    assert "7 天" in inserted["text"]
    assert page.locator("#field").input_value() == inserted["text"]
    # The platform sends it; only then has it been said.
    assert [m["role"] for m in stage.api.read(contact)["messages"]] == ["customer"]
    say(page, type="zhike:message", external_id="call-1", role="agent", text=inserted["text"])
    wait_for(page, "zhike:done", 3)
    assert [m["role"] for m in stage.api.read(contact)["messages"]] == ["customer", "agent"]
    say(page, type="zhike:close", external_id="call-1")
    wait_for(page, "zhike:done", 4)
    assert stage.api.read(contact)["status"] == "closed"


def test_opened_again_it_is_the_same_contact_with_what_it_lacked(
    framed: Open, stage: Stage
) -> None:
    page, _frame = framed()
    contact = opened(page, "call-2", "在吗")
    page.reload()
    wait_for(page, "zhike:ready")
    more = {"role": "customer", "text": "退款多久到账", "external_id": "m-9"}
    say(page, type="zhike:contact", contact={"external_id": "call-2", "messages": [more]})
    (done,) = wait_for(page, "zhike:done")
    assert done == {"type": "zhike:done", "of": "zhike:contact", "external_id": "call-2",
                    "contact_id": contact}  # fmt: skip
    said = [m["text"] for m in stage.api.read(contact)["messages"]]
    assert said == ["在吗", "退款多久到账"]


def test_what_the_caller_said_is_kept_with_the_reply(framed: Open, stage: Stage) -> None:
    page, frame = framed()
    contact = opened(page, "phone-1", channel="phone")
    words = frame.locator("#message")
    words.fill("七天无理由退货怎么退")
    expect(frame.locator("#reply")).to_contain_text("7 天")
    frame.locator("#reply").press("Control+Enter")
    (inserted,) = wait_for(page, "zhike:insert")
    assert "7 天" in inserted["text"]
    expect(words).to_have_value("")
    expect(frame.locator("#transcript .customer time")).to_be_visible()
    said = [(m["role"], m["text"]) for m in stage.api.read(contact)["messages"]]
    assert said == [("customer", "七天无理由退货怎么退")]


def test_what_the_console_sends_itself_is_told(framed: Open, stage: Stage) -> None:
    page, frame = framed()
    made = stage.api.post("/contacts", {"channel": "chat", "external_id": "chat-7", "messages": [
        {"role": "customer", "text": "七天无理由退货怎么退"}]})["id"]  # fmt: skip
    stage.api.call("PATCH", f"/contacts/{made}", {"assigned_to": "li"})
    frame.locator(f"#contacts [data-contact='{made}']").click()
    expect(frame.locator("#reply")).to_contain_text("7 天")
    frame.locator("#reply").press("Control+Enter")
    (sent,) = wait_for(page, "zhike:sent")
    assert sent["contact"] == "chat-7"
    assert "7 天" in sent["text"]


REFUSED = [
    ({"type": "zhike:contact"}, "contact"),
    ({"type": "zhike:contact", "contact": []}, "contact"),
    ({"type": "zhike:contact", "contact": {}}, "contact.external_id"),
    ({"type": "zhike:contact", "contact": {"external_id": "a\nb"}}, "contact.external_id"),
    ({"type": "zhike:contact", "contact": {"external_id": "x" * 201}}, "contact.external_id"),
    ({"type": "zhike:contact", "contact": {"external_id": "x", "channel": "fax"}}, "contact.channel"),
    ({"type": "zhike:contact", "contact": {"external_id": "x", "html": "<b>"}}, "contact.html"),
    ({"type": "zhike:contact", "contact": {"external_id": "x", "slots": {"a": 1}}}, "contact.slots.a"),
    ({"type": "zhike:contact", "contact": {"external_id": "x", "customer": "张"}}, "contact.customer"),
    ({"type": "zhike:contact", "contact": {"external_id": "x", "messages": [
        {"role": "customer", "text": "x" * 10_001}]}}, "contact.messages.0.text"),
    ({"type": "zhike:contact", "contact": {"external_id": "x", "messages": [
        {"role": "customer", "text": "a"}] * 101}}, "contact.messages"),
    ({"type": "zhike:message", "external_id": "nobody", "role": "customer", "text": "a"},
     "external_id"),
    ({"type": "zhike:message", "external_id": "x", "role": "boss", "text": "a"}, "role"),
    ({"type": "zhike:message", "external_id": "x", "role": "customer", "text": ["a"]}, "text"),
    ({"type": "zhike:message", "external_id": "x", "role": "customer", "text": "a", "to": 1}, "to"),
    ({"type": "zhike:close"}, "external_id"),
    ({"type": "zhike:__proto__"}, "type"),
]  # fmt: skip


def test_what_is_not_as_it_must_be_is_refused_by_field(framed: Open, stage: Stage) -> None:
    page, _frame = framed()
    before = len(stage.api.get("/contacts?status=all")["contacts"])
    for message, _field in REFUSED:
        say(page, **message)
    told = wait_for(page, "zhike:refused", len(REFUSED))
    assert [(one["of"], one["field"]) for one in told] == [
        (message["type"], field) for message, field in REFUSED
    ]
    assert all(one["reason"] for one in told)
    assert len(stage.api.get("/contacts?status=all")["contacts"]) == before


def test_what_a_customer_writes_is_text(framed: Open, stage: Stage) -> None:
    page, frame = framed()
    hostile = "<img src=x onerror=parent.postMessage('owned','*')><script>alert(1)</script>"
    opened(page, "call-3", hostile, customer={"name": hostile})
    expect(frame.locator("#transcript")).to_contain_text(hostile)
    assert frame.locator("#transcript img, #transcript script, #contacts img").count() == 0


def test_a_page_that_is_not_listed_is_not_heard(framed: Open, stage: Stage) -> None:
    page, _frame = framed()
    before = len(stage.api.get("/contacts?status=all")["contacts"])
    page.evaluate(
        """(address) => new Promise((done) => {
          const frame = document.createElement("iframe");
          frame.onload = done;
          frame.src = address;
          document.body.append(frame);
        })""",
        f"{stage.stranger}/stranger.html",
    )
    stranger = page.frame(url=f"{stage.stranger}/*")
    assert stranger is not None
    stranger.evaluate(
        "intrude({ type: 'zhike:contact', contact: { external_id: 'theirs', channel: 'chat' } })"
    )
    opened(page, "call-4")  # heard later, done already
    contacts = stage.api.get("/contacts?status=all")["contacts"]
    assert len(contacts) == before + 1
    assert "theirs" not in {contact["external_id"] for contact in contacts}
    assert stranger.evaluate("answers") == []


def test_a_page_that_is_not_listed_gets_no_frame(context: BrowserContext, stage: Stage) -> None:
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.goto(f"{stage.stranger}/host.html")
    page.wait_for_load_state("networkidle")
    assert any("frame-ancestors" in error for error in errors), errors
    assert page.evaluate("heard") == []
    assert page.frames[1].locator("#console").count() == 0
    page.close()


def test_only_the_console_may_be_framed(context: BrowserContext, stage: Stage) -> None:
    def policy(path: str) -> tuple[str, str | None]:
        headers = context.request.get(f"{stage.service.base}{path}").headers
        return headers["content-security-policy"], headers.get("x-frame-options")

    assert policy("/agent?embed=1")[0].endswith(f"frame-ancestors {stage.platform}")
    assert policy("/agent?embed=1")[1] is None
    for path in ("/desk/freshness", "/desk/entries", "/api/v1/me", "/livez"):
        assert policy(path) == (policy(path)[0], "DENY")
        assert policy(path)[0].endswith("frame-ancestors 'none'")


def test_who_is_signed_out_signs_in_in_a_window(chromium: Browser, stage: Stage) -> None:
    context = chromium.new_context(viewport={"width": 1100, "height": 820}, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{stage.platform}/host.html")
    wait_for(page, "zhike:needs-sign-in")
    frame = page.frame_locator("#zhike")
    with page.expect_popup() as opening:
        frame.get_by_role("button", name="打开登录窗口").click()
    window = opening.value
    window.get_by_label("账号").fill("li")
    window.get_by_label("密码").fill(PASSWORD)
    window.get_by_role("button", name="登录").click()
    wait_for(page, "zhike:ready")
    assert window.is_closed()
    expect(page.frame_locator("#zhike").locator("#console")).to_be_visible()
    context.close()


def test_a_code_begins_one_session_and_no_more(context: BrowserContext, stage: Stage) -> None:
    base = stage.service.base
    page = context.new_page()
    page.goto(f"{base}/agent/signed-in")
    code = page.locator("#signed-in").get_attribute("data-code")
    headers = {"Content-Type": "application/json", "Origin": base}
    context.clear_cookies()

    def trade(given: object) -> int:
        answer = context.request.post(
            f"{base}/agent/session", data={"code": given}, headers=headers
        )
        return answer.status

    assert trade(None) == trade("") == trade(f"{code}x") == trade("x" * 600) == 401
    assert context.request.get(f"{base}/api/v1/me").status == 401
    assert trade(code) == 200
    assert context.request.get(f"{base}/api/v1/me").json()["login"] == "li"
    assert trade(code) == 401
    page.close()


def test_contacts_outlive_a_reload_of_the_frame(framed: Open, stage: Stage) -> None:
    page, frame = framed()
    contact = opened(page, "call-5", "七天无理由退货怎么退")
    assert f"contact={contact}" in frame.url
    assert "embed=1" in frame.url
