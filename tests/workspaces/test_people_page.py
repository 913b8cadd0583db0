"""The people page: what owners do there, what the others see, and what everybody is told."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from cxplan.workspaces import tasks
from cxplan.workspaces.domain import invitations, members
from cxplan.workspaces.models import Invitation, Member, Role, Team
from journeys.models import Touchpoint
from tests.cast import Cast
from tests.make import make, make_member, make_team

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]

SignIn = Callable[[Member], Client]
PEOPLE = "/w/alpha/people/"
TEAMS = "/w/alpha/teams/"
NORA = "nora@example.com"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def olga(cast: Cast, sign_in: SignIn) -> Client:
    return sign_in(cast.olga)


@pytest.fixture
def mailed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The invitations whose mail was asked for; and sent, as a worker does."""
    asked: list[int] = []

    def send(invitation: int) -> None:
        asked.append(invitation)
        tasks.mail_invitation(invitation=invitation)

    monkeypatch.setattr(tasks, "send", send)
    return asked


def person(form: str = "new", **values: Any) -> dict[str, Any]:
    filled = {"name": "Nora Newcomer", "role": "member", **values}
    return {f"person-{form}-{name}": value for name, value in filled.items()}


def listed(client: Client) -> str:
    return client.get(PEOPLE).content.decode()


# What is seen


@pytest.mark.parametrize("who", ["alice", "bob", "carol"])
def test_everybody_sees_who_there_is_and_no_addresses(cast: Cast, sign_in: SignIn, olga: Client, who: str) -> None:
    invitations.invite_new(
        cast.workspace, by=cast.olga, email=NORA, language="fi", name="Nora Newcomer", title="Fitter"
    )
    page = listed(sign_in(getattr(cast, who)))
    assert all(words in page for words in ("Alice Leader", "Nora Newcomer", "Fitter", "Care"))
    assert "@" not in page.partition("<main")[2].partition("</main")[0]
    assert "/people/new/" not in page
    assert NORA in listed(olga)
    assert "bob@example.com" in listed(olga)


def test_the_workspace_leads_to_its_people(cast: Cast, sign_in: SignIn) -> None:
    assert f'href="{PEOPLE}"' in sign_in(cast.bob).get("/w/alpha/").content.decode()


@pytest.mark.parametrize(("who", "queries"), [("olga", 7), ("bob", 5)])
def test_the_page_asks_as_much_however_many_people_there_are(
    cast: Cast, sign_in: SignIn, who: str, queries: int, django_assert_num_queries: Any
) -> None:
    client = sign_in(getattr(cast, who))
    for number in range(3):
        invitations.invite_new(cast.workspace, by=cast.olga, email=f"{number}@example.com", language="fi", name="Nora")
        members.remove(make_member(cast.workspace, f"Gone{number}"), by=cast.olga)
        make_team(cast.workspace, f"Team {number}")
        with django_assert_num_queries(queries):
            client.get(PEOPLE)


# Adding and inviting


def test_a_person_without_an_address_can_be_named_and_not_sign_in(cast: Cast, olga: Client, mailed: list[int]) -> None:
    answer = olga.post(f"{PEOPLE}new/", person(title="Fitter", team=cast.team.pk, is_approver="on"))
    added = Member.objects.of(cast.workspace).get(name="Nora Newcomer")
    assert answer.headers["Location"] == f"{PEOPLE}#people-{added.pk}"
    assert (added.title, added.team, added.is_approver, added.user) == ("Fitter", cast.team, True, None)
    assert mailed == []


def test_a_person_with_an_address_gets_a_mail(cast: Cast, olga: Client, mailed: list[int]) -> None:
    olga.post(f"{PEOPLE}new/", person(email=NORA), headers={"Accept-Language": "fi"})
    invitation = Invitation.objects.of(cast.workspace).get()
    assert mailed == [invitation.pk]
    assert (mail.outbox[0].to, invitation.language, invitation.invited_by) == ([NORA], "fi", cast.olga)


def test_the_mail_is_asked_for_once_the_invitation_is_there_to_stay(
    olga: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked: list[dict[str, int]] = []
    monkeypatch.setattr(tasks.mail_invitation, "delay", lambda **arguments: asked.append(arguments))
    with django_capture_on_commit_callbacks(execute=False) as after:
        olga.post(f"{PEOPLE}new/", person(email=NORA))
        assert asked == []
    for each in after:
        each()
    assert asked == [{"invitation": Invitation.objects.get().pk}]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"name": ""}, "Write the name"),
        ({"email": "nora"}, "Write the whole address"),
        ({"email": "BOB@example.com"}, "Bob Builder is in the workspace already"),
        ({"email": "open@example.com"}, "Otto Open has an open invitation"),
        ({"role": "king"}, "Choose from the list"),
    ],
)
def test_a_person_who_cannot_be_added_is_not_and_the_form_says_why(
    cast: Cast, olga: Client, mailed: list[int], values: dict[str, str], says: str
) -> None:
    invitations.invite_new(cast.workspace, by=cast.olga, email="open@example.com", language="fi", name="Otto Open")
    for headers in ({}, HTMX):
        answer = olga.post(f"{PEOPLE}new/", person(**values), headers=headers)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert says in answer.content.decode()
    assert not Member.objects.of(cast.workspace).filter(name="Nora Newcomer").exists()
    assert mailed == []


