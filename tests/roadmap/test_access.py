"""What the way to a record shows to whom, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast as typed

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries

from cxplan.workspaces.models import Member, Role
from roadmap.access import ProgrammeRequest, programme, record, shown_to
from roadmap.models import Gap, PersonalPillar
from tests.cast import Cast
from tests.make import make, make_programme, make_team

Visit = Callable[..., ProgrammeRequest]


@programme(Role.MEMBER)
def page(request: ProgrammeRequest) -> HttpResponse:
    return HttpResponse(request.programme.name)


@pytest.fixture
def visit(rf: RequestFactory, cast: Cast) -> Visit:
    def by(member: Member) -> ProgrammeRequest:
        request = typed(ProgrammeRequest, rf.get("/"))
        assert member.user
        request.user, request.member, request.workspace = member.user, member, member.workspace
        request.programme = cast.programme
        return request

    return by


def test_a_page_of_a_programme_asks_two_queries_at_the_door(
    visit: Visit, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        page(visit(cast.bob), workspace="alpha", programme=cast.programme.pk)


def test_nobody_comes_in_unknown(visit: Visit, cast: Cast) -> None:
    request = visit(cast.bob)
    request.user = AnonymousUser()  # type: ignore[assignment]  # what the middleware would have stopped
    with pytest.raises(PermissionDenied):
        page(request, workspace="alpha", programme=cast.programme.pk)


def test_a_viewer_is_refused_what_members_do(visit: Visit, cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        page(visit(cast.carol), workspace="alpha", programme=cast.programme.pk)


def test_a_record_of_another_programme_is_not_there(visit: Visit, cast: Cast) -> None:
    gap = make(Gap, make_programme(cast.workspace, "Second"))
    with pytest.raises(Http404):
        record(visit(cast.bob), Gap, gap.pk)


# Personal pillars


def seen_by(member: Member, pillar: PersonalPillar) -> bool:
    return PersonalPillar.objects.of(pillar.programme).filter(shown_to(member), pk=pillar.pk).exists()


@pytest.mark.parametrize(
    ("visibility", "alice", "bob", "carol"),
    [("private", False, True, False), ("team", True, True, False), ("programme", True, True, True)],
)
def test_a_personal_pillar_is_seen_by_whom_its_writer_chose(
    cast: Cast, visibility: str, *, alice: bool, bob: bool, carol: bool
) -> None:
    pillar = make(PersonalPillar, cast.programme, person=cast.bob, visibility=visibility)
    assert (seen_by(cast.alice, pillar), seen_by(cast.bob, pillar), seen_by(cast.carol, pillar)) == (alice, bob, carol)


@pytest.mark.parametrize(
    ("visibility", "own", "other"), [("private", True, False), ("team", True, False), ("programme", True, True)]
)
def test_a_teams_pillar_is_seen_by_the_team(cast: Cast, visibility: str, *, own: bool, other: bool) -> None:
    pillar = make(PersonalPillar, cast.programme, team=cast.team, visibility=visibility)
    assert (seen_by(cast.bob, pillar), seen_by(cast.olga, pillar)) == (own, other)


def test_no_team_is_no_shared_team(cast: Cast) -> None:
    """Carol and Olga are on no team, which does not make them one."""
    pillar = make(PersonalPillar, cast.programme, person=cast.carol, visibility="team")
    assert not seen_by(cast.olga, pillar)
    assert not seen_by(cast.olga, make(PersonalPillar, cast.programme, team=make_team(cast.workspace, "Grid")))


def test_a_private_pillar_is_not_there_for_others(visit: Visit, cast: Cast) -> None:
    pillar = make(PersonalPillar, cast.programme, person=cast.bob)
    assert record(visit(cast.bob), PersonalPillar, pillar.pk) == pillar
    with pytest.raises(Http404):
        record(visit(cast.olga), PersonalPillar, pillar.pk)
