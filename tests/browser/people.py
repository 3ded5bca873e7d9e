"""People of every role who sign in as they would, and what they do by the API."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.service import Service, run_command

PASSWORD = "a-long-test-password"
WIDE = {"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN"}


class Colleague:
    """Somebody who signed in, with a browser of their own."""

    def __init__(self, service: Service, context: BrowserContext, name: str) -> None:
        self.service = service
        self.context = context
        self.name = name

    def page(self, path: str = "/agent") -> Page:
        """A new page of theirs; the console is ready to be used when this returns."""
        page = self.context.new_page()
        page.goto(self.service.base + path)
        if path.startswith("/agent"):
            page.locator("#reply :is(.empty > *, .reply-body)").first.wait_for()
        return page

    def api(self, method: str, path: str, body: object = None, **headers: str) -> dict[str, Any]:
        """What the service answers to a request of theirs; the request must succeed."""
        return api(self.context, self.service, method, path, body, **headers)


def api(
    context: BrowserContext,
    service: Service,
    method: str,
    path: str,
    body: object = None,
    **headers: str,
) -> dict[str, Any]:
    """A request with the cookies of a browser."""
    answer = context.request.fetch(
        f"{service.base}/api/v1{path}",
        method=method,
        data=body,
        headers={"Origin": service.base, "Accept-Language": "zh-CN", **headers},
    )
    assert answer.ok, answer.text()
    found: dict[str, Any] = answer.json()
    return found


def set_up(service: Service, chromium: Browser) -> dict[str, object]:
    """Uses the set-up link as the first administrator would; the session's cookies."""
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(service.setup_link)
    page.get_by_label("姓名").fill("测试管理员")
    page.get_by_label("账号").fill("admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="完成设置").click()
    page.wait_for_url("**/agent")
    state = context.storage_state()
    context.close()
    return dict(state)


def add_person(service: Service, login: str, name: str, role: str) -> None:
    """Let somebody sign in, as an administrator does from the command line."""
    given = f"{PASSWORD}\n"
    run_command(service.data, "user", "add", login, "--name", name, "--role", role, given=given)


def pass_the_door(page: Page, service: Service, login: str) -> None:
    """Sign in by the form; returns on the console."""
    page.goto(f"{service.base}/login")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/agent*")


def sign_in(
    service: Service, chromium: Browser, login: str, name: str, role: str, **options: Any
) -> Colleague:
    """A new colleague, added by the command line and signed in by the form."""
    add_person(service, login, name, role)
    context = chromium.new_context(**{**WIDE, **options})
    page = context.new_page()
    pass_the_door(page, service, login)
    page.close()
    return Colleague(service, context, name)


@contextmanager
def signed_in_as(browser: Browser, service: Service, login: str, **options: Any) -> Iterator[Page]:
    """A page of somebody who has signed in; it fails on any script or console error."""
    context = browser.new_context(**{**WIDE, "viewport": {"width": 1280, "height": 900}, **options})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    faults = faults_of(page)
    pass_the_door(page, service, login)
    yield page
    context.close()
    assert not faults, faults


def faults_of(page: Page, *, console: bool = True) -> list[str]:
    """Collects the script errors of a page from now on and, with `console`, what it logs as one."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    if console:
        page.on(
            "console",
            lambda m: faults.append(f"console: {m.text}") if m.type == "error" else None,
        )
    return faults


def ask_api(page: Page, method: str, path: str, body: object | None = None) -> Any:
    """What the service answers to the person of this page, asked by the page itself."""
    status, answer = page.evaluate(
        """async ([method, path, body]) => {
          const answer = await fetch(path, { method,
            headers: body === null ? {} : { "Content-Type": "application/json" },
            body: body === null ? undefined : JSON.stringify(body) });
          return [answer.status, await answer.json()];
        }""",
        [method, path, body],
    )
    assert status < 300, (status, answer)
    return answer


def open_contact(page: Page, *said: str, **more: object) -> str:
    """The id of a new contact in which the customer has said this."""
    messages = [{"role": "customer", "text": text} for text in said]
    made = ask_api(
        page, "POST", "/api/v1/contacts", {"channel": "chat", "messages": messages, **more}
    )
    return str(made["id"])


def scratch(page: Page, service: Service) -> None:
    """Open the console and wait until it takes what is typed."""
    page.goto(f"{service.base}/agent")
    expect(page.locator("#reply strong")).to_have_text("等客户开口")


def walk_to(page: Page, wanted: Locator) -> None:
    """With j, as the lists of the desk are walked, until the row has the focus."""
    expect(wanted).to_be_visible()
    for _ in range(200):
        if wanted.evaluate("row => row === document.activeElement"):
            return
        page.keyboard.press("j")
    raise AssertionError("j never came to the row")


def publish(
    writer: Colleague, reviewer: Colleague, entry_id: str, content: Mapping[str, object]
) -> int:
    """A new revision of an entry, or a new entry, through review to publication; its number."""
    found = writer.context.request.get(f"{writer.service.base}/api/v1/entries/{entry_id}")
    if found.ok:
        version = found.json()["version"]
        path, tag = f"/entries/{entry_id}", {"If-Match": f'"{version}"'}
        number = writer.api("PUT", path, {"content": dict(content)}, **tag)["latest"]
    else:
        writer.api("POST", "/entries", {"id": entry_id, "content": dict(content)})
        number = 1
    for who, step in ((writer, "submit"), (reviewer, "approve"), (reviewer, "publish")):
        who.api("POST", f"/entries/{entry_id}/revisions/{number}/{step}", {})
    return int(number)
