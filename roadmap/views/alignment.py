"""Where the chain has holes, as sentences, each with the step that mends it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cxplan.workspaces.models import Role
from roadmap.access import ProgrammeRequest, programme
from roadmap.domain import alignment, loading

from . import frame


@programme(Role.VIEWER)
@require_GET
def page(request: ProgrammeRequest) -> HttpResponse:
    """Every hole of the chain today, and how much of it is whole."""
    plan = loading.load(request.programme)
    today = timezone.localdate()
    found = alignment.check(plan, today)
    context = {
        **frame.of_programme(request),
        "blocking": [finding for finding in found if finding.level == "blocks"],
        "warning": [finding for finding in found if finding.level == "warns"],
        "coverage": alignment.covered(plan, found),
        "as_of": today,
    }
    return render(request, "roadmap/alignment/page.html", context)
