"""Figures pasted onto a metric."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cxplan.kit.http import fragment, is_htmx
from cxplan.workspaces.models import Role
from roadmap import places
from roadmap.access import ProgrammeRequest, programme, record
from roadmap.domain import records
from roadmap.domain.kinds import BY_NAME
from roadmap.forms import FiguresForm
from roadmap.models import Metric
from roadmap.steps import BY_NUMBER

from . import frame
from .records import done

MEASUREMENT = BY_NAME["measurement"]


@programme(Role.MEMBER)
@require_http_methods(["GET", "POST"])
def paste(request: ProgrammeRequest, kind: str, pk: int) -> HttpResponse:
    """Measurements of a metric from a pasted column or a CSV file; all of them or none."""
    if kind != "metric":
        raise Http404
    metric = record(request, Metric, pk)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FiguresForm(*sent, metric=metric, prefix=f"figures-{metric.pk}")
    if not sent:
        return _show(request, metric, form)
    if not form.is_valid():
        return _show(request, metric, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    rows, shared = form.rows(), {"metric": metric}
    try:
        made = records.add_many(MEASUREMENT, programme=request.programme, by=request.member, rows=rows, shared=shared)
    except IntegrityError:
        form.add_error(
            None, _("Somebody measured one of these periods meanwhile; nothing was added. Add the rest again.")
        )
        return _show(request, metric, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    said = ngettext("One measurement was added.", "%(count)s measurements were added.", len(made))
    messages.success(request, said % {"count": len(made)})
    return done(request, MEASUREMENT, made[0])


def _show(request: ProgrammeRequest, metric: Metric, form: FiguresForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    context = {
        "metric": metric,
        "form": form,
        "kind": MEASUREMENT,
        "back": places.record(metric, workspace=request.workspace.slug, programme=request.programme.pk),
        "back_name": BY_NUMBER[MEASUREMENT.step].name,
    }
    if is_htmx(request):
        return fragment(request, "roadmap/measurement/paste/_part.html", context, status=status)
    page = {**frame.of_programme(request), **context, "step": BY_NUMBER[MEASUREMENT.step]}
    return render(request, "roadmap/measurement/paste/page.html", page, status=status)
