"""The settings of a workspace, for its owners."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cxplan.workspaces.access import WorkspaceRequest, access
from cxplan.workspaces.domain import members
from cxplan.workspaces.forms.account import WorkspaceForm
from cxplan.workspaces.models import Role, Workspace


@access(Role.OWNER)
@require_http_methods(["GET", "POST"])
def page(request: WorkspaceRequest) -> HttpResponse:
    # A copy: what is refused must not stand in the frame of the page
    workspace = Workspace.objects.of(request.user).get(pk=request.workspace.pk)
    form = WorkspaceForm(request.POST if request.method == "POST" else None, instance=workspace, by=request.user)
    if request.method == "POST" and form.is_valid():
        members.settle(workspace, by=request.member, changed=form.changed_data)
        messages.success(request, _("Saved."))
        return redirect("workspaces:settings", workspace.slug)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "here": _("Settings of the workspace")}
    return render(request, "workspaces/settings/page.html", context, status=status)
