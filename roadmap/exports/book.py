"""One plan opened for printing: its records by id, their codes, and its figures in words.

A code (△4, T6, ▮3) stands for a record wherever its name would be repeated; evidence keeps its id.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Protocol, TypeVar

from django.utils.translation import pgettext

from roadmap.domain.plan import Metric, Pillar, Plan, Touchpoint
from roadmap.exports import language, words
from roadmap.exports.numbers import Numbers, Wave
from roadmap.exports.options import Options

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Code:
    """A record's mark and number; `tone` is the colour of its kind, empty for none."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """How something stands: a glyph and a word, and whether it is late."""

    key: str
    glyph: str
    text: str
    late: bool = False


class _WithId(Protocol):
    @property
    def id(self) -> str: ...


class Book:
    """What every chapter reads. Unknown ids are passed over: an incomplete plan is printed as it is."""

    def __init__(self, plan: Plan, options: Options, numbers: Numbers) -> None:
        self.plan, self.options, self.numbers = plan, options, numbers
        self.as_of = options.as_of
        self.people = {person.id: person for person in plan.people}
        self.teams = {team.id: team.name for team in plan.teams}
        self.personas = {persona.id: persona for persona in plan.personas}
        self.stages = {stage.id: stage for stage in plan.stages}
        self.sources = {source.id: source.title for source in plan.sources}
        self.points = {point.id: point for journey in plan.journeys for point in journey.touchpoints}
        self.gap_titles = {gap.id: gap.title for gap in plan.gaps}
        self.stars = {spot.touchpoint: spot.rank for spot in plan.sweet_spots if spot.touchpoint}
        self.codes = _codes(plan)

    # -- names

    def person(self, key: str | None) -> str:
        """Return a person's name, a dash for nobody."""
        return self.people[key].name if key in self.people else "–"

    def team(self, key: str | None) -> str:
        """Return a team's name, a dash for none."""
        return self.teams.get(key or "", "–")

    def point(self, key: str | None) -> Touchpoint | None:
        """Return a touchpoint, of a customer or an employee journey."""
        return self.points.get(key or "")

    def persona(self, key: str | None) -> str:
        """Return a persona's name up to its comma."""
        return self.personas[key].name.split(",")[0] if key in self.personas else "–"

    def coded(self, keys: Iterable[str]) -> tuple[Code, ...]:
        """Return the codes of records, in the order of the ids."""
        return tuple(self.codes[key] for key in keys if key in self.codes)

    def state(self, key: str, *, late: bool = False) -> State:
        """Return a status as glyph and word."""
        return State(key, words.GLYPHS.get(key, "○"), words.named(words.STATES, key), late)

    @cached_property
    def evidence(self) -> dict[str, str]:
        """What each piece of evidence says, by id."""
        questions = {call.id: call.quote or next(iter(call.answers.values()), "") for call in self.plan.customer_calls}
        texts = {finding.id: finding.text for finding in self.plan.findings}
        texts |= {interview.id: interview.wish or interview.notes for interview in self.plan.interviews}
        texts |= {insight.id: insight.text for insight in self.plan.insights}
        return texts | questions

    # -- what is derived

    def is_late(self, due: date | None, status: str) -> bool:
        """Say whether an action is past its day and not done."""
        return due is not None and status != "done" and due < self.as_of

    def pillars(self, kind: str) -> tuple[Pillar, ...]:
        """Return the pillars of one side, in their order."""
        return tuple(pillar for pillar in self.plan.pillars if pillar.kind == kind)

    def value(self, metric: Metric, value: float | None) -> str:
        """Write a metric's value with its unit."""
        if value is None:
            return "–"
        places = 1 if metric.unit in ("points", "percent") else 0 if float(value).is_integer() else 1
        return self.with_unit(metric, language.number(value, places))

    def with_unit(self, metric: Metric, text: str) -> str:
        """Put a metric's unit after a number."""
        if metric.unit in ("", "points"):
            return text
        if metric.unit == "percent":
            return language.percent(text)
        return f"{text} {pgettext('unit', 'min') if metric.unit == 'minutes' else metric.unit}"

    def last(self, metric: Metric) -> Wave | None:
        """Return a metric's latest wave."""
        waves = self.numbers.waves(metric.id)
        return waves[-1] if waves else None


def _codes(plan: Plan) -> dict[str, Code]:
    codes: dict[str, Code] = {}
    elements = plan.vision.elements if plan.vision else ()
    for i, element in enumerate(elements, 1):
        codes[element.id] = Code(roman(i))
    for mark, tone, records in (
        ("△", "gap", plan.gaps),
        (pgettext("code of an action", "A"), "", plan.actions),
        (pgettext("code of a lever", "L"), "", plan.levers),
        ("▮", "metric", plan.metrics),
        ("", "", plan.rollout),
    ):
        codes |= {record.id: Code(f"{mark}{i}", tone) for i, record in enumerate(_ids(records), 1)}
    for i, pillar in enumerate(plan.pillars, 1):
        codes[pillar.id] = Code(f"{'✕' if pillar.kind == 'never' else '✓'}{i}", pillar.kind)
    for spot in plan.sweet_spots:
        codes[spot.id] = Code(f"★{spot.rank}", "sweet")
    return codes


def _ids(records: Sequence[_WithId]) -> Sequence[_WithId]:
    return records


def roman(number: int) -> str:
    """Write a small number in Roman numerals."""
    text = ""
    for value, letters in ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"),
                           (1, "I")):  # fmt: skip
        while number >= value:
            text += letters
            number -= value
    return text


def rows(items: Iterable[Row], size: int) -> tuple[tuple[Row, ...], ...]:
    """Set cards in rows of `size`: one grid per row, so that a long list never becomes one long grid."""
    left = iter(items)
    return tuple(iter(lambda: tuple(islice(left, size)), ()))


def linking(records: Iterable[Row], link: str, key: str) -> list[Row]:
    """Return the records whose links of one kind include `key`."""
    return [record for record in records if key in getattr(record, link)]
