"""Every hostile string through the widget, the hand-over to an agent and the help centre."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jwt
import pytest
import yaml
from playwright.sync_api import Browser, BrowserContext, Dialog, expect

from tests.browser.hostile_content import allowed, in_one_line
from tests.browser.people import set_up
from tests.browser.service import Api, Service, new_token, run_command, serving
from tests.browser.widget_host import Customer, contact_of, far_hours
from tests.hostile_strings import EVERY

pytestmark = pytest.mark.browser

NARROW = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 800}
LINES = tuple(dict.fromkeys(line for text in EVERY if (line := in_one_line(text, 200))))
# What no text may turn into, in the page and in the widget's shadow.
AUDIT = """() => {
  const roots = [document, ...[...document.querySelectorAll("zhike-widget")].map((one) => one.shadowRoot)];
  const made = "iframe, object, embed, base, frame, marquee, math, plaintext, image, video, audio, xss, picture, portal, applet," +
    "font, source, track, custom-element, meta[http-equiv], form[action]:not([action^='/']), img:not([src^='/help/images/'])";
  const found = [], own = (one) => one.localName === "style" || one.localName === "script";
  for (const root of roots) {
    found.push(...[...root.querySelectorAll(made)].map((one) => one.outerHTML.slice(0, 200)));
    for (const one of root.querySelectorAll("*")) {
      if (one.localName === "style" && root === document) found.push(one.outerHTML.slice(0, 200));
      if (one.localName === "script" && !one.src && one.type !== "application/ld+json") found.push(one.outerHTML.slice(0, 200));
      for (const { name, value } of one.attributes) {
        const address = /^(href|src|srcset|action|formaction|xlink:href|background|srcdoc|data|poster|ping)$/.test(name);
        const link = one.localName === "a" && /^((https?|mailto|tel):|\\/[\\/\\\\])/.test(value);
        const meta = one.localName === "link" && /^(canonical|alternate|stylesheet|icon|modulepreload)$/.test(one.rel);
        if (/^on/.test(name) || name === "style" && /evil|url\\(/.test(value)
          || address && !link && /^\\s*(javascript|data|vbscript|blob|https?|ftp|\\/\\/|\\/\\\\)/i.test(value)
            && !value.startsWith(window.zhikeBase ?? location.origin) && !(meta && value === "data:,")) {
          found.push(`${one.localName} ${name}=${value}`.slice(0, 200));
        }
      }
    }
  }
  for (const one of document.querySelectorAll("script[type='application/ld+json']")) JSON.parse(one.textContent);
  return found;
}"""
TOO_WIDE = """() => {
  const root = document.documentElement, found = [];
  if (root.scrollWidth > root.clientWidth + 1) {
    const over = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1);
    found.push(`page ${root.scrollWidth} > ${root.clientWidth}: ${over.slice(-3).map((one) =>
      `${one.parentElement.className}/${one.localName}.${one.className} ${one.textContent.slice(0, 30)}`).join("; ")}`);
  }
  for (const host of document.querySelectorAll("zhike-widget")) {
    for (const box of host.shadowRoot.querySelectorAll(".panel, .thread, .home, .composer, .head")) {
      const style = getComputedStyle(box);
      if (box.scrollWidth > box.clientWidth + 1 && style.display !== "none") {
        const edge = box.getBoundingClientRect().left + box.clientWidth + 1;
        const over = [...box.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > edge);
        found.push(`${box.className} ${box.scrollWidth} > ${box.clientWidth}: ${over.slice(-3).map((one) =>
          `${one.localName}.${one.className} ${one.textContent.slice(0, 40)}`).join("; ")}`);
      }
    }
  }
  return found;
}"""
# A page without any policy of its own: what could run would.
HOST = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>shop</title>
<link rel="icon" href="data:,"><script src="given.js"></script>
<script src="{base}/widget.js" data-site="{site}" defer></script></head>
<body><main><h1>shop</h1></main></body></html>"""
GIVEN = """window.zhikeBase = {base!r};
if (location.hash.length > 1) window.ZhikeSettings = JSON.parse(decodeURIComponent(location.hash.slice(1)));"""


