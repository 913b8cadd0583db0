"""A workshop by the keyboard alone, on a line that breaks, in forced colours, and in a browser without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import OpenAs
from .stack import Stack
from .test_room import HIDDEN, OTHER, PLAN, fit_for_everyone, join_by_code, turn, write

pytestmark = pytest.mark.browser


@pytest.fixture
def room(stack: Stack) -> str:
    """The address of a workshop that is planned, and that nobody has opened."""
    return stack.manage("shell", "--verbosity", "0", "-c", PLAN).strip().splitlines()[-1]


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    pytest.fail(f"the Tab key does not lead to {selector} on {page.url}")


def onward(desk: Page, to: str) -> None:
    """Go on by the keyboard."""
    tab_to(desk, "#onward")
    desk.keyboard.press("Enter")
    expect(desk.locator("#conduct .vision-meta").first).to_contain_text(to)


def test_a_workshop_by_the_keyboard_alone(open_as: OpenAs, room: str, complaints: list[str]) -> None:
    desk = open_as("Aino")
    desk.goto(f"{room}desk/")
    onward(desk, "1/6")
    screen = desk.context.new_page()
    screen.goto(f"{room}screen/")
    person = open_as(None)
    person.goto("/join/")
    tab_to(person, "#id_code")
    person.keyboard.type(desk.locator("#join .code").inner_text())
    tab_to(person, "#id_nickname")
    person.keyboard.type("Outi")
    person.keyboard.press("Enter")
    expect(person.locator("#ready")).to_be_visible()

    onward(desk, "2/6")
    expect(person.get_by_label("Uusi lappu")).to_be_visible()
    for text in (HIDDEN, OTHER):
        tab_to(person, "textarea")
        person.keyboard.type(text)
        tab_to(person, "#add-note")
        person.keyboard.press("Enter")
        expect(person.locator("#own")).to_contain_text(text)
    tab_to(person, "#ready button, #ready")
    person.keyboard.press("Enter")
    expect(desk.locator("#conduct")).to_contain_text("1 / 1 valmiina")

    onward(desk, "3/6")
    expect(desk.locator("#board .pick")).to_have_count(2)
    for number in range(2):
        tab_to(desk, f"#board li:nth-child({number + 1}) [name=notes]")
        desk.keyboard.press("Space")
    tab_to(desk, "#sort-label")
    desk.keyboard.type("Pimeässä kahdesti")
    desk.keyboard.press("Enter")
    expect(person.locator("#room")).to_contain_text("Pimeässä kahdesti")
    expect(screen.locator(".screen-pile")).to_contain_text("Pimeässä kahdesti")

    onward(desk, "4/6")
    expect(person.locator("[data-give]").first).to_be_visible()
    tab_to(person, "[data-give]")
    person.keyboard.press("Enter")
    expect(person.get_by_role("button", name="Ota piste pois")).to_have_count(1)
    onward(desk, "5/6")
    expect(desk.locator("#board .result")).not_to_have_count(0)
    tab_to(desk, "#board .results button")
    desk.keyboard.press("Enter")
    expect(screen.locator(".result-chosen")).to_be_visible()
    onward(desk, "6/6")
    expect(person.locator(".feelings")).to_be_visible()
    tab_to(person, ".feelings input")
    person.keyboard.press("Space")
    tab_to(person, "#pulse button")
    person.keyboard.press("Enter")
    expect(person.locator("#pulse .saved")).to_be_visible()

    # The projector: D changes between light and dark, F fills the screen.
    screen.bring_to_front()
    before = screen.evaluate("document.documentElement.dataset.theme")
    screen.keyboard.press("d")
    theme = screen.evaluate("document.documentElement.dataset.theme")
    assert theme in ("light", "dark")
    assert theme != before
    fit_for_everyone(screen)
    screen.keyboard.press("f")
    screen.wait_for_function("document.fullscreenElement !== null")
    screen.keyboard.press("f")
    screen.wait_for_function("document.fullscreenElement === null")
    assert complaints == []


def test_a_note_of_a_broken_line_says_so_and_is_sent_once(open_as: OpenAs, room: str) -> None:
    desk = open_as("Aino")
    desk.goto(f"{room}desk/")
    turn(desk, "1/6")
    phone = open_as(None, width=320)
    join_by_code(phone, desk.locator("#join .code").inner_text(), "Outi")
    turn(desk, "2/6")
    expect(phone.get_by_label("Uusi lappu")).to_be_visible()
    phone.context.set_offline(True)
    phone.get_by_label("Uusi lappu").fill(HIDDEN)
    phone.get_by_role("button", name="Lisää lappu").click()
    expect(phone.locator("[data-outbox-state]")).to_be_visible()
    fit_for_everyone(phone)
    phone.context.set_offline(False)
    expect(phone.locator("#own")).to_contain_text(HIDDEN)
    expect(phone.locator("[data-outbox-state]")).to_be_hidden()
    expect(desk.locator("#board-title")).to_have_text("1 lappu, vielä piilossa")
    desk.wait_for_timeout(1500)
    expect(desk.locator("#board-title")).to_have_text("1 lappu, vielä piilossa")


def test_a_browser_without_scripts_joins_writes_and_votes(open_as: OpenAs, room: str) -> None:
    desk = open_as("Aino")
    desk.goto(f"{room}desk/")
    turn(desk, "1/6")
    plain = open_as(None, width=390, java_script_enabled=False)
    join_by_code(plain, desk.locator("#join .code").inner_text(), "Outi")
    turn(desk, "2/6")
    plain.goto(plain.url)
    for text in (HIDDEN, OTHER):
        write(plain, text)
    plain.get_by_role("button", name="Olen valmis").click()
    expect(desk.locator("#conduct")).to_contain_text("1 / 1 valmiina")
    turn(desk, "3/6")
    turn(desk, "4/6")
    plain.goto(plain.url)
    plain.get_by_role("button", name="Anna piste").first.click()
    expect(plain.get_by_role("button", name="Ota piste pois")).to_have_count(1)
    plain.get_by_role("button", name="Ota piste pois").click()
    expect(plain.get_by_role("button", name="Ota piste pois")).to_have_count(0)
    plain.get_by_role("button", name="Anna piste").nth(1).click()
    turn(desk, "5/6")
    plain.goto(plain.url)
    expect(plain.locator(".result").first).to_contain_text("1 piste")


def test_in_forced_colours_everything_has_its_edge(open_as: OpenAs, room: str) -> None:
    desk = open_as("Aino", forced_colors="active")
    desk.goto(f"{room}desk/")
    turn(desk, "1/6")
    phone = open_as(None, width=320, forced_colors="active")
    join_by_code(phone, desk.locator("#join .code").inner_text(), "Outi")
    turn(desk, "2/6")
    write(phone, HIDDEN)
    for page, selector in ((phone, "#own .note"), (phone, "#add-note"), (desk, "#onward"), (desk, ".note")):
        edge = page.locator(selector).first.evaluate("element => getComputedStyle(element).borderTopStyle")
        assert edge == "solid", selector


MANY = """
from cxplan.workshops.domain import board, facilitate, seats
from cxplan.workshops.models import Note, Phase, Session

