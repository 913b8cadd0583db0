"""Those who keep records by the keyboard alone: in a browser that runs scripts, and in one that runs none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Page, expect

from roadmap.domain.kinds import BY_NAME
from roadmap.places import IN_LOG
from roadmap.steps import BY_NUMBER

from .test_main_job import programme_home

WORDS, OTHER_WORDS = "Kirjoitettu näppäimin", "Toisin sanoin"
#: What is written into fields that take no words, by name or by what they are; other numbers take the least they may.
WANTED = {"period": "2031-10", "date": "04112026"}
#: What else is written when a record changes: the kinds that have no words of their own, or words that say something.
CHANGED = {"measurement": ("promoters", "77"), "assessment": ("n", "77"), "vision_check": ("note", OTHER_WORDS)}

#: Where the Tab key stopped, what stands there already, and whether the form asks for it.
STOP = """() => {
    const at = document.activeElement;
    const one = at.closest("cx-select")?.querySelector("select");
    const many = at.closest("fieldset.field");
    const value = (one ?? many?.querySelector(":checked") ?? (many ? null : at))?.value ?? "";
    const asked = at.required || at.ariaRequired === "true" || at.ariaInvalid === "true";
    const is = at.role === "combobox" ? at.role : at.type === "checkbox" && !many ? "tick" : at.type;
    return { is, value, asked, name: at.name?.split("-").pop(), least: at.min };
}"""
#: The keys that choose the first candidate there.
CHOOSING = {
    "combobox": ("ArrowDown", "ArrowDown", "Enter"),
    "search": ("ArrowDown", "Space"),
    "checkbox": ("Space",),
    "select-one": ("ArrowDown",),
}
CHOSEN = """form => [...form.querySelectorAll("select, [type=checkbox]:checked")].filter(({ value }) => value)
    .map(({ name, value }) => [name.split("-").pop(), value]).sort()"""


def press(control: Locator) -> None:
    """Take a control by the keyboard."""
    control.focus()
    control.press("Enter")


class Hands:
    """Somebody who keeps the records of one kind; what they press is the same with scripts and without."""

    def __init__(self, page: Page, kind: str) -> None:
        self.page, self.kind = page, kind
        self.home = programme_home(page)
        step = BY_NUMBER[BY_NAME[kind].step].slug
        self.place = f"{self.home}log/" if kind in IN_LOG else f"{self.home}steps/{step}/"
        self.section, self.form = page.locator(f"#{kind}-list"), page.locator("form.record-form")
        self.changed, self.other_words = CHANGED.get(kind, ("", OTHER_WORDS))
        page.goto(self.place)

    @contextmanager
    def answer(self) -> Iterator[None]:
        """Wait for what a press brings."""
        with self.page.expect_navigation():
            yield

    def item(self, record: str) -> Locator:
        """Where a record stands on its page."""
        return self.page.locator(f"#{record}")

    def add(self) -> str:
        """Add a record by its form, linked to the first candidate of each list; returns its id on the page."""
        with self.answer():
            press(self.section.locator(f"a[href*='/records/{self.kind}/new/']:not([href*=many])").first)
        self.form.locator("input:visible, textarea:visible, select:visible").first.focus()
        self.fill_in()
        if self.form.count():  # refused, it says what else it asks for
            self.fill_in()
        expect(self.form).to_have_count(0)
        return self.added()

    def fill_in(self) -> None:
        """Go through the form by the Tab key: choose from each list, write what is asked for and some words; save."""
        told = False
        while (stop := self.page.evaluate(STOP))["is"] != "submit":
            written = stop["is"] in ("text", "textarea")
            if not stop["value"] and stop["is"] in CHOOSING:
                self.choose(stop["is"])
            elif not stop["value"] and (stop["asked"] or (written and not told)):
                self.page.keyboard.type(WANTED.get(stop["name"]) or WANTED.get(stop["is"]) or self.words(stop))
            told = told or written
            self.page.keyboard.press("Tab")
        self.chosen = self.form.evaluate(CHOSEN)
        with self.answer():
            self.page.keyboard.press("Enter")

    def words(self, stop: dict[str, Any]) -> str:
        return stop["least"] or "3" if stop["is"] == "number" else WORDS

    def choose(self, control: str) -> None:
        for key in CHOOSING[control]:
            self.page.keyboard.press(key)

    def added(self) -> str:
        """The record that the browser was led to."""
        return self.page.url.rpartition("#")[2]

    def open(self, record: str) -> Locator:
        """Open the form of a record; returns the field that it is changed by."""
        with self.answer():
            press(self.item(record).locator(f"a[href$='/records/{record.replace('-', '/')}/']").first)
        words = f"[name$='-{self.changed}']" if self.changed else "input[type=text][name]:visible, textarea:visible"
        return self.form.locator(words).first

    def edit(self, record: str) -> None:
        """Write something else; what the record was linked to stands in its form."""
        field = self.open(record)
        assert self.form.evaluate(CHOSEN) == self.chosen
        field.press("Control+a")
        self.page.keyboard.type(self.other_words)
        self.save()
        expect(self.form).to_have_count(0)

    def save(self) -> None:
        with self.answer():
            press(self.form.locator("button[type=submit].is-primary").last)

    def move_up(self, record: str) -> None:
        """Let a record change places with the one before it."""
        press(self.item(record).locator(".record-tools summary").first)
        with self.answer():
            press(self.item(record).locator("[data-move] [value=earlier]"))

    def see(self, record: str) -> None:
        """Open the page with every record of the kind, at one of them: the fold it may lie in opens."""
        self.page.goto(f"{self.place}?all={self.kind}#{record}")

    def order(self) -> list[str]:
        """The records of the kind as they stand."""
        self.page.goto(f"{self.place}?all={self.kind}")
        found: list[str] = self.section.locator("[data-item]").evaluate_all("items => items.map(({ id }) => id)")
        return found

    def delete(self, record: str) -> None:
        """Throw a record away, though others may hang on it."""
        press(self.item(record).locator(".record-tools summary").first)
        with self.answer():
            press(self.item(record).locator("button.is-danger").first)
        sure = self.page.locator("form:has([name=sure]) button.is-danger")
        if sure.count():
            with self.answer():
                press(sure)
        expect(self.item(record)).to_have_count(0)

    def undo(self) -> None:
        with self.answer():
            press(self.page.locator("#toasts [data-undo]").last)

    def restore(self, record: str) -> None:
        """Bring a record back from the trash."""
        self.page.goto(f"{self.home}trash/")
        with self.page.expect_navigation():
            press(self.page.locator(f"main form[action$='/records/{record.replace('-', '/')}/restore/'] button"))


class ScriptedHands(Hands):
    """The same where scripts run: parts of the page answer, and some acts have keys of their own."""

    @contextmanager
    def answer(self) -> Iterator[None]:
        yield
        busy = self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")
        expect(busy).to_have_count(0, timeout=15_000)  # the largest pages answer with much

    def choose(self, control: str) -> None:
        with self.answer():  # a form may ask something else by what was chosen
            super().choose(control)

    def added(self) -> str:
        """The record that the focus came to."""
        return self.section.locator("[data-item]:focus-within").get_attribute("id") or ""

    def save(self) -> None:
        with self.answer():
            self.page.keyboard.press("Control+Enter")

    def move_up(self, record: str) -> None:
        self.item(record).locator(".record-tools summary").first.focus()
        with self.answer():
            self.page.keyboard.press("Alt+ArrowUp")
        expect(self.item(record)).to_be_focused()

    def undo(self) -> None:
        with self.answer():
            self.page.keyboard.press("Control+z")
