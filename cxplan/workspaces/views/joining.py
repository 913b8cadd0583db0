"""Coming in: by an invitation, as the first of an installation, or with a workspace of one's own."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.views import SignupView
from allauth.core import ratelimit
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from cxplan.workspaces.access import SignedInRequest, Who, access
from cxplan.workspaces.domain import accounts, founding, invitations
from cxplan.workspaces.forms.people import JoinForm, SignUpForm, WorkspaceForm
from cxplan.workspaces.models import Invitation, User

#: What stands in the address in place of the token, once the session holds what it hashes to.
YOURS: Final = "yours"
HELD: Final = "invitation"


@access(Who.ANYONE)
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what, and the way in.

    The token leaves the address at once, for the session: no history, log or referrer of the pages after it has it.
    Whatever is wrong with a link, its page is the same.
    """
    refused: HttpResponse | None = ratelimit.consume_or_429(request, action="invitation", limit_get=True)
    if refused is not None:
        return refused
    if token != YOURS:
        return _hold(request, token)
    found = invitations.find(request.session.get(HELD, ""))
    if found is None:
        return _closed(request)
    if isinstance(request.user, User):
        return _join(request, found, request.user)
    return _make_account(request, found)


def _hold(request: HttpRequest, token: str) -> HttpResponse:
    token_hash = invitations.hashed(token)
    if request.method != "GET" or invitations.find(token_hash) is None:
        return _closed(request)
    request.session[HELD] = token_hash
    return redirect("workspaces:invitation", YOURS)


def _closed(request: HttpRequest) -> HttpResponse:
    request.session.pop(HELD, None)
    return render(request, "workspaces/invitation/closed.html", status=HTTPStatus.GONE)


def _join(request: HttpRequest, found: Invitation, user: User) -> HttpResponse:
    """With the account that is signed in. Whoever is in the workspace already goes in, and leaves the link as it is."""
    if invitations.here_already(found, user):
        return _enter(request, found, _("You are in %(workspace)s already.") % {"workspace": found.workspace})
    if request.method != "POST":
        return render(request, "workspaces/invitation/page.html", _told(found))
    try:
        invitations.accept(found, user)
    except invitations.Closed:
        return _closed(request)
    return _enter(request, found, _welcome(found))


def _make_account(request: HttpRequest, found: Invitation) -> HttpResponse:
    """With a new account; an address that has one signs in, and comes back here."""
    told = _told(found)
    here = reverse("workspaces:invitation", args=[YOURS])
    context = {**told, "has_account": accounts.by_address(found.email) is not None, "here_again": here}
    if context["has_account"]:
        return render(request, "workspaces/invitation/page.html", context)
    first_words = {"name": found.member.name, "language": (get_language() or "en")[:2]}
    form = JoinForm(request.POST if request.method == "POST" else None, initial=first_words, email=found.email)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return render(request, "workspaces/invitation/page.html", {**context, "form": form}, status=status)
    try:
        with transaction.atomic():
            user = accounts.make(email=found.email, **form.cleaned_data)
            invitations.accept(found, user)
    except invitations.Closed:
        return _closed(request)
    except IntegrityError:  # the address got an account meanwhile
        return redirect(here)
    get_adapter().login(request, user)
    reauthenticate_by_password(request)  # just chosen: nobody asks for it before the second step is set up
    return _enter(request, found, _welcome(found))


def _enter(request: HttpRequest, found: Invitation, said: str) -> HttpResponse:
    request.session.pop(HELD, None)
    messages.success(request, said)
    return redirect("roadmap:workspace", found.workspace.slug)


def _welcome(found: Invitation) -> str:
    return _("Welcome to %(workspace)s.") % {"workspace": found.workspace}


def _told(found: Invitation) -> dict[str, Any]:
    return {"invitation": found, "inviting": found.workspace, "by": found.invited_by, "invited": found.member}


class SignUp(SignupView):  # type: ignore[misc]  # allauth is untyped
    """allauth's own page, with the workspace that begins; closed once somebody was first."""

    form_class = SignUpForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "is_first": founding.is_empty()}

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except founding.Closed:
            response = self.closed()
        return response


sign_up = access(Who.ANYONE)(SignUp.as_view())


@access(Who.SIGNED_IN)
@require_http_methods(["GET", "POST"])
def new_workspace(request: SignedInRequest) -> HttpResponse:
    """A further workspace, where the host lets everybody make one, or for staff."""
    may = founding.may_found(request.user)
    form = WorkspaceForm(request.POST if request.method == "POST" and may else None)
    if form.is_valid():
        owner = founding.found(name=form.cleaned_data["name"], owner=request.user)
        messages.success(request, _("The workspace is there. Invite the others, or start the first programme."))
        return redirect("roadmap:workspace", owner.workspace.slug)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "workspaces/home/new.html", {"form": form, "may": may}, status=status)
