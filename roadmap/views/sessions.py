"""The live workshops of a programme: open one for a step, harvest it, read its minutes."""

from __future__ import annotations

from collections import Counter
from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cxplan.workshops.domain import between
from cxplan.workshops.models import State
from cxplan.workspaces.models import Record, Role
from roadmap.access import ProgrammeRequest, programme, record
from roadmap.domain import exports as exporting
from roadmap.domain import harvest as harvesting
from roadmap.domain import minutes as telling
from roadmap.domain import workshops as verbs
from roadmap.domain.kinds import BY_MODEL, BY_NAME
from roadmap.domain.naming import counted
from roadmap.domain.own_data import to_csv
from roadmap.forms import HarvestForm, OpeningForm
from roadmap.models import FromNote, Opening
from roadmap.models.exports import ExportPart
from roadmap.steps import BY_NUMBER, Step
from roadmap.steps.polls import agenda_of
from roadmap.tasks import wake

from . import frame, polls
from .links import Links
from .openings import shown
from .steps import step_of

MOST_SHOWN = 100


@programme(Role.VIEWER)
@require_GET
def page(request: ProgrammeRequest) -> HttpResponse:
    """Every live workshop of the programme, the latest first, and what the last one promised."""
    own = Opening.objects.of(request.programme).latest_first().select_related("session__facilitator")
    context = {
        **frame.of_programme(request),
        "here": _("Workshops"),
        "openings": [shown(opening) for opening in own[:MOST_SHOWN]],
        "promised": verbs.promised(request.programme),
    }
    return render(request, "roadmap/sessions/page.html", context)


@programme(Role.LEAD)
@require_http_methods(["GET", "POST"])
def open_workshop(request: ProgrammeRequest, step: str) -> HttpResponse:
    """Open a live workshop for a step: title, time and length, with its agenda and script to read beforehand."""
    of = step_of(step)
    form = OpeningForm(request.POST if request.method == "POST" else None, initial=_initial(request, of))
    if request.method == "POST" and form.is_valid():
        opening = verbs.open_workshop(
            request.programme, of.number, of.agenda, facilitator=request.member, **form.cleaned_data
        )
        messages.success(request, _("The workshop is ready. Nobody can join before you open it."))
        return redirect("workshops:desk", opening.session_id)
    context = {
        **frame.of_programme(request),
        "step": of,
        "here": _("Open as a workshop"),
        "form": form,
        "phases": [{"phase": phase, **_said(request, phase)} for phase in of.agenda.phases],
        "promised": verbs.promised(request.programme),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "roadmap/sessions/open.html", context, status=status)


@programme(Role.VIEWER)
@require_GET
def workshop(request: ProgrammeRequest, opening: int) -> HttpResponse:
    """One workshop: before it how to begin, after it the minutes."""
    own = _own(request, opening)
    told = telling.of_opening(own, agenda_of(own))
    links = Links(request)
    context = {
        **frame.of_programme(request),
        "here": own.session.title,
        "opening": own,
        "shown": shown(own),
        "step": BY_NUMBER[own.step],
        "step_url": links.step(own.step),
        "collects": own.session.state == State.PLANNED and between.alone(told.phases) is not None,
        "told": told,
        "outcomes": [_outcome(outcome, told, links) for outcome in told.outcomes],
        "is_private": harvesting.agenda_is_private(agenda_of(own)),
    }
    return render(request, "roadmap/sessions/workshop.html", context)


@programme(Role.LEAD)
@require_http_methods(["GET", "POST"])
def harvest(request: ProgrammeRequest, opening: int) -> HttpResponse:
    """Choose what becomes records of the step, word it, say why; of a vote, what is written into those there are."""
    own = _own(request, opening)
    if own.poll:
        return polls.harvest(request, own)
    agenda = agenda_of(own)
    told = telling.of_opening(own, agenda)
    form = HarvestForm(
        request.POST if request.method == "POST" else None,
        programme=request.programme,
        agenda=agenda,
        outcomes=told.outcomes,
        lanes=told.lanes,
        initial={"reason": own.session.reason},
    )
    if request.method == "POST" and form.is_valid():
        try:
            came = harvesting.harvest(
                own,
                agenda,
                form.picks(),
                reason=form.cleaned_data["reason"].strip(),
                by=request.member,
                customers=form.cleaned_data["customers"],
            )
        except harvesting.NothingChosen:
            form.add_error(None, _("There is nothing to take into the plan yet, so nothing was changed."))
        else:
            messages.success(request, _sum(came))
            return redirect(_url(request, "workshop", own))
    links = Links(request)
    rows = {row.outcome.key: row for row in form.rows()}
    context = {
        **frame.of_programme(request),
        "here": _("Take into the plan"),
        "opening": own,
        "shown": shown(own),
        "step": BY_NUMBER[own.step],
        "form": form,
        "told": told,
        "outcomes": [{**_outcome(outcome, told, links), "row": rows.get(outcome.key)} for outcome in told.outcomes],
        "is_private": harvesting.agenda_is_private(agenda),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "roadmap/sessions/harvest.html", context, status=status)


