"""What the sections of steps 7 to 12 show beside their records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Case, Prefetch, When
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from journeys.models import Assessment, Journey, Touchpoint
from roadmap.access import ProgrammeRequest
from roadmap.domain import figures, partial, personal
from roadmap.domain.kept import kept
from roadmap.domain.loading import weights
from roadmap.domain.plan import Plan
from roadmap.exports import language
from roadmap.exports.book import Book
from roadmap.exports.chapters import actions as actions_chapter
from roadmap.exports.chapters import metrics as metrics_chapter
from roadmap.exports.chapters import rollout as rollout_chapter
from roadmap.exports.chapters import spots as spots_chapter
from roadmap.exports.numbers import Numbers
from roadmap.exports.options import Options
from roadmap.forms import choices
from roadmap.models import Action, Measurement, Metric, Pillar, Programme, RolloutItem, SweetSpot
from roadmap.models.actions import ActionBucket, LeverKind

from .evidence import Rows, Shown

CHOSEN = ("chosen", "approved")
MOST_DOTS = 15  # above that a number is read faster


def _book(plan: Plan) -> Book:
    """A part of a plan opened as for printing: its pictures and words are those of the PDF."""
    today = timezone.localdate()
    return Book(plan, Options(as_of=today), Numbers(plan, today))


# ------------------------------------------------------------------ 7 pillars


def pillars(request: ProgrammeRequest, rows: Rows) -> Shown:
    """Two lanes of what is chosen; proposals wait on the wall of their lane."""
    found = rows("pillar")
    chosen = [record for record in found if record.state in CHOSEN]
    for record in chosen:
        record.dots = SafeString("<i></i>" * record.votes) if record.votes <= MOST_DOTS else ""
    headings = {"never": gettext_lazy("We never…"), "always": gettext_lazy("We always…")}
    lanes = [
        {
            "kind": kind,
            "heading": heading,
            "chosen": [record for record in chosen if record.kind == kind],
            "waiting": [record for record in found if record.kind == kind and record.state not in CHOSEN],
        }
        for kind, heading in headings.items()
    ]
    states = Counter(Pillar.objects.of(request.programme).alive().values_list("state", flat=True))
    flow = [
        (_("proposed"), states.total()),
        (_("worded"), states.total() - states["proposed"]),
        (_("chosen"), sum(states[state] for state in CHOSEN)),
        (_("approved by management"), states["approved"]),
    ]
    return {"lanes": lanes, "flow": flow}


# ------------------------------------------------------------------ 8 and 9 actions and levers

LEADS = {
    ActionBucket.ACUTE: gettext_lazy("what leaks right now"),
    ActionBucket.PRODUCT: gettext_lazy("what we build"),
    ActionBucket.SERVICE_DESIGN: gettext_lazy("how it flows"),
    ActionBucket.COMMUNICATION: gettext_lazy("what we say"),
}


def actions(request: ProgrammeRequest, rows: Rows) -> Shown:
    """Four buckets, and impact against effort."""
    found = rows("action")
    today = timezone.localdate()
    for record in found:
        record.is_late = is_late(record, today)
    buckets = [
        {
            "value": bucket.value,
            "name": bucket.label,
            "lead": LEADS[bucket],
            "records": [record for record in found if record.bucket == bucket],
        }
        for bucket in ActionBucket
    ]
    return {"buckets": buckets, "effort": kept(request.programme, "effort", lambda: _effort(request.programme))}


def _effort(programme: Programme) -> SafeString:
    """Impact against effort of every action, with the key of its codes; empty where nothing is rated."""
    found: list[Any] = list(Action.objects.of(programme).alive().in_order())  # the order that codes count in
    book = _book(partial.actions(programme, found))
    rated = [record for record in found if record.impact and record.effort]
    if not rated:
        return SafeString("")
    for record in rated:
        record.code = book.codes[str(record.pk)].text
    first = [record for record in rated if record.impact >= 4 and record.effort <= 2 and record.status != "done"]
    headline = ngettext(
        "%(count)d action would change much for little effort",
        "%(count)d actions would change much for little effort",
        len(first),
    ) % {"count": len(first)}
    context = {
        "picture": actions_chapter.chapter(book).picture,
        "rated": rated,
        "headline": headline if first else _("Impact and effort"),
    }
    return render_to_string("roadmap/action/_effort.html", context)


def is_late(record: Any, today: date) -> bool:
    """Whether an action's day went by before it was done."""
    return record.due is not None and record.status != "done" and record.due < today


def levers(request: ProgrammeRequest, rows: Rows) -> Shown:
    """What we have, kind by kind."""
    found = rows("lever")
    leads = {
        LeverKind.SYSTEM: gettext_lazy("features we pay for and do not use"),
        LeverKind.CULTURE: gettext_lazy("habits of the house"),
        LeverKind.INTERNAL_COMMUNICATION: gettext_lazy("channels that everybody already follows"),
    }
    groups = [
        {"name": kind.label, "lead": leads[kind], "records": [record for record in found if record.kind == kind]}
        for kind in LeverKind
    ]
    return {"groups": [group for group in groups if group["records"]]}


