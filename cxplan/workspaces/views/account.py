"""A person's own account: who they are, what they sign in with, where they are signed in.

The credentials themselves are changed on allauth's pages; each of them leads back here.
"""

from __future__ import annotations

from http import HTTPStatus

from allauth.account.decorators import reauthentication_required
from allauth.socialaccount.forms import DisconnectForm
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cxplan.workspaces.access import COMES_BACK_TO, SignedInRequest, Who, access
from cxplan.workspaces.domain import accounts, demo
from cxplan.workspaces.forms.account import ProfileForm
from cxplan.workspaces.middleware import SPOKEN


@access(Who.SIGNED_IN)
@require_http_methods(["GET", "POST"])
def account(request: SignedInRequest) -> HttpResponse:
    """Everything of the account on one page; its own form is the name and the language."""
    user = request.user
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=user)
    if request.method == "POST" and form.is_valid():
        accounts.introduce(user, **form.cleaned_data)
        if user.language:
            request.session[SPOKEN] = user.language
        else:
            request.session.pop(SPOKEN, None)
        messages.success(request, _("Saved."))
        return redirect("workspaces:account")
    here = request.session.session_key
    context = {
        "form": form,
        "is_shared": demo.is_shared(user),
        "waiting_address": accounts.waiting_address(user),
        "keys": accounts.keys(user),
        "links": accounts.links(user),
        "visits": accounts.visits(user, here=here),
        "comes_back_to": request.session.get(COMES_BACK_TO, ""),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "workspaces/account/page.html", context, status=status)


@access(Who.SIGNED_IN)
@require_GET
def to_account(request: SignedInRequest) -> HttpResponse:
    """What allauth shows on pages of its own stands on the page of the account."""
    return redirect("workspaces:account")


@access(Who.SIGNED_IN)
@require_POST
@reauthentication_required(app="allauth.socialaccount")  # type: ignore[untyped-decorator]  # allauth is untyped
def end_link(request: SignedInRequest, link: int) -> HttpResponse:
    """Let the organisation's own sign-in no longer open the account, where something else does."""
    if not any(each.pk == link for each in accounts.links(request.user)):
        raise Http404
    if request.user.has_usable_password():
        form = DisconnectForm({"account": link}, request=request)
        if form.is_valid():
            form.save()
    else:
        messages.error(request, _("Nothing has changed: choose a password first, or nothing would open your account."))
    return redirect(f"{reverse('workspaces:account')}#sign-in")


@access(Who.SIGNED_IN)
@require_POST
def end_visit(request: SignedInRequest, visit: int) -> HttpResponse:
    if demo.is_shared(request.user):
        raise Http404
    if not accounts.end_visit(request.user, visit, here=request.session.session_key):
        raise Http404
    messages.success(request, _("Signed out there."))
    return redirect(f"{reverse('workspaces:account')}#visits")


@access(Who.SIGNED_IN)
@require_POST
def end_other_visits(request: SignedInRequest) -> HttpResponse:
    if demo.is_shared(request.user):
        raise Http404
    accounts.end_other_visits(request.user, here=request.session.session_key)
    messages.success(request, _("Signed out everywhere else."))
    return redirect(f"{reverse('workspaces:account')}#visits")


@access(Who.SIGNED_IN)
@require_GET
def second_step(request: SignedInRequest) -> HttpResponse:
    """Where a workspace that requires a second step sends whoever has none."""
    if accounts.has_second_step(request.user):
        return redirect(request.session.pop(COMES_BACK_TO, "workspaces:account"))
    return render(request, "workspaces/account/second_step.html", {"is_shared": demo.is_shared(request.user)})
