"""People, teams and the last owner: the rules, and two who press at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from cxplan.workspaces.domain import invitations, members, teams
from cxplan.workspaces.domain.teams import Way
from cxplan.workspaces.models import Invitation, Member, Role, Team
from journeys.models import Touchpoint
from roadmap.models import Action, RolloutItem
from tests.cast import Cast, assemble
from tests.make import make, make_member, make_team
from tests.waiting import wait_for_one_who_waits_for_us

pytestmark = pytest.mark.django_db


# Who somebody is


def test_a_change_is_written_once_from_a_page(cast: Cast) -> None:
    stale = cast.bob.version
    members.change(cast.bob, by=cast.olga, values={"title": "Electrician"}, version=stale)
    with pytest.raises(members.Stale) as told:
        members.change(cast.bob, by=cast.olga, values={"title": "Plumber"}, version=stale)
    assert told.value.current.title == "Electrician"
    cast.bob.refresh_from_db()
    assert cast.bob.title == "Electrician"


@pytest.mark.parametrize("values", [{"role": Role.VIEWER}, {"role": Role.LEAD}])
def test_the_last_owner_stays_one(cast: Cast, values: dict[str, object]) -> None:
    with pytest.raises(members.LastOwner):
        members.change(cast.olga, by=cast.olga, values=values)
    with pytest.raises(members.LastOwner):
        members.remove(cast.olga, by=cast.olga)
    cast.olga.refresh_from_db()
    assert (cast.olga.role, cast.olga.left_at) == (Role.OWNER, None)


def test_an_owner_who_cannot_sign_in_saves_nobody(cast: Cast) -> None:
    members.add(workspace=cast.workspace, name="Otto Nobody", role=Role.OWNER)
    closed = make_member(cast.workspace, "Oona Closed", Role.OWNER)
    assert closed.user
    closed.user.is_active = False
    closed.user.save()
    with pytest.raises(members.LastOwner):
        members.remove(cast.olga, by=cast.olga)


def test_of_two_owners_one_may_go(cast: Cast) -> None:
    other = make_member(cast.workspace, "Oona Other", Role.OWNER)
    members.remove(cast.olga, by=other)
    with pytest.raises(members.LastOwner):
        members.change(other, by=other, values={"role": Role.MEMBER})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["remove", "demote"])
def test_two_owners_who_remove_each_other_at_once_leave_one(way: str) -> None:
    cast = assemble()
    other = make_member(cast.workspace, "Oona Other", Role.OWNER)

    def go(whom: Member, by: Member) -> None:
        if way == "remove":
            members.remove(whom, by=by)
        else:
            members.change(whom, by=by, values={"role": Role.MEMBER})

    def at_once() -> None:
        try:
            go(cast.olga, other)
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        with members.writing(cast.workspace):
            go(other, cast.olga)
            late = pool.submit(at_once)
            wait_for_one_who_waits_for_us()
        with pytest.raises(members.LastOwner):
            late.result()
    owners = Member.objects.of(cast.workspace).present().filter(role=Role.OWNER)
    assert [owner.name for owner in owners] == [cast.olga.name]


# Leaving and coming back


def test_whoever_is_removed_sees_nothing_from_the_next_request_on(
    cast: Cast, sign_in: Callable[[Member], Client]
) -> None:
    client = sign_in(cast.bob)
    assert client.get("/w/alpha/people/").status_code == 200
    members.remove(cast.bob, by=cast.olga)
    assert client.get("/w/alpha/people/").status_code == 404


def test_what_hangs_on_whoever_is_removed_stays_under_their_name(cast: Cast) -> None:
    action = make(Action, cast.programme, owner=cast.bob)
    members.remove(cast.bob, by=cast.olga)
    action.refresh_from_db()
    assert action.owner == cast.bob


def test_removing_withdraws_the_open_invitation(cast: Cast) -> None:
    person = members.add(workspace=cast.workspace, name="Nora Newcomer")
    invitations.invite(person, by=cast.olga, email="nora@example.com", language="fi")
    members.remove(person, by=cast.olga)
    assert not Invitation.objects.of(cast.workspace).open().exists()


def test_who_was_removed_comes_back_as_what_they_were(cast: Cast, sign_in: Callable[[Member], Client]) -> None:
    members.remove(cast.alice, by=cast.olga)
    members.bring_back(cast.alice, by=cast.olga)
    cast.alice.refresh_from_db()
    assert (cast.alice.left_at, cast.alice.role, cast.alice.team) == (None, Role.LEAD, cast.team)
    assert sign_in(cast.alice).get("/w/alpha/").status_code == 200


# Teams


def order(cast: Cast) -> list[str]:
    return [team.name for team in Team.objects.of(cast.workspace).in_order()]


def test_teams_change_places(cast: Cast) -> None:
    shop, yard = make_team(cast.workspace, "Shop"), make_team(cast.workspace, "Yard")
    assert order(cast) == ["Care", "Shop", "Yard"]
    assert teams.move(yard, Way.EARLIER)
    assert order(cast) == ["Care", "Yard", "Shop"]
    assert teams.move(cast.team, Way.LATER)
    assert order(cast) == ["Yard", "Care", "Shop"]
    assert not teams.move(shop, Way.LATER)


def test_a_team_with_people_stays(cast: Cast) -> None:
    with pytest.raises(teams.InUse) as told:
        teams.remove(cast.team)
    assert [(each.model, each.count) for each in told.value.hanging] == [(Member, 2)]


def test_a_team_of_which_everybody_left_goes(cast: Cast) -> None:
    for member in (cast.alice, cast.bob):
        members.remove(member, by=cast.olga)
    teams.remove(cast.team)
    cast.alice.refresh_from_db()
    assert cast.alice.team is None
    assert not Team.objects.of(cast.workspace).exists()


@pytest.mark.parametrize("model", [Touchpoint, RolloutItem])
def test_a_team_that_a_record_names_stays(cast: Cast, model: type[Touchpoint] | type[RolloutItem]) -> None:
    """By a foreign key, and by a link of which the database would say nothing."""
    team = make_team(cast.workspace, "Shop")
    make(model, cast.programme, **{"team": team} if model is Touchpoint else {"audience": [team]})
    with pytest.raises(teams.InUse) as told:
        teams.remove(team)
    assert [(each.model, each.count) for each in told.value.hanging] == [(model, 1)]
