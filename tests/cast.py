"""Alice leads, Bob is on her team, Carol is management, Olga owns the workspace, Charlie is outside."""

from __future__ import annotations

from dataclasses import dataclass

from cxplan.workspaces.models import Member, Role, Team, Workspace
from roadmap.models import Programme
from tests.make import make_member, make_programme, make_team, make_workspace


@dataclass(frozen=True)
class Cast:
    """Everyone, their workspace and programme, and the workspace and programme next door."""

    workspace: Workspace
    team: Team
    olga: Member
    alice: Member
    bob: Member
    carol: Member
    programme: Programme
    next_door: Workspace
    charlie: Member
    programme_next_door: Programme


def assemble() -> Cast:
    workspace, next_door = make_workspace("alpha"), make_workspace("beta")
    team = make_team(workspace)
    return Cast(
        workspace=workspace,
        team=team,
        olga=make_member(workspace, "Olga Owner", Role.OWNER, is_approver=True),
        alice=make_member(workspace, "Alice Leader", Role.LEAD, team=team),
        bob=make_member(workspace, "Bob Builder", Role.MEMBER, team=team),
        carol=make_member(workspace, "Carol Chief", Role.VIEWER, is_approver=True),
        programme=make_programme(workspace),
        next_door=next_door,
        charlie=make_member(next_door, "Charlie Next-Door", Role.OWNER),
        programme_next_door=make_programme(next_door, "Elsewhere"),
    )