# ------------------------------------------------------------------ 10 sweet spots


def sweet_spots(request: ProgrammeRequest, rows: Rows) -> Shown:
    """The team's order beside the computed one, what waits under the line, and the matrix."""
    ranking = kept(request.programme, "ranking", lambda: _ranking(request.programme))
    for record in rows("sweet_spot"):
        record.point = None if record.touchpoint and record.touchpoint.trashed_at else record.touchpoint
        record.priority, record.computed = ranking.places.get(record.pk, ("", None))
    given = weights(request.programme)
    return {
        "picture": ranking.picture,
        "below": ranking.below,
        "has_weights": given is not None,
        "weights": given,
    }


@dataclass(frozen=True)
class Ranking:
    """The matrix of every customer touchpoint, and the weightiest that are no sweet spot.

    ``places`` holds the priority and the computed place of each sweet spot by its key.
    """

    picture: SafeString
    below: list[Shown]
    places: dict[int, tuple[str, int | None]]


def _ranking(programme: Programme) -> Ranking:
    found = list(SweetSpot.objects.of(programme).alive().order_by("rank", "position", "pk"))
    plan = _spots_plan(programme, found)
    book = _book(plan)
    points = {point.id: point for point in plan.customer_touchpoints()}
    places: dict[int, tuple[str, int | None]] = {}
    for record in found:
        place = book.numbers.place(str(record.pk))
        priority = _tenths(book.numbers.point(str(record.touchpoint_id)).priority)
        places[record.pk] = priority, place.computed if place and place.moved else None
    table: list[Shown] = [
        {
            "name": points[key].name,
            "pk": key,
            "importance": language.number(points[key].importance),
            "experience": language.number(book.numbers.point(key).experience, 2),
            "priority": language.number(book.numbers.point(key).priority, 1),
        }
        for key in figures.priority_order(plan)
    ]
    starred = {str(record.touchpoint_id) for record in found}
    drawn = {"picture": spots_chapter.chapter(book).picture, "table": table}
    return Ranking(
        picture=render_to_string("roadmap/sweet_spot/_picture.html", drawn),
        below=[row for row in table if row["pk"] not in starred][:BELOW],
        places=places,
    )


BELOW = 5


def _tenths(value: float | None) -> str:
    return "" if value is None else language.number(value)


def _spots_plan(programme: Programme, found: list[Any]) -> Plan:
    journeys = choices(Journey, programme).filter(kind="customer")
    latest = Assessment.objects.of(programme.workspace).alive().filter(latest=True)
    points = choices(Touchpoint, programme).filter(journey__in=journeys.order_by().values("pk"))
    ordered = points.order_by("order", "position", "pk").prefetch_related(
        Prefetch("assessments", latest, to_attr="latest")
    )
    return partial.spots(programme, found, journeys, ordered)


def ideas(request: ProgrammeRequest, rows: Rows) -> Shown:
    """New encounters as notes; the paper means nothing."""
    for record, paper in zip(rows("touchpoint_idea"), _papers(), strict=False):
        record.paper = paper
    return {}


def _papers() -> Any:
    while True:
        yield from ("yellow", "green", "blue", "pink", "lilac", "orange")


# ------------------------------------------------------------------ 11 metrics


#: How often, where it came as a key from a file.
CADENCES = {
    "daily": gettext_lazy("daily"),
    "weekly": gettext_lazy("weekly"),
    "monthly": gettext_lazy("monthly"),
    "quarterly": gettext_lazy("quarterly"),
    "yearly": gettext_lazy("yearly"),
}


#: In which order metrics stand: the missed ones first, where something has to be done.
STATES = {
    "missed": gettext_lazy("missed"),
    "on_the_way": gettext_lazy("on the way"),
    "met": gettext_lazy("on target"),
    "unknown": gettext_lazy("not measured yet"),
}


def by_state(programme: Programme) -> Case:
    """Metrics in the order of their states."""
    states = _states(programme)
    keys = [[key for key, state in states.items() if state == own] for own in STATES]
    return Case(*(When(pk__in=own, then=place) for place, own in enumerate(keys)), default=len(keys))


def _states(programme: Programme) -> dict[int, str]:
    """How each metric stands, by its key."""

    def compute() -> dict[int, str]:
        found = list(Metric.objects.of(programme).alive().in_order())
        measured = Measurement.objects.of(programme).alive().order_by("metric_id", "period")
        numbers = _book(partial.metrics(programme, found, measured)).numbers
        return {metric.pk: numbers.status(str(metric.pk)) for metric in found}

    return kept(programme, "metrics", compute)


