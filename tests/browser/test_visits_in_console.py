"""Self-service in the console: what the assistant said, why it comes to a person, and tickets."""

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.people import add_person, ask_api, signed_in_as
from tests.browser.service import Service, run_command

pytestmark = pytest.mark.browser


@dataclass
class Visitor:
    """A customer on the help centre's pages, by the widget's own calls."""

    base: str
    token: str = ""
    said: int = 0

    def call(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Content-Type": "application/json", "Origin": self.base}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(
            f"{self.base}/widget/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers=headers,
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def begin(self) -> str:
        """Begins a visit; its id."""
        begun = self.call("POST", "/sessions", {"site": "help"})
        self.token = begun["token"]
        return str(begun["visit"])

    def say(self, text: str, **context: str) -> Any:
        self.said += 1
        body = {"text": text, "external_id": f"m{self.said}", "context": context}
        return self.call("POST", "/messages", body)


@pytest.fixture
def visitor(service: Service) -> Visitor:
    return Visitor(service.base)


@pytest.fixture
def agent(
    service: Service, signed_in: dict[str, object], chromium: Browser, request: Any
) -> Iterator[Page]:
    login = f"visit-{abs(hash(request.node.name)) % 10_000}"
    add_person(service, login, f"客服{login}", "agent")
    with signed_in_as(chromium, service, login) as page:
        yield page


@pytest.fixture
def closed_hours(service: Service) -> Iterator[None]:
    run_command(service.data, "site", "change", "help", "--hours", "never")
    yield
    run_command(service.data, "site", "change", "help", "--hours", "")


def test_the_story_is_read_at_a_glance(service: Service, agent: Page, visitor: Visitor) -> None:
    agent.goto(f"{service.base}/agent")
    visitor.begin()
    answered = visitor.say("冰箱不制冷了怎么办", page="https://shop.example.com/fridge")
    number = answered["messages"][-1]["number"]
    visitor.call("POST", "/feedback", {"number": number, "verdict": "not_solved"})
    visitor.say("转人工")
    row = agent.locator("#contacts .contact", has_text="转给").first
    expect(row).to_contain_text("智能助手转人工")
    row.click()
    transcript = agent.locator("#transcript")
    expect(transcript.locator(".assistant .who").first).to_have_text("智能助手：")
    expect(transcript.locator(".assistant").first).to_contain_text("打开冷藏室门")
    note = transcript.locator(".note")
    expect(note.locator(".note-title")).to_have_text("智能助手转人工")
    facts = note.locator("dt")
    expect(facts).to_have_text(["原因", "已尝试", "来源", "页面", "身份"])
    expect(note.locator("dd").nth(0)).to_have_text("客户要求人工")
    expect(note.locator("dd").nth(1)).to_contain_text("客户说没解决")
    expect(note.locator("dd").nth(3)).to_have_text("https://shop.example.com/fridge")
    # The suggestion is for what was asked, not for the call for a person.
    expect(agent.locator("#reply")).to_contain_text("冰箱")
    expect(agent.locator("#tickets")).to_be_hidden()


def test_who_waits_for_a_person_is_found_with_one_key(
    service: Service, agent: Page, visitor: Visitor
) -> None:
    """Nobody else waits longer."""
    agent.goto(f"{service.base}/agent")
    for contact in ask_api(agent, "GET", "/api/v1/contacts")["contacts"]:
        ask_api(agent, "POST", f"/api/v1/contacts/{contact['id']}/close", {})
    visit = visitor.begin()
    visitor.say("退货要多久，转人工")
    expect(agent.locator("#contacts .contact", has_text="智能助手转人工")).to_be_visible()
    agent.keyboard.press("Alt+j")
    expect(agent.locator("#transcript")).to_contain_text("退货要多久，转人工")
    shown = agent.evaluate("new URLSearchParams(location.search).get('contact')")
    contact = ask_api(agent, "GET", f"/api/v1/contacts/{shown}")
    assert (contact["external_id"], contact["assigned_to"]) == (f"visit:{visit}", None)


def test_a_ticket_says_how_to_reach_them_and_is_marked_as_done(
    service: Service, agent: Page, visitor: Visitor, closed_hours: None
) -> None:
    visitor.begin()
    visitor.say("转人工")
    visitor.call(
        "POST",
        "/tickets",
        {"name": "钱女士", "reach": "13812345678", "text": "冰箱坏了，请回电"},
    )
    agent.goto(f"{service.base}/agent")
    agent.locator("#contacts .contact", has_text="钱女士").click()
    ticket = agent.locator("#tickets .ticket")
    expect(ticket.locator("dd")).to_contain_text(["钱女士", "13812345678"])
    expect(ticket.get_by_role("link", name="13812345678")).to_have_attribute(
        "href", "tel:13812345678"
    )
    expect(agent.locator("#transcript")).not_to_contain_text("13812345678")
    ticket.get_by_role("button", name="标记已处理").click()
    expect(ticket.locator(".chip")).to_contain_text("已处理")
    expect(agent.locator("#tickets")).to_be_focused()
    agent.reload()
    expect(agent.locator("#tickets .chip")).to_contain_text("已处理")