class Guarded:
    """A page on which nothing may run, be asked for elsewhere, or be refused by the policy."""

    def __init__(self, context: BrowserContext, *origins: str) -> None:
        self.origins = origins
        self.faults: list[str] = []
        self.expected: tuple[str, ...] = ()  # what the console may say
        self.page = page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"script: {error.stack}"))
        page.on("console", lambda said: self._said(said.type, said.text))
        page.on("request", lambda asked: self._asked(asked.url))
        page.on("dialog", self._stopped)
        page.on("popup", lambda popup: self.faults.append(f"window: {popup.url}"))
        page.add_init_script(
            "addEventListener('securitypolicyviolation', (e) => console.error('policy', e.blockedURI, e.violatedDirective))"
        )

    def _said(self, kind: str, text: str) -> None:
        if kind == "error" and not any(known in text for known in self.expected):
            self.faults.append(f"console: {text}")

    def _stopped(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _asked(self, url: str) -> None:
        if not url.startswith((*self.origins, "data:", "blob:")):
            self.faults.append(f"request: {url}")

    def check(self, *, sizes: Sequence[dict[str, int]] = (NARROW, WIDE)) -> None:
        """Fails when a text has become more than text, or has widened the page."""
        broken = "[window.zhikeBroken, Object.prototype.zhikeBroken, Object.prototype.polluted]"
        assert self.page.evaluate(broken) == [None, None, None]
        assert self.page.evaluate(AUDIT) == []
        for size in sizes:
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            assert self.page.evaluate(TOO_WIDE) == [], size
        assert not self.faults, self.faults


def batches(texts: Sequence[str], most: int, glue: str = "\n") -> list[str]:
    """All texts, joined as long as they fit."""
    found: list[str] = []
    for text in texts:
        cut = text[:most]
        if found and len(found[-1]) + len(glue) + len(cut) <= most:
            found[-1] += glue + cut
        else:
            found.append(cut)
    return found


SPOKEN = tuple(text.replace("\r\n", "\n").replace("\r", "\n") for text in EVERY)


def write_articles(folder: Path) -> None:
    """Public articles of which every part tries to become something else than text."""
    tags = [line[:30].strip() for line in LINES]
    for number, line in enumerate(LINES):
        front: dict[str, Any] = {
            "id": f"hostile-{number}",
            "kind": ("faq", "guide", "policy")[number % 3],
            "revision": 1,
            "status": "published",
            "title": line,
            "lang": ("zh-CN", "en")[number % 4 == 3],
            "audience": "customer",
            "effective_from": "2026-01-01",
            "published_at": "2026-01-01T09:00",
            "author": "林编辑",
            "approved_by": "何审核",
            "owner": "手机组",
            "tags": list(dict.fromkeys(("退货", tags[number], tags[-number - 1]))),
            "questions": [f"第{number}号怎么办", f"{number}号{line}"[:200]],
        }
        near = [allowed(text) for text in EVERY[number : number + 2]]
        quoted = line.replace("|", "\\|")
        body = (
            f"第{number}号怎么办：{line} 要等 3 天。\n\n## {line}\n\n{near[0]}\n\n"
            f"| 场景 | 说明 |\n| --- | --- |\n| {quoted} | {quoted} |\n\n"
            f"1. {line}\n2. [{line}](kb:hostile-{number + 1})\n\n> {line}\n\n{near[-1]}"
        )
        text = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=10_000)
        (folder / f"hostile-{number}.r1.md").write_text(f"---\n{text}---\n\n{body}\n")


@dataclass
class Shop:
    """Somebody else's pages: their folder and their origin."""

    folder: Path
    origin: str


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The shop's pages are served."""
    folder = tmp_path_factory.mktemp("shop")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Shop(folder, f"http://127.0.0.1:{server.server_address[1]}")
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of its own: what is written here would be found by the other tests."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "content").mkdir()
    write_articles(folder / "content")
    many = "1000000"
    limits = {f"ZHIKE_WIDGET_PER_{kind}": many for kind in ("VISIT", "ADDRESS", "SITE")}
    with serving(folder, folder / "content", ZHIKE_WORKERS="1", **limits) as started:
        yield started