@programme(Role.VIEWER)
@require_POST
def minutes_pdf(request: ProgrammeRequest, opening: int) -> HttpResponse:
    """Ask for the minutes as a PDF; it is made like the plan, and comes to the page of the plans."""
    own = _own(request, opening)
    wishes = {"language": own.session.language, "parts": ExportPart.MINUTES, "opening": own, "appendix": False}
    with transaction.atomic():
        made = exporting.request(request.programme, by=request.member, **wishes)
        transaction.on_commit(partial(wake, made.pk))
    messages.success(request, _("The minutes are being made. They come to the top of this list."))
    return redirect("roadmap:exports", request.workspace.slug, request.programme.pk)


@programme(Role.VIEWER)
@require_GET
def minutes_csv(request: ProgrammeRequest, opening: int) -> HttpResponse:
    """The minutes as a table that a spreadsheet opens; no cell of it is taken for a formula."""
    own = _own(request, opening)
    rows = list(telling.to_rows(telling.of_opening(own, agenda_of(own))))
    return HttpResponse(to_csv(rows), content_type="text/csv; charset=utf-8", headers=_as_file(own, "csv"))


@programme(Role.VIEWER)
@require_GET
def minutes_json(request: ProgrammeRequest, opening: int) -> HttpResponse:
    """The minutes for programs."""
    own = _own(request, opening)
    told = telling.to_document(telling.of_opening(own, agenda_of(own)))
    parameters = {"ensure_ascii": False, "indent": 2}
    return JsonResponse(told, json_dumps_params=parameters, headers=_as_file(own, "json"))


@programme(Role.VIEWER)
@require_GET
def origin(request: ProgrammeRequest, kind: str, pk: int) -> HttpResponse:
    """On to the workshop in which a record began as a note; to all of them where it began elsewhere."""
    of = BY_NAME.get(kind)
    if of is None or not issubclass(of.model, FromNote) or not issubclass(of.model, Record):
        raise Http404
    note = getattr(record(request, of.model, pk), "from_note_id", None)
    opening = Opening.objects.of(request.programme).filter(session__notes=note).first() if note else None
    if opening is None:
        return redirect("roadmap:workshops", request.workspace.slug, request.programme.pk)
    return redirect(_url(request, "workshop", opening))


def _initial(request: ProgrammeRequest, step: Step) -> dict[str, Any]:
    with override(request.programme.language):
        title = _("Workshop: %(step)s") % {"step": step.short}
    return {"title": title, "minutes": step.agenda.minutes}


def _said(request: ProgrammeRequest, phase: Any) -> dict[str, str]:
    """A phase in the language in which the workshop is held."""
    language = request.programme.language
    return {
        "title": phase.title.in_(language),
        "question": verbs.asked(phase, request.programme),
        "script": phase.script.in_(language),
        "watch": phase.watch.in_(language),
    }


def _outcome(outcome: harvesting.Outcome, told: telling.Minutes, links: Links) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "lane": told.lanes.get(outcome.lane, ""),
        "scores": [(label, outcome.scores[key]) for key, label in told.scales if key in outcome.scores],
        "url": links.record(outcome.made) if outcome.made is not None and outcome.made.trashed_at is None else "",
    }


def _sum(came: harvesting.Harvest) -> str:
    """What a harvest made, in words."""
    kinds = Counter(BY_MODEL[type(made)].name for made in came.made)
    if not kinds:
        return _("The decision is kept. Nothing new was taken into the plan.")
    return _("Taken into the plan: %(what)s.") % {"what": ", ".join(counted(kind, n) for kind, n in kinds.items())}


def _own(request: ProgrammeRequest, pk: int) -> Opening:
    own = Opening.objects.of(request.programme).select_related("session__facilitator", "decision", "held")
    found = own.filter(pk=pk).first()
    if found is None:
        raise Http404
    found.programme = request.programme
    return found


def _url(request: ProgrammeRequest, name: str, opening: Opening) -> str:
    return reverse(f"roadmap:{name}", args=[request.workspace.slug, request.programme.pk, opening.pk])


def _as_file(opening: Opening, kind: str) -> dict[str, str]:
    day = f"-{timezone.localtime(opening.session.opened_at):%Y-%m-%d}" if opening.session.opened_at else ""
    name = slugify(opening.session.title) or "workshop"
    return {
        "Content-Disposition": f'attachment; filename="{name}{day}.{kind}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
