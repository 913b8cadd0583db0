"""The suggestion on a programme's home: a member puts it away, and takes it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from cxplan.kit.http import is_htmx
from cxplan.workspaces.models import Role
from roadmap.access import ProgrammeRequest, programme
from roadmap.domain import overview, progress, suggestions
from roadmap.domain import steps as states_of

from .steps import step_of


@programme(Role.MEMBER)
@require_POST
def put_away(request: ProgrammeRequest, step: str) -> HttpResponse:
    """Suggest a step no more; the next best takes its place, and the message offers to take it back."""
    put = step_of(step)
    state = states_of.states(request.programme)[put.number]
    told = overview.of_programme(request.programme)
    stands = progress.standing(state, told.checklists[put.number])
    suggestions.put_away(request.programme, put.number, by=request.member, stands=stands)
    again = reverse("roadmap:suggest_step", args=[request.workspace.slug, request.programme.pk, put.slug])
    messages.success(request, _("Put away until the step changes: “%(name)s”") % {"name": put.name}, extra_tags=again)
    return _home(request)


@programme(Role.MEMBER)
@require_POST
def suggest_step(request: ProgrammeRequest, step: str) -> HttpResponse:
    """Take back what was put away."""
    suggestions.suggest(request.programme, by=request.member, number=step_of(step).number)
    return _home(request)


@programme(Role.MEMBER)
@require_POST
def suggest_all(request: ProgrammeRequest) -> HttpResponse:
    """Suggest again whatever was put away."""
    suggestions.suggest(request.programme, by=request.member)
    return _home(request)


def _home(request: ProgrammeRequest) -> HttpResponse:
    home = reverse("roadmap:programme", args=[request.workspace.slug, request.programme.pk])
    return HttpResponseClientRedirect(home) if is_htmx(request) else redirect(home)
