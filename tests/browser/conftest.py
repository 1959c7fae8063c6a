"""The browser that the tests look at pages with, and what a page did while they looked."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.chromium import Chromium, chromium

from sagemaker_local.cluster import places

_PATIENCE = 120_000  # milliseconds: a busy machine is slow without anything being wrong


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that is open, what was written to its console, and the addresses that it asked for."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def texts(self, selector: str) -> list[str]:
        """What can be read in each of the elements."""
        return self.page.locator(selector).all_inner_texts()

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression in the page."""
        return self.page.evaluate(script)


class Open(Protocol):
    """Opens a file in a browser as wide as a desktop's or a telephone's."""

    def __call__(
        self, file: Path, *, width: int = 1280, scheme: str = "light", without_policy: bool = False
    ) -> Visit: ...


@pytest.fixture(scope="module")
def programs() -> Chromium:
    return chromium(places.cache(os.environ))


@pytest.fixture(scope="module")
def browser(programs: Chromium) -> Iterator[Browser]:
    # Not for the whole session: its event loop runs in this thread, where other tests run theirs.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=programs.program, env=dict(programs.environ), timeout=_PATIENCE
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    contexts = []

    def opened(file: Path, *, width: int = 1280, scheme: str = "light", without_policy: bool = False) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
            bypass_csp=without_policy,
        )
        context.set_default_timeout(_PATIENCE)
        contexts.append(context)
        found = Visit(context.new_page())
        found.page.on("console", lambda message: found.said.append(message.text))
        found.page.on("pageerror", lambda error: found.said.append(str(error)))
        found.page.on("request", lambda request: found.asked.append(request.url))
        found.page.goto(file.as_uri(), wait_until="load")
        return found

    yield opened
    for context in contexts:
        context.close()
