"""Two people at the same step: each sees who else is there and what they change, and loses nothing of their own."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import OpenAs
from .test_main_job import programme_home

pytestmark = pytest.mark.browser

FIRST, ANEW, HALF = "Kukaan ei vastaa yöllä", "Yöllä vastaa vain nauha", "Puolikas aja"
IDS = "all => all.map(({ id }) => id)"
#: Where an element stands in the window.
TOP = "element => element.getBoundingClientRect().top"


@pytest.fixture
def step(open_as: OpenAs) -> tuple[Page, Page]:
    """Aino and Ville have the step of gaps open, each in their own browser."""
    aino, ville = open_as("Aino"), open_as("Ville")
    home = programme_home(aino)
    for page in (aino, ville):
        page.goto(f"{home}steps/gaps/")
    return aino, ville


def add(page: Page, title: str) -> str:
    """Add a gap; returns its id on the page, where others may be called the same."""
    before = page.locator("#gap-list [data-item]").evaluate_all(IDS)
    page.locator("#gap-list a[href$='/records/gap/new/']").first.click()
    form = page.locator("form.record-form")
    form.locator("[name$=title]").fill(title)
    form.locator("button.is-primary").click()
    expect(form).to_have_count(0)
    (added,) = set(page.locator("#gap-list [data-item]", has_text=title).evaluate_all(IDS)) - set(before)
    return str(added)


def change(page: Page, gap: str, title: str) -> None:
    page.locator(f"#{gap} a[hx-target='#{gap}']").click()
    form = page.locator("form.record-form")
    form.locator("[name$=title]").fill(title)
    form.locator("button.is-primary").click()
    expect(form).to_have_count(0)
    expect(page.locator(f"#{gap}")).to_contain_text(title)


def throw_away(page: Page, gap: str) -> None:
    page.locator(f"#{gap} .record-tools summary").first.click()
    page.locator(f"#{gap} button.is-danger").click()
    expect(page.locator(f"#{gap}")).to_have_count(0)


def test_who_else_is_here_comes_and_goes(step: tuple[Page, Page]) -> None:
    aino, ville = step
    expect(aino.locator(".present")).to_contain_text("Ville Noronen on myös täällä")
    expect(ville.locator(".present")).to_contain_text("Aino Kettula on myös täällä")
    ville.goto(ville.url.replace("/gaps/", "/pillars/"))
    expect(aino.locator(".present")).to_be_empty()
    expect(ville.locator(".present")).to_be_empty()


def test_what_one_changes_the_other_sees_while_typing_loses_nothing_and_stays_where_it_was(
    step: tuple[Page, Page], complaints: list[str]
) -> None:
    aino, ville = step
    gap = add(aino, FIRST)
    theirs = ville.locator(f"#{gap}")
    expect(theirs).to_contain_text(FIRST)

    # Ville is in the middle of a sentence about another gap, at the end of the page.
    item = ville.locator(f"#gap-list [data-item]:not(#{gap})").last
    item.locator("a[hx-target^='#gap-']").click()
    field = ville.locator("form.record-form [name$=title]")
    field.press("End")
    field.press_sequentially(HALF)
    words, top = field.input_value(), field.evaluate(TOP)
    assert ville.evaluate("scrollY") > 0
    change(aino, gap, ANEW)
    expect(theirs).to_contain_text(ANEW)
    expect(field).to_be_focused()
    field.press_sequentially(" jatkuu")
    assert field.input_value() == f"{words} jatkuu"
    assert abs(field.evaluate(TOP) - top) < 2

    # What is new waits until the hands are off the list.
    other = add(aino, f"{FIRST} taas")
    ville.wait_for_timeout(2500)
    expect(ville.locator(f"#{other}")).to_have_count(0)
    assert field.input_value() == f"{words} jatkuu"
    ville.locator("form.record-form").get_by_role("link", name="Peruuta").click()
    expect(ville.locator(f"#{other}")).to_have_count(1)
    expect(ville.locator("form.record-form")).to_have_count(0)

    for each in (gap, other):
        throw_away(aino, each)
        expect(ville.locator(f"#{each}")).to_have_count(0)
    assert complaints == []


KNOWN = "document.querySelectorAll('#gap-list, #gap-list [id]').forEach(element => element.known = true)"
NEW = "[...document.querySelectorAll('#gap-list, #gap-list [id]')].filter(({ known }) => !known).map(({ id }) => id)"


def test_ones_own_change_does_nothing_visible(step: tuple[Page, Page]) -> None:
    """The page asks, finds what it has already, and leaves everything where it is."""
    aino, _ville = step
    gap = add(aino, FIRST)
    with aino.expect_response(lambda answer: answer.url.endswith("/steps/gaps/")):
        change(aino, gap, ANEW)
        aino.evaluate(KNOWN)
    aino.wait_for_timeout(500)
    assert aino.evaluate(NEW) == []
    throw_away(aino, gap)
