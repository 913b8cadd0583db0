"""The audit trail, for owners."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cxplan.workspaces.access import WorkspaceRequest, access
from cxplan.workspaces.domain import audit
from cxplan.workspaces.forms.audit import AuditForm
from cxplan.workspaces.models import AuditEntry, Role

PAGE = 50


@access(Role.OWNER)
@require_GET
def page(request: WorkspaceRequest) -> HttpResponse:
    """What happened, latest first: all of it or one sort, from the latest or from before an entry."""
    form = AuditForm(request.GET)
    form.full_clean()
    own = form.narrow(AuditEntry.objects.of(request.workspace)).latest_first().select_related("actor", "user")
    *entries, further = [*own[: PAGE + 1], *[None] * (PAGE + 1)][: PAGE + 1]
    shown = [entry for entry in entries if entry is not None]
    context = {
        "here": _("Audit trail"),
        "form": form,
        "entries": audit.told(request.workspace, shown),
        "older": form.address(before=shown[-1].pk) if further else "",
        "latest": form.address() if form.cleaned_data.get("before") else "",
    }
    return render(request, "workspaces/audit/page.html", context)
