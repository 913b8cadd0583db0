"""A whole workshop of gaps in real browsers: twelve phones, the desk and the projector, from the step to the plan.

With ``CXPLAN_WORKSHOP_PICTURES`` (a folder) every phase is kept as pictures of the three screens, to be looked at:
phones of 390 and 320 px, the projector at 1280 and 1920, all of them light and dark. ``CXPLAN_WORKSHOP_LANGUAGE=en``
holds the workshop of the English demo.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import OpenAs
from .stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LANGUAGE = os.environ.get("CXPLAN_WORKSHOP_LANGUAGE", "fi")
PHONES = 12
PHASES = ("read", "write", "reveal", "group", "vote", "score", "decide", "close")
HEIGHTS = {390: 844, 320: 640, 1280: 800, 1920: 1080}

#: What the scripted people write; the first six are of one mind, the next four of another.
NOTES = {
    "fi": [
        *(f"Katkon syytä ei kerrota kenellekään ({number})" for number in range(1, 7)),
        *(f"Laskua ei ymmärrä soittamatta ({number})" for number in range(1, 5)),
        "Muuttopäivänä kukaan ei tiedä, ovatko valot päällä, ja sen saa selville vasta avaamalla oven pimeään asuntoon",
        "Jonossa ei tiedä, monesko on",
    ],
    "en": [
        *(f"Nobody is told why the power is out ({number})" for number in range(1, 7)),
        *(f"A bill cannot be understood without a call ({number})" for number in range(1, 5)),
        "On moving day nobody knows whether the lights are on, and one finds out only by opening the door in the dark",
        "In the queue one does not know one's place",
    ],
}[LANGUAGE]
GROUPS = {
    "fi": ("Pimeässä kahdesti", "Lasku ei selitä itseään"),
    "en": ("Dark, and nobody tells", "A bill that says nothing"),
}
#: Leaves the demo as the other tests know it.
TIDY = f"""
from django.utils import timezone
from roadmap.models import Gap
Gap.objects.filter(title__in={GROUPS[LANGUAGE]!r}).update(trashed_at=timezone.now())
"""
NAMES = ["Outi", "Pekka", "", "Sari", "", "Jukka-Pekka Hämäläinen", "Noor", "", "Leena", "Ali", "Kaisa", ""]

WORDS = {
    "fi": {
        "programme": "Rinnalla 2031",
        "make": "Tee työpaja",
        "code": "Kuusinumeroinen koodi",
        "nickname": "Nimimerkki",
        "join": "Mukaan",
        "note": "Uusi lappu",
        "add": "Lisää lappu",
        "ready": "Olen valmis",
        "label": "Mitä ne sanovat",
        "group": "Ryhmitä",
        "dot": "Anna piste",
        "send": "Lähetä",
        "choose": "Valitse",
        "take": "Vie suunnitelmaan",
        "keep": "Kirjaa päätös",
        "severity": "Vakavuus",
        "hidden": "12 lappua, vielä piilossa",
        "here": "Mukana 12",
    },
    "en": {
        "programme": "Alongside 2031",
        "make": "Make the workshop",
        "code": "Six-digit code",
        "nickname": "Nickname",
        "join": "Join",
        "note": "New note",
        "add": "Add the note",
        "ready": "I am ready",
        "label": "What they say",
        "group": "Group",
        "dot": "Give a dot",
        "send": "Send",
        "choose": "Choose",
        "take": "Take into the plan",
        "keep": "Keep the decision",
        "severity": "Severity",
        "hidden": "12 notes, still hidden",
        "here": "12 here",
    },
}[LANGUAGE]


@dataclass
class Room:
    """The three screens, and the rest of the phones."""

    desk: Page
    screen: Page
    phones: list[Page] = field(default_factory=list)

    def turn(self, place: int) -> None:
        """Press the one big button, and wait until everybody has turned."""
        self.desk.locator("#onward").click()
        expect(self.desk.locator("#conduct .vision-meta").first).to_contain_text(f"{place}/{len(PHASES)}")
        for phone in self.phones:
            expect(phone.locator(".room-top")).to_contain_text(f"{place}/{len(PHASES)}")
        self.look(PHASES[place - 1])

    def look(self, name: str) -> None:
        """Keep what the three screens show, where pictures are wanted."""
        folder = os.environ.get("CXPLAN_WORKSHOP_PICTURES")
        if not folder:
            return
        Path(folder).mkdir(parents=True, exist_ok=True)
        screens = {"desk": (self.desk, (1280,)), "screen": (self.screen, (1280, 1920))}
        if self.phones:
            screens["phone"] = (self.phones[0], (390, 320))
        for which, (page, widths) in screens.items():
            for width in widths:
                page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
                for scheme in ("light", "dark"):
                    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                    path = Path(folder) / f"{name}-{which}-{width}-{scheme}-{LANGUAGE}.png"
                    page.screenshot(path=path)
            page.emulate_media(color_scheme="light")
            page.set_viewport_size({"width": widths[0], "height": HEIGHTS[widths[0]]})


@pytest.fixture
def room(open_as: OpenAs) -> Room:
    """A workshop opened from step 6, its desk and its projector; nobody has come yet."""
    desk = open_as("Aino", language=LANGUAGE)
    desk.goto("/w/suvantola/" if LANGUAGE == "fi" else "/w/suvantola-en/")
    desk.get_by_role("link", name=WORDS["programme"]).first.click()
    desk.wait_for_url("**/programmes/*/")
    desk.goto(f"{desk.url}steps/gaps/")
    desk.locator(".step-tools a[href$='/workshop/']").click()
    desk.wait_for_url("**/workshop/")
    desk.get_by_role("button", name=WORDS["make"]).click()
    desk.wait_for_url("**/desk/")
    screen = desk.context.new_page()
    screen.goto(desk.url.replace("/desk/", "/screen/"))
    made = Room(desk, screen)
    made.look("before")
    return made


def join(phone: Page, place: int, *, code: str, link: str) -> None:
    """Every other one by the QR code's link, the rest by the digits."""
    phone.goto(link if place % 2 else "/join/")
    if not place % 2:
        phone.get_by_label(WORDS["code"]).fill(code)
    phone.get_by_label(WORDS["nickname"]).fill(NAMES[place])
    phone.get_by_role("button", name=WORDS["join"]).click()
    expect(phone.locator("#ready")).to_be_visible()


