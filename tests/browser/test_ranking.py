"""A ranking in real browsers: a phone by taps and by keys, the desk closes it, the projector shows the order."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import OpenAs
from .stack import Stack
from .test_room import fit_for_everyone, join_by_code, turn
from .test_room_for_everyone import tab_to

pytestmark = pytest.mark.browser

#: Run by the stack's own `shell`; prints the address of the room.
PLAN = """
from cxplan.workshops.domain import facilitate
from cxplan.workshops.domain.facilitate import Brought, PhasePlan, Plan
from cxplan.workspaces.models import Member

lead = Member.objects.select_related("workspace").get(workspace__slug="suvantola", name__startswith="Aino")
phases = [
    PhasePlan("rank", "Järjestäminen", question="Mihin vipuun tartumme ensin?"),
    PhasePlan("decide", "Päätös", question="Mitkä vivut otamme käyttöön?"),
]
brought = [Brought(text, f"lever:{text}") for text in ("Muistutukset", "Viikkokirje", "Aamupalaveri")]
print(f"/room/{facilitate.plan(lead.workspace, lead, Plan('Vipupaja', 'fi', phases, brought)).pk}/")
"""


@pytest.fixture
def room(stack: Stack) -> str:
    """The address of a workshop that is planned, and that nobody has opened."""
    return stack.manage("shell", "--verbosity", "0", "-c", PLAN).strip().splitlines()[-1]


def shows(phone: Page, *order: str) -> None:
    """One's own order, as the phone has it."""
    expect(phone.locator(".ranking [id^=says-]")).to_have_text(list(order))


def test_an_order_by_taps_and_by_the_keyboard(open_as: OpenAs, room: str, complaints: list[str]) -> None:
    desk = open_as("Aino")
    desk.goto(f"{room}desk/")
    turn(desk, "1/2")
    screen = desk.context.new_page()
    screen.goto(f"{room}screen/")
    phone = open_as(None, width=320)
    join_by_code(phone, desk.locator("#join .code").inner_text(), "Outi")

    # By taps; the focus goes with the card, and what became of it is said.
    phone.get_by_role("button", name="Lisää järjestykseeni Viikkokirje").click()
    shows(phone, "Viikkokirje")
    expect(phone.get_by_role("button", name="Ylös: Viikkokirje")).to_be_focused()
    expect(phone.locator("#said")).to_contain_text("Viikkokirje on sijalla 1. 1 järjestyksessäsi.")
    phone.get_by_role("button", name="Lisää järjestykseeni Aamupalaveri").click()
    shows(phone, "Viikkokirje", "Aamupalaveri")
    assert all(min(box["width"], box["height"]) >= 44 for box in boxes(phone))

    # By the keyboard: added, brought to the top, and another taken out.
    tab_to(phone, "[value=last]")
    phone.keyboard.press("Enter")
    shows(phone, "Viikkokirje", "Aamupalaveri", "Muistutukset")
    expect(phone.get_by_role("button", name="Ylös: Muistutukset")).to_be_focused()
    phone.keyboard.press("Enter")
    shows(phone, "Viikkokirje", "Muistutukset", "Aamupalaveri")
    expect(phone.get_by_role("button", name="Ylös: Muistutukset")).to_be_focused()
    phone.keyboard.press("Enter")
    shows(phone, "Muistutukset", "Viikkokirje", "Aamupalaveri")
    tab_to(phone, "li:last-child [value=out]")
    phone.keyboard.press("Enter")
    shows(phone, "Muistutukset", "Viikkokirje")
    expect(phone.get_by_role("button", name="Lisää järjestykseeni Aamupalaveri")).to_be_focused()

    # Nobody else sees it before the close.
    expect(desk.locator("#conduct")).to_contain_text("1 on järjestänyt")
    expect(screen.locator(".screen-say")).to_contain_text("1 / 1 on järjestänyt")
    fit_for_everyone(phone, desk, screen)
    turn(desk, "2/2")
    for page in (phone, desk, screen):
        expect(page.locator(".result-says").first).to_have_text("Muistutukset")
        expect(page.locator(".result").first).to_contain_text("3 pistettä")
        expect(page.get_by_text("Järjestyksen ensimmäinen saa 3 pistettä")).to_be_visible()
    fit_for_everyone(phone, desk, screen)
    assert complaints == []


def boxes(phone: Page) -> list[dict[str, float]]:
    """How large the buttons of the cards are."""
    found: list[dict[str, float]] = phone.locator("#ranking button").evaluate_all(
        "all => all.map((each) => ({ width: each.offsetWidth, height: each.offsetHeight }))"
    )
    return found


def test_a_browser_without_scripts_makes_its_order(open_as: OpenAs, room: str) -> None:
    desk = open_as("Aino")
    desk.goto(f"{room}desk/")
    turn(desk, "1/2")
    phone = open_as(None, width=320, java_script_enabled=False)
    join_by_code(phone, desk.locator("#join .code").inner_text(), "Outi")
    for text in ("Viikkokirje", "Muistutukset"):
        phone.get_by_role("button", name=f"Lisää järjestykseeni {text}").click()
    phone.get_by_role("button", name="Ensimmäiseksi: Muistutukset").click()
    shows(phone, "Muistutukset", "Viikkokirje")
