"""Ask for the plan as a PDF, watch it being made, take it home."""

from __future__ import annotations

import logging
from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import reswap, retarget
from kombu.exceptions import OperationalError

from cxplan.kit.http import fragment, is_htmx
from cxplan.workspaces.models import Role
from roadmap.access import ProgrammeRequest, programme
from roadmap.domain import exports as verbs
from roadmap.forms import ExportForm
from roadmap.models import Export
from roadmap.tasks import make_export

from . import frame

log = logging.getLogger(__name__)

MOST_SHOWN = 20


@programme(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def page(request: ProgrammeRequest) -> HttpResponse:
    """The versions made so far, and the form that asks for another."""
    form = ExportForm(
        request.POST if request.method == "POST" else None,
        initial={"language": request.programme.language, "appendix": True},
    )
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = verbs.request(request.programme, by=request.member, **form.cleaned_data)
            transaction.on_commit(partial(_enqueue, made.pk))
        return _back(request, made.pk)
    if request.method == "POST" and is_htmx(request):
        refused = fragment(request, "roadmap/exports/_form.html", {"form": form}, status=422)
        return retarget(reswap(refused, "outerHTML"), "#export-form")
    own = Export.objects.of(request.programme).latest_first().select_related("file", "requested_by").defer("file__data")
    context = {**frame.of_programme(request), "form": form, "exports": own[:MOST_SHOWN], "here": _("The plan")}
    return render(request, "roadmap/exports/page.html", context, status=422 if form.errors else 200)


@programme(Role.VIEWER)
@require_GET
def state(request: ProgrammeRequest, export: int) -> HttpResponse:
    """How far one version is: the fragment that asks for its successor while the work goes on."""
    found = _own(request, export)
    if is_htmx(request):
        return fragment(request, "roadmap/exports/_export.html", {"export": found})
    return redirect("roadmap:exports", request.workspace.slug, request.programme.pk)


@programme(Role.VIEWER)
@require_GET
def download(request: ProgrammeRequest, export: int) -> HttpResponse:
    """The finished file, as an attachment."""
    found = _own(request, export, with_file=True)
    if found.file is None:
        raise Http404
    name = slugify(request.programme.name) or "plan"
    return HttpResponse(
        bytes(found.file.data),
        content_type=found.file.content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}-{found.language}-{found.pk}.pdf"',
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
    wishes = {name: getattr(found, name) for name in ExportForm.Meta.fields}
    with transaction.atomic():
        made = verbs.request(request.programme, by=request.member, **wishes)
        transaction.on_commit(partial(_enqueue, made.pk))
    return _back(request, made.pk)


def _own(request: ProgrammeRequest, pk: int, *, with_file: bool = False) -> Export:
    own = Export.objects.of(request.programme).select_related("file", "requested_by")
    if not with_file:
        own = own.defer("file__data")
    found = own.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _back(request: ProgrammeRequest, pk: int) -> HttpResponse:
    if is_htmx(request):
        return fragment(request, "roadmap/exports/_export.html", {"export": _own(request, pk)})
    return redirect("roadmap:exports", request.workspace.slug, request.programme.pk)


def _enqueue(pk: int) -> None:
    """Wake a worker. Where the broker is away the job waits in its row until the sweeper finds it."""
    try:
        make_export.delay(export=pk)
    except OperationalError:
        log.warning("the broker is away; export %s waits for the sweeper", pk)
