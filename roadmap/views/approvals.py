"""Management gives its word on a record, or takes it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cxplan.workspaces.models import Role
from roadmap.access import ProgrammeRequest, programme, record
from roadmap.domain import approvals
from roadmap.domain.kinds import BY_NAME
from roadmap.models import ProgrammeRecord

from .records import done


@programme(Role.VIEWER, approver=True)
@require_POST
def approve(request: ProgrammeRequest, kind: str, pk: int) -> HttpResponse:
    """Approve a vision or a pillar, or choose a promise; says what is missing where something blocks."""
    found = _approvable(request, kind, pk)
    try:
        approvals.approve(found, programme=request.programme, by=request.member)
    except approvals.Incomplete as incomplete:
        missing = " ".join(hole.message for hole in incomplete.holes)
        messages.error(request, _("Not approved yet. %(missing)s") % {"missing": missing})
    else:
        messages.success(request, _("Approved."))
    return done(request, BY_NAME[kind], found)


@programme(Role.VIEWER, approver=True)
@require_POST
def take_back(request: ProgrammeRequest, kind: str, pk: int) -> HttpResponse:
    """Take an approval back."""
    found = _approvable(request, kind, pk)
    approvals.take_back(found, programme=request.programme, by=request.member)
    messages.success(request, _("The approval is taken back."))
    return done(request, BY_NAME[kind], found)


def _approvable(request: ProgrammeRequest, kind: str, pk: int) -> ProgrammeRecord:
    model = BY_NAME[kind].model if kind in BY_NAME else None
    if model not in approvals.BY_MODEL:
        raise Http404
    return record(request, model, pk)
