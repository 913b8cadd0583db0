"""Workspaces, the people in them, and the ties between people and accounts.

A command that a rule about all the people of a workspace depends on holds the workspace, so that two of them happen
one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone

from cxplan.workspaces.models import AuditEvent, Invitation, Member, Role, Team, User, Workspace

from . import audit, listening


class Stale(Exception):
    """Somebody else wrote the person since the page was opened; ``current`` is how they stand now."""

    def __init__(self, current: Member) -> None:
        super().__init__(f"member {current.pk} is at version {current.version}")
        self.current = current


class LastOwner(Exception):
    """Nobody else could invite people any more, or make somebody an owner."""


@contextmanager
def writing(workspace: Workspace) -> Iterator[None]:
    """Hold the people of a workspace for one command. A nested use joins the outer command."""
    with transaction.atomic():
        Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
        yield


def found(*, slug: str, name: str) -> Workspace:
    return Workspace.objects.create(slug=slug, name=name)


def settle(workspace: Workspace, *, by: Member, changed: Iterable[str]) -> None:
    """Keep what an owner decided for the workspace."""
    if fields := sorted(changed):
        workspace.save(update_fields=[*fields, "updated_at"])
        audit.write(AuditEvent.SETTINGS_CHANGED, workspace=workspace, actor=by, details={"fields": fields})


def add(
    *,
    workspace: Workspace,
    name: str,
    role: Role = Role.MEMBER,
    title: str = "",
    team: Team | None = None,
    user: User | None = None,
    is_approver: bool = False,
) -> Member:
    """A person in the workspace; without an account they can be named on records but not sign in."""
    return Member.objects.create(
        workspace=workspace, name=name, role=role, title=title, team=team, user=user, is_approver=is_approver
    )


def change(member: Member, *, by: Member, values: Mapping[str, Any], version: int | None = None) -> Member:
    """Write who somebody is and what they may do.

    Raises ``Stale`` where ``version`` is no longer theirs, ``LastOwner`` where nobody else owns the workspace.
    """
    with writing(member.workspace):
        current = fresh(member)
        if version is not None and current.version != version:
            raise Stale(current)
        before = _rights(current)
        if current.role == Role.OWNER and values.get("role", Role.OWNER) != Role.OWNER:
            _refuse_last_owner(current)
        for name, value in values.items():
            setattr(current, name, value)
        current.version += 1
        current.save(update_fields=[*values, "version", "updated_at"])
        if _rights(current) != before:
            details = {**_rights(current), "was": before["role"], "member": current.pk}
            audit.write(AuditEvent.ROLE_CHANGED, workspace=current.workspace, actor=by, details=details)
            listening.ask_again(current.workspace)
        return current


def tie(member: Member, user: User) -> None:
    """Let an account act as a person who has stood in the workspace without one."""
    member.user = user
    member.save(update_fields=["user", "updated_at"])


def remove(member: Member, *, by: Member) -> None:
    """Close the workspace to a person, and the ways in that still stood open to them.

    Raises ``LastOwner`` where nobody else owns the workspace.
    """
    with writing(member.workspace):
        current = fresh(member)
        Invitation.objects.of(current.workspace).open().filter(member=current).update(
            revoked_at=timezone.now(), token_hash=None, email=""
        )
        if current.left_at is not None:
            return
        if current.role == Role.OWNER:
            _refuse_last_owner(current)
        leave(current)
        audit.write(AuditEvent.MEMBER_REMOVED, workspace=current.workspace, actor=by, details={"member": current.pk})


def leave(member: Member) -> None:
    """Close the workspace to a person from the next request on, and what they listen to; what they made stays."""
    member.left_at = timezone.now()
    member.save(update_fields=["left_at", "updated_at"])
    listening.ask_again(member.workspace)


def bring_back(member: Member, *, by: Member) -> None:
    """Open the workspace again to somebody who was removed, as what they were."""
    with writing(member.workspace):
        current = fresh(member)
        if current.left_at is None:
            return
        current.left_at = None
        current.version += 1
        current.save(update_fields=["left_at", "version", "updated_at"])
        details = {**_rights(current), "member": current.pk, "how": "brought_back"}
        audit.write(AuditEvent.JOINED, workspace=current.workspace, actor=by, details=details)


def fresh(member: Member) -> Member:
    """The person as they stand now; the workspace, once held, keeps them so."""
    current = Member.objects.of(member.workspace).select_for_update(of=("self",)).get(pk=member.pk)
    current.workspace = member.workspace
    return current


def _rights(member: Member) -> dict[str, Any]:
    return {"role": str(member.role), "is_approver": member.is_approver}


def owned_alone(user_id: int) -> list[Workspace]:
    """The workspaces of which nobody else who can sign in is an owner."""
    owners = Member.objects.present().filter(role=Role.OWNER)
    others = owners.filter(user__is_active=True).exclude(user=user_id)
    own = Workspace.objects.filter(pk__in=owners.filter(user=user_id).values("workspace"))
    return list(own.exclude(pk__in=others.values("workspace")).order_by("name", "pk"))


def _refuse_last_owner(member: Member) -> None:
    """An owner who cannot sign in owns nothing, and so neither saves the others nor needs to be kept."""
    if member.user_id is not None and member.workspace in owned_alone(member.user_id):
        raise LastOwner
