"""One record of every kind edited, deleted, taken back, deleted again and restored: by keys alone and scriptless."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from roadmap.domain.kinds import BY_NAME
from roadmap.forms import FORMS
from roadmap.places import IN_LOG
from roadmap.steps import BY_NUMBER

from .conftest import OpenAs
from .test_main_job import programme_home

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: All but those of which the demo has none that Aino may change.
KINDS = sorted(FORMS.keys() - {"programme", "personal_pillar", "contingency_task"})
#: Of these a number is changed: they have no words of their own.
FIGURES = {"measurement": "promoters", "assessment": "n", "vision_check": "note"}


def place(home: str, kind: str) -> str:
    """The page that keeps a kind."""
    return f"{home}log/" if kind in IN_LOG else f"{home}steps/{BY_NUMBER[BY_NAME[kind].step].slug}/"


def press(control: Locator) -> None:
    """Take a control by the keyboard."""
    control.focus()
    control.press("Enter")


def changed(form: Locator, kind: str) -> None:
    """Write something else into the first field that takes words, or a figure."""
    if name := FIGURES.get(kind):
        form.locator(f"[name$='-{name}']").fill("77")
    else:
        form.locator("input[type=text]:visible, textarea:visible").first.fill("Toisin sanoin")


@pytest.mark.parametrize("kind", KINDS)
def test_by_the_keyboard_alone(open_as: OpenAs, complaints: list[str], kind: str) -> None:
    page = open_as("Aino")
    home = programme_home(page)
    page.goto(place(home, kind))
    identity = _first(page, kind)
    item = page.locator(f"#{identity}")

    press(item.locator(f"a[hx-get$='/records/{kind}/{identity.rpartition('-')[2]}/']").first)
    form = item.locator("form.record-form")
    expect(form).to_be_visible()
    changed(form, kind)
    page.keyboard.press("Control+Enter")
    expect(form).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("Tallennettu")

    _delete(page, item)
    page.keyboard.press("Control+z")
    expect(item).to_be_visible()

    _delete(page, item)
    page.goto(f"{home}trash/")
    press(page.locator(f"main form[action$='/records/{kind}/{identity.rpartition('-')[2]}/restore/'] button"))
    page.wait_for_url(f"**{place(home, kind).partition('/w/')[2]}*")
    expect(page.locator(f"#{identity}")).to_be_visible()
    assert complaints == []


@pytest.mark.parametrize("kind", KINDS)
def test_without_script(open_as: OpenAs, kind: str) -> None:
    page = open_as("Aino", java_script_enabled=False)
    home = programme_home(page)
    page.goto(place(home, kind))
    identity = _first(page, kind)
    item = page.locator(f"#{identity}")

    item.locator(f"a[href$='/records/{kind}/{identity.rpartition('-')[2]}/']").first.click()
    form = page.locator("form.record-form")
    changed(form, kind)
    form.locator("button[type=submit].is-primary").last.click()
    expect(page.locator("#toasts")).to_contain_text("Tallennettu")

    item.locator(".record-tools summary").first.click()
    item.locator("button.is-danger").first.click()
    if page.locator("main form [name=sure]").count():
        page.locator("main form:has([name=sure]) button.is-danger").click()
    expect(item).to_have_count(0)
    page.goto(f"{home}trash/")
    page.locator(f"main form[action$='/records/{kind}/{identity.rpartition('-')[2]}/restore/'] button").click()
    expect(page.locator(f"#{identity}")).to_be_attached()


def _first(page: Page, kind: str) -> str:
    """The first record of a kind on its page, unfolded if it lies in a fold."""
    item = page.locator(f"#{kind}-list [data-item][id^='{kind}-']").first
    if not item.is_visible():
        page.locator(f"#{kind}-list details:has([data-item][id^='{kind}-']) > summary").first.click()
    identity = item.get_attribute("id")
    assert identity
    return identity


def _delete(page: Page, item: Locator) -> None:
    press(item.locator(".record-tools summary").first)
    press(item.locator("button.is-danger").first)
    sure = page.locator("#dialog form:has([name=sure]) button.is-danger")
    expect(sure.or_(page.locator("#toasts [data-undo]").last)).to_be_visible()
    if sure.count():
        press(sure)
    expect(item).to_have_count(0)