room = facilitate.open_session(Session.objects.get(pk=int("ROOM".strip("/").split("/")[1])))
phases = {phase.mode: phase for phase in Phase.objects.of(room)}
facilitate.turn(room, phases["write"])
guests = [seats.take_as_guest(room, "").participant for _ in range(10)]
for number in range(30):
    board.write_note(room, phases["write"], guests[number % 10], text=f"Kuilu {number} " + "pitkä " * (number % 4 * 12))
facilitate.turn(room, phases["vote"])
for number, note in enumerate(Note.objects.of(room).in_order()):
    board.give_dot(room, phases["vote"], guests[number % 10], board.Target(note=note.pk))
facilitate.turn(room, phases["decide"])
"""
#: What stands on the projector now: the results, what of them hangs over the edge, and the smallest letters.
STANDS = """() => {
  const edge = document.querySelector(".screen-wall").getBoundingClientRect().bottom;
  const shown = [...document.querySelectorAll(".result:not([hidden])")];
  return {
    says: shown.map((each) => each.querySelector(".result-says").textContent.split(" ", 2)[1]),
    over: shown.filter((each) => each.getBoundingClientRect().bottom > edge + 1).length,
    letters: Math.min(
      ...shown.flatMap((each) => [...each.querySelectorAll("p")]).map((p) => parseFloat(getComputedStyle(p).fontSize)),
    ),
  };
}"""


def test_thirty_results_are_read_from_the_back_row_page_by_page(open_as: OpenAs, room: str, stack: Stack) -> None:
    stack.manage("shell", "--verbosity", "0", "-c", MANY.replace("ROOM", room))
    screen = open_as("Aino")
    screen.set_viewport_size({"width": 1280, "height": 720})
    screen.goto(f"{room}screen/")
    label = screen.locator("[data-pages] [data-text]")
    expect(label).to_be_visible()
    last = int(label.inner_text().split("/")[1])
    assert 1 < last <= 15
    read: list[str] = []
    for number in range(1, last + 1):
        expect(label).to_have_text(f"sivu {number}/{last}")
        stands = screen.evaluate(STANDS)
        assert stands["over"] == 0, number
        assert stands["letters"] >= 24, number
        read += stands["says"]
        screen.keyboard.press("ArrowRight")
    assert sorted(map(int, read)) == list(range(30)), "each once, and none is left out"
