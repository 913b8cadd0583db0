"""Two people write the same record at once, with scripts and without: each sees the other's words and loses none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import OpenAs
from .test_main_job import programme_home

pytestmark = pytest.mark.browser

FIRST, AINOS, VILLES = "Kukaan ei vastaa yöllä", "Yöllä vastaa vain nauha", "Päivystys ei näe häiriötä"
TAKEN = (HTTPStatus.OK, HTTPStatus.FOUND)
WHY = "Kaksi järjestelmää, kaksi tietoa"


@dataclass(frozen=True)
class Writer:
    """Somebody with the form of a gap open, in their own browser."""

    page: Page
    step: str
    number: str

    @property
    def item(self) -> Locator:
        return self.page.locator(f"#gap-{self.number}")

    @property
    def form(self) -> Locator:
        return self.page.locator("form.record-form")

    @property
    def title(self) -> Locator:
        return self.form.locator("[name$=title]")

    def open(self) -> None:
        """Open the form where the record stands."""
        self.page.goto(f"{self.step}?at={self.number}#gap-{self.number}")
        self.item.locator(f"a[href$='/records/gap/{self.number}/']").first.click()
        expect(self.title).to_be_visible()

    def press(self, button: str) -> int:
        """Press a button of the form; returns the status of the answer."""
        with self.page.expect_response(lambda answer: f"/records/gap/{self.number}/" in answer.url) as answered:
            self.form.get_by_role("button", name=button, exact=True).first.click()
        return answered.value.status

    def save(self) -> int:
        return self.press("Tallenna")

    def stands(self, text: str) -> None:
        """See on the page, read anew, what the record says."""
        expect(self.form).to_have_count(0)
        self.page.goto(f"{self.step}?at={self.number}#gap-{self.number}")
        expect(self.item).to_contain_text(text)

    def was(self, text: str) -> None:
        """See in the history what the record once said."""
        self.page.goto(f"{self.step.partition('steps/')[0]}records/gap/{self.number}/history/")
        expect(self.page.locator("main")).to_contain_text(text)


@pytest.fixture(params=[True, False], ids=["scripted", "scriptless"])
def scripted(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def writers(open_as: OpenAs, scripted: bool) -> Iterator[tuple[Writer, Writer]]:
    """Aino and Ville; both have the form of a new gap open, which is thrown away in the end."""
    page = open_as("Aino", java_script_enabled=scripted)
    home = programme_home(page)
    number = new_gap(page, home)
    aino, ville = (
        Writer(each, f"{home}steps/gaps/", number) for each in (page, open_as("Ville", java_script_enabled=scripted))
    )
    aino.open()
    ville.open()
    yield aino, ville
    throw_away(Writer(open_as("Aino", java_script_enabled=False), aino.step, number))


def new_gap(page: Page, home: str) -> str:
    """Add a gap without a severity; returns its number."""
    page.goto(f"{home}records/gap/new/")
    page.locator("form.record-form [name$=title]").fill(FIRST)
    page.locator("form.record-form button.is-primary").click()
    page.wait_for_url(re.compile(r"#gap-\d+$"))
    return page.url.rpartition("-")[2]


def throw_away(writer: Writer) -> None:
    """Leave the demo as the other tests know it."""
    writer.page.goto(f"{writer.step}?at={writer.number}")
    if writer.item.count():
        writer.item.locator(".record-tools summary").first.click()
        writer.item.locator("button.is-danger").first.click()
        expect(writer.item).to_have_count(0)


def at_once(aino: Writer, ville: Writer) -> None:
    """Both write, Aino saves first, and Ville is shown both."""
    aino.title.fill(AINOS)
    ville.title.fill(VILLES)
    ville.form.locator("[name$=root_cause]").fill(WHY)
    assert aino.save() in TAKEN
    assert ville.save() == HTTPStatus.CONFLICT
    conflict = ville.page.locator(".conflict")
    expect(conflict).to_be_focused()
    expect(conflict).to_contain_text("Aino Kettula muutti tätä")
    for words in (AINOS, VILLES, WHY):
        expect(conflict.locator(".side", has_text=words)).to_have_count(1)
    expect(ville.title).to_have_value(VILLES)
    expect(ville.form.locator("[name$=root_cause]")).to_have_value(WHY)


def test_mine_is_kept_and_theirs_stays_in_the_history(writers: tuple[Writer, Writer]) -> None:
    """Who is faster twice is seen twice."""
    aino, ville = writers
    at_once(aino, ville)
    aino.open()
    aino.title.fill(f"{AINOS}, ja se on rikki")
    aino.save()
    assert ville.press("Pidä omani") == HTTPStatus.CONFLICT
    expect(ville.page.locator(".conflict")).to_contain_text("ja se on rikki")
    expect(ville.title).to_have_value(VILLES)
    assert ville.press("Pidä omani") in TAKEN
    ville.stands(VILLES)
    expect(ville.item).to_contain_text(WHY)
    ville.was(f"{AINOS}, ja se on rikki")


def test_theirs_is_kept_and_mine_is_let_go(writers: tuple[Writer, Writer]) -> None:
    aino, ville = writers
    at_once(aino, ville)
    ville.page.locator(".conflict").get_by_role("link").click()
    ville.stands(AINOS)
    expect(ville.item).not_to_contain_text(WHY)
    ville.open()
    expect(ville.title).to_have_value(AINOS)  # no draft comes back over it


def test_both_are_written_into_one(writers: tuple[Writer, Writer]) -> None:
    aino, ville = writers
    at_once(aino, ville)
    ville.title.fill(f"{AINOS}; {VILLES}")
    assert ville.save() in TAKEN
    ville.stands(f"{AINOS}; {VILLES}")


def test_what_is_moved_by_one_is_saved_by_the_other(writers: tuple[Writer, Writer]) -> None:
    """A place is no words: whoever writes them is not disturbed."""
    aino, ville = writers
    aino.title.fill(AINOS)
    home = ville.step.partition("steps/")[0]
    other = new_gap(ville.page, home)  # to change places with
    ville.page.goto(f"{home}records/gap/{other}/move/")
    ville.page.locator("main select").select_option("first")
    ville.page.locator("main button.is-primary").click()
    ville.page.wait_for_url(re.compile("/steps/gaps/"))
    expect(ville.page.locator("#toasts")).to_contain_text("Siirretty")
    order = ville.page.locator("#gap-list [data-item]").evaluate_all("items => items.map(({ id }) => id)")
    assert aino.save() in TAKEN
    aino.stands(AINOS)
    assert aino.page.locator("#gap-list [data-item]").evaluate_all("items => items.map(({ id }) => id)") == order
    throw_away(Writer(ville.page, ville.step, other))


def test_what_one_deletes_the_other_still_saves(writers: tuple[Writer, Writer]) -> None:
    """What was typed stays in the form until the record is back from the trash."""
    aino, ville = writers
    ville.title.fill(VILLES)
    aino.page.goto(f"{aino.step}?at={aino.number}")
    aino.item.locator(".record-tools summary").first.click()
    aino.item.locator("button.is-danger").click()
    expect(aino.item).to_have_count(0)
    assert ville.save() == HTTPStatus.CONFLICT
    expect(ville.form.locator(".errors")).to_contain_text("roskakoriin")
    expect(ville.title).to_have_value(VILLES)
    aino.page.goto(f"{aino.step.partition('steps/')[0]}trash/")
    aino.page.locator(f"main form[action$='/gap/{aino.number}/restore/'] button").click()
    expect(aino.item).to_be_visible()
    assert ville.save() == HTTPStatus.CONFLICT  # it was away and came back
    ville.press("Pidä omani")
    ville.stands(VILLES)


def test_a_sign_in_that_ran_out_while_writing_brings_the_text_back(
    writers: tuple[Writer, Writer], scripted: bool
) -> None:
    _aino, ville = writers
    ville.title.fill(VILLES)
    ville.page.context.clear_cookies(name="session")
    ville.save()
    ville.page.wait_for_url(re.compile(r"/accounts/login/\?next="))
    ville.page.locator("button[name=person][value=ville]").click()
    ville.page.wait_for_url(lambda url: "/accounts/" not in url)
    if not scripted:  # the browser keeps what was typed on the page it was typed on
        ville.page.go_back()
        ville.page.go_back()
    expect(ville.title).to_have_value(VILLES)
    assert ville.save() in TAKEN
    ville.stands(VILLES)
