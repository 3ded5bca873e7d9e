"""Every hostile string through the widget and the hand-over to an agent."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from urllib.parse import quote

import jwt
import pytest
from playwright.sync_api import expect

from tests.browser.hostile_content import in_one_line
from tests.browser.hostile_selfservice.conftest import Shop
from tests.browser.hostile_selfservice.guarding import Guarded
from tests.browser.hostile_selfservice.texts import LINES, SPOKEN, batches
from tests.browser.service import Api, Service, run_command
from tests.browser.widget_host import Customer, contact_of, far_hours

pytestmark = pytest.mark.browser


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
        stranger.page.wait_for_function(
            "() => !!customElements.get('zhike-widget') && !!window.Zhike"
        )
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
    stranger.expected = ("status of 403",)  # a visit stays with its first customer
    stranger.page.evaluate(
        "() => { window.told = []; for (const name of ['user', 'error']) Zhike.on(name, (told) => window.told.push(told)); }"
    )
    for number, line in enumerate([*printable[12::12], printable[0]]):
        claims = {"aud": site, "sub": line[:200], "name": line[:100], "grade": printable[-number - 1][:100],
                  "jti": f"{number}", "exp": int(time.time()) + 300}  # fmt: skip
        token = jwt.encode(claims, secret, algorithm="HS256")
        stranger.page.evaluate("(token) => Zhike.setUser(token)", token)
        stranger.page.wait_for_function("(count) => told.length === count", arg=number + 1)
        assert stranger.page.evaluate("told.at(-1).verified")
    for text in SPOKEN[::10]:
        stranger.page.evaluate("(text) => Zhike.setUser(text)", text)
    stranger.check()
    widget.ask("转人工")
    contact = contact_of(api, widget)
    api.call("PATCH", f"/contacts/{contact}", {"assigned_to": "测试管理员"})
    agent.page.goto(f"{service.base}/agent?contact={contact}")
    expect(agent.page.locator("body")).to_contain_text(printable[0])
    agent.check()
