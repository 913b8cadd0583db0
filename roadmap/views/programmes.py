"""A workspace's programmes, and a programme's own page."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cxplan.workspaces.access import WorkspaceRequest, access
from cxplan.workspaces.models import Role
from roadmap.access import ProgrammeRequest, programme
from roadmap.domain import overview, records
from roadmap.domain import programmes as verbs
from roadmap.exchange import example
from roadmap.forms import NewProgrammeForm, ProgrammeForm
from roadmap.models import Export, Programme
from roadmap.steps import GROUPS

from . import conflicts, frame, gate, home_page


@access(Role.VIEWER)
@require_GET
def workspace(request: WorkspaceRequest) -> HttpResponse:
    """The programmes and journeys of a workspace."""
    return render(request, "roadmap/workspace/page.html", _of_workspace(request))


@access(Role.LEAD)
@require_http_methods(["GET", "POST"])
def create(request: WorkspaceRequest) -> HttpResponse:
    """Start a programme: a name is enough. It begins empty, or as a copy of the example (``?begin=example``)."""
    initial = {"language": (get_language() or "en")[:2]}
    if request.GET.get("begin") == NewProgrammeForm.EXAMPLE:
        initial |= {"begin": NewProgrammeForm.EXAMPLE, "name": _("Our first look: the example")}
    form = NewProgrammeForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if form.is_copy:
            made = example.copy(request.workspace, by=request.member, **form.values())
            messages.success(request, _("The copy is there: look around, and change whatever you like."))
        else:
            made = verbs.start(request.workspace, by=request.member, **form.values())
            messages.success(request, _("The programme is there. Begin with what you already say."))
        return redirect("roadmap:programme", request.workspace.slug, made.pk)
    status = 422 if form.errors else 200
    return render(request, "roadmap/programme/new.html", {"form": form}, status=status)


@programme(Role.VIEWER)
@require_GET
def home(request: ProgrammeRequest) -> HttpResponse:
    """The twelve steps, each with one line of what is there."""
    around = frame.of_programme(request)
    told = overview.of_programme(request.programme)
    stops = {
        stop["number"]: {**stop, "hint": told.lines[stop["number"]], "state_id": f"state-{stop['number']}"}
        for stop in around["rail"]
    }
    is_begun = any(stop["state"] != "not_started" for stop in around["rail"])
    is_fresh = not is_begun and not any(told.counts.values()) and not told.checklists[1][0].met
    context = {
        **around,
        "groups": [{"name": group.name, "steps": [stops[step.number] for step in group.steps]} for group in GROUPS],
        "told": told,
        "is_programme_home": True,
        "is_fresh": is_fresh,
        "chain": home_page.chain(request, told),
        **({} if is_fresh else home_page.next_up(request, around["rail"], told)),
        **home_page.beside(request),
        "gate": gate.link(request),
        "latest_export": Export.objects.of(request.programme).whole().latest_first().with_file().first(),
    }
    return render(request, "roadmap/programme/page.html", context)


@programme(Role.LEAD)
@require_http_methods(["GET", "POST"])
def edit(request: ProgrammeRequest) -> HttpResponse:
    """The programme itself: its name, purpose, people and organisation."""
    form = ProgrammeForm(
        request.POST if request.method == "POST" else None,
        instance=request.programme,
        programme=request.programme,
        member=request.member,
    )
    if request.method != "POST":
        return _show_form(request, form)
    if not form.is_valid():
        return _show_form(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        records.change_programme(
            request.programme,
            by=request.member,
            values=form.values(),
            links=form.links(),
            version=form.cleaned_data["version"],
        )
    except records.Stale as stale:
        both = conflicts.sides(request, form, stale.current)
        return _show_form(request, form, status=HTTPStatus.CONFLICT, **both)
    messages.success(request, _("Saved."))
    return redirect("roadmap:programme", request.workspace.slug, request.programme.pk)


def _show_form(
    request: ProgrammeRequest, form: ProgrammeForm, *, status: int = HTTPStatus.OK, **extra: Any
) -> HttpResponse:
    context = {**frame.of_programme(request), "form": form, "parts": home_page.parts(form), **extra}
    return render(request, "roadmap/programme/edit.html", context, status=status)


@programme(Role.LEAD)
@require_POST
def trash(request: ProgrammeRequest) -> HttpResponse:
    """Throw the programme away; it can be restored from the workspace's page."""
    verbs.trash(request.programme, by=request.member)
    messages.success(request, _("The programme is in the trash. It can be restored from this page."))
    return redirect("roadmap:workspace", request.workspace.slug)


@access(Role.LEAD)
@require_POST
def restore(request: WorkspaceRequest, programme: int) -> HttpResponse:
    """Bring a programme back."""
    if not verbs.restore(request.workspace, programme, by=request.member):
        raise Http404
    messages.success(request, _("Restored."))
    return redirect("roadmap:programme", request.workspace.slug, programme)


def _of_workspace(request: WorkspaceRequest) -> dict[str, object]:
    own = Programme.objects.of(request.workspace).in_order()
    return {
        "programmes": home_page.programmes(verbs.with_progress(own.alive().select_related("cx_owner"))),
        "trashed_programmes": list(own.trashed()) if request.member.can_lead else [],
        "journeys": home_page.journeys(request),
    }
