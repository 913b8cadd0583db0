"""Erase a person: the account goes, and with it every word that tells who it was; the team's work stays.

What is done to each table is what the register says of it. Free text that others wrote is the team's: nobody can know
of whom it speaks.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from cxplan.workshops.domain import seats
from cxplan.workshops.models import Authors, Note
from cxplan.workspaces.domain import audit, history, members
from cxplan.workspaces.models import AuditEvent, Invitation, Member, Role, User, Workspace
from cxplan.workspaces.models.history import act_as
from roadmap.models import PersonalPillar, Programme, PutAway, Tie
from roadmap.models.rollout import PersonalPillarVisibility

from . import exports, kept


def erase(user: User) -> None:
    """Erase a person for good. Raises ``members.LastOwner`` where a workspace would be left without one."""
    with transaction.atomic():
        own = list(Member.objects.filter(user=user).select_related("workspace").order_by("workspace", "pk"))
        homes = [member.workspace_id for member in own]
        # One after the other with whatever else is done to the people of these workspaces
        list(Workspace.objects.select_for_update(no_key=True).filter(pk__in=homes).order_by("pk"))
        if members.owned_alone(user.pk):
            raise members.LastOwner
        act_as(None)
        _delete_own_words(own)
        # Printed plans name whoever stands in them; anybody can print them anew
        exports.discard(Tie.objects.filter(person__in=own).values_list("programme", flat=True))
        _empty(own)
        seats.forget_members(own)
        _close(user, own)
        Invitation.objects.filter(email__iexact=user.email).delete()
        for member in own:
            audit.write(AuditEvent.ERASED, workspace=member.workspace, actor=member, user=user)
        audit.write(AuditEvent.ERASED, workspace=None, user=user)
        user.delete()
        programmes = Programme.objects.filter(workspace__in=homes)
        programmes.update(revision=F("revision") + 1)
        for programme in programmes.values_list("pk", flat=True):
            transaction.on_commit(partial(kept.forget, programme))


def _delete_own_words(members: list[Member]) -> None:
    """What only the writer may read: private personal pillars, those in the trash, and private notes of a workshop."""
    hidden = Q(visibility=PersonalPillarVisibility.PRIVATE) | Q(trashed_at__isnull=False)
    pillars = PersonalPillar.objects.filter(hidden, person__in=members)
    gone = list(pillars.values_list("pk", flat=True))
    pillars.delete()
    history.forget(PersonalPillar, gone, ["statement"])
    PutAway.objects.filter(member__in=members).delete()
    Note.objects.filter(phase__authors=Authors.PRIVATE, participant__member__in=members).delete()


def _empty(members: list[Member]) -> None:
    """Let the members stand on without a name, so that what they own and wrote is still somebody's."""
    now = timezone.now()
    keys = [member.pk for member in members]
    Tie.objects.filter(person__in=keys).update(part="")
    Invitation.objects.filter(member__in=keys).delete()
    own = Member.objects.filter(pk__in=keys)
    own.filter(left_at=None).update(left_at=now)
    own.update(user=None, name="", title="", role=Role.MEMBER, is_approver=False, updated_at=now)


def _close(user: User, members: list[Member]) -> None:
    """End their sessions, and empty what the back room wrote of them."""
    Session.objects.filter(pk__in=_sessions(user)).delete()
    of_user = Q(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    of_members = Q(
        content_type=ContentType.objects.get_for_model(Member),
        object_id__in=[str(member.pk) for member in members],
    )
    LogEntry.objects.filter(of_user | of_members).update(object_repr="", change_message="")


def _sessions(user: User) -> Iterable[str]:
    """The keys of their sessions; whose a session is stands inside it."""
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            yield session.session_key
