"""Notes dragged at the desk: onto one another, into a group and out of it again; and a whole group."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from .conftest import OpenAs
from .stack import Stack
from .test_room import HIDDEN, OTHER, PLAN, join_by_code, turn, write

pytestmark = pytest.mark.browser

THIRD = "Asentaja tulee ilman soittoa"


@pytest.fixture
def room(stack: Stack) -> str:
    """The address of a workshop that is planned, and that nobody has opened."""
    return stack.manage("shell", "--verbosity", "0", "-c", PLAN).strip().splitlines()[-1]


def test_notes_are_dragged_together_and_apart(open_as: OpenAs, room: str, complaints: list[str]) -> None:
    desk = open_as("Aino")
    desk.goto(f"{room}desk/")
    turn(desk, "1/6")
    phone = open_as(None, width=390)
    join_by_code(phone, desk.locator("#join .code").inner_text(), "Outi")
    turn(desk, "2/6")
    for text in (HIDDEN, OTHER, THIRD):
        write(phone, text)
    turn(desk, "3/6")
    expect(desk.locator("#board [data-note]")).to_have_count(3)

    def note(text: str) -> Locator:
        return desk.locator("#board [data-note]", has_text=text)

    # What comes anew waits while a note is in the hand.
    note(OTHER).hover()
    desk.mouse.down()
    note(HIDDEN).hover()
    expect(note(OTHER)).to_have_class(re.compile("is-held"))
    phone.locator("#ready").click()
    expect(phone.locator("#ready")).to_have_attribute("aria-pressed", "true")
    desk.wait_for_timeout(1500)
    expect(desk.locator("#conduct")).not_to_contain_text("1 / 1")
    note(HIDDEN).hover()
    desk.mouse.up()
    pile = desk.locator("#board [data-group]")
    expect(pile.locator("[data-note]")).to_have_count(2)
    expect(desk.locator("#conduct")).to_contain_text("1 / 1")
    expect(desk.locator("#board input:checked")).to_have_count(0)

    note(THIRD).drag_to(pile.locator("h3"))
    expect(pile.locator("[data-note]")).to_have_count(3)
    expect(phone.locator(".pile")).to_contain_text(THIRD)
    note(OTHER).drag_to(desk.locator("#board .wall"), target_position={"x": 5, "y": 2})
    expect(pile.locator("[data-note]")).to_have_count(2)
    expect(note(OTHER)).to_be_visible()
    pile.locator("h3").drag_to(note(OTHER))
    expect(pile.locator("[data-note]")).to_have_count(3)
    expect(pile).to_have_count(1)
    assert complaints == []
