"""The whole way once: an invented optician from an empty programme to twelve done steps and an approved plan."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from roadmap.steps import STEPS

from .conftest import OpenAs

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAME = "Lumikko 2031"
Value = str | bool | Iterable[str]


@dataclass
class Walker:
    """Somebody who adds records on the pages of a programme, and counts the presses it took."""

    page: Page
    home: str
    presses: int = 0

    def go(self, step: str) -> None:
        """Open a step from the rail."""
        self.page.locator(f"nav a[href$='/steps/{step}/']").first.click()
        self.presses += 1
        self.page.wait_for_url(f"**/steps/{step}/")

    def press(self, what: Locator) -> None:
        what.click()
        self.presses += 1

    def add(self, kind: str, /, **values: Value) -> None:
        """Add a record by the form that opens in its section."""
        section = self.page.locator(f"#{kind}-list")
        before = section.locator("[data-item]").count()
        self.press(section.locator(f"a[hx-get*='/records/{kind}/new/'][hx-target='#{kind}-new']").first)
        form = self.page.locator(f"#{kind}-new form")
        self.fill(form, values)
        self.press(form.locator("button[type=submit].is-primary").last)
        expect(form).to_have_count(0)
        expect(self.page.locator(f"#{kind}-list [data-item]")).to_have_count(before + 1)
        expect(self.page.locator("section.htmx-request")).to_have_count(0)  # sections that follow this one

    def edit(self, kind: str, text: str, /, **values: Value) -> None:
        """Change the record whose words these are."""
        record = self.page.locator(f"#{kind}-list [data-item]", has_text=text).first
        self.press(record.locator(f"a[hx-get*='/records/{kind}/']").first)
        form = self.page.locator(f"#{kind}-list form.record-form")
        self.fill(form, values)
        self.press(form.locator("button[type=submit].is-primary").last)
        expect(form).to_have_count(0)

    def fill(self, form: Locator, values: dict[str, Value]) -> None:
        for name, value in values.items():
            control = form.locator(f"[name$='-{name}']")
            kind = control.first.evaluate("(one) => one.type")
            if isinstance(value, str) and kind in ("select-one", "text", "textarea", "number", "date", "url"):
                if kind == "select-one":
                    choose(control.first, value)
                    expect(self.page.locator(".htmx-request")).to_have_count(0)  # a form that asks anew by its choice
                else:
                    control.first.fill(value)
                self.presses += 1
                continue
            if isinstance(value, bool):
                control.first.set_checked(value)
                self.presses += 1
                continue
            for words in [value] if isinstance(value, str) else value:
                option = form.locator(f"label:has([name$='-{name}'])", has_text=words).first
                option.locator("input").check()
                self.presses += 1

    def still_open(self, step: str) -> list[str]:
        """The lines of a step's checklist that are not met."""
        self.go(step)
        return self.page.locator(".checks .is-open").all_inner_texts()

    def done(self, step: str) -> None:
        """Say that the step is done."""
        self.go(step)
        self.press(self.page.locator("button[name=state][value=done]"))
        expect(self.page.locator("button[name=state][value=done]")).to_have_count(0)


def choose(select: Locator, words: str) -> None:
    """By the option's key, or by a part of what it says."""
    options = select.evaluate("(one) => [...one.options].map((option) => [option.value, option.text])")
    key = next((key for key, text in options if key == words), None)
    select.select_option(key or next(key for key, text in options if words in text))