@pytest.fixture(scope="module")
def api(service: Service) -> Api:
    return Api(service.base, new_token(service.data))


@pytest.fixture(scope="module")
def signed_in(service: Service, chromium: Browser) -> dict[str, object]:
    return set_up(service, chromium)


@pytest.fixture(scope="module")
def site(service: Service, host: Shop) -> str:
    """The shop's site, its page written."""
    given = ("--name", "商城", "--origin", host.origin, "--json")
    made: str = json.loads(run_command(service.data, "site", "add", *given))["id"]
    (host.folder / "index.html").write_text(HOST.format(base=service.base, site=made))
    (host.folder / "given.js").write_text(GIVEN.format(base=service.base))
    return made


@pytest.fixture
def stranger(chromium: Browser, service: Service, host: Shop) -> Iterator[Guarded]:
    """Somebody who never signed in."""
    context = chromium.new_context(viewport=WIDE, locale="zh-CN")  # type: ignore[arg-type]
    guarded = Guarded(context, service.base, host.origin)
    yield guarded
    context.close()
    assert not guarded.faults, guarded.faults


@pytest.fixture
def agent(chromium: Browser, service: Service, signed_in: dict[str, object]) -> Iterator[Guarded]:
    """The first administrator."""
    context = chromium.new_context(storage_state=signed_in, viewport=WIDE, locale="zh-CN")  # type: ignore[arg-type]
    guarded = Guarded(context, service.base)
    yield guarded
    context.close()
    assert not guarded.faults, guarded.faults


def test_there_are_enough_of_them() -> None:
    assert len(EVERY) >= 300
    assert len(LINES) >= 300


# the help centre


def test_each_as_an_article(stranger: Guarded, service: Service) -> None:
    page = stranger.page
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    for number, line in list(enumerate(LINES))[::2]:  # each holds the next one's text too
        page.goto(f"{service.base}/help/articles/hostile-{number}", wait_until="domcontentloaded")
        assert page.locator("h1").text_content() == line
        assert (
            page.evaluate("document.querySelector('meta[property=\"og:title\"]').content") == line
        )
        graph = json.loads(page.locator("script[type='application/ld+json']").text_content() or "")
        main = graph["@graph"][0]
        assert line in (main.get("headline"), (main.get("mainEntity") or [{}])[0].get("name"))
        stranger.check(sizes=())
        assert page.evaluate(TOO_WIDE) == [], line


def test_each_in_lists_and_in_what_is_searched(stranger: Guarded, service: Service) -> None:
    page = stranger.page
    # The address of a page that is not there is an error of the browser's own.
    stranger.expected = ("status of 404", "status of 414")
    for path in ("/help", "/help?lang=en", "/help/categories/returns", "/help/categories/other"):
        answer = page.goto(service.base + path)
        if answer is not None and answer.status == 200:
            stranger.check()
    for text in batches(SPOKEN, 200, " "):
        page.goto(f"{service.base}/help/search?q={quote(text.encode('utf-8', 'replace'))}",
                  wait_until="domcontentloaded")  # fmt: skip
        stranger.check(sizes=())
        assert page.evaluate(TOO_WIDE) == [], text
    stranger.check()
    for text in SPOKEN[::20]:
        path = quote(text.encode("utf-8", "replace")[:600], safe="")
        for place in (
            "/help/articles/",
            "/help/categories/",
            "/help/images/",
            "/widget/frame?site=",
        ):
            page.goto(f"{service.base}{place}{path}", wait_until="commit")
        page.goto(f"{service.base}/help?lang={path}&thanks={path}", wait_until="domcontentloaded")
        stranger.check(sizes=())


