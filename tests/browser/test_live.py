"""A live page in a real browser: what happens is seen, hands are left alone, and a bad line loses nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from .conftest import slow_down
from .stack import ROOT, Stack, _free_port, _wait_for

pytestmark = pytest.mark.browser


class LivePages:
    """The small live page on a server of its own, which may be killed and started again."""

    def __init__(self, stack: Stack) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**stack.environment, "SITE_URL": self.url}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        arguments = ["-m", "uvicorn", "tests.browser.live_page:application", "--host", "127.0.0.1"]
        command = [sys.executable, *arguments, "--port", str(self.port), "--log-level", "warning"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment)
        _wait_for(f"{self.url}/live/")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()

    def say(self, key: UUID, html: str = "", *, kind: str = "note") -> None:
        with urlopen(f"{self.url}/say/{key}/", urlencode({"kind": kind, "html": html}).encode(), timeout=10):  # noqa: S310
            pass

    def note(self, key: UUID, name: str, text: str, attributes: str = 'data-append-to="notes"') -> None:
        self.say(key, f'<p id="{name}" {attributes}>{text}</p>')


@pytest.fixture(scope="module")
def pages(stack: Stack) -> Iterator[LivePages]:
    made = LivePages(stack)
    made.start()
    yield made
    made.kill()


@pytest.fixture
def key(pages: LivePages) -> UUID:
    """A stream in which the page's first note was said."""
    made = uuid4()
    pages.note(made, "first", "first")
    return made


@pytest.fixture
def context(browser: Browser, pages: LivePages) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=pages.url, locale="en-GB", viewport={"width": 800, "height": 600})
    made.set_default_timeout(15_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, key: UUID) -> Page:
    """The page, with its stream open."""
    made = context.new_page()
    slow_down(made)
    made.goto(f"/live-page/{key}/")
    expect(made.locator("html[data-live-state=open]")).to_be_attached()
    return made


def texts(page: Page) -> list[str]:
    return page.locator("#notes > *").all_inner_texts()


def settled(page: Page, wanted: list[str]) -> None:
    expect(page.locator("#notes > *")).to_have_text(wanted)


# What comes


def test_what_happens_is_seen_in_its_place(page: Page, pages: LivePages, key: UUID) -> None:
    settled(page, ["first"])
    pages.note(key, "second", "second")
    settled(page, ["first", "second"])
    pages.note(key, "first", "first, anew")
    settled(page, ["first, anew", "second"])
    pages.note(key, "second", "", "data-gone")
    settled(page, ["first, anew"])
    expect(page.locator("[data-live]")).to_have_attribute("data-since", "4")


def test_a_kind_lets_parts_fetch_what_is_the_viewers_own(page: Page, pages: LivePages, key: UUID) -> None:
    expect(page.locator("#kinds")).to_be_empty()
    pages.say(key, kind="phase")
    expect(page.locator("#kinds")).to_have_text("2")


def test_a_stream_that_is_no_more_says_so_and_is_asked_no_more(page: Page, pages: LivePages, key: UUID) -> None:
    with urlopen(f"{pages.url}/end/{key}/", b"", timeout=10):  # noqa: S310
        expect(page.locator("html[data-live-state=closed]")).to_be_attached()
    expect(page.locator("[data-live-lost]")).to_be_hidden()


# Hands


FIELD = '<input name="words" value="old">'


def test_what_is_typed_in_is_left_alone_until_the_hands_are_off(page: Page, pages: LivePages, key: UUID) -> None:
    pages.note(key, "first", FIELD)
    field = page.locator("#first input")
    field.click()
    pages.note(key, "first", "without the field")
    pages.note(key, "second", "second")
    expect(page.locator("#second")).to_be_visible()
    expect(field).to_be_focused()
    field.fill("new")
    page.locator("#write textarea").click()
    expect(page.locator("#second")).to_be_visible()
    expect(field).to_have_value("new")  # words that nobody has sent
    field.fill("old")
    page.locator("#write textarea").click()
    expect(page.locator("#first")).to_have_text("without the field")


def test_what_is_pressed_stays_until_it_is_let_go(page: Page, pages: LivePages, key: UUID) -> None:
    pages.note(key, "first", "<button type=button>press</button>")
    box = page.locator("#first button").bounding_box()
    assert box
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    pages.note(key, "first", "pressed")
    pages.note(key, "second", "second")
    expect(page.locator("#second")).to_be_visible()
    expect(page.locator("#first button")).to_be_visible()
    page.mouse.up()
    expect(page.locator("#first")).to_have_text("pressed")


def test_the_focus_passes_on_to_what_stands_for_it(page: Page, pages: LivePages, key: UUID) -> None:
    pages.note(key, "first", "<button>one</button> <button>two</button>")
    page.locator("#first button").nth(1).focus()
    pages.note(key, "first", "<button>eins</button> <button>zwei</button>")
    expect(page.get_by_role("button", name="zwei")).to_be_focused()


@pytest.mark.parametrize("anchoring", ["auto", "none"])
def test_nothing_above_moves_what_is_read(page: Page, pages: LivePages, key: UUID, anchoring: str) -> None:
    """Also where the browser itself does not care."""
    page.evaluate("anchoring => { document.documentElement.style.overflowAnchor = anchoring }", anchoring)
    for number in range(60):
        pages.note(key, f"line-{number}", f"line {number}")
    expect(page.locator("#line-59")).to_be_visible()
    page.locator("#line-40").evaluate("each => each.scrollIntoView({ block: 'center' })")
    top = "each => each.getBoundingClientRect().top"
    before = page.locator("#line-40").evaluate(top)
    pages.note(key, "line-3", "<br>".join(["much more than stood here"] * 12))
    pages.note(key, "line-5", "", "data-gone")
    expect(page.locator("#line-5")).to_have_count(0)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert abs(page.locator("#line-40").evaluate(top) - before) <= 1


