"""What the home of a programme and of a workspace show beside the steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cxplan.workspaces.access import WorkspaceRequest
from cxplan.workspaces.domain import history
from cxplan.workspaces.domain.history import Entry
from journeys.models import Journey
from roadmap import places
from roadmap.access import ProgrammeRequest, of_personal_pillars, of_pillars_shown
from roadmap.domain import programmes as verbs
from roadmap.domain import suggestions
from roadmap.domain.kept import kept
from roadmap.domain.overview import Overview
from roadmap.domain.steps import STEP_COUNT
from roadmap.domain.suggestions import ORDER
from roadmap.forms import ProgrammeForm
from roadmap.models import HeldWorkshop, Programme
from roadmap.steps import BY_NUMBER

from . import openings
from .links import Links

Shown = dict[str, Any]

#: How many of the latest changes are shown.
LATELY = 5


def chain(request: ProgrammeRequest, told: Overview) -> list[Shown]:
    """How much there is of each link from the vision to the person."""
    links, counts = Links(request), told.counts
    bare = told.gaps_without_metric
    names = {
        "visions": ("vision", 3, ngettext("vision", "visions", counts["visions"])),
        "elements": ("element", 3, ngettext("vision element", "vision elements", counts["elements"])),
        "gaps": ("gap", 6, ngettext("gap", "gaps", counts["gaps"])),
        "pillars": ("pillar", 7, ngettext("pillar", "pillars", counts["pillars"])),
        "actions": ("action", 8, ngettext("action", "actions", counts["actions"])),
        "metrics": ("metric", 11, ngettext("metric", "metrics", counts["metrics"])),
        "personal_pillars": (
            "person",
            12,
            ngettext(
                "personal pillar shared with everyone",
                "personal pillars shared with everyone",
                counts["personal_pillars"],
            ),
        ),
    }
    holes = {"metrics": ngettext("%(count)d gap has none", "%(count)d gaps have none", bare) % {"count": bare}}
    return [
        {
            "key": key,
            "mark": mark,
            "count": counts[key],
            "name": name,
            "url": links.step(step),
            "hole": holes.get(key, "") if bare else "",
        }
        for key, (mark, step, name) in names.items()
    ]


#: What of the chain grows from each step.
FEEDS = {
    1: ("visions", "gaps"),
    2: ("visions", "gaps"),
    3: ("elements", "gaps", "metrics"),
    4: ("gaps",),
    5: ("gaps", "actions"),
    6: ("pillars", "actions", "metrics"),
    7: ("actions", "metrics", "personal_pillars"),
    8: ("metrics",),
    9: ("actions",),
    10: ("actions", "metrics"),
    11: ("actions",),
    12: ("personal_pillars",),
}


def feeds(request: ProgrammeRequest, told: Overview, step: int) -> list[Shown]:
    """The links of the chain that grow from a step."""
    return [link for link in chain(request, told) if link["key"] in FEEDS[step]]


#: Why a step is suggested, by its state.
REASONS = {
    "in_progress": gettext_lazy("It is the first step that is begun and not done."),
    "check_again": gettext_lazy("It was done, and something it builds on has changed since."),
    "not_started": gettext_lazy("It is the first step that nobody has begun."),
}


def next_up(request: ProgrammeRequest, rail: Sequence[Mapping[str, Any]], told: Overview) -> Shown:
    """The one thing to do next, with its reason; where the reader put every suggestion away, how many there are."""
    stops = {stop["number"]: stop for stop in rail}
    states = {number: stop["state"] for number, stop in stops.items()}
    found = suggestions.of_member(request.programme, request.member, states, told.checklists)
    if not found.open:
        return {"next_up": None, "put_away": len(found.away)}
    number = found.open[0]
    stop, reason = stops[number], str(REASONS[states[number]])
    if any(ORDER.index(states[other]) <= ORDER.index(states[number]) for other in found.away):
        reason = f"{reason} {_('You put those before it away.')}"
    return {
        "next_up": {
            "step": BY_NUMBER[number],
            "url": stop["url"],
            "why": reason,
            "says": _open_item(told, number),
        },
        "put_away": 0,
    }


def _open_item(told: Overview, number: int) -> str:
    """What is still missing of a step, the weightiest first."""
    missing = [item for item in told.checklists[number] if not item.met]
    missing.sort(key=lambda item: item.level != "blocks")
    if not missing:
        return _("Everything on its list is there: look it through and mark it done.")
    item = missing[0]
    text = item.text[:1].lower() + item.text[1:]
    if item.detail:
        return _("Not yet so: %(text)s (%(detail)s).") % {"text": text, "detail": item.detail}
    return _("Not yet so: %(text)s.") % {"text": text}


def beside(request: ProgrammeRequest) -> Shown:
    """What stands beside the steps: the people, the next workshop, and what changed lately.

    It is kept, but for the changes of personal pillars: each reader has their own. Whom the admin renames is called
    by the old name until the next command or the next day.
    """
    programme = request.programme
    told = kept(
        programme,
        "beside",
        lambda: {
            **_people(programme),
            "workshop": verbs.next_workshop(programme, timezone.localdate()),
            "lately": _lately(programme, ~of_personal_pillars()),
        },
    )
    own = of_pillars_shown(programme, request.member)
    if len(told["lately"]) == LATELY:
        own &= Q(at__gt=told["lately"][-1]["at"])
    changes = [*told["lately"], *_lately(programme, own)]
    changes.sort(key=lambda change: change["at"], reverse=True)
    live = {"live": openings.ahead(request)}
    return {**told, **_next_workshop(request, told["workshop"]), **live, "lately": changes[:LATELY]}


def _people(programme: Programme) -> Shown:
    """Who owns and sponsors the programme, and its core group."""
    leading = {programme.cx_owner_id: _("CX owner"), programme.sponsor_id: _("sponsor")}
    found = verbs.people(programme)
    by_pk = {person.pk: str(person) for person in found}
    return {
        "people": [{"name": by_pk[pk], "part": part} for pk, part in leading.items() if pk in by_pk],
        "group_of": [str(person) for person in found if person.pk not in leading],
    }


def _next_workshop(request: ProgrammeRequest, found: HeldWorkshop | None) -> Shown:
    """The workshop that is held next: when, for which step, and who leads it."""
    if found is None:
        return {"workshop": None}
    links = Links(request)
    step = BY_NUMBER[found.step]
    return {"workshop": {"record": found, "url": links.record(found), "step": step, "step_url": links.step(found.step)}}


def _lately(programme: Programme, among: Q) -> list[Shown]:
    """The latest changes as the feed takes them."""
    return [
        {
            "at": entry.at,
            "who": str(entry.who or "cxplan"),
            "text": f"{entry.kind}: {_short(entry.what)}" if entry.what else entry.kind,
            "when": f"{entry.act.label}, {_when(entry)}",
        }
        for entry in history.latest(programme.pk, LATELY, among=among)
    ]


def _short(text: str, most: int = 70) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _when(entry: Entry) -> str:
    at = timezone.localtime(entry.at)
    if at.date() == timezone.localdate():
        return date_format(at, "TIME_FORMAT")
    return date_format(at, "SHORT_DATE_FORMAT")


#: The parts of the programme's form.
PARTS = (
    ("name", "purpose", "language", "starts_on", "vision_year"),
    ("cx_owner", "sponsor", "core_group"),
    ("development_stage", "development_stage_reason"),
    ("business_case", "business_case_low", "business_case_high", "focus_line"),
    ("organisation_name", "organisation_sector", "organisation_description", "organisation_brand_promise"),
)


def parts(form: ProgrammeForm) -> list[Shown]:
    """The form in parts that are read one at a time; a field that no part names stands in the last."""
    names = [_("The programme"), _("People"), _("Where the organisation stands"), _("What it is worth")]
    names.append(_("The organisation"))
    given = {name for part in PARTS for name in part} | {"version"}
    rest = tuple(name for name in form.fields if name not in given)
    parts = (*PARTS[:-1], (*PARTS[-1], *rest))
    return [
        {"name": name, "fields": [form[field] for field in fields if field in form.fields]}
        for name, fields in zip(names, parts, strict=True)
    ]


def programmes(found: Sequence[Any]) -> list[Any]:
    """Programmes with their vision and the state of each step, in two queries for all of them."""
    said, sentences = verbs.said_of_steps(found), verbs.sentences(found)
    for programme in found:
        states = said.get(programme.pk, {})
        programme.stations = [states.get(number, "not_started") for number in range(1, STEP_COUNT + 1)]
        programme.sentence = sentences.get(programme.pk, "")
        begun = any(state != "not_started" for state in programme.stations) or programme.sentence
        programme.state = "done" if programme.done_count == STEP_COUNT else "in_progress" if begun else "not_started"
    return list(found)


def journeys(request: WorkspaceRequest) -> list[Any]:
    """The workspace's journeys, each with its size and, where a living programme uses it, its address.

    Those of an example are nobody's own.
    """
    count = Count("touchpoints", filter=Q(touchpoints__trashed_at=None), distinct=True)
    own = Journey.objects.of(request.workspace).alive().exclude(ties__programme__is_example=True)
    own = own.in_order().annotate(point_count=count)
    used = Programme.objects.of(request.workspace).alive().filter(ties__journey__isnull=False)
    used_by = dict(used.values_list("ties__journey", "pk"))
    found: list[Any] = list(own)
    for journey in found:
        programme = used_by.get(journey.pk)
        journey.url = places.record(journey, workspace=request.workspace.slug, programme=programme) if programme else ""
    return found