def test_each_typed_into_the_search_field(stranger: Guarded, service: Service) -> None:
    page = stranger.page
    page.goto(f"{service.base}/help")
    field = page.locator("#q")
    for text in (*batches(SPOKEN, 190, " "), *LINES[::30]):
        field.fill(text)
        with page.expect_response(lambda answer: "/help/suggestions" in answer.url):
            field.press("End")
            field.press_sequentially("7")
        stranger.check(sizes=())
    stranger.check()


# the widget


def opened(guarded: Guarded, host: Shop, **settings: object) -> Customer:
    """The shop's page with the widget open."""
    given = "#" + quote(json.dumps(settings)) if settings else ""
    guarded.page.goto("about:blank")
    guarded.page.goto(f"{host.origin}/{given}")
    return Customer(guarded.page).open()


def test_each_said_and_answered_by_an_agent(
    stranger: Guarded, agent: Guarded, api: Api, service: Service, host: Shop, site: str
) -> None:
    widget = opened(stranger, host)
    page = stranger.page
    page.evaluate(
        "(texts) => texts.forEach((text, i) => Zhike.setContext({ [text.slice(0, 60)]: text, page: text, [`a${i}`]: text }))",
        SPOKEN,
    )
    said = [text for text in (joined.strip() for joined in batches(SPOKEN, 1800)) if text]
    for place, text in enumerate(said):
        page.evaluate(
            "(text) => { Zhike.setContext({ product: text.slice(0, 90), page: text.slice(0, 250) }); Zhike.openWithQuestion(text); }",
            text,
        )
        expect(widget.part(".message.customer:not([data-status])")).to_have_count(place + 1)
        stranger.check(sizes=())
    widget.part("details").evaluate_all("(all) => all.forEach((one) => { one.open = true; })")
    stranger.check()
    if widget.kept()["mode"] != "waiting":
        page.evaluate("Zhike.openWithQuestion('转人工')")
        expect(widget.part(".message[data-kind=handover], .message.notice")).not_to_have_count(0)
    contact = contact_of(api, widget)
    api.call("PATCH", f"/contacts/{contact}", {"assigned_to": "测试管理员"})
    agent.page.goto(f"{service.base}/agent?contact={contact}")
    expect(agent.page.locator("#transcript .bubble").nth(len(said))).to_be_attached()
    agent.check()
    replies = batches(SPOKEN, 1900)
    for text in replies:
        api.says(contact, text, role="agent")
    expect(widget.part(".message.agent")).to_have_count(len(replies))
    stranger.check()
    agent.check()
    api.post(f"/contacts/{contact}/close", {"outcome": LINES[0]})
    expect(widget.part(".tail .card")).to_be_visible()
    stranger.check()


def test_each_left_as_a_message(
    stranger: Guarded, agent: Guarded, api: Api, service: Service, host: Shop, site: str
) -> None:
    widget = opened(stranger, host)
    widget.ask("你好")
    token = widget.kept()["token"]
    leave = """async ([base, token, tickets]) => {
      const said = [];
      for (const body of tickets) {
        const answer = await fetch(`${base}/widget/v1/tickets`, { method: "POST", body: JSON.stringify(body),
          headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" } });
        said.push(answer.status);
      }
      return said;
    }"""
    texts = batches(SPOKEN, 1900)
    names = [in_one_line(line, 100) for line in LINES]
    unbroken = ["".join(line.split()).replace("@", "")[:150] for line in LINES]
    tickets = [
        {"name": names[n % len(names)], "reach": f"{unbroken[n]}@{unbroken[-n - 1][:40]}.x",
         "text": texts[n % len(texts)][:400]}
        for n in range(0, len(LINES), 4)
    ]  # fmt: skip
    statuses = stranger.page.evaluate(leave, [service.base, token, tickets])
    assert statuses.count(201) > len(tickets) * 0.9, statuses
    stranger.expected = ("status of 422",)
    contact = contact_of(api, widget)
    api.call("PATCH", f"/contacts/{contact}", {"assigned_to": "测试管理员"})
    agent.page.goto(f"{service.base}/agent?contact={contact}")
    expect(agent.page.locator("body")).to_contain_text(tickets[-1]["name"])
    agent.check()
    stranger.page.reload()
    stranger.page.evaluate("Zhike.open()")
    expect(widget.part(".message.customer").nth(20)).to_be_attached()
    stranger.check()


