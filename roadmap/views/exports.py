"""Ask for the plan as a PDF, watch it being made, take it home."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst, slugify
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from cxplan.kit.http import fragment, is_htmx
from cxplan.workspaces.models import Role
from roadmap.access import ProgrammeRequest, programme
from roadmap.domain import exports as verbs
from roadmap.forms import ExportForm, ExportPrefillForm
from roadmap.models import Export
from roadmap.models.exports import ExportPart
from roadmap.steps import BY_NUMBER
from roadmap.tasks import wake

from . import frame

MOST_SHOWN = 20


@programme(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def page(request: ProgrammeRequest) -> HttpResponse:
    """The versions made so far, and the form that asks for another."""
    form = ExportForm(
        request.POST if request.method == "POST" else None,
        initial={
            "language": request.programme.language,
            "appendix": True,
            **ExportPrefillForm(request.GET).initial_values(),
        },
        programme=request.programme,
    )
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = verbs.request(request.programme, by=request.member, **form.cleaned_data)
            transaction.on_commit(partial(wake, made.pk))
        return _back(request, made.pk)
    if request.method == "POST" and is_htmx(request):
        refused = fragment(request, "roadmap/exports/_form.html", {"form": form}, status=422)
        return retarget(reswap(refused, "outerHTML"), "#export-form")
    own = Export.objects.of(request.programme).latest_first().defer("file__data")
    own = own.select_related("file", "requested_by", "opening__session")
    shown = _rows(list(own[:MOST_SHOWN]))
    context = {**frame.of_programme(request), "form": form, "exports": shown, "here": _("The plan")}
    return render(request, "roadmap/exports/page.html", context, status=422 if form.errors else 200)


@programme(Role.VIEWER)
@require_GET
def state(request: ProgrammeRequest, export: int) -> HttpResponse:
    """How far one version is: the fragment that asks for its successor while the work goes on."""
    found = _own(request, export)
    if is_htmx(request):
        return fragment(request, "roadmap/exports/_export.html", *_rows([found]))
    return redirect("roadmap:exports", request.workspace.slug, request.programme.pk)


@programme(Role.VIEWER)
@require_GET
def download(request: ProgrammeRequest, export: int) -> HttpResponse:
    """The finished file, as an attachment."""
    found = _own(request, export, with_file=True)
    file = verbs.hand_out(found, request.programme, by=request.member)
    if file is None:
        raise Http404
    return HttpResponse(
        bytes(file.data),
        content_type=file.content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{_file_name(found)}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox",
            "Cache-Control": "private, no-store",
        },
    )


@programme(Role.VIEWER)
@require_POST
def cancel(request: ProgrammeRequest, export: int) -> HttpResponse:
    """Stop a version that is not finished."""
    if verbs.cancel(_own(request, export)):
        messages.success(request, _("Cancelled."))
    return _back(request, export)


@programme(Role.VIEWER)
@require_POST
def retry(request: ProgrammeRequest, export: int) -> HttpResponse:
    """Ask again for a version that failed or was cancelled, with the same wishes."""
    found = _own(request, export)
    if found.state not in ("failed", "cancelled"):
        return _back(request, export)
    wishes = {name: getattr(found, name) for name in (*ExportForm.Meta.fields, "opening")}
    with transaction.atomic():
        made = verbs.request(request.programme, by=request.member, **wishes)
        transaction.on_commit(partial(wake, made.pk))
    return _back(request, made.pk)


def _own(request: ProgrammeRequest, pk: int, *, with_file: bool = False) -> Export:
    own = Export.objects.of(request.programme).select_related("file", "requested_by", "opening__session")
    if not with_file:
        own = own.defer("file__data")
    found = own.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _back(request: ProgrammeRequest, pk: int) -> HttpResponse:
    if is_htmx(request):
        return fragment(request, "roadmap/exports/_export.html", *_rows([_own(request, pk)]))
    return redirect("roadmap:exports", request.workspace.slug, request.programme.pk)


def _rows(exports: Sequence[Export]) -> list[dict[str, Any]]:
    """What the rows of the versions show."""
    stuck = verbs.stuck(exports)
    return [{"export": export, "what": _what(export), "is_stuck": export.pk in stuck} for export in exports]


def _what(export: Export) -> str:
    """What was asked for, in the language of the moment."""
    if export.step is not None:
        return _("Step %(number)s: %(name)s") % {"number": export.step, "name": BY_NUMBER[export.step].short}
    if export.opening is not None:
        return _("Minutes: %(workshop)s") % {"workshop": export.opening}
    return capfirst(str(ExportPart(export.parts).label))


def _file_name(export: Export) -> str:
    """A name that still tells what it is among a hundred other downloads: programme, what, day, language."""
    with override(export.language):
        words = [export.programme.name, _what(export), f"{localtime(export.created_at):%Y-%m-%d}", export.language]
    return "-".join(filter(None, map(slugify, words))) + ".pdf"
