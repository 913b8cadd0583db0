"""The frame of every page in a real browser: colours, keys, failures that keep the text, drafts that come back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from .conftest import OpenAs
from .test_main_job import programme_home

pytestmark = pytest.mark.browser
TEXT = "Asiakas ei tiedä, että olemme kaksi yhtiötä"


def new_gap(page: Page) -> Page:
    """Open the form of a new gap in its place on the page."""
    page.goto(f"{programme_home(page)}steps/gaps/")
    page.keyboard.press("n")
    expect(page.locator("#gap-new form")).to_be_visible()
    return page


def title(page: Page) -> str:
    return page.locator("#gap-new [name$=title]").input_value()


def answering(status: int) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, body="<p>refused</p>", content_type="text/html")


def test_the_chosen_colours_hold_on_the_next_page(open_as: OpenAs, complaints: list[str]) -> None:
    page = open_as("Aino")
    canvas = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(canvas)
    page.locator(".topbar .dropdown summary").click()
    page.locator(".topbar [name=theme][value=dark]").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate(canvas) != light
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate(canvas) != light
    assert complaints == []


def test_colours_and_language_change_without_scripts(open_as: OpenAs) -> None:
    page = open_as("Aino", java_script_enabled=False)
    page.locator(".topbar .dropdown summary").click()
    page.locator(".topbar [name=theme][value=dark]").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator(".topbar > .topbar-tools [name=language][value=en]").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_keys_lead_from_step_to_step_and_fall_silent_while_typing(open_as: OpenAs, complaints: list[str]) -> None:
    page = open_as("Aino")
    programme_home(page)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("6")
    page.wait_for_url("**/steps/gaps/")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url(re.compile(r"/programmes/\d+/$"))
    new_gap(page).locator("#gap-new [name$=title]").fill("")
    page.keyboard.type("g1?n")
    assert title(page) == "g1?n"
    expect(page.locator("#keys")).to_be_hidden()
    assert complaints == []


def test_a_form_that_is_saved_leaves_the_others_open_as_they_are(open_as: OpenAs, complaints: list[str]) -> None:
    page = new_gap(open_as("Aino"))
    first = page.locator("#gap-list .gap-row").first
    first.locator("a[hx-get]", has=page.locator("svg")).first.click()
    other = page.locator("#gap-list .gap-row form.record-form")
    other.locator("[name$=-title]").fill(TEXT)
    page.locator("#gap-new [name$=-title]").fill("Kukaan ei vastaa sunnuntaina")
    page.locator("#gap-new button[type=submit].is-primary").click()
    expect(page.locator("#gap-list")).to_contain_text("Kukaan ei vastaa sunnuntaina")
    expect(other.locator("[name$=-title]")).to_have_value(TEXT)
    other.locator("button[type=submit].is-primary").click()
    expect(other).to_have_count(0)
    expect(page.locator("#gap-list")).to_contain_text(TEXT)
    assert complaints == []


def test_a_form_asked_for_while_its_section_comes_anew_opens_all_the_same(open_as: OpenAs) -> None:
    page = open_as("Aino")
    page.goto(f"{programme_home(page)}steps/journey/")
    held: list[Route] = []
    page.route(
        re.compile(r"/records/touchpoint/(new/)?$"),
        lambda route: held.append(route) if len(held) < 2 else route.continue_(),
    )
    page.evaluate("document.body.dispatchEvent(new Event('journey-changed'))")
    page.locator("#touchpoint-list a[hx-target='#touchpoint-new']").first.click()
    while len(held) < 2:
        page.wait_for_timeout(50)
    held[0].continue_()
    page.wait_for_timeout(500)
    held[1].continue_()
    expect(page.locator("#touchpoint-new form")).to_be_visible()


def test_a_form_that_opens_has_the_focus_and_its_errors_take_it(open_as: OpenAs) -> None:
    page = new_gap(open_as("Aino"))
    assert page.evaluate("document.activeElement.form?.matches('#gap-new form')")
    page.locator("#gap-new button[type=submit]").click()
    expect(page.locator("#gap-new .errors")).to_be_focused()
    expect(page).to_have_title(re.compile("^Virhe: "))
    page.locator("#gap-new .errors a").first.click()
    assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"


def test_the_focus_comes_back_to_the_record_that_was_saved_or_left(open_as: OpenAs) -> None:
    page = new_gap(open_as("Aino", width=390))
    page.locator("#gap-new [name$=title]").fill("Kukaan ei vastaa sunnuntaisin")
    page.locator("#gap-new button[type=submit]").click()
    saved = page.locator("[data-item]", has_text="Kukaan ei vastaa sunnuntaisin")
    edit = saved.get_by_role("link", name=re.compile("^Muokkaa"))
    for way_out in ("Tallenna", "Peruuta"):
        expect(saved.locator(":focus")).to_be_visible()
        expect(saved).to_be_in_viewport()
        edit.click()
        page.locator(".record-form").get_by_text(way_out, exact=True).click()
        expect(page.locator(".record-form")).to_have_count(0)
    expect(saved.locator(":focus")).to_be_visible()


@pytest.mark.parametrize("status", [403, 404, 413, 429, 500, 503])
def test_a_refused_save_keeps_the_text_and_says_why(open_as: OpenAs, status: int) -> None:
    page = new_gap(open_as("Aino"))
    page.locator("#gap-new [name$=title]").fill(TEXT)
    page.route("**/records/gap/new/", answering(status))
    page.locator("#gap-new button[type=submit]").click()
    expect(page.locator("#toasts .is-bad")).to_contain_text("Tekstisi on yhä tässä")
    assert title(page) == TEXT


def test_a_lost_connection_keeps_the_text_and_says_so(open_as: OpenAs) -> None:
    page = new_gap(open_as("Aino"))
    page.locator("#gap-new [name$=title]").fill(TEXT)
    page.context.set_offline(True)
    page.locator("#gap-new button[type=submit]").click()
    expect(page.locator("#toasts .is-bad")).to_contain_text("Ei yhteyttä")
    assert title(page) == TEXT


def test_what_went_wrong_is_said_until_somebody_closes_it(open_as: OpenAs, complaints: list[str]) -> None:
    """Across a phone, not in half of it."""
    page = open_as("Aino", width=390)
    page.goto(f"{programme_home(page)}log/")
    decision = page.locator("#decision-list [data-item]").first.get_attribute("id") or ""
    page.goto(f"{programme_home(page)}records/decision/{decision.removeprefix('decision-')}/move/")
    toast = page.locator("#toasts .toast.is-bad")
    expect(toast).to_be_visible()
    expect(toast.locator(".icon")).to_be_visible()
    box = toast.bounding_box()
    assert box
    assert box["width"] > 300
    toast.get_by_role("button", name="Sulje").click()
    expect(page.locator("#toasts cx-toast")).to_have_count(0)
    assert complaints == []


def test_a_draft_survives_an_expired_sign_in(open_as: OpenAs) -> None:
    page = new_gap(open_as("Aino"))
    page.locator("#gap-new [name$=title]").fill(TEXT)
    place = page.url
    kept = [cookie for cookie in page.context.cookies() if cookie["name"] != "session"]
    page.context.clear_cookies()
    page.context.add_cookies(kept)  # type: ignore[arg-type]  # a cookie read is a cookie to set
    page.locator("#gap-new button[type=submit]").click()
    page.wait_for_url("**/accounts/login/?next=*")
    page.locator("button[name=person][value=aino]").click()
    page.wait_for_url(place)
    page.keyboard.press("n")
    expect(page.locator("#toasts")).to_contain_text("Tallentamaton tekstisi on palautettu")
    assert title(page) == TEXT


def test_a_form_left_by_its_way_out_leaves_no_draft(open_as: OpenAs) -> None:
    page = new_gap(open_as("Aino"))
    page.locator("#gap-new [name$=title]").fill(TEXT)
    page.locator("#gap-new form a.button").click()
    expect(page.locator("#gap-new form")).to_have_count(0)
    expect(page.locator(".htmx-swapping, .htmx-settling")).to_have_count(0)
    page.keyboard.press("n")
    expect(page.locator("#gap-new form")).to_be_visible()
    assert title(page) == ""


def test_a_menu_at_the_foot_of_a_phone_opens_upwards(open_as: OpenAs, complaints: list[str]) -> None:
    page = open_as("Aino", width=390)
    page.goto(f"{programme_home(page)}steps/journey/")
    tools = page.locator(".jpoint .dropdown").nth(4)
    low, high = "end", "center"
    for block in (low, high):
        tools.locator("summary").evaluate("(summary, block) => summary.scrollIntoView({block})", block)
        tools.locator("summary").click()
        menu = tools.locator(".menu")
        expect(menu).to_be_visible()
        expect(tools).to_have_class(re.compile("is-up") if block == low else re.compile("^(?!.*is-up)"))
        box, bar = menu.bounding_box(), page.locator(".bottombar").bounding_box()
        assert box
        assert bar
        assert box["y"] > 0
        assert box["y"] + box["height"] <= bar["y"]
        page.keyboard.press("Escape")
        expect(menu).to_be_hidden()
    assert complaints == []


def test_another_metric_keeps_the_figures_that_were_typed(open_as: OpenAs, complaints: list[str]) -> None:
    page = open_as("Aino")
    page.goto(f"{programme_home(page)}steps/metrics/")
    page.locator("#measurement-list .section-head [data-key=n]").click()
    form = page.locator("#measurement-new form")
    for metric, has in (("Laskun ymmärrettävyys (CSAT)", 5), ("Muuton vaivattomuus (CES)", 7)):
        form.get_by_label("Mittari").select_option(label=metric)
        expect(form.locator("[name*=-score_]")).to_have_count(has)
        if has == 5:
            form.locator("[name$=-period]").fill("2027-01")
            form.locator("[name$=-score_3]").fill("12")
    expect(form.locator("[name$=-period]")).to_have_value("2027-01")
    expect(form.locator("[name$=-score_3]")).to_have_value("12")
    assert complaints == []


def test_a_form_saved_on_a_page_of_its_own_leaves_no_draft(open_as: OpenAs) -> None:
    page = open_as("Aino")
    page.goto(f"{programme_home(page)}records/gap/new/")
    page.locator("main [name$=title]").fill(TEXT)
    page.locator("main form button[type=submit].is-primary").click()
    expect(page.locator("#gap-list")).to_contain_text(TEXT)
    page.wait_for_load_state()  # the list is there before the keys are
    page.keyboard.press("n")
    expect(page.locator("#gap-new form")).to_be_visible()
    assert title(page) == ""