# A bad line


def test_a_killed_server_is_said_and_nothing_is_missed(page: Page, pages: LivePages, key: UUID) -> None:
    pages.kill()
    expect(page.locator("[data-live-lost]")).to_be_visible()
    expect(page.locator("html[data-live-state=lost]")).to_be_attached()
    pages.start()
    for number in range(3):
        pages.note(key, f"more-{number}", f"more {number}")
    settled(page, ["first", "more 0", "more 1", "more 2"])
    expect(page.locator("[data-live-lost]")).to_be_hidden()
    expect(page.locator("html[data-live-state=open]")).to_be_attached()


def write(page: Page, text: str) -> None:
    page.locator("#write textarea").fill(text)
    page.locator("#write button").click()


def outbox(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate("JSON.parse(localStorage.getItem('outbox:guest') ?? '[]')")
    return found


def test_a_command_goes_at_once(page: Page) -> None:
    write(page, "mine")
    settled(page, ["first", "mine"])
    expect(page.locator("#answer > p")).to_have_text("taken: mine")
    expect(page.locator("#write textarea")).to_have_value("")
    expect(page.locator("[data-outbox-state]")).to_be_hidden()
    assert outbox(page) == []


def test_an_answer_goes_where_the_form_says(page: Page) -> None:
    page.get_by_role("button", name="Aside").click()
    expect(page.locator("#beside")).to_have_text("aside is there")
    expect(page.get_by_role("button", name="Aside")).to_be_visible()
    settled(page, ["first", "aside"])


def test_what_is_written_without_a_line_is_kept_and_sent_in_order_once(page: Page, context: BrowserContext) -> None:
    context.set_offline(True)
    for text in ("one", "two", "three"):
        write(page, text)
    expect(page.locator("[data-outbox-state]")).to_be_visible()
    assert [dict(each["fields"])["text"] for each in outbox(page)] == ["one", "two", "three"]
    context.set_offline(False)
    settled(page, ["first", "one", "two", "three"])
    expect(page.locator("[data-outbox-state]")).to_be_hidden()
    assert outbox(page) == []


def test_an_answer_that_is_lost_does_not_make_it_twice(page: Page, key: UUID) -> None:
    numbers: list[str] = []

    def lose_the_first(route: Route) -> None:
        numbers.append(route.request.post_data_json["command"])  # type: ignore[index]
        answer = route.fetch()
        route.abort() if len(numbers) == 1 else route.fulfill(response=answer)

    page.route(f"**/notes/{key}/", lose_the_first)
    write(page, "mine")
    expect(page.locator("#answer")).to_have_text("again")
    settled(page, ["first", "mine"])
    assert numbers == [numbers[0]] * 2


def test_what_waited_when_the_page_was_left_is_sent_from_the_next(page: Page, pages: LivePages, key: UUID) -> None:
    pages.kill()
    write(page, "mine")
    expect(page.locator("[data-outbox-state]")).to_be_visible()
    page.goto("about:blank")
    pages.start()
    page.goto(f"/live-page/{key}/")
    settled(page, ["first", "mine"])


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_that_stumbles_is_asked_again(page: Page, key: UUID, status: int) -> None:
    asked: list[int] = []

    def stumble(route: Route) -> None:
        asked.append(status)
        route.fulfill(status=status) if len(asked) < 3 else route.continue_()

    page.route(f"**/notes/{key}/", stumble)
    write(page, "mine")
    settled(page, ["first", "mine"])
    assert len(asked) == 3


def test_what_is_not_taken_says_why_and_is_not_sent_again(page: Page) -> None:
    write(page, "too long")
    expect(page.locator("#answer")).to_have_text("it is too long")
    assert outbox(page) == []


def test_words_that_are_refused_come_back(page: Page, key: UUID) -> None:
    page.route(f"**/notes/{key}/", lambda route: route.fulfill(status=403))
    write(page, "mine")
    expect(page.locator("#toasts .is-bad")).to_be_visible()
    expect(page.locator("#write textarea")).to_have_value("mine")


def test_an_answer_takes_no_words_along(page: Page, key: UUID) -> None:
    """The answer to one note brings the form anew while the next is being written."""
    held: list[Callable[[], None]] = []
    form = page.locator("#write").evaluate("form => form.outerHTML")
    page.locator("#write").evaluate("form => form.setAttribute('hx-target', 'main')")

    def hold(route: Route) -> None:
        held.append(lambda: route.fulfill(body=f'{form}<p id="came">came</p>', content_type="text/html"))

    page.route(f"**/notes/{key}/", hold)
    write(page, "mine")
    field = page.locator("#write textarea")
    field.press_sequentially("the next one")
    field.press("ArrowLeft")
    while not held:
        page.wait_for_timeout(20)
    held[0]()
    expect(page.locator("#came")).to_be_visible()
    expect(field).to_have_value("the next one")
    expect(field).to_be_focused()
    assert field.evaluate("field => field.selectionStart") == len("the next one") - 1


def test_without_scripts_the_form_goes_as_any_other(browser: Browser, pages: LivePages, key: UUID) -> None:
    context = browser.new_context(base_url=pages.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/live-page/{key}/")
    token = next(each["value"] for each in context.cookies() if each["name"] == "csrf")
    page.route("**/notes/**", lambda route: route.continue_(headers={**route.request.headers, "X-CSRFToken": token}))
    write(page, "mine")
    expect(page.get_by_text("taken: mine")).to_be_visible()
    context.close()
