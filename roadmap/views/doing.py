"""What the sections of steps 7 to 12 show beside their records."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from journeys.models import Assessment, Journey, Touchpoint
from roadmap.access import ProgrammeRequest
from roadmap.domain import figures, partial, personal
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
from roadmap.models import Action
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
    flow = [
        (_("proposed"), len(found)),
        (_("worded"), sum(record.state != "proposed" for record in found)),
        (_("chosen"), len(chosen)),
        (_("approved by management"), sum(record.state == "approved" for record in found)),
    ]
    return {"lanes": lanes, "flow": flow}


def promises(request: ProgrammeRequest, rows: Rows) -> Shown:
    """Promises in the order of what became of them: the selected first."""
    order = {"selected": 0, "proposed": 1, "rejected": 2}
    rows("promise").sort(key=lambda record: order[record.status])
    return {}


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
    as_made = sorted(found, key=lambda record: (record.position, record.pk))  # the order that codes count in
    book = _book(partial.actions(request.programme, as_made))
    rated = [record for record in as_made if record.impact and record.effort]
    for record in rated:
        record.code = book.codes[str(record.pk)].text
    first = [record for record in rated if record.impact >= 4 and record.effort <= 2 and record.status != "done"]
    return {
        "buckets": buckets,
        "picture": actions_chapter.chapter(book).picture,
        "rated": rated,
        "headline": ngettext(
            "%(count)d action would change much for little effort",
            "%(count)d actions would change much for little effort",
            len(first),
        )
        % {"count": len(first)}
        if first
        else _("Impact and effort"),
    }


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
    found = rows("sweet_spot")
    plan = _spots_plan(request, found)
    book = _book(plan)
    points = {point.id: point for point in plan.customer_touchpoints()}
    order = [points[key] for key in figures.priority_order(plan)]
    for record in found:
        record.point = None if record.touchpoint and record.touchpoint.trashed_at else record.touchpoint
        place = book.numbers.place(str(record.pk))
        record.priority = _tenths(book.numbers.point(str(record.touchpoint_id)).priority)
        record.computed = place.computed if place and place.moved else None
    starred = {str(record.touchpoint_id) for record in found}
    table = [
        {
            "name": point.name,
            "pk": point.id,
            "starred": point.id in starred,
            "importance": language.number(point.importance),
            "experience": language.number(book.numbers.point(point.id).experience, 2),
            "priority": language.number(book.numbers.point(point.id).priority, 1),
        }
        for point in order
    ]
    return {
        "picture": spots_chapter.chapter(book).picture,
        "table": table,
        "below": [row for row in table if not row["starred"]][:BELOW],
        "has_weights": plan.programme.weights is not None,
        "weights": plan.programme.weights,
    }


BELOW = 5


def _tenths(value: float | None) -> str:
    return "" if value is None else language.number(value)


def _spots_plan(request: ProgrammeRequest, found: list[Any]) -> Plan:
    journeys = choices(Journey, request.programme).filter(kind="customer")
    latest = Assessment.objects.of(request.workspace).alive().filter(latest=True)
    points = choices(Touchpoint, request.programme).filter(journey__in=journeys.order_by().values("pk"))
    ordered = points.order_by("order", "position", "pk").prefetch_related(
        Prefetch("assessments", latest, to_attr="latest")
    )
    return partial.spots(request.programme, found, journeys, ordered)


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


def metrics(request: ProgrammeRequest, rows: Rows) -> Shown:
    """Each metric with its series and honest words; the missed ones first, where something has to be done."""
    found = rows("metric")
    book = _book(partial.metrics(request.programme, found, rows("measurement")))
    own = {metric.id: metric for metric in book.plan.metrics}
    cards = {card.id: card for row in metrics_chapter.chapter(book).cards for card in row}
    taken = {task.metric_id for task in rows("contingency_task") if task.status in ("accepted", "done")}
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
        record.under_way = running or record.pk in taken
    order = {"missed": 0, "on_the_way": 1, "met": 2, "unknown": 3}
    found.sort(key=lambda record: order[record.state])
    states = [record.state for record in found]
    return {
        "stats": [
            (states.count("met"), _("on target")),
            (states.count("on_the_way"), _("on the way")),
            (states.count("missed"), _("missed")),
            (states.count("unknown"), _("not measured yet")),
        ]
        if found
        else []
    }


def measurements(request: ProgrammeRequest, rows: Rows) -> Shown:
    """What was measured, metric by metric in their order, the latest first."""
    found = rows("measurement")
    found[:] = _of_living_metrics(found)
    for record in found:
        record.when = language.raised(language.period(record.period))
        record.raw = _raw(record)
    groups: dict[int, dict[str, Any]] = {}
    for record in found:
        groups.setdefault(record.metric_id, {"metric": record.metric, "records": []})["records"].insert(0, record)
    return {"groups": list(groups.values())}


def tasks(request: ProgrammeRequest, rows: Rows) -> Shown:
    """Contingencies of the metrics that are there."""
    found = rows("contingency_task")
    found[:] = _of_living_metrics(found)
    return {}


def _of_living_metrics(found: list[Any]) -> list[Any]:
    return [record for record in found if record.metric.trashed_at is None]


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
    found = rows("rollout_item")
    book = _book(partial.rollout(request.programme, found, choices(Action, request.programme)))
    today = timezone.localdate()
    for record in found:
        record.when = language.span(record.starts, record.ends) if record.starts or record.ends else ""
        record.is_over = record.status != "done" and record.ends is not None and record.ends < today
    running = [record for record in found if record.status == "in_progress"]
    reached = {team.pk for record in found for team in record.audience.all()}
    return {
        "pictures": rollout_chapter.chapter(book).pictures if found else (),
        "running": running,
        "too_many": len(running) > MOST_AT_ONCE,
        "stats": [
            (sum(record.status == "done" for record in found), _("done")),
            (len(running), _("under way")),
            (sum(record.status == "planned" for record in found), _("planned")),
            (len(reached), _("teams reached at least once")),
        ],
    }


def personal_pillars(request: ProgrammeRequest, rows: Rows) -> Shown:
    """The reader's own first; then what others share."""
    found = rows("personal_pillar")
    for record, paper in zip(found, _papers(), strict=False):
        record.paper = paper
        record.may_write = personal.may_write(record, request.member)
    mine = [record for record in found if record.person_id == request.member.pk]
    return {"mine": mine, "others": [record for record in found if record not in mine]}


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