def write(phone: Page, text: str) -> None:
    phone.get_by_label(WORDS["note"]).fill(text)
    phone.get_by_role("button", name=WORDS["add"]).click()
    expect(phone.locator("#own")).to_contain_text(text)


def group(desk: Page, words: str, name: str, count: int) -> None:
    picks = desk.locator("#board .pick", has_text=words)
    expect(picks).to_have_count(count)
    for tick in picks.locator("[name=notes]").all():
        tick.check()
    desk.get_by_label(WORDS["label"]).fill(name)
    desk.locator("#make-group").click()
    expect(desk.locator("#board .pile", has_text=name)).to_be_visible()


def score(phone: Page, name: str, value: int) -> None:
    """One tap is an answer; it shows when the room has stored it."""
    answer = phone.locator(".score", has_text=name).locator(f"input[value='{value}']")
    with phone.expect_response(lambda answered: answered.url.endswith("/scores/")):
        answer.check(force=True)
    expect(answer).to_be_checked()


def fit(*pages: Page) -> None:
    for page in pages:
        violations = Axe().run(page).response["violations"]
        assert violations == [], (page.url, violations)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def test_twelve_people_make_the_gaps_of_a_plan(open_as: OpenAs, room: Room, stack: Stack) -> None:
    desk, screen = room.desk, room.screen
    room.turn(1)
    code = desk.locator("#join .code").inner_text()
    link = str(desk.evaluate("document.querySelector('[data-join]').dataset.join"))
    room.phones = [open_as(None, width=390, language=LANGUAGE) for _ in range(PHONES)]
    for place, phone in enumerate(room.phones):
        join(phone, place, code=code, link=link)
    expect(desk.locator("#people-title")).to_have_text(re.compile(r"\b12$|^12\b"))
    one, *others = room.phones
    room.look("joined")
    fit(one, desk, screen)

    room.turn(2)
    for phone, text in zip(room.phones, NOTES, strict=True):
        write(phone, text)
    expect(desk.locator("#board-title")).to_have_text(WORDS["hidden"])
    for phone in room.phones[:7]:
        phone.get_by_role("button", name=WORDS["ready"]).click()
    expect(desk.locator("#conduct")).to_contain_text(re.compile(r"7 (/|of) 12"))
    assert not any(NOTES[0] in page.content() for page in (*others, desk, screen))
    room.look("written")
    fit(one, desk, screen)

    room.turn(3)
    for page in (*room.phones, screen):
        expect(page.locator("#wall-notes")).to_contain_text(NOTES[11])

    room.turn(4)
    for name, text, count in zip(GROUPS[LANGUAGE], (NOTES[0], NOTES[6]), (6, 4), strict=True):
        group(desk, text.rpartition(" ")[0], name, count)
        for page in (one, screen):
            expect(page.locator("body")).to_contain_text(name)
    room.look("grouped")
    fit(one, desk, screen)

    room.turn(5)
    for place, phone in enumerate(room.phones):
        give = phone.get_by_role("button", name=WORDS["dot"])
        give.nth(0 if place < 8 else 1).click()
        give.nth(2).click()
        expect(phone.locator("[aria-label], .dots-left").first).to_be_attached()
    room.look("voted")
    fit(one, desk, screen)

    # Nine of twelve call the first group a five, the rest a four; the other group gets threes from half of them.
    room.turn(6)
    for place, phone in enumerate(room.phones):
        score(phone, GROUPS[LANGUAGE][0], 5 if place < 9 else 4)
        if place < 6:
            score(phone, GROUPS[LANGUAGE][1], 3)
    expect(screen.locator(".screen-say b")).to_have_text(str(PHONES))
    room.look("scored")
    fit(one, desk, screen)

    room.turn(7)
    for _ in range(2):
        desk.locator("#board .results").get_by_role("button", name=WORDS["choose"], pressed=False).first.click()
        desk.wait_for_timeout(300)
    expect(desk.locator(".result.is-chosen")).to_have_count(2)
    for page in (one, screen):
        expect(page.locator(".result-chosen")).to_have_count(2)
    room.look("decided")
    fit(one, desk, screen)

    room.turn(8)
    for phone in room.phones[:5]:
        phone.locator(".feelings label").nth(3).click()
        phone.get_by_role("button", name=WORDS["send"], exact=True).click()
        expect(phone.locator("#pulse .saved")).to_be_visible()
    room.look("felt")
    fit(one, desk, screen)
    desk.locator("#onward").click()
    expect(desk.locator("#harvest")).to_be_visible()
    room.look("closed")

    # What was chosen becomes the plan, and says where it comes from.
    desk.locator("#harvest").click()
    desk.wait_for_url("**/harvest/")
    name = GROUPS[LANGUAGE][0]
    row = desk.locator(".yield", has_text=name).first
    expect(row).to_contain_text(re.compile(rf"{WORDS['severity']}\s+4[.,]8\s+.*n = 12"))
    row.get_by_role("checkbox", name=WORDS["take"]).first.check()
    desk.locator("[name=reason]").fill(NOTES[0])
    desk.get_by_role("button", name=WORDS["keep"]).click()
    desk.wait_for_url(lambda url: not url.endswith("/harvest/"))
    desk.goto(re.sub(r"workshops/.*", "steps/gaps/?all=gap", desk.url))
    gap = desk.locator("#gap-list [data-item]", has_text=name)
    expect(gap).to_have_count(1)
    expect(gap).to_contain_text(f"{WORDS['severity']} 5/5")
    gap.locator("a[href$='/origin/']").click()
    expect(desk.locator("main")).to_contain_text(NOTES[0])
    stack.manage("shell", "--verbosity", "0", "-c", TIDY)
