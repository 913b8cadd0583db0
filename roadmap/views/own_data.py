"""A person's own data: what is kept, all of it to take along, and the way to be erased."""

from __future__ import annotations

from http import HTTPStatus

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cxplan.workspaces.access import SignedInRequest, Who, access
from cxplan.workspaces.domain import audit, demo, members
from cxplan.workspaces.models import AuditEvent
from roadmap.domain import erasing, own_data
from roadmap.forms.own_data import EraseForm


@access(Who.SIGNED_IN)
@require_GET
def page(request: SignedInRequest) -> HttpResponse:
    """What is kept about the reader, and the two things they can do about it."""
    context = {"members": own_data.members_of(request.user), "is_shared": demo.is_shared(request.user)}
    return render(request, "roadmap/own_data/page.html", context)


@access(Who.SIGNED_IN)
@require_GET
def download(request: SignedInRequest) -> HttpResponse:
    """Everything about the reader, as a zip."""
    data = own_data.to_zip(own_data.collect(request.user))
    audit.write(AuditEvent.EXPORTED, workspace=None, user=request.user, details={"how": "own_data"})
    return HttpResponse(
        data,
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="cxplan-{localdate():%Y-%m-%d}.zip"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox",
            "Cache-Control": "private, no-store",
        },
    )


@access(Who.SIGNED_IN)
@require_http_methods(["GET", "POST"])
def erase(request: SignedInRequest) -> HttpResponse:
    """Say what goes and what stays, ask once more, and erase the reader."""
    if demo.is_shared(request.user):
        messages.error(request, _("Everybody who looks around shares this account: it cannot be erased."))
        return redirect("roadmap:own_data")
    form = EraseForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method != "POST":
        return _show(request, form)
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        form = EraseForm(user=request.user)
        messages.error(request, _("Nothing was erased: that was tried too often. Wait a minute, then try again."))
        return _show(request, form, status=HTTPStatus.TOO_MANY_REQUESTS)
    if not form.is_valid():
        return _show(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        erasing.erase(request.user)
    except members.LastOwner:
        return _show(request, form, status=HTTPStatus.CONFLICT)
    request.session.flush()
    messages.success(request, _("You have been erased: your account, your name and what only you could read are gone."))
    return redirect("account_login")


def _show(request: SignedInRequest, form: EraseForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    context = {"form": form, "owned_alone": members.owned_alone(request.user.pk)}
    return render(request, "roadmap/own_data/erase.html", context, status=status)
