"""The picker of links by keyboard alone, and without a script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import OpenAs
from .test_main_job import programme_home

pytestmark = pytest.mark.browser


def action_form(page: Page, query: str = "") -> Page:
    page.goto(f"{programme_home(page)}records/action/new/{query}")
    return page


def focused(page: Page) -> str:
    return str(
        page.evaluate("document.activeElement.closest('.choice')?.querySelector('.choice-name').textContent ?? ''")
    )


def test_links_are_found_chosen_and_let_go_by_keyboard(open_as: OpenAs, complaints: list[str]) -> None:
    page = action_form(open_as("Aino", width=320))
    picker = page.locator("fieldset.field", has=page.locator("legend", has_text="Kuilut"))
    search, said = picker.get_by_role("searchbox"), picker.get_by_role("status")
    names = picker.locator(".choice-name").all_text_contents()
    expect(picker.locator(".picker-heading").first).to_have_text("Hyvät ehdokkaat")
    expect(picker.locator(".choice-why").first).to_have_text(re.compile("suuruus|ei vielä toimea"))

    search.focus()
    page.keyboard.press("ArrowDown")
    assert focused(page) == names[0]
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert focused(page) == names[2]
    expect(said).to_have_text("2 valittu")
    expect(picker.locator(".picker-chip-name")).to_have_text([names[0], names[2]])
    page.keyboard.press("Escape")
    expect(search).to_be_focused()

    page.keyboard.type("lasku")
    expect(picker.locator(".choice:visible", has_text=re.compile("lasku", re.I)).first).to_be_visible()
    page.keyboard.type("qqq")
    expect(said).to_have_text("Mitään ei löytynyt. Kokeile toista sanaa.")
    page.keyboard.press("Escape")
    expect(search).to_have_value("")
    expect(picker.locator(".choice:visible")).to_have_count(len(names))

    first = picker.locator(".picker-chip").first  # other gaps may be called the same
    expect(first).to_have_accessible_name(f"Poista: {names[0]}")
    first.press("Enter")
    expect(said).to_have_text("1 valittu")
    expect(first).to_have_accessible_name(f"Poista: {names[2]}")
    expect(first).to_be_focused()
    for target in picker.locator(".picker-chip, .choice").all():
        box = target.bounding_box()
        assert box
        assert box["height"] >= 24
    assert page.url.endswith("/new/")
    assert complaints == []


def test_one_of_many_is_chosen_in_a_field_that_opens(open_as: OpenAs, complaints: list[str]) -> None:
    page = action_form(open_as("Aino"))
    owner, select = page.get_by_role("combobox", name="Omistaja"), page.locator("select[name$=owner]")
    expect(owner).to_have_value("Ei vielä ketään")
    owner.focus()
    page.keyboard.type("outi")
    expect(page.locator("[role=option]:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(owner).to_have_value("Outi Lampela")
    expect(owner).to_have_attribute("aria-expanded", "false")
    assert select.evaluate("field => field.selectedOptions[0].label") == "Outi Lampela"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(owner).to_have_value("Outi Lampela")
    page.locator("label", has_text="Omistaja").click()
    expect(owner).to_be_focused()
    assert complaints == []


def test_a_refused_form_shows_one_field_for_one_link(open_as: OpenAs) -> None:
    page = open_as("Aino")
    page.goto(f"{programme_home(page)}steps/actions/")
    page.locator("#action-list .section-head [data-key=n]").click()
    form = page.locator("#action-new form")
    form.locator("button[type=submit]").click()
    expect(form.locator(".errors")).to_be_visible()
    expect(form).not_to_have_class(re.compile("htmx-"))
    form.get_by_role("combobox", name="Omistaja").focus()
    page.keyboard.type("outi")
    page.keyboard.press("Enter")
    select = form.locator("select[name$=owner]")
    assert select.evaluate("field => field.selectedOptions[0].label") == "Outi Lampela"
    assert select.evaluate("field => field.offsetParent === null || field.closest('.sr') !== null")


def test_a_picker_needs_no_script(open_as: OpenAs) -> None:
    page = action_form(open_as("Aino", java_script_enabled=False))
    picker = page.locator("fieldset.field", has=page.locator("legend", has_text="Kuilut"))
    expect(picker.locator(".choice-why").first).to_be_visible()
    picker.get_by_role("checkbox").first.check()
    page.locator("select[name$=owner]").select_option(label="Outi Lampela")
    page.locator("[name$=title]").fill("Viesti kymmenessä minuutissa")
    page.locator("select[name$=bucket]").select_option("acute")
    page.locator("form.record-form button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("Viesti kymmenessä minuutissa")


def test_many_lines_become_many_cards(open_as: OpenAs, complaints: list[str]) -> None:
    page = open_as("Aino")
    page.goto(f"{programme_home(page)}steps/gaps/")
    page.locator("#gap-list").get_by_role("link", name=re.compile("^Lisää monta")).click()
    page.locator("#gap-new textarea").fill("Kukaan ei vastaa yöllä\n• Lomake kysyy saman kahdesti")
    page.locator("#gap-new button[type=submit]").click()
    expect(page.locator("#toasts")).to_contain_text("2 lisättiin.")
    expect(page.locator("#gap-list")).to_contain_text("Lomake kysyy saman kahdesti")
    expect(page.locator("#gap-new form")).to_have_count(0)
    assert complaints == []