def test_an_optician_walks_from_an_empty_programme_to_twelve_done_steps(open_as: OpenAs, complaints: list[str]) -> None:
    page = open_as("Aino")
    page.goto("/w/suvantola/programmes/new/")
    page.locator("main [name=name]").fill(NAME)
    page.locator("main [name=vision_year]").fill("2031")
    page.locator("main [name=organisation_name]").fill("Lumikko Optiikka")
    page.locator("main form button[type=submit].is-primary").click()
    page.wait_for_url(re.compile(r"/programmes/\d+/$"))
    walker = Walker(page, page.url, presses=4)
    _name_the_sponsor(walker)
    _aim(walker)
    _look(walker)
    _plan(walker)
    _measure_and_roll_out(walker)
    _approve(open_as("Harri"), walker.home)
    assert {step.slug: missing for step in STEPS if (missing := walker.still_open(step.slug))} == {}
    for step in STEPS:
        walker.done(step.slug)
    page.goto(walker.home)
    expect(page.locator("progress").first).to_have_attribute("value", "12")
    expect(page.locator(".home-side .next")).to_have_count(0)
    page.goto(f"{walker.home}alignment/")
    expect(page.locator("main")).not_to_contain_text("Estää")
    assert complaints == []
    print(f"{walker.presses} presses and fields from an empty programme to twelve done steps")


def _name_the_sponsor(walker: Walker) -> None:
    page = walker.page
    page.goto(f"{walker.home}edit/")
    choose(page.locator("main [name=sponsor]"), "Harri")
    walker.press(page.locator("main form button[type=submit].is-primary").last)
    page.wait_for_url(walker.home)


def _aim(walker: Walker) -> None:
    """Steps 1 to 3."""
    walker.go("sources")
    for kind, title in (
        ("vision", "Visio"),
        ("mission", "Missio"),
        ("brand", "Brändikirja"),
        ("strategy", "Strategia"),
    ):
        walker.add("source", title=f"{title} 2026", kind=kind, dated="2026-02-01")
    walker.add("finding", text="Brändikirja lupaa lempeää katsetta.", source="Brändikirja 2026", theme_name="lupaus")
    walker.add("finding", text="Strategia puhuu vain liikkeistä.", source="Strategia 2026", theme_name="kanava")
    walker.go("interviews")
    for kind, label in (("customer", "Asiakas 1"), ("staff", "Optikko 1")):
        walker.add("interview", label=label, kind=kind, interviewer="Aino", consent="true", wish="Hinta etukäteen.")
    walker.go("vision")
    walker.add(
        "vision",
        statement="Vuonna 2031 asiakkaamme näkevät hinnan ennen kuin ihastuvat kehyksiin.",
        year="2031",
        built_on_findings=["Brändikirja lupaa"],
    )
    for words in ("Hinta näkyy etukäteen", "Yksi ihminen saattaa loppuun"):
        walker.add("vision_element", text=words)
    walker.page.reload()
    for question in walker.page.locator("#vision_check-list [data-item] b").all_inner_texts():
        walker.edit("vision_check", question, answer="yes")


def _look(walker: Walker) -> None:
    """Steps 4 to 6."""
    walker.go("today")
    walker.add("persona", name="Kiireinen Kaisa")
    walker.add("key_question", text="Milloin hinta selvisi?")
    walker.add(
        "customer_call", called_on="2026-11-02", caller="Harri", experience="2", quote="Hinta selvisi vasta kassalla."
    )
    walker.add("insight", text="Yllätys kassalla vie ilon.", kind="pain", customer_calls=["Hinta selvisi"])
    walker.go("journey")
    walker.add("journey", name="Uudet lasit", kind="customer", state="current", customer_took_part=True)
    for name, stage, scores in (
        ("Näöntarkastus", "Kiinnostu", "4 4 4 4 4"),
        ("Kassa", "Aktivoidu", "5 5 2 2 2"),
    ):
        walker.add(
            "touchpoint",
            name=name,
            journey="Uudet lasit",
            stage=stage,
            owner="Aino",
            emotion_target="huojennus",
        )
        importance, expectation, effectiveness, ease, emotion = scores.split()
        walker.add(
            "assessment",
            touchpoint=name,
            on="2026-11-03",
            source="workshop",
            importance=importance,
            expectation=expectation,
            effectiveness=effectiveness,
            ease=ease,
            emotion=emotion,
            n="12",
        )
    walker.go("gaps")
    for title, element, severity in (
        ("Hinta selviää kassalla", "Hinta näkyy", "5"),
        ("Asiakas kertoo asiansa kolmesti", "Yksi ihminen", "3"),
    ):
        walker.add(
            "gap",
            title=title,
            desired="Ennen sovitusta",
            current="Kassalla",
            root_cause="Hinnasto on kassakoneessa",
            severity=severity,
            vision_elements=[element],
            touchpoints=["Kassa"],
            customer_calls=["Hinta selvisi"],
        )


