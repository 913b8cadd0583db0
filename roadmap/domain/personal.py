"""Whose a personal pillar is."""

from __future__ import annotations

from collections.abc import Sequence

from cxplan.workspaces.models import Change, Member, Role
from roadmap.models import PersonalPillar
from roadmap.models.rollout import PersonalPillarVisibility


def may_write(pillar: PersonalPillar, member: Member) -> bool:
    """Its writer; a team's own pillar its team, or whoever leads."""
    if pillar.person_id is not None:
        return pillar.person_id == member.pk
    return member.can_edit and (pillar.team_id == member.team_id or member.may(Role.LEAD))


def forget(changes: Sequence[Change], pillar: PersonalPillar, member: Member) -> None:
    """Take out of a pillar's changes, latest first, the words that the member could not read when they stood."""
    team = pillar.team_id or (pillar.person and pillar.person.team_id)
    if pillar.person_id == member.pk or (team is not None and team == member.team_id):
        return
    shown_before = False
    for change in reversed([one for one in changes if one.table == PersonalPillar._meta.db_table]):
        visibility = (change.after or {}).get("visibility")
        shown = shown_before if visibility is None else visibility == PersonalPillarVisibility.PROGRAMME
        for words, may in ((change.before, shown_before), (change.after, shown)):
            if words and not may:
                words.pop("statement", None)
        shown_before = shown
