"""What we know now: steps 1 to 6 on one page, and management's word on it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from cxplan.workspaces.models import Role
from roadmap.access import ProgrammeRequest, programme
from roadmap.domain import gate, loading
from roadmap.forms import GateForm
from roadmap.steps import BY_NUMBER

from . import frame
from .journey import formula
from .links import Links

#: The state of the page as a status: its shape, and the word for it.
STATES = {
    "open": ("not_started", gettext_lazy("Not approved yet")),
    "approved": ("done", gettext_lazy("Approved")),
    "changed": ("check_again", gettext_lazy("Changed since it was approved")),
}


@programme(Role.VIEWER)
@require_GET
def page(request: ProgrammeRequest) -> HttpResponse:
    """The three parts, what blocks, and who approved them."""
    return _show(request, GateForm(initial={"saw": gate.seen(request.programme)}))


@programme(Role.VIEWER, approver=True)
@require_POST
def approve(request: ProgrammeRequest) -> HttpResponse:
    """Give management's word on the page; says what blocks, or that it is another by now."""
    form = GateForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        gate.approve(request.programme, by=request.member, **form.cleaned_data)
    except gate.Stale:
        form.add_error(
            None,
            _("Steps 1–6 changed while you read, so nothing was approved. Read the page again, then approve it."),
        )
        return _show(request, form, status=HTTPStatus.CONFLICT)
    except gate.Blocked as blocked:
        missing = "; ".join(f"{step}. {item.text}" for step, item in blocked.items)
        form.add_error(None, _("Not approved yet. Mend first: %(missing)s.") % {"missing": missing})
        return _show(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("Approved."))
    return redirect(_url(request))


@programme(Role.VIEWER, approver=True)
@require_POST
def take_back(request: ProgrammeRequest) -> HttpResponse:
    """Take management's word back."""
    gate.take_back(request.programme, by=request.member)
    messages.success(request, _("The approval is taken back."))
    return redirect(_url(request))


def link(request: ProgrammeRequest) -> dict[str, Any]:
    """The way to the page, with its state."""
    status, word = STATES[gate.state(request.programme)]
    return {"url": _url(request), "status": status, "word": word}


def _show(request: ProgrammeRequest, form: GateForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    if form.is_bound:  # what is sent next was written beside the page as it is now
        form.data = request.POST.copy()
        form.data["saw"] = gate.seen(request.programme)
    told, links = gate.of_programme(request.programme), Links(request)
    changed = gate.changed_since(request.programme) if gate.is_approved(request.programme) else []
    context = {
        **frame.of_programme(request),
        "here": _("What we know now"),
        "gate": link(request),
        "told": told,
        "form": form,
        "blocks": [{"item": item, "step": BY_NUMBER[step], "url": links.step(step)} for step, item in told.blocks],
        "changed": [{"step": BY_NUMBER[step], "url": links.step(step)} for step in changed],
        "vision_url": links.step(3),
        "today_url": links.step(4),
        "journey_url": links.step(5),
        "gaps_url": links.section("gap"),
        "formula": formula(loading.weights(request.programme)),
    }
    return render(request, "roadmap/gate/page.html", context, status=status)


def _url(request: ProgrammeRequest) -> str:
    return reverse("roadmap:gate", args=[request.workspace.slug, request.programme.pk])
