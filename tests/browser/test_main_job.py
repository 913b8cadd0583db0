"""The main job once through: open the demo, walk the twelve steps, change something, take the plan home."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pikepdf
import pypdfium2  # type: ignore[import-untyped]
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from roadmap.steps import STEPS

from .conftest import OpenAs

pytestmark = pytest.mark.browser
WIDTHS = (320, 390, 1280)


def programme_home(page: Page) -> str:
    """Go to the demo programme from wherever the sign-in landed; returns its address."""
    page.goto("/w/suvantola/")
    page.get_by_role("link", name="Rinnalla 2031").first.click()
    page.wait_for_url("**/programmes/*/")
    return page.url


def test_the_cx_lead_walks_the_steps_changes_a_gap_and_takes_the_plan_home(
    open_as: OpenAs, complaints: list[str], tmp_path: Path
) -> None:
    page = open_as("Aino")
    home = programme_home(page)
    expect(page.locator("html")).to_have_attribute("lang", "fi")
    for step in STEPS:
        page.goto(f"{home}steps/{step.slug}/")
        expect(page.locator("h1")).to_be_visible()
        for kind in step.kinds:
            expect(page.locator(f"#{kind}-list")).to_be_attached()

    page.goto(f"{home}steps/gaps/")
    page.locator("form:has(input[name=language][value=en]) button, button[name=language][value=en]").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(re.compile("/steps/gaps/"))

    gap = page.locator("article[id^=gap-], li[id^=gap-]").first
    gap.get_by_role("link", name=re.compile("^Edit")).click()
    title = page.locator("#gap-list input[name$='-title']")
    title.fill("Katkossa ei jätetä ketään yksin – öljylampun äärellä")
    page.locator("#gap-list form.record-form button[type=submit]").first.click()
    expect(page.locator("#gap-list")).to_contain_text("öljylampun äärellä")
    expect(page.locator("#gap-list form.record-form")).to_have_count(0)

    page.goto(f"{home}exports/")
    page.locator("main form[method=post] button[type=submit]").first.click()
    link = page.locator("a[href$='plan.pdf']").first
    link.wait_for(timeout=90_000)
    with page.expect_download() as download:
        link.click()
    plan = tmp_path / "plan.pdf"
    download.value.save_as(plan)
    text = "\n".join(
        page_.get_textpage().get_text_range() for page_ in pypdfium2.PdfDocument(io.BytesIO(plan.read_bytes()))
    )
    assert "öljylampun äärellä" in text
    with pikepdf.open(plan) as document:
        assert str(document.Root.Lang) == "fi"
        assert len(document.pages) > 20
    assert complaints == []


def test_a_gap_is_added_edited_and_thrown_away_without_javascript(open_as: OpenAs) -> None:
    page = open_as("Ville", language="en", java_script_enabled=False)
    home = programme_home(page)
    page.goto(f"{home}records/gap/new/")
    page.locator("input[name$='-title']").fill("Nobody answers on Sundays")
    page.locator("form.record-form button[type=submit]").first.click()
    assert "/steps/gaps/" in page.url
    added = page.locator("[id^=gap-]", has_text="Nobody answers on Sundays").last
    expect(added).to_be_visible()
    identity = page.url.partition("#gap-")[2]
    page.goto(f"{home}records/gap/{identity}/")
    page.locator("input[name$='-title']").fill("Nobody answers at night")
    page.locator("form.record-form button[type=submit]").first.click()
    expect(page.locator("#gap-list")).to_contain_text("Nobody answers at night")
    record = page.locator(f"#gap-{identity}")
    record.locator("summary").last.click()
    record.get_by_role("button", name="Delete").click()
    expect(page.locator("#gap-list")).not_to_contain_text("Nobody answers at night")
    page.goto(f"{home}trash/")
    expect(page.locator("main")).to_contain_text("Nobody answers at night")


def test_management_reads_and_asks_for_the_plan_but_edits_nothing(open_as: OpenAs, complaints: list[str]) -> None:
    page = open_as("Harri", language="en")
    home = programme_home(page)
    for step in STEPS:
        page.goto(f"{home}steps/{step.slug}/")
        assert page.locator("a[href*='/records/'][href$='/new/']").count() == 0
    page.goto(f"{home}exports/")
    expect(page.locator("main form[method=post] button[type=submit]").first).to_be_visible()
    assert complaints == []


def test_no_page_scrolls_sideways(open_as: OpenAs) -> None:
    wide = []
    for width in WIDTHS:
        page = open_as("Aino", width=width)
        home = programme_home(page)
        for address in [home, *(f"{home}steps/{step.slug}/" for step in STEPS), f"{home}alignment/", f"{home}exports/"]:
            page.goto(address)
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                wide.append(f"{width} {address}")
    assert wide == []


def test_axe_finds_nothing(open_as: OpenAs) -> None:
    page = open_as("Aino")
    home = programme_home(page)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = []
    for address in [
        "/w/suvantola/",
        home,
        *(f"{home}steps/{step.slug}/" for step in STEPS),
        f"{home}records/gap/new/",
        f"{home}alignment/",
        f"{home}exports/",
        f"{home}trash/",
    ]:
        page.goto(address)
        result = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}})
        found += [
            f"{address}: {violation['id']} at {violation['nodes'][0]['target']}"
            for violation in result.response["violations"]
        ]
    assert found == []
