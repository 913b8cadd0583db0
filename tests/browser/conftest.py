"""A real browser on the real product."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from .stack import Stack, running

PICTURES = Path(__file__).resolve().parents[2] / "test-results"
OpenAs = Callable[..., Page]
FAILED = pytest.StashKey[bool]()
expect.set_options(timeout=20_000)  # a busy machine is slow; what comes at once is not waited for


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    with running(f"browser_{worker}", redis_number=4 + 2 * int(worker.removeprefix("gw"))) as made:
        yield made


@pytest.fixture
def stack_url(stack: Stack) -> str:
    return stack.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A module's browser: its event loop must be gone before the next test asks the database."""
    arguments = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium refuses to run as root otherwise
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=os.environ["CXPLAN_BROWSER"], args=arguments)
        yield launched
        launched.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of: errors, broken policies, failed requests, foreign addresses."""
    return []


@pytest.fixture
def open_as(stack: Stack, browser: Browser, complaints: list[str], request: pytest.FixtureRequest) -> Iterator[OpenAs]:
    """Open the product as one of the demo's people, or as nobody; a page that fails its test leaves a picture."""
    contexts: list[BrowserContext] = []

    def open_page(person: str | None = "Aino", *, width: int = 1280, language: str = "fi", **options: object) -> Page:
        locale = {"fi": "fi-FI", "en": "en-GB"}[language]
        context = browser.new_context(
            base_url=stack.url,
            viewport={"width": width, "height": 900},
            locale=locale,
            **options,  # type: ignore[arg-type]  # handed on
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        slow_down(page)
        listen(page, stack.url, complaints)
        if person is not None:
            page.goto("/accounts/login/")
            page.locator(f"button[name=person][value={person.lower()}]").click()
            page.wait_for_url(lambda url: "/accounts/" not in url)
        return page

    yield open_page
    failed = request.node.stash.get(FAILED, False)
    for number, context in enumerate(contexts):
        if failed and context.pages:
            PICTURES.mkdir(exist_ok=True)
            context.pages[0].screenshot(path=PICTURES / f"{request.node.name}-{number}.png", full_page=True)
        context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


def slow_down(page: Page) -> None:
    """As slow as CXPLAN_BROWSER_SLOWER says (a factor): what passes by luck on a quick machine fails."""
    if slower := os.environ.get("CXPLAN_BROWSER_SLOWER"):
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": float(slower)})


def listen(page: Page, url: str, complaints: list[str]) -> None:
    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"{page.url}: {message.text}")

    page.on("console", said)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((url, "data:", "blob:"))
            else complaints.append(f"{page.url} asked {request.url}")
        ),
    )