def test_each_in_the_form_for_a_message(
    stranger: Guarded, service: Service, host: Shop, site: str
) -> None:
    run_command(service.data, "site", "change", site, "--hours", far_hours())
    try:
        widget = opened(stranger, host)
        widget.ask("转人工")
        form = widget.part("form.ticket")
        for text in (*batches(SPOKEN, 1900)[::4], *SPOKEN[::30]):
            form.locator("#ticket-name").fill(in_one_line(text, 100))
            form.locator("#ticket-reach").fill("x y " + in_one_line(text, 150))
            form.locator("#ticket-text").fill(text)
            form.locator("#ticket-name").press("Enter")
            stranger.check(sizes=())
        stranger.check()
        form.locator("#ticket-name").fill(LINES[0][:100])
        form.locator("#ticket-reach").fill('"><svg/onload=alert(1)>@evil.example.x')
        form.locator("#ticket-text").fill(SPOKEN[0])
        form.locator("button[type=submit]").click()
        expect(widget.part("form.ticket")).to_have_count(0)
        stranger.check()
    finally:
        run_command(service.data, "site", "change", site, "--hours", "")


def test_each_as_a_setting_of_the_page_and_of_the_site(
    stranger: Guarded, service: Service, host: Shop, site: str
) -> None:
    for text in batches(SPOKEN, 2500)[:14] + list(LINES[: len(LINES) : 40]):
        settings = {
            name: text for name in ("title", "color", "position", "lang", "theme", "mode", "host")
        }
        stranger.page.goto("about:blank")
        stranger.page.goto(f"{host.origin}/#{quote(json.dumps(settings))}")
        stranger.page.wait_for_function("!!customElements.get('zhike-widget') && !!window.Zhike")
        stranger.page.evaluate("Zhike.open()")
        expect(stranger.page.locator("zhike-widget .panel")).to_be_visible()
        stranger.check()
    for line in (*LINES[:9], *LINES[-30::6]):
        with closing(sqlite3.connect(service.data / "zhike.db")) as database, database:
            named = (in_one_line(line, 80), in_one_line(line, 80), site)
            database.execute("UPDATE site SET title = ?, name = ? WHERE id = ?", named)
        stranger.page.goto("about:blank")
        stranger.page.context.clear_cookies()
        stranger.page.goto(f"{host.origin}/#{quote(json.dumps({'theme': 'dark'}))}")
        stranger.page.evaluate("localStorage.clear()")
        stranger.page.reload()
        widget = Customer(stranger.page).open()
        expect(widget.part(".title")).to_have_text(in_one_line(line, 80))
        stranger.check()


def test_each_as_a_verified_customer(
    stranger: Guarded, agent: Guarded, api: Api, service: Service, host: Shop, site: str
) -> None:
    secret = json.loads(run_command(service.data, "site", "secret", site, "--json"))["identity"]
    widget = opened(stranger, host)
    widget.ask("你好")
    printable = [line for line in LINES if line.isprintable()]
    stranger.expected = ("status of 403",)  # a visit stays with the first customer
    for number, line in enumerate(printable[::12]):
        claims = {"aud": site, "sub": line[:200], "name": line[:100], "grade": printable[-number - 1][:100],
                  "jti": f"{number}", "exp": int(time.time()) + 300}  # fmt: skip
        token = jwt.encode(claims, secret, algorithm="HS256")
        stranger.page.evaluate("(token) => Zhike.setUser(token)", token)
    for text in SPOKEN[::10]:
        stranger.page.evaluate("(text) => Zhike.setUser(text)", text)
    stranger.check()
    widget.ask("转人工")
    contact = contact_of(api, widget)
    api.call("PATCH", f"/contacts/{contact}", {"assigned_to": "测试管理员"})
    agent.page.goto(f"{service.base}/agent?contact={contact}")
    expect(agent.page.locator("body")).to_contain_text(printable[0])
    agent.check()
