"""A step's page: why, the records it keeps, and what is still missing before it is done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cxplan.workspaces.models import Member, Role
from roadmap.access import ProgrammeRequest, programme
from roadmap.domain import overview
from roadmap.domain import steps as verbs
from roadmap.domain.kinds import BY_NAME
from roadmap.exports import language
from roadmap.forms import PresentForm, StepStateForm
from roadmap.steps import BY_SLUG, GROUPS, Step, polls

from . import frame, gate, home_page, openings, sections

#: The steps between which management says whether to go on.
GATE_BETWEEN = (6, 7)


@programme(Role.VIEWER)
@require_GET
def page(request: ProgrammeRequest, step: str) -> HttpResponse:
    """One of the twelve, with a section for each kind of record it keeps."""
    shown = step_of(step)
    around = frame.of_programme(request)
    rail = {stop["number"]: stop for stop in around["rail"]}
    told = overview.of_programme(request.programme)
    own = sections.Sections(request)
    context: dict[str, Any] = {
        **around,
        "step": shown,
        "group": next(group for group in GROUPS if shown in group.steps),
        "sections": {name: own.context(BY_NAME[name]) for name in shown.kinds},
        "state": frame.state(around, shown),
        "feeds": home_page.feeds(request, told, shown.number),
        "before": rail.get(shown.number - 1),
        "after": rail.get(shown.number + 1),
        "ask_first": next((asking.poll for asking in polls.of_step(shown.number)), ""),
        "workshops": openings.of_step(request, shown),
        "gate": gate.link(request) if shown.number in GATE_BETWEEN else None,
        **_checklist(told, shown),
    }
    template = f"roadmap/steps/{shown.slug}.html"
    return render(request, [template, "roadmap/steps/page.html"], context)


@programme(Role.VIEWER)
@require_GET
def done_when(request: ProgrammeRequest, step: str) -> HttpResponse:
    """The checklist of a step, asked for when its records changed."""
    shown = step_of(step)
    told = overview.of_programme(request.programme)
    context = {"step": shown, "came_alone": True, **_checklist(told, shown)}
    return render(request, "roadmap/steps/_done_when.html", context)


@programme(Role.VIEWER)
@require_GET
def present(request: ProgrammeRequest) -> HttpResponse:
    """Who the members are that presence names at a page; whoever is none of the workspace has no name here."""
    form = PresentForm(request.GET)
    keys = form.cleaned_data["who"] if form.is_valid() else []
    found = list(Member.objects.of(request.workspace).present().filter(pk__in=keys).in_order())
    context = {"present": found, "names": language.listed([member.name for member in found])}
    return render(request, "roadmap/steps/_present.html", context)


@programme(Role.LEAD)
@require_POST
def set_state(request: ProgrammeRequest, step: str) -> HttpResponse:
    """Say that a step is begun, done or not; never automatic."""
    shown = step_of(step)
    form = StepStateForm(request.POST)
    if form.is_valid():
        verbs.set_state(request.programme, shown.number, form.cleaned_data["state"], by=request.member)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("That is no state of a step. Nothing was changed."))
    return redirect(reverse("roadmap:step", args=[request.workspace.slug, request.programme.pk, shown.slug]))


def _checklist(told: overview.Overview, step: Step) -> dict[str, Any]:
    items = told.checklists[step.number]
    return {
        "checklist": [
            {"text": f"{item.text} ({item.detail})" if item.detail and not item.met else item.text, "done": item.met}
            for item in items
        ],
        "open_lines": sum(not item.met for item in items),
    }


def step_of(slug: str) -> Step:
    """The step that an address names."""
    if slug not in BY_SLUG:
        raise Http404
    return BY_SLUG[slug]
