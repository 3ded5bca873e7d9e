"""The writing page of the desk, as tests use it."""

from collections.abc import Callable, Iterator

from playwright.sync_api import Page, expect

from tests.browser.people import Colleague, faults_of

OpenPage = Callable[..., Page]
NEW = "/desk/entries/new"
# The text as readers see it: of the preview, or of the entry's own page.
PROSE = """(article) => {
  const prose = article.querySelector(".prose").cloneNode(true);
  for (const link of prose.querySelectorAll("a")) {
    link.removeAttribute("target");
    link.removeAttribute("rel");
  }
  return prose.innerHTML.trim();
}"""


def write(colleague: Colleague, path: str = NEW) -> Page:
    """A page of theirs that takes what is typed."""
    page = colleague.page(path)
    taken_up(page)
    return page


def taken_up(page: Page) -> None:
    """Waits until the page takes what is typed."""
    expect(page.locator("#editor")).to_have_attribute("data-ready", "")


def strict_pages(colleague: Colleague) -> Iterator[OpenPage]:
    """Opens pages to write on; any script or console error on one of them fails the test."""
    pages: list[Page] = []
    watched: list[list[str]] = []

    def open_page(path: str = NEW) -> Page:
        page = colleague.context.new_page()
        pages.append(page)
        watched.append(faults_of(page))
        page.goto(colleague.service.base + path)
        taken_up(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert [fault for faults in watched for fault in faults] == []


def body(page: Page) -> str:
    """What stands in the text being written; of a canned reply, in the channel shown."""
    return page.locator("textarea.area:not([hidden])").input_value()


def put(page: Page, text: str) -> None:
    """Writes `text` as the whole text, with the caret at its end."""
    page.locator("textarea.area:not([hidden])").fill(text)


def kept(page: Page) -> None:
    """Waits until what is written was saved by itself."""
    expect(page.locator("#editor-saved")).to_contain_text("已自动保存")
