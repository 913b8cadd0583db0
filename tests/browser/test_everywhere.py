"""Every page in both languages, both themes and four widths: readable by everyone, and never wider than the screen."""

from __future__ import annotations

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings

from roadmap.forms import FORMS
from roadmap.steps import STEPS

from .conftest import OpenAs
from .test_main_job import programme_home

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = (
    *("", "edit/", "alignment/", "exports/", "trash/", "log/"),
    *(f"steps/{step.slug}/" for step in STEPS),
    *(f"records/{kind}/new/" for kind in FORMS if kind != "programme"),
)


@pytest.mark.parametrize(
    ("language", "theme", "width"), [*product(("fi", "en"), ("light", "dark"), (320, 390, 1280, 1920))]
)
def test_every_page_is_fit_for_everyone(
    open_as: OpenAs, stack_url: str, language: str, theme: str, width: int, complaints: list[str]
) -> None:
    page = open_as("Aino", width=width, language=language)
    page.context.add_cookies([{"name": settings.THEME_COOKIE_NAME, "value": theme, "url": stack_url}])
    home = programme_home(page)
    found = []
    for address in [
        "/",
        "/w/suvantola/",
        "/w/suvantola/people/",
        "/w/suvantola/programmes/new/",
        "/account/data/",
        *(home + path for path in PAGES),
    ]:
        page.goto(address)
        assert page.locator("html").get_attribute("data-theme") == theme
        assert page.locator("html").get_attribute("lang") == language
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{address}: wider than the screen")
        result = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
        found += [
            f"{address}: {violation['id']} at {violation['nodes'][0]['target']}"
            for violation in result.response["violations"]
        ]
    assert found == []
    assert complaints == []
