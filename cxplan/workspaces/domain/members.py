"""Workspaces, the people in them, and the ties between people and accounts."""

from collections.abc import Iterable

from django.utils import timezone

from cxplan.workspaces.domain import audit
from cxplan.workspaces.models import AuditEvent, Member, Role, Team, User, Workspace


def found(*, slug: str, name: str) -> Workspace:
    return Workspace.objects.create(slug=slug, name=name)


def settle(workspace: Workspace, *, by: Member, changed: Iterable[str]) -> None:
    """Keep what an owner decided for the workspace."""
    if fields := sorted(changed):
        workspace.save(update_fields=[*fields, "updated_at"])
        audit.write(AuditEvent.SETTINGS_CHANGED, workspace=workspace, actor=by, details={"fields": fields})


def add_team(*, workspace: Workspace, name: str) -> Team:
    last = Team.objects.of(workspace).order_by("position").last()
    return Team.objects.create(workspace=workspace, name=name, position=last.position + 1 if last else 1)


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


def tie(member: Member, user: User) -> None:
    """Let an account act as a person who has stood in the workspace without one."""
    member.user = user
    member.save(update_fields=["user", "updated_at"])


def leave(member: Member) -> None:
    """Close the workspace to a person from the next request on; what they made stays under their name."""
    member.left_at = timezone.now()
    member.save(update_fields=["left_at", "updated_at"])
