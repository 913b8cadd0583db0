"""Whose a personal pillar is."""

from __future__ import annotations

from cxplan.workspaces.models import Member, Role
from roadmap.models import PersonalPillar


def may_write(pillar: PersonalPillar, member: Member) -> bool:
    """Its writer; a team's own pillar its team, or whoever leads."""
    if pillar.person_id is not None:
        return pillar.person_id == member.pk
    return member.can_edit and (pillar.team_id == member.team_id or member.may(Role.LEAD))
