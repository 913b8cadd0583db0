"""A workshop in real browsers: two phones, the desk and the projector, and nobody loads a page again."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import OpenAs
from .stack import Stack

pytestmark = pytest.mark.browser

#: Run by the stack's own `shell`; prints the address of the room.
PLAN = """
from cxplan.workshops.domain import facilitate
from cxplan.workshops.domain.facilitate import PhasePlan, Plan
from cxplan.workspaces.models import Member

lead = Member.objects.select_related("workspace").get(workspace__slug="suvantola", name__startswith="Aino")
phases = [
    PhasePlan("read", "Lukeminen"),
    PhasePlan("write", "Hiljainen kirjoitus", question="Missä kokemus jää eniten visiosta?"),
    PhasePlan("group", "Ryhmittely", question="Mitkä laput kertovat samasta kuilusta?"),
    PhasePlan("vote", "Äänestys", question="Mikä kuilu on umpeutettava ensin?", dots=3, most_per_note=2),
    PhasePlan("decide", "Päätös", question="Mihin kuiluihin tartumme?"),
    PhasePlan("close", "Lopetus", question="Millä mielellä lähdet?"),
]
print(f"/room/{facilitate.plan(lead.workspace, lead, Plan('Kuilupaja', 'fi', phases)).pk}/")
"""
HIDDEN = "Katkon syytä ei kerrota kenellekään"
OTHER = "Laskua ei ymmärrä soittamatta"


@pytest.fixture
def room(stack: Stack) -> str:
    """The address of a workshop that is planned, and that nobody has opened."""
    return stack.manage("shell", "--verbosity", "0", "-c", PLAN).strip().splitlines()[-1]


def turn(desk: Page, to: str) -> None:
    """Press the one big button, and wait until the desk is there."""
    desk.locator("#onward").click()
    expect(desk.locator("#conduct .vision-meta").first).to_contain_text(to)


def join_by_code(phone: Page, code: str, nickname: str) -> None:
    phone.goto("/join/")
    phone.get_by_label("Kuusinumeroinen koodi").fill(code)
    phone.get_by_label("Nimimerkki").fill(nickname)
    phone.get_by_role("button", name="Mukaan").click()
    expect(phone.locator("#ready")).to_be_visible()


def write(phone: Page, text: str) -> None:
    phone.get_by_label("Uusi lappu").fill(text)
    phone.get_by_role("button", name="Lisää lappu").click()
    expect(phone.locator("#own")).to_contain_text(text)
    expect(phone.get_by_label("Uusi lappu")).to_have_value("")


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def fit_for_everyone(*pages: Page) -> None:
    for page in pages:
        assert Axe().run(page).response["violations"] == [], page.url
        assert fits(page), page.url


def left_in_sight(phone: Page) -> None:
    """How many dots are left stays in sight at the end of a vote, and hides nothing that is come to by the keyboard."""
    phone.set_viewport_size({"width": 320, "height": 300})
    phone.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(phone.locator("#dots-left")).to_be_in_viewport(ratio=1)
    give = phone.get_by_role("button", name="Anna piste").first
    phone.evaluate("document.activeElement.blur()")
    for _key in range(30):
        if give.evaluate("element => element === document.activeElement"):
            break
        phone.keyboard.press("Shift+Tab")
    expect(give).to_be_focused()
    phone.wait_for_function(
        """() => document.activeElement.getBoundingClientRect().top
            >= document.querySelector(".room-top").getBoundingClientRect().bottom"""
    )
    phone.set_viewport_size({"width": 320, "height": 900})


def test_a_workshop_from_the_code_to_the_close(open_as: OpenAs, room: str, complaints: list[str]) -> None:
    desk = open_as("Aino")
    desk.goto(f"{room}desk/")
    turn(desk, "1/6")
    code = desk.locator("#join .code").inner_text()
    screen = desk.context.new_page()
    screen.goto(f"{room}screen/")
    expect(screen.locator(".code")).to_have_text(code)

    one = open_as(None, width=320)
    join_by_code(one, code, "Outi")
    # By the QR code: two taps, one field, which may stay empty.
    other = open_as(None, width=390)
    other.goto(str(desk.evaluate("document.querySelector('[data-join]').dataset.join")))
    assert other.locator("form:has(#id_nickname) input:visible").count() == 1
    other.get_by_role("button", name="Mukaan").click()
    expect(other.locator("#ready")).to_be_visible()
    expect(desk.locator("#people-title")).to_have_text("Mukana 2")

    # What is written in silence is seen by its writer alone.
    turn(desk, "2/6")
    write(one, HIDDEN)
    expect(one.get_by_label("Uusi lappu")).to_be_focused()
    expect(desk.locator("#board-title")).to_have_text("1 lappu, vielä piilossa")
    expect(screen.locator(".screen-say")).to_contain_text("1")
    assert not any(HIDDEN in page.content() for page in (other, desk, screen))
    other.get_by_label("Uusi lappu").fill(OTHER)  # and not sent
    one.get_by_role("button", name="Olen valmis").click()
    expect(desk.locator("#conduct")).to_contain_text("1 / 2 valmiina")
    fit_for_everyone(one, desk, screen)

    turn(desk, "3/6")
    for page in (other, screen):
        expect(page.locator("#wall-notes")).to_contain_text(HIDDEN)
    other.locator(".unsent").get_by_role("button", name="Vie se seinälle").click()
    for page in (one, screen):
        expect(page.locator("#wall-notes")).to_contain_text(OTHER)
    expect(other.locator(".unsent")).to_have_count(0)

    expect(desk.locator("#board .pick")).to_have_count(2)
    for tick in desk.locator("#board [name=notes]").all():
        tick.check()
    desk.get_by_label("Mitä ne sanovat").fill("Pimeässä kahdesti")
    desk.get_by_role("button", name="Ryhmitä").click()
    expect(one.locator(".pile")).to_contain_text("Pimeässä kahdesti")
    expect(screen.locator(".screen-pile")).to_contain_text("Pimeässä kahdesti")
    fit_for_everyone(one, desk, screen)

    turn(desk, "4/6")
    left_in_sight(one)
    give = one.get_by_role("button", name="Anna piste")
    give.click()
    give.click()
    expect(one.get_by_role("button", name="Ota piste pois")).to_have_count(2)
    expect(one.locator("#said")).to_contain_text("1 piste jäljellä.")
    expect(screen.locator(".screen-say")).to_contain_text("1")
    fit_for_everyone(one, desk, screen)

    turn(desk, "5/6")
    expect(one.locator(".result")).to_contain_text("2 pistettä")
    desk.get_by_role("button", name="Valitse").click()
    for page in (one, other, screen):
        expect(page.locator(".result-chosen")).to_be_visible()

    turn(desk, "6/6")
    one.locator(".feelings label").first.click()
    one.get_by_role("button", name="Lähetä", exact=True).click()
    expect(one.locator("#pulse .saved")).to_be_visible()
    fit_for_everyone(one, desk, screen)
    desk.locator("#onward").click()
    for page in (one, other, desk, screen):
        expect(page.get_by_text("päättynyt").first).to_be_visible()
    assert complaints == []


def test_a_turn_is_taken_back_the_clock_is_everybodys_and_a_removed_guest_is_out(
    open_as: OpenAs, room: str, complaints: list[str]
) -> None:
    desk = open_as("Aino")
    desk.goto(f"{room}desk/")
    turn(desk, "1/6")
    phone = open_as(None, width=390)
    join_by_code(phone, desk.locator("#join .code").inner_text(), "")
    turn(desk, "2/6")
    phone.get_by_label("Uusi lappu").fill(OTHER)
    desk.get_by_role("button", name="Pysäytä").click()
    expect(phone.locator(".timer-state")).to_be_visible()
    expect(phone.get_by_label("Uusi lappu")).to_have_value(OTHER)
    desk.get_by_role("button", name="Kumoa siirto").click()
    expect(desk.locator("#conduct .vision-meta").first).to_contain_text("1/6")
    expect(phone.locator(".room-top")).to_contain_text("1/6")
    turn(desk, "2/6")
    expect(phone.get_by_label("Uusi lappu")).to_have_value(OTHER)

    # Whoever is removed is out at once, and is told so.
    desk.locator("#people summary").click()
    with desk.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true"):
        desk.evaluate("htmx.trigger(document.body, 'room:changed')")  # as when another facilitator turns the phase
    desk.get_by_role("button", name="Poista työpajasta").click()
    phone.wait_for_url("**/join/")
    expect(phone.get_by_text("Paikkasi tässä työpajassa on poistettu.")).to_be_visible()
    assert [each for each in complaints if "/live/" not in each and "404" not in each] == []
