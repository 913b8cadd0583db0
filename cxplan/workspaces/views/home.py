"""The first page: the reader's workspaces."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cxplan.workspaces.access import SignedInRequest, Who, access
from cxplan.workspaces.domain import founding
from cxplan.workspaces.models import Workspace


@access(Who.SIGNED_IN)
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """A choice of workspaces; whoever has only one goes straight in."""
    mine = list(Workspace.objects.of(request.user).order_by("pk"))
    if len(mine) == 1:
        return redirect("roadmap:workspace", mine[0].slug)
    return render(
        request, "workspaces/home/page.html", {"workspaces": mine, "may_found": founding.may_found(request.user)}
    )
