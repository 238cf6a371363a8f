"""A browser, and pages opened in it that tell what they asked for and what went wrong."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Opened:
    """A page with its requests, the lines of its console, its errors and its dialogs."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", self._dialog)

    def _dialog(self, dialog: Dialog) -> None:
        self.complaints.append("a dialog opened")
        dialog.dismiss()

    @property
    def place(self) -> str:
        """`3 of 425`: which error is shown."""
        return self.page.locator("#place").inner_text()

    def current(self) -> str:
        """The text that is marked as the current error's, or head."""
        return "".join(self.page.locator("#text .current").all_inner_texts())

    def is_in_view(self, selector: str, pane: str) -> bool:
        inside: bool = self.page.evaluate(
            """([selector, pane]) => {
              const inner = document.querySelector(selector).getBoundingClientRect();
              const outer = document.querySelector(pane).getBoundingClientRect();
              return inner.top >= outer.top && inner.bottom <= outer.bottom;
            }""",
            [selector, pane],
        )
        return inside


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def look(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Opens the text of a page in the browser: `look(html, "#errors", width=800)`."""
    contexts = []

    def opened(html: str, place: str = "", *, width: int = 1280, scheme: str = "light") -> Opened:
        file = tmp_path / "report.html"
        file.write_bytes(html.encode())
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        seen = Opened(context.new_page())
        seen.page.goto(file.as_uri() + place)
        return seen

    yield opened
    for context in contexts:
        context.close()