def test_a_person_who_stood_without_an_account_is_invited(cast: Cast, olga: Client, mailed: list[int]) -> None:
    stands = members.add(workspace=cast.workspace, name="Nora Newcomer")
    olga.post(f"{PEOPLE}{stands.pk}/invite/", {f"invite-{stands.pk}-email": NORA})
    assert Invitation.objects.of(cast.workspace).get().member == stands
    assert len(mailed) == 1


def test_an_invitation_is_sent_again_and_withdrawn(cast: Cast, olga: Client, mailed: list[int]) -> None:
    olga.post(f"{PEOPLE}new/", person(email=NORA))
    invited = Member.objects.of(cast.workspace).get(name="Nora Newcomer")
    olga.post(f"{PEOPLE}{invited.pk}/resend/")
    assert len(mail.outbox) == 2
    assert mail.outbox[0].body != mail.outbox[1].body
    olga.post(f"{PEOPLE}{invited.pk}/withdraw/")
    assert not Invitation.objects.open().exists()
    for late in ("resend", "withdraw"):
        answer = olga.post(f"{PEOPLE}{invited.pk}/{late}/", follow=True)
        assert "not open any more" in answer.content.decode()


def test_nobody_sends_mail_without_end(cast: Cast, olga: Client, mailed: list[int]) -> None:
    stands = members.add(workspace=cast.workspace, name="Nora Newcomer")
    olga.post(f"{PEOPLE}{stands.pk}/invite/", {f"invite-{stands.pk}-email": NORA})
    answers = [olga.post(f"{PEOPLE}{stands.pk}/resend/", headers=HTMX) for _ in range(60)]
    assert "many invitations" in answers[-1].content.decode()
    assert len(mailed) == 60
    refused = olga.post(f"{PEOPLE}new/", person(email="other@example.com"))
    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS


# Rights


def test_an_owner_gives_rights_and_they_hold_from_the_next_request_on(
    cast: Cast, olga: Client, sign_in: SignIn
) -> None:
    bob = sign_in(cast.bob)
    assert bob.get("/w/alpha/programmes/new/").status_code == HTTPStatus.FORBIDDEN
    olga.post(f"{PEOPLE}{cast.bob.pk}/", person(str(cast.bob.pk), name="Bob Builder", role="lead", version=1))
    assert bob.get("/w/alpha/programmes/new/").status_code == HTTPStatus.OK


@pytest.mark.parametrize("who", ["alice", "bob", "carol"])
def test_only_owners_give_rights(cast: Cast, sign_in: SignIn, who: str) -> None:
    own = getattr(cast, who)
    form = person(str(own.pk), name="Somebody", role="owner", is_approver="on", version=1)
    assert sign_in(own).post(f"{PEOPLE}{own.pk}/", form).status_code == HTTPStatus.FORBIDDEN
    own.refresh_from_db()
    assert own.role != Role.OWNER


def test_fields_that_the_form_does_not_have_change_nothing(cast: Cast, olga: Client) -> None:
    form = person(str(cast.bob.pk), name="Bob Builder", version=1)
    forged = {"user": cast.charlie.user_id, "workspace": cast.next_door.pk, "left_at": "2026-01-01", "email": NORA}
    for name, value in forged.items():
        form |= {name: value, f"person-{cast.bob.pk}-{name}": value}
    olga.post(f"{PEOPLE}{cast.bob.pk}/", form)
    before = cast.bob.user
    cast.bob.refresh_from_db()
    assert (cast.bob.user, cast.bob.workspace, cast.bob.left_at) == (before, cast.workspace, None)


