"""The keyboard alone: the focus is always seen and never lost, and each key does or says something."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from tests.browser.service import Api, Service

pytestmark = pytest.mark.browser

LAYOUTS = [
    {"viewport": {"width": 1280, "height": 800}},
    {"viewport": {"width": 900, "height": 800}, "color_scheme": "dark"},
    {"viewport": {"width": 360, "height": 740}},
]
# What marks the focused element, or what holds it: compared with how it looks without the focus.
FOCUSED = """(places) => {
  const one = document.activeElement;
  if (one === document.body || one === document.documentElement) return null;
  const looks = () => {
    document.getAnimations().forEach((running) =>  // what never ends cannot be finished
      Number.isFinite(running.effect.getComputedTiming().endTime) ? running.finish() : running.cancel());
    const near = [one, one.nextElementSibling, one.parentElement, one.parentElement?.parentElement].filter(Boolean);
    return near.map((box) => {
      const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor } = getComputedStyle(box);
      return [outlineStyle === "none" ? "" : outlineWidth + outlineColor, boxShadow, borderColor, backgroundColor].join();
    }).join("|");
  };
  const box = one.getBoundingClientRect();
  const beside = one.matches("input[type=radio], input[type=checkbox]") ? one.parentElement.getBoundingClientRect() : box;
  const with_focus = looks();
  const kept = one.selectionStart === undefined ? null : [one.selectionStart, one.selectionEnd];
  one.blur();
  const without = looks();
  one.focus({ focusVisible: true, preventScroll: true });
  if (kept && kept[0] !== null) one.setSelectionRange(...kept);
  window.walked ??= new Map();
  if (!window.walked.has(one)) window.walked.set(one, window.walked.size);
  return {
    id: window.walked.get(one),
    within: places.filter((place) => one.closest(place)),  // asked now: news may draw its place anew
    what: one.outerHTML.slice(0, 160),
    marked: with_focus !== without,
    there: beside.width > 0 && beside.height > 0 && beside.bottom > 0 && beside.top < innerHeight && beside.right > 0 && beside.left < innerWidth,
    regained: document.activeElement === one,
  };
}"""
PLACES = {"#contacts", "#talk-head", "#reply", "#side-tabs", ".side"}


def walk(page: Page, key: str) -> list[dict[str, Any]]:
    """What has the focus after each press, until it leaves the page or comes round."""
    found: list[dict[str, Any]] = [page.evaluate(FOCUSED, [*PLACES])]
    for _ in range(250):
        page.keyboard.press(key)
        focused = page.evaluate(FOCUSED, [*PLACES])
        if focused is None or focused["id"] == found[0]["id"]:
            return found
        found.append(focused)
    raise AssertionError(f"no way out: {found[-5:]}")


@pytest.mark.parametrize("context", LAYOUTS, indirect=True, ids=["wide", "middle", "narrow"])
def test_tab_reaches_everything_and_shows_where_it_is(
    service: Service, page: Page, api: Api, customer: str
) -> None:
    contact = api.contact(
        customer, "冰箱坏了三天没人管，退款多久到账，再不解决我打12315", to="admin"
    )
    page.goto(f"{service.base}/agent?contact={contact}")
    expect(page.locator("#reply .sentence").first).to_be_visible()
    expect(page.locator("#risk [data-part=grade]")).to_be_visible()
    page.locator("#risk .risk-toggle").click()
    for key, start in (("Tab", "document.querySelector('.skip, a')"), ("Shift+Tab", "last")):
        page.evaluate(f"""() => {{
          const last = [...(window.walked?.keys() ?? [])].filter((one) => one.isConnected).at(-1);
          {start}.focus({{ focusVisible: true }});
          window.walked = new Map();
        }}""")
        found = walk(page, key)
        assert [one["what"] for one in found if not one["marked"]] == []
        assert [one["what"] for one in found if not one["there"]] == []
        assert all(one["regained"] for one in found)
        assert len({one["id"] for one in found}) == len(found), "the focus goes in circles"
        assert {place for one in found for place in one["within"]} == PLACES
    api.post(f"/contacts/{contact}/close", {})


def test_the_detector_sees_a_focus_that_does_not_show(service: Service, page: Page) -> None:
    page.goto(f"{service.base}/login")
    field = page.get_by_label("账号")
    field.focus()
    assert page.evaluate(FOCUSED, [])["marked"]
    page.evaluate(
        "document.querySelectorAll('*').forEach((one) => one.style.setProperty('outline', 'none', 'important'))"
    )
    page.evaluate(
        "document.querySelectorAll('*').forEach((one) => one.style.setProperty('border-color', 'red', 'important'))"
    )
    page.evaluate(
        "document.querySelectorAll('*').forEach((one) => one.style.setProperty('box-shadow', 'none', 'important'))"
    )
    assert not page.evaluate(FOCUSED, [])["marked"]


STATE = """() => JSON.stringify([
  document.activeElement.outerHTML.slice(0, 300), document.querySelector("dialog[open]")?.outerHTML.length,
  document.querySelector("textarea.draft")?.value,
  ...["contacts", "talk-head", "transcript", "composer", "reply", "side-tabs", "reader", "answers", "cases", "changes", "toasts", "steps"]
    .map((id) => document.getElementById(id)?.outerHTML)]).replace(/[\\d:]+/g, "")"""
# Keys that move within what is there: with nothing to move to they are right to be still.
STILL = {"↑ ↓", "→", "Alt+↓ ↑", "Enter", "Esc", "Alt+A", "Alt+N", "Alt+M"}


def listed(page: Page) -> list[str]:
    """Every key of the sheet, as it shows them."""
    page.locator("#keys-open").click()
    shown = page.locator("#keys-list kbd").all_inner_texts()
    page.keyboard.press("Escape")
    return shown


def combos(shown: str) -> list[str]:
    """As a keyboard presses them: "Alt+1 2 3" is three, "/ Alt+P" two."""
    names = {
        "↑": "ArrowUp",
        "↓": "ArrowDown",
        "→": "ArrowRight",
        "Esc": "Escape",
        "Ctrl": "Control",
    }
    found: list[str] = []
    for part in shown.split(" "):
        lead = "Alt+" if shown.startswith("Alt+") and "+" not in part else ""
        keys = [
            names.get(key, key.lower() if len(key) == 1 else key)
            for key in (lead + part).split("+")
        ]
        found.append("+".join(keys))
    return found


def begin(page: Page, base: str, path: str) -> None:
    """The console with everything in place that comes by itself."""
    page.goto(base + path)
    expect(page.locator("#contacts")).to_have_attribute("aria-busy", "false")
    ready = "#reply .sentence" if "q=" in path or "contact=" in path else "#reply .empty > *"
    expect(page.locator(ready).first).to_be_visible()
    expect(page.locator("#progress")).to_be_hidden()


def acts(page: Page, combo: str) -> bool:
    """Whether a key changes anything that can be seen."""
    before = page.evaluate(STATE)
    page.keyboard.press(combo)
    try:
        page.wait_for_function(f"(before) => ({STATE})() !== before", arg=before, timeout=2_000)
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("where", ["empty", "answered"])
def test_each_listed_key_does_or_says_something(service: Service, page: Page, where: str) -> None:
    path = {"empty": "/agent", "answered": "/agent?q=退款多久到账"}[where]
    page.add_init_script("sessionStorage.clear()")  # drafts that the key before has left
    begin(page, service.base, path)
    shown = listed(page)
    assert len(shown) >= 25
    silent = []
    for one in shown:
        if one in STILL:
            continue
        for combo in combos(one):
            begin(page, service.base, path)
            if len(combo) == 1:  # plain keys act outside of what is being typed
                page.locator("#contacts [aria-current=true]").focus()
            if combo == "Alt+1" and where == "answered":
                page.keyboard.press("Alt+2")
            if not acts(page, combo):
                silent.append(combo)
            assert page.evaluate("document.activeElement !== document.body"), (
                f"{combo} loses the focus"
            )
    assert silent == []