def metrics(request: ProgrammeRequest, rows: Rows) -> Shown:
    """Each metric with its series and honest words; the missed ones first."""
    found = rows("metric")
    measured = [one for record in found for one in record.measurements.all()]
    book = _book(partial.metrics(request.programme, found, measured))
    own = {metric.id: metric for metric in book.plan.metrics}
    cards = {card.id: card for row in metrics_chapter.chapter(book).cards for card in row}
    for record in found:
        key = str(record.pk)
        metric, card, last = own[key], cards[key], book.last(own[key])
        record.state = book.numbers.status(key)
        record.picture, record.honest = card.picture, card.honest
        record.now = book.value(metric, last.value) if last else ""
        record.rhythm = CADENCES.get(record.cadence, record.cadence)
        record.goal = book.with_unit(metric, language.plain(metric.target)) if metric.target is not None else ""
        record.waves = [
            {
                "period": language.period(wave.period),
                "value": book.value(metric, wave.value),
                "interval": ""
                if wave.low is None or wave.high is None
                else f"{language.number(wave.low)}–{language.number(wave.high)}",
                "n": wave.n,
                "enough": wave.enough,
            }
            for wave in book.numbers.waves(key)
        ]
        running = any(action.status in ("in_progress", "done") for action in record.contingency_actions.all())
        record.under_way = running or record.is_taken
    counts = Counter(_states(request.programme).values())
    return {"stats": [(counts[state], STATES[state]) for state in ("met", "on_the_way", "missed", "unknown")]}


def measurements(request: ProgrammeRequest, rows: Rows) -> Shown:
    """What was measured, metric by metric in their order, the latest first."""
    found = rows("measurement")
    for record in found:
        record.when = language.raised(language.period(record.period))
        record.raw = _raw(record)
    groups = [(metric, list(own)) for metric, own in groupby(found, key=lambda record: record.metric)]
    return {
        "groups": [{"metric": metric, "records": own, "total": own[0].of_group} for metric, own in groups],
        "can_measure": bool(found) or choices(Metric, request.programme).exists(),
    }


def contingencies(request: ProgrammeRequest, rows: Rows) -> Shown:
    """The tasks that missed targets opened; without a metric there is nothing to start one for."""
    return {"can_start": bool(rows("contingency_task")) or choices(Metric, request.programme).exists()}


def _raw(record: Any) -> str:
    """The counts as they were given."""
    if record.counts:
        return " · ".join(f"{score}: {count}" for score, count in sorted(record.counts.items()))
    named = (
        (_("promoters"), record.promoters),
        (_("passives"), record.passives),
        (_("detractors"), record.detractors),
        (_("successes"), record.successes),
        (_("value"), None if record.value is None else language.plain(record.value)),
        ("n", record.n),
    )
    return " · ".join(f"{name} {count}" for name, count in named if count is not None)


# ------------------------------------------------------------------ 12 into practice

MOST_AT_ONCE = 3


def rollout(request: ProgrammeRequest, rows: Rows) -> Shown:
    """The items as a list, the timeline with the due dates of actions under it, and who is reached."""
    today = timezone.localdate()
    for record in rows("rollout_item"):
        record.when = language.span(record.starts, record.ends) if record.starts or record.ends else ""
        record.is_over = record.status != "done" and record.ends is not None and record.ends < today
    timeline = kept(request.programme, "timeline", lambda: _timeline(request.programme))
    running = timeline.states["in_progress"]
    return {
        "pictures": timeline.pictures,
        "running": running,
        "too_many": running > MOST_AT_ONCE,
        "stats": [
            (timeline.states["done"], _("done")),
            (running, _("under way")),
            (timeline.states["planned"], _("planned")),
            (timeline.reached, _("teams reached at least once")),
        ],
    }


@dataclass(frozen=True)
class Timeline:
    """The pictures of the whole rollout, how many of its items are in each state, and how many teams they reach."""

    pictures: Sequence[SafeString]
    states: Counter[str]
    reached: int


def _timeline(programme: Programme) -> Timeline:
    ordered = RolloutItem.objects.of(programme).alive().order_by("order", "position", "pk")
    found: list[Any] = list(ordered.prefetch_related("audience"))
    book = _book(partial.rollout(programme, found, choices(Action, programme)))
    return Timeline(
        pictures=rollout_chapter.chapter(book).pictures if found else (),
        states=Counter(record.status for record in found),
        reached=len({team.pk for record in found for team in record.audience.all()}),
    )


def personal_pillars(request: ProgrammeRequest, rows: Rows) -> Shown:
    """The reader's own first; then what others share."""
    found = rows("personal_pillar")
    for record, paper in zip(found, _papers(), strict=False):
        record.paper = paper
        record.may_write = personal.may_write(record, request.member)
    return {
        "mine": [record for record in found if record.is_mine],
        "others": [record for record in found if not record.is_mine],
    }


def readiness(request: ProgrammeRequest, rows: Rows) -> Shown:
    """Management against staff, the widest difference first."""
    found = rows("readiness_statement")
    plan = partial.readiness(request.programme, found)
    book = _book(plan)
    chapter = rollout_chapter.chapter(book)
    apart = []
    for record in found:
        means = book.numbers.readiness(str(record.pk))
        record.management, record.staff = language.number(means.management), language.number(means.staff)
        known = means.management is not None and means.staff is not None
        difference = (means.staff or 0) - (means.management or 0) if known else None
        record.difference = language.number(difference, sign=True)
        apart.append((difference is None, difference or 0, record))
    found[:] = [record for *_order, record in sorted(apart, key=lambda row: row[:2])]
    return {"pictures": chapter.readiness_pictures, "lead": chapter.readiness_lead}
