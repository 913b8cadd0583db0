"""Somebody is invited by mail, comes in, gets another role and is removed: seen from both sides, in both languages."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string, policy
from http import HTTPStatus
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from .conftest import OpenAs
from .stack import Stack
from .test_everywhere import RULES

pytestmark = pytest.mark.browser

PEOPLE = "/w/suvantola/people/"
PASSWORD = "kaksitoista askelta, yksi ketju"
OWNER = """
from cxplan.workspaces.models import *
Member.objects.filter(user__email='aino@suvantola.example').update(role='{role}')
"""
WORDS = {
    "fi": {
        "add": "Lisää henkilö",
        "mail": "kutsuu sinut työtilaan",
        "join": "Luo tili ja tule mukaan",
        "welcome": "Tervetuloa!",
        "new": "Aloita uusi ohjelma",
        "remove": "Poista työtilasta",
        "sure": "Poista",
        "gone": "Et kuulu yhteenkään työtilaan",
        "closed": "Tämä kutsu ei aukea",
    },
    "en": {
        "add": "Add the person",
        "mail": "invites you to",
        "join": "Make the account and come in",
        "welcome": "Welcome to",
        "new": "Start a new programme",
        "remove": "Remove from the workspace",
        "sure": "Remove",
        "gone": "You do not belong to any workspace",
        "closed": "This invitation does not open",
    },
}


@pytest.fixture
def aino_owns(stack: Stack) -> Iterator[None]:
    """Nobody of the demo owns its workspace; for a while Aino does."""
    stack.manage("shell", "-c", OWNER.format(role="owner"))
    yield
    stack.manage("shell", "-c", OWNER.format(role="lead"))


@dataclass
class Owner:
    page: Page
    words: dict[str, str]

    def person(self, name: str) -> Locator:
        return self.page.locator(".person", has_text=name)

    def invite(self, name: str, email: str) -> None:
        self.page.goto(PEOPLE)
        self.page.locator("[data-key=n]").click()
        form = self.page.locator("#person-new form, main form.record-form").first
        form.locator("[name$=-name]").fill(name)
        form.locator("[name$=-email]").fill(email)
        form.get_by_role("button", name=self.words["add"]).click()
        expect(self.person(name)).to_contain_text(email)

    def give(self, name: str, role: str) -> None:
        self.person(name).locator("a[data-key=e]").click()
        form = self.page.locator("form.record-form")
        form.locator("[name$=-role]").select_option(role)
        form.locator("button.is-primary").click()
        expect(form).to_have_count(0)

    def remove(self, name: str) -> None:
        self.person(name).locator(".record-tools summary").click()
        self.person(name).get_by_role("link", name=self.words["remove"]).click()
        self.page.get_by_role("button", name=self.words["sure"], exact=True).click()
        expect(self.person(name)).to_have_count(0)


def link_in_the_mail(stack: Stack, email: str, words: str) -> str:
    """The link of the mail to an address, once a worker has sent it."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for text in stack.letters():
            letter = message_from_string(text, policy=policy.default)
            if letter["To"] == email and (found := re.search(r"http\S+/invitations/\S+/", text)):
                assert words in letter["Subject"]
                return found[0]
        time.sleep(0.2)
    pytest.fail("no mail came")


def everybody_reads(page: Page, scripted: bool) -> None:
    """A page that fits its screen, and of which axe has nothing to say."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    if scripted:
        result = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
        assert [(each["id"], each["nodes"][0]["target"]) for each in result.response["violations"]] == []


@pytest.mark.parametrize(
    ("language", "scripted", "width"),
    [("fi", True, 1280), ("en", True, 390), ("fi", False, 320)],
    ids=["finnish", "english on a phone", "without scripts"],
)
@pytest.mark.usefixtures("aino_owns")
def test_somebody_is_invited_comes_in_gets_a_role_and_is_removed(
    stack: Stack, open_as: OpenAs, complaints: list[str], language: str, scripted: bool, width: int
) -> None:
    words, tag = WORDS[language], secrets.token_hex(3)
    name, email = f"Nora {tag}", f"nora-{tag}@example.com"
    options: dict[str, Any] = {"language": language, "width": width, "java_script_enabled": scripted}
    owner = Owner(open_as("Aino", **options), words)
    owner.invite(name, email)
    owner.page.goto(PEOPLE)  # the message would lie over some of it
    everybody_reads(owner.page, scripted)
    link = link_in_the_mail(stack, email, words["mail"])

    guest = open_as(None, **options)
    guest.goto(link)
    expect(guest.locator("main")).to_contain_text(name)
    assert guest.url.endswith("/invitations/yours/")
    everybody_reads(guest, scripted)
    guest.locator("[name=password]").fill(PASSWORD)
    guest.get_by_role("button", name=words["join"]).click()
    guest.wait_for_url("**/w/suvantola/")
    expect(guest.locator("#toasts")).to_contain_text(words["welcome"])
    expect(guest.get_by_role("link", name=words["new"])).to_have_count(0)

    owner.page.goto(PEOPLE)
    owner.give(name, "lead")
    guest.reload()
    expect(guest.get_by_role("link", name=words["new"])).to_be_visible()

    owner.page.goto(PEOPLE)
    owner.remove(name)
    guest.goto("/")
    expect(guest.locator("main")).to_contain_text(words["gone"])
    assert complaints == []
    answer = guest.goto("/w/suvantola/")
    assert answer
    assert answer.status == HTTPStatus.NOT_FOUND
    guest.goto(link)
    expect(guest.locator("h1")).to_have_text(words["closed"])
