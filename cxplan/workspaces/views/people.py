"""The people page: who is in a workspace, in which team, and what they may do.

Everybody in the workspace sees who there is. Owners also see how people sign in, and take care of them; each of their
commands answers a plain browser with a redirect to the page, and htmx with what stands on the page now.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.db import IntegrityError
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget, trigger_client_event

from cxplan.kit.http import fragment, is_htmx
from cxplan.workspaces import tasks
from cxplan.workspaces.access import WorkspaceRequest, access
from cxplan.workspaces.domain import invitations, members, teams
from cxplan.workspaces.domain.invitations import AlreadyHere, AlreadyInvited, Closed
from cxplan.workspaces.forms.people import InvitationForm, MoveTeamForm, NewPersonForm, PersonForm, TeamForm
from cxplan.workspaces.models import Invitation, Member, Role, Team

TOO_MANY: Final = HTTPStatus.TOO_MANY_REQUESTS
#: What a form's page is called, where it is sent, what its button says, and where it was opened.
Words = dict[str, Any]


@access(Role.VIEWER)
@require_GET
def page(request: WorkspaceRequest) -> HttpResponse:
    """Everybody of the workspace and its teams."""
    return _show(request)


# People


@access(Role.OWNER)
@require_http_methods(["GET", "POST"])
def add(request: WorkspaceRequest) -> HttpResponse:
    """A new person: with an address they are invited, without one they can be named."""
    form = NewPersonForm(_posted(request), workspace=request.workspace, prefix="person-new")
    if request.method != "POST":
        return _form(request, form, _adding())
    if not form.is_valid():
        return _form(request, form, _adding(), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    email = form.cleaned_data["email"]
    if not email:
        person = members.add(workspace=request.workspace, **form.values())
        messages.success(request, _("%(name)s can be named on records now.") % {"name": person})
        return _done(request, f"people-{person.pk}")
    if _too_many(request):
        return _refuse(request, form, _adding(), None, _wait(), status=TOO_MANY)
    try:
        person = invitations.invite_new(
            request.workspace, by=request.member, email=email, language=_language(), **form.values()
        )
    except (AlreadyHere, AlreadyInvited) as there:
        return _refuse(request, form, _adding(), "email", _why(there))
    _send(request, _invitation(request, person))
    return _done(request, f"people-{person.pk}")


@access(Role.OWNER)
@require_http_methods(["GET", "POST"])
def edit(request: WorkspaceRequest, person: int) -> HttpResponse:
    """Somebody's name, team and rights, written only if nobody else wrote them since the page was opened."""
    found = _person(request, person)
    form = PersonForm(
        _posted(request), instance=_person(request, person), workspace=request.workspace, prefix=f"person-{person}"
    )
    words = _editing(found)
    if request.method != "POST":
        return _form(request, form, words)
    if not form.is_valid():
        return _form(request, form, words, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        members.change(found, by=request.member, values=form.values(), version=form.cleaned_data["version"])
    except members.Stale as stale:
        return _conflict(request, form, stale.current)
    except members.LastOwner:
        return _refuse(request, form, words, "role", _last_owner())
    messages.success(request, _("Saved."))
    return _done(request, f"people-{person}", changed=found)


@access(Role.OWNER)
@require_http_methods(["GET", "POST"])
def remove(request: WorkspaceRequest, person: int) -> HttpResponse:
    """Ask, saying what it means; then close the workspace to somebody. The message offers to bring them back."""
    found = _person(request, person)
    if request.method != "POST":
        context = {"person": found, "is_me": found.pk == request.member.pk}
        name = "_part" if is_htmx(request) else "page"
        return _answer(request, f"workspaces/people/remove/{name}.html", context)
    try:
        members.remove(found, by=request.member)
    except members.LastOwner:
        messages.error(request, _last_owner())
        return _close(request, _done(request, f"people-{person}"))
    if found.pk == request.member.pk:
        messages.success(request, _("You have left %(workspace)s.") % {"workspace": request.workspace})
        home = reverse("workspaces:home")
        return HttpResponseClientRedirect(home) if is_htmx(request) else redirect(home)
    way_back = reverse("workspaces:bring_back", args=[request.workspace.slug, person])
    messages.success(request, _("%(name)s is removed.") % {"name": found}, extra_tags=way_back)
    return _close(request, _done(request, "people-heading"))


@access(Role.OWNER)
@require_POST
def bring_back(request: WorkspaceRequest, person: int) -> HttpResponse:
    """Let somebody who was removed be what they were."""
    found = _person(request, person)
    members.bring_back(found, by=request.member)
    messages.success(request, _("%(name)s is back.") % {"name": found})
    return _done(request, f"people-{person}")


# Invitations


@access(Role.OWNER)
@require_http_methods(["GET", "POST"])
def invite(request: WorkspaceRequest, person: int) -> HttpResponse:
    """Send somebody who stands without an account the link that lets them in."""
    found = _person(request, person)
    known = found.user.email if found.user else ""
    form = InvitationForm(_posted(request), initial={"email": known}, prefix=f"invite-{person}")
    words = _inviting(found)
    if request.method != "POST":
        return _form(request, form, words)
    if not form.is_valid():
        return _form(request, form, words, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if _too_many(request):
        return _refuse(request, form, words, None, _wait(), status=TOO_MANY)
    try:
        made = invitations.invite(found, by=request.member, email=form.cleaned_data["email"], language=_language())
    except (AlreadyHere, AlreadyInvited) as there:
        return _refuse(request, form, words, "email", _why(there))
    _send(request, made)
    return _done(request, f"people-{person}")


@access(Role.OWNER)
@require_POST
def resend(request: WorkspaceRequest, person: int) -> HttpResponse:
    """Send the link again: another one, good for another 14 days."""
    found = _person(request, person)
    if _too_many(request):
        messages.error(request, _wait())
        return _done(request, f"people-{person}")
    try:
        invitation = _invitation(request, found)
        invitations.resend(invitation, by=request.member)
    except Closed:
        messages.info(request, _not_open())
    else:
        _send(request, invitation)
    return _done(request, f"people-{person}")


@access(Role.OWNER)
@require_POST
def withdraw(request: WorkspaceRequest, person: int) -> HttpResponse:
    """Take the link back. The person stays."""
    found = _person(request, person)
    try:
        invitations.withdraw(_invitation(request, found), by=request.member)
    except Closed:
        messages.info(request, _not_open())
    else:
        messages.success(request, _("The invitation is withdrawn: its link no longer lets anybody in."))
    return _done(request, f"people-{person}")


# Teams


@access(Role.OWNER)
@require_http_methods(["GET", "POST"])
def add_team(request: WorkspaceRequest) -> HttpResponse:
    """A team after the others."""
    form = TeamForm(_posted(request), prefix="team-new")
    words = {"title": _("Add a team")}
    if request.method != "POST":
        return _form(request, form, words)
    if not form.is_valid():
        return _form(request, form, words, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    made = teams.add(workspace=request.workspace, **form.cleaned_data)
    messages.success(request, _("The team is there."))
    return _done(request, f"teams-{made.pk}")


@access(Role.OWNER)
@require_http_methods(["GET", "POST"])
def rename_team(request: WorkspaceRequest, team: int) -> HttpResponse:
    """Another name for a team, also where records name it."""
    found = _team(request, team)
    form = TeamForm(_posted(request), instance=_team(request, team), prefix=f"team-{team}")
    words = {"title": _("Rename “%(name)s”") % {"name": found}, "at": f"teams-{team}"}
    if request.method != "POST":
        return _form(request, form, words)
    if not form.is_valid():
        return _form(request, form, words, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    teams.rename(found, form.cleaned_data["name"])
    messages.success(request, _("Saved."))
    return _done(request, f"teams-{team}")


@access(Role.OWNER)
@require_POST
def move_team(request: WorkspaceRequest, team: int) -> HttpResponse:
    """Let a team change places with the one before or after it."""
    found = _team(request, team)
    form = MoveTeamForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose whether the team moves up or down."))
    elif not teams.move(found, form.cleaned_data["to"]):
        messages.info(request, _("It stands there already."))
    return _done(request, f"teams-{team}")


@access(Role.OWNER)
@require_POST
def remove_team(request: WorkspaceRequest, team: int) -> HttpResponse:
    """Remove a team in which nobody is and that nothing names."""
    found = _team(request, team)
    try:
        teams.remove(found)
    except teams.InUse as used:
        messages.error(request, _in_use(found, used))
        return _done(request, f"teams-{team}")
    except IntegrityError:
        messages.error(request, _("“%(team)s” was put to use just now, so it stays.") % {"team": found})
        return _done(request, f"teams-{team}")
    messages.success(request, _("The team is removed."))
    return _done(request, "teams-heading")


# What the views share


def _posted(request: WorkspaceRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _language() -> str:
    return (get_language() or "en")[:2]


def _person(request: WorkspaceRequest, pk: int) -> Member:
    found = Member.objects.of(request.workspace).select_related("user", "team").filter(pk=pk).first()
    if found is None:
        raise Http404
    found.workspace = request.workspace  # spares the query
    return found


def _team(request: WorkspaceRequest, pk: int) -> Team:
    found = Team.objects.of(request.workspace).filter(pk=pk).first()
    if found is None:
        raise Http404
    found.workspace = request.workspace  # spares the query
    return found


def _invitation(request: WorkspaceRequest, person: Member) -> Invitation:
    """The open invitation of a person. Raises ``Closed`` where there is none."""
    found = Invitation.objects.of(request.workspace).open().filter(member=person).first()
    if found is None:
        raise Closed
    found.workspace = request.workspace  # spares the query
    return found


def _send(request: WorkspaceRequest, invitation: Invitation) -> None:
    tasks.send(invitation.pk)
    messages.success(
        request,
        _("An invitation is on its way to %(email)s. Its link is good for 14 days.") % {"email": invitation.email},
    )


def _too_many(request: WorkspaceRequest) -> bool:
    """Whether somebody sends more mail than a person does."""
    return not ratelimit.consume(request, action="invite", user=request.user)


def _context(request: WorkspaceRequest, at: str = "") -> dict[str, Any]:
    """Owners see everything. Nothing else is even read for the others."""
    workspace = request.workspace
    everybody = Member.objects.of(workspace).select_related("team").in_order()
    listed = teams.listed(workspace)
    rows = [{"team": team, "is_at": at == f"teams-{team.pk}"} for team in listed]
    is_owner = request.member.may(Role.OWNER)
    shown = {"teams": rows, "is_owner": is_owner, "at": at, "here": _("People")}
    if not is_owner:
        return {**shown, "people": [{"person": person} for person in everybody.present()]}
    standing = {each.member_id: each for each in Invitation.objects.of(workspace).open().in_order()}
    stays = Q(left_at=None) | Q(pk__in=standing.keys())
    people = [
        {"person": person, "invitation": standing.get(person.pk), "is_at": at == f"people-{person.pk}"}
        for person in everybody.select_related("team", "user").filter(stays)
    ]
    return {**shown, "people": people, "gone": list(everybody.exclude(stays).exclude(name=""))}


def _answer(
    request: WorkspaceRequest, template: str, context: dict[str, Any], *, status: int = HTTPStatus.OK
) -> HttpResponse:
    """A fragment with what is to be said, or a page that says it itself."""
    if is_htmx(request):
        return fragment(request, template, context, status=status)
    return render(request, template, context, status=status)


def _show(request: WorkspaceRequest, at: str = "") -> HttpResponse:
    name = "_all" if is_htmx(request) else "page"
    return _answer(request, f"workspaces/people/{name}.html", _context(request, at))


def _done(request: WorkspaceRequest, at: str, *, changed: Member | None = None) -> HttpResponse:
    """The people as they stand now, with the focus where something was done."""
    if not is_htmx(request):
        return redirect(f"{reverse('workspaces:people', args=[request.workspace.slug])}#{at}")
    if changed is not None and changed.pk == request.member.pk:
        request.member.refresh_from_db(fields=["name", "role", "is_approver"])
    return retarget(reswap(_show(request, at), "outerHTML"), "#people")


def _close(request: WorkspaceRequest, response: HttpResponse) -> HttpResponse:
    return trigger_client_event(response, "cx:close") if is_htmx(request) else response


def _form(
    request: WorkspaceRequest, form: forms.BaseForm, words: Words, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    if not form.is_bound and is_htmx(request):
        first = next(bound for bound in form if not bound.is_hidden)
        first.field.widget.attrs["autofocus"] = True
    name = "_part" if is_htmx(request) else "page"
    told = {"action": request.path, "send": _("Save"), "here": _("People"), **words, "form": form}
    return _answer(request, f"workspaces/people/form/{name}.html", told, status=status)


def _refuse(
    request: WorkspaceRequest,
    form: forms.BaseForm,
    words: Words,
    field: str | None,
    why: str,
    *,
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> HttpResponse:
    form.add_error(field, why)
    return _form(request, form, words, status=status)


def _conflict(request: WorkspaceRequest, form: PersonForm, current: Member) -> HttpResponse:
    """What each of the two wrote side by side, in the form that keeps mine; saving again keeps it."""
    mine = request.POST.copy()
    mine[form.add_prefix("version")] = str(current.version)
    theirs = PersonForm(instance=current, workspace=request.workspace, prefix=form.prefix)
    compared = [
        (theirs[name].label, before, after)
        for name in form._meta.fields or ()
        if (before := _words(theirs[name])) != (after := _words(form[name]))
    ]
    form.data = mine
    theirs_url = f"{reverse('workspaces:people', args=[request.workspace.slug])}#people-{current.pk}"
    words = {**_editing(current), "compared": compared, "theirs_url": theirs_url}
    return _form(request, form, words, status=HTTPStatus.CONFLICT)


def _words(bound: forms.BoundField) -> str:
    """What stands in a field, as a reader knows it."""
    value, field = bound.value(), bound.field
    if isinstance(field, forms.ChoiceField):
        options: Any = field.choices
        return next((str(label) for key, label in options if str(key) == str(value or "")), "")
    if isinstance(field, forms.BooleanField):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)


def _adding() -> Words:
    return {"title": _("Add a person"), "send": _("Add the person")}


def _editing(person: Member) -> Words:
    return {"title": _("Edit “%(name)s”") % {"name": person}, "at": f"people-{person.pk}"}


def _inviting(person: Member) -> Words:
    return {
        "title": _("Invite %(name)s") % {"name": person},
        "send": _("Send the invitation"),
        "at": f"people-{person.pk}",
    }


def _why(there: AlreadyHere | AlreadyInvited) -> str:
    told = {"name": there.member}
    if isinstance(there, AlreadyHere):
        return _("%(name)s is in the workspace already.") % told
    return _("%(name)s has an open invitation: send it again, or withdraw it first.") % told


def _last_owner() -> str:
    return _("A workspace needs an owner who can sign in. Make somebody else an owner first.")


def _not_open() -> str:
    return _("The invitation is not open any more: it was accepted or withdrawn meanwhile.")


def _in_use(team: Team, used: teams.InUse) -> str:
    """What hangs on the team, and what to do about it."""
    people = next((each.count for each in used.hanging if each.model is Member), 0)
    if people:
        words = ngettext(
            "%(count)d person is in “%(team)s”: move them to another team first, then remove it.",
            "%(count)d people are in “%(team)s”: move them to another team first, then remove it.",
            people,
        )
        return words % {"count": people, "team": team}
    kinds = ", ".join(f"{capfirst(each.model._meta.verbose_name_plural)} ({each.count})" for each in used.hanging)
    return _("“%(team)s” is still named on records: %(kinds)s. Choose another team there first, then remove it.") % {
        "team": team,
        "kinds": kinds,
    }


def _wait() -> str:
    return _("You have sent many invitations in a short time. Wait an hour, then send this one.")