def test_a_team_of_another_workspace_cannot_be_chosen(cast: Cast, olga: Client) -> None:
    foreign = make_team(cast.next_door, "Theirs")
    answer = olga.post(f"{PEOPLE}new/", person(team=foreign.pk))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_two_owners_who_write_at_once_see_both(cast: Cast, olga: Client) -> None:
    path, form = f"{PEOPLE}{cast.bob.pk}/", str(cast.bob.pk)
    olga.post(path, person(form, name="Bob Builder", title="Electrician", version=1))
    late = olga.post(path, person(form, name="Bob Builder", title="Plumber", version=1), headers=HTMX)
    assert late.status_code == HTTPStatus.CONFLICT
    page = late.content.decode()
    assert all(words in page for words in ("Electrician", "Plumber", 'value="2"'))
    olga.post(path, person(form, name="Bob Builder", title="Plumber", version=2))
    cast.bob.refresh_from_db()
    assert cast.bob.title == "Plumber"


def test_the_last_owner_is_told_to_make_another_first(cast: Cast, olga: Client) -> None:
    form = person(str(cast.olga.pk), name="Olga Owner", role="member", version=1)
    answer = olga.post(f"{PEOPLE}{cast.olga.pk}/", form)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Make somebody else an owner first" in answer.content.decode()
    answer = olga.post(f"{PEOPLE}{cast.olga.pk}/remove/", follow=True)
    assert "Make somebody else an owner first" in answer.content.decode()
    cast.olga.refresh_from_db()
    assert (cast.olga.role, cast.olga.left_at) == (Role.OWNER, None)


def test_an_owner_who_steps_down_sees_the_page_as_the_others_do(cast: Cast, olga: Client) -> None:
    members.change(cast.alice, by=cast.olga, values={"role": Role.OWNER})
    form = person(str(cast.olga.pk), name="Olga Owner", role="member", version=1)
    page = olga.post(f"{PEOPLE}{cast.olga.pk}/", form, headers=HTMX).content.decode()
    assert "Alice Leader" in page
    assert "alice@example.com" not in page


# Leaving


def test_before_somebody_is_removed_it_is_said_what_that_means(cast: Cast, olga: Client) -> None:
    for headers in ({}, HTMX):
        asked = olga.get(f"{PEOPLE}{cast.bob.pk}/remove/", headers=headers).content.decode()
        assert "Bob Builder sees nothing of this workspace" in asked
        assert "stays, under their name" in asked
    cast.bob.refresh_from_db()
    assert cast.bob.left_at is None


def test_who_was_removed_is_brought_back_by_the_message_or_the_list(cast: Cast, olga: Client) -> None:
    answer = olga.post(f"{PEOPLE}{cast.bob.pk}/remove/", headers=HTMX)
    way_back = f"{PEOPLE}{cast.bob.pk}/restore/"
    assert way_back in answer.content.decode()
    assert "cx:close" in answer.headers["HX-Trigger"]
    assert way_back in listed(olga)
    olga.post(way_back)
    cast.bob.refresh_from_db()
    assert cast.bob.left_at is None


def test_an_owner_who_removes_themselves_goes_home(cast: Cast, olga: Client) -> None:
    members.change(cast.alice, by=cast.olga, values={"role": Role.OWNER})
    assert olga.post(f"{PEOPLE}{cast.olga.pk}/remove/").headers["Location"] == "/"
    assert olga.get(PEOPLE).status_code == HTTPStatus.NOT_FOUND


# Teams


def test_teams_are_added_renamed_ordered_and_removed(cast: Cast, olga: Client) -> None:
    olga.post(f"{TEAMS}new/", {"team-new-name": "Shop"})
    shop = Team.objects.of(cast.workspace).get(name="Shop")
    olga.post(f"{TEAMS}{shop.pk}/", {f"team-{shop.pk}-name": "Store"})
    olga.post(f"{TEAMS}{shop.pk}/move/", {"to": "earlier"})
    assert [team.name for team in Team.objects.of(cast.workspace).in_order()] == ["Store", "Care"]
    olga.post(f"{TEAMS}{shop.pk}/remove/")
    assert not Team.objects.filter(pk=shop.pk).exists()


def test_a_team_that_is_not_empty_stays_and_the_message_says_why(cast: Cast, olga: Client) -> None:
    answer = olga.post(f"{TEAMS}{cast.team.pk}/remove/", follow=True)
    assert "2 people are in “Care”: move them to another team first" in answer.content.decode()
    shop = make_team(cast.workspace, "Shop")
    make(Touchpoint, cast.programme, team=shop)
    answer = olga.post(f"{TEAMS}{shop.pk}/remove/", follow=True)
    assert "“Shop” is still named on records: Touchpoints (1)" in answer.content.decode()
    assert Team.objects.of(cast.workspace).count() == 2


@pytest.mark.parametrize("to", ["", "up", "\0"])
def test_a_team_moves_nowhere_by_rubbish(cast: Cast, olga: Client, to: str) -> None:
    make_team(cast.workspace, "Shop")
    assert "moves up or down" in olga.post(f"{TEAMS}{cast.team.pk}/move/", {"to": to}, follow=True).content.decode()
