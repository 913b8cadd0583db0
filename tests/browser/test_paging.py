"""A long list in a real browser: the rest comes in place, and a link to a record brings it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .conftest import OpenAs
from .test_main_job import programme_home

pytestmark = pytest.mark.browser


def test_a_link_brings_a_record_that_is_not_shown_and_all_can_be_shown(open_as: OpenAs, complaints: list[str]) -> None:
    page = open_as("Aino")
    home = programme_home(page)
    page.goto(f"{home}records/key_question/new/many/")
    page.locator("textarea[name$=lines]").fill("\n".join(f"Kysymys {number}?" for number in range(12)))
    page.locator("form.record-form [type=submit]").first.click()
    page.wait_for_url(re.compile("steps/today/"))
    questions = page.locator("#key_question-list .questions > li")
    expect(questions).to_have_count(12)

    page.locator("#key_question-list [data-whole]").click()
    expect(questions).to_have_count(16)
    expect(page).to_have_url(re.compile(r"\?all=key_question"))
    last = questions.last.get_attribute("id")

    page.goto(f"{home}steps/today/")
    expect(page.locator(f"#{last}")).to_have_count(0)
    page.goto(f"{home}steps/today/#{last}")
    expect(page.locator(f"#{last}")).to_be_in_viewport()
    expect(questions).to_have_count(12)
    assert not complaints