def _plan(walker: Walker) -> None:
    """Steps 7 to 10."""
    walker.go("pillars")
    for kind, words, gap, element in (
        ("never", "Emme koskaan yllätä hinnalla.", "Hinta selviää", "Hinta näkyy"),
        ("always", "Kerromme aina kokonaishinnan ennen sovitusta.", "Hinta selviää", "Hinta näkyy"),
        ("always", "Saatamme aina saman asiakkaan loppuun.", "Asiakas kertoo", "Yksi ihminen"),
    ):
        walker.add("pillar", kind=kind, statement=words, state="chosen", gaps=[gap], vision_elements=[element])
    walker.go("actions")
    for title, gap, pillars in (
        ("Hintakortti jokaiseen kehykseen", "Hinta selviää", ["yllätä hinnalla", "kokonaishinnan"]),
        ("Oma optikko varauksesta noutoon", "Asiakas kertoo", ["Saatamme aina"]),
    ):
        walker.add(
            "action",
            title=title,
            bucket="acute",
            owner="Aino",
            due="2027-01-31",
            impact="5",
            effort="2",
            gaps=[gap],
            pillars=pillars,
            touchpoints=["Kassa"],
        )
    walker.go("levers")
    walker.add(
        "lever",
        name="Varausjärjestelmän nimikenttä",
        kind="culture",
        harness="Optikon nimi näkyy varauksessa",
        owner="Aino",
        supports_actions=["Hintakortti", "Oma optikko"],
    )
    walker.go("sweet-spots")
    walker.add("sweet_spot", touchpoint="Kassa", rank="1", actions=["Hintakortti"])


def _measure_and_roll_out(walker: Walker) -> None:
    """Steps 11 and 12."""
    walker.go("metrics")
    walker.add(
        "metric",
        name="Hinta tiedossa ennen sovitusta",
        kind="proportion",
        direction="up",
        target="90",
        target_date="2027-12-31",
        owner="Aino",
        contingency="Hinnat avataan verkkosivulle kuukaudessa.",
        vision_elements=["Hinta näkyy", "Yksi ihminen"],
        gaps=["Hinta selviää", "Asiakas kertoo"],
        pillars=["yllätä hinnalla", "kokonaishinnan", "Saatamme aina"],
        touchpoints=["Kassa", "Näöntarkastus"],
    )
    walker.add("measurement", metric="Hinta tiedossa", period="2026-11", successes="31", n="80")
    walker.go("rollout")
    form_teams = walker.page.locator("#rollout_item-list")
    walker.press(form_teams.locator("a[hx-target='#rollout_item-new']").first)
    form = walker.page.locator("#rollout_item-new form")
    walker.fill(form, {"focus": "Hinta ensin", "starts": "2027-01-04", "ends": "2027-03-31", "owner": "Aino"})
    for name in ("audience", "pillars"):
        for option in form.locator(f"[name$='-{name}']").all():
            option.check()
            walker.presses += 1
    walker.press(form.locator("button[type=submit].is-primary").last)
    expect(form).to_have_count(0)
    walker.add(
        "personal_pillar",
        kind="always",
        statement="Sanon hinnan ääneen ennen sovitusta.",
        pillars=["yllätä hinnalla", "kokonaishinnan", "Saatamme aina"],
        visibility="programme",
    )


def _approve(page: Page, home: str) -> None:
    """Management gives its word on the vision and the pillars."""
    for step in ("vision", "pillars"):
        page.goto(f"{home}steps/{step}/")
        waiting = page.locator(f"#{step.rstrip('s')}-list form[hx-post$='/approve/'] .button")
        for left in reversed(range(waiting.count())):
            waiting.first.click()
            expect(waiting).to_have_count(left)
        expect(page.locator(f"#{step.rstrip('s')}-list")).to_contain_text("hyväksy")
