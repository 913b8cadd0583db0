"""Moving, taking back and commenting by keys, menu and dialog in a real browser: the focus stays, the place is said."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import OpenAs
from .test_main_job import programme_home

pytestmark = pytest.mark.browser


def open_sources(page: Page) -> list[str]:
    """Step 1; returns the titles of the sources."""
    page.goto(f"{programme_home(page)}steps/sources/")
    return titles(page)


def titles(page: Page) -> list[str]:
    return page.locator("#source-list h3").all_inner_texts()


def source(page: Page, title: str) -> Locator:
    return page.locator("#source-list [data-item]", has=page.get_by_role("heading", name=title, exact=True))


def is_order(page: Page, wanted: list[str]) -> None:
    expect(page.locator("#source-list h3")).to_have_text(wanted)
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


def test_a_record_is_moved_by_keys_and_taken_back(open_as: OpenAs, complaints: list[str]) -> None:
    page = open_as("Aino", language="en")
    before = open_sources(page)
    a, b, c, *rest = before
    moved, toasts = source(page, a), page.locator("#toasts")
    moved.evaluate("item => { item.tabIndex = -1; item.focus(); }")

    for key, place, order in (
        ("Alt+ArrowDown", 2, [b, a, c, *rest]),
        ("Alt+ArrowDown", 3, [b, c, a, *rest]),
        ("Alt+ArrowUp", 2, [b, a, c, *rest]),
        ("Alt+ArrowUp", 1, before),
    ):
        page.keyboard.press(key)
        is_order(page, order)
        expect(toasts.locator("cx-toast").last).to_contain_text(f"Moved to place {place} of {len(before)}")
        expect(moved).to_be_focused()
        toasts.evaluate(
            "region => { for (const toast of region.children) toast.left = 600; }"
        )  # a busy machine is slow
    expect(toasts).to_have_attribute("role", "status")
    expect(toasts.locator("cx-toast")).to_have_count(3)  # the oldest went

    for order in ([b, a, c, *rest], [b, c, a, *rest], [b, a, c, *rest]):  # what was done last is undone first
        page.keyboard.press("Control+z")
        is_order(page, order)
        expect(moved).to_be_focused()
    expect(toasts.locator("[data-undo]")).to_have_count(0)
    page.keyboard.press("Control+z")
    page.keyboard.press("Alt+ArrowUp")
    is_order(page, before)
    assert complaints == []


def test_a_record_is_put_in_a_chosen_place_by_its_dialog(open_as: OpenAs, complaints: list[str]) -> None:
    page = open_as("Aino", language="en")
    before = open_sources(page)
    a, *rest = before
    source(page, a).locator("summary").first.click()
    source(page, a).get_by_role("link", name="Move to…").click()
    place = page.get_by_label("New place")
    expect(place).to_be_focused()
    place.select_option(label="Last")
    page.locator("dialog[open]").get_by_role("button", name="Move", exact=True).click()
    is_order(page, [*rest, a])
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(source(page, a)).to_be_focused()
    page.locator("#toasts [data-undo]").click()
    is_order(page, before)
    expect(source(page, a)).to_be_focused()
    assert complaints == []


def test_arrows_and_undo_are_the_fields_own_while_somebody_types(open_as: OpenAs) -> None:
    page = open_as("Aino", language="en")
    before = open_sources(page)
    item = source(page, before[0])
    item.evaluate("item => { item.tabIndex = -1; item.focus(); }")
    page.keyboard.press("Alt+ArrowDown")
    is_order(page, [before[1], before[0], *before[2:]])
    page.keyboard.press("n")
    expect(page.locator("form.record-form :focus")).to_have_count(1)
    page.keyboard.type("x")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Control+z")
    expect(page.locator("#toasts [data-undo]")).to_have_count(1)
    page.locator("#toasts [data-undo]").click()
    is_order(page, before)


def test_a_deleted_record_comes_back_by_a_key_with_the_focus(open_as: OpenAs) -> None:
    page = open_as("Aino", language="en")
    before = open_sources(page)
    item = source(page, before[1])
    item.locator("summary").first.click()
    item.get_by_role("button", name="Delete").click()
    page.locator("#dialog").get_by_role("button", name="Delete anyway").click()  # findings hang on it
    expect(item).to_have_count(0)
    page.keyboard.press("Control+z")
    is_order(page, before)
    expect(item).to_be_focused()


def test_messages_stay_above_the_bottom_bar_of_a_phone(open_as: OpenAs) -> None:
    page = open_as("Aino", width=390)
    before = open_sources(page)
    source(page, before[0]).evaluate("item => { item.tabIndex = -1; item.focus(); }")
    for key in ("Alt+ArrowDown", "Alt+ArrowUp", "Alt+ArrowDown", "Alt+ArrowUp"):
        shown = page.locator("#toasts cx-toast").count()
        page.keyboard.press(key)
        expect(page.locator("#toasts cx-toast")).to_have_count(min(shown + 1, 3))
        expect(source(page, before[0])).to_be_focused()
    last = page.locator("#toasts .toast").last.bounding_box()
    bar = page.locator(".bottombar").bounding_box()
    assert last
    assert bar
    assert last["y"] + last["height"] <= bar["y"]


def test_a_record_is_commented_on_by_keyboard_alone(open_as: OpenAs, complaints: list[str]) -> None:
    """Management reads and says something; it changes its own words, and takes them back."""
    page = open_as("Harri", language="en")
    page.goto(f"{programme_home(page)}steps/gaps/")
    page.keyboard.press("j")
    gap = page.locator("#gap-list [data-item]").first
    expect(gap).to_be_focused()
    gap.locator(".record-tools summary").focus()
    page.keyboard.press("Enter")
    gap.get_by_role("link", name="Comments").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/comments/$"))
    page.locator("textarea").focus()
    page.keyboard.type("Is it so?")
    page.keyboard.press("Control+Enter")
    said = page.locator("#comments [data-item]", has_text="Is it so?")
    expect(said).to_be_visible()
    expect(page.locator("#comment-new textarea")).to_be_focused()
    expect(page.locator("#comment-new textarea")).to_have_value("")
    said.get_by_role("link", name=re.compile("^Edit")).focus()
    page.keyboard.press("e")
    field = said.locator("textarea")
    expect(field).to_be_focused()
    field.fill("It is so.")
    page.keyboard.press("Control+Enter")
    said = page.locator("#comments [data-item]", has_text="It is so.")
    expect(said.locator(":focus")).to_have_count(1)
    said.get_by_role("button", name=re.compile("^Delete")).focus()
    page.keyboard.press("Enter")
    expect(said).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(said).to_be_focused()
    said.get_by_role("button", name=re.compile("^Delete")).click()
    expect(said).to_have_count(0)
    assert complaints == []
