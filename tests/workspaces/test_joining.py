"""The link in the mail: who comes in by it, what it tells, and what it never tells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from cxplan.workspaces.domain import invitations, members
from cxplan.workspaces.models import Invitation, Member, Role, User
from tests.cast import Cast
from tests.make import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]

SignIn = Callable[[Member], Client]
NORA = "nora@example.com"
YOURS = "/invitations/yours/"
ACCOUNT = {"name": "Nora Newcomer", "password": PASSWORD, "language": "fi"}


@pytest.fixture
def invited(cast: Cast) -> Member:
    return invitations.invite_new(
        cast.workspace, by=cast.olga, email=NORA, language="fi", name="Nora Newcomer", role=Role.LEAD
    )


@pytest.fixture
def link(invited: Member) -> str:
    return f"/invitations/{token(invited)}/"


def token(invited: Member) -> str:
    letter = invitations.write_letter(Invitation.objects.of(invited.workspace).open().get(member=invited).pk)
    assert letter
    return letter.token


def in_account(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


# Coming in


def test_the_link_tells_who_invites_to_what(client: Client, link: str) -> None:
    page = client.get(link, follow=True).content.decode()
    assert all(words in page for words in ("Olga Owner", "Alpha", "Nora Newcomer", "CX lead", NORA))


def test_a_newcomer_makes_an_account_and_comes_in(client: Client, link: str, invited: Member) -> None:
    client.get(link)
    answer = client.post(YOURS, ACCOUNT, follow=True)
    assert answer.redirect_chain[-1][0] == "/w/alpha/"
    assert answer.status_code == HTTPStatus.OK
    invited.refresh_from_db()
    assert invited.user
    assert (invited.user.email, invited.user.language, invited.role) == (NORA, "fi", Role.LEAD)
    assert invited.user.check_password(PASSWORD)
    assert EmailAddress.objects.get(user=invited.user, email=NORA).verified


def test_a_newcomer_sets_up_a_required_second_step_without_the_password_again(
    client: Client, link: str, cast: Cast
) -> None:
    cast.workspace.requires_mfa = True
    cast.workspace.save()
    client.get(link)
    answer = client.post(YOURS, ACCOUNT, follow=True)
    assert answer.redirect_chain[-1][0] == "/account/second-step/"
    assert client.get("/accounts/2fa/totp/activate/").status_code == HTTPStatus.OK


def test_a_new_session_begins_with_the_account(client: Client, link: str) -> None:
    client.get(link)
    before = client.session.session_key
    client.post(YOURS, ACCOUNT)
    assert client.session.session_key != before
    assert "invitation" not in client.session


@pytest.mark.parametrize(
    ("field", "value"), [("password", "short"), ("password", "1234567890123"), ("name", ""), ("language", "xx")]
)
def test_an_account_that_is_not_whole_is_not_made(client: Client, link: str, field: str, value: str) -> None:
    client.get(link)
    answer = client.post(YOURS, {**ACCOUNT, field: value})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not User.objects.filter(email=NORA).exists()


def test_whoever_is_signed_in_comes_in_with_that_account(link: str, invited: Member) -> None:
    user = make_user("Nora Newcomer", email="nora@elsewhere.example")
    client = in_account(user)
    page = client.get(link, follow=True).content.decode()
    assert "nora@elsewhere.example" in page
    assert client.post(YOURS).headers["Location"] == "/w/alpha/"
    invited.refresh_from_db()
    assert invited.user == user


def test_an_address_with_an_account_signs_in_and_comes_back(client: Client, link: str, invited: Member) -> None:
    user = make_user("Nora Newcomer")
    page = client.get(link, follow=True).content.decode()
    assert "/accounts/login/?next=/invitations/yours/" in page
    client.post(YOURS, ACCOUNT)
    assert User.objects.filter(email=NORA).count() == 1
    answer = client.post("/accounts/login/", {"login": NORA, "password": PASSWORD, "next": YOURS})
    assert answer.headers["Location"] == YOURS
    client.post(YOURS)
    invited.refresh_from_db()
    assert invited.user == user


def test_whoever_is_in_the_workspace_goes_in_and_uses_nothing_up(
    cast: Cast, sign_in: SignIn, link: str, invited: Member
) -> None:
    client = sign_in(cast.bob)
    assert client.get(link, follow=True).redirect_chain[-1][0] == "/w/alpha/"
    invited.refresh_from_db()
    assert invited.user is None
    assert Client().get(link).status_code == HTTPStatus.FOUND


def test_nothing_is_accepted_by_looking(client: Client, link: str, invited: Member) -> None:
    """Mail programs open links before people do."""
    for _ in range(3):
        client.get(link, follow=True)
    invited.refresh_from_db()
    assert invited.user is None


# What does not open


def spoil(how: str, link: str, invited: Member, cast: Cast) -> str:
    """Let something come in between; returns the link that does not open."""
    invitation = Invitation.objects.of(cast.workspace).open().get(member=invited)
    if how == "expired":
        Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    elif how == "withdrawn":
        invitations.withdraw(invitation, by=cast.olga)
    elif how == "sent again":
        invitations.resend(invitation, by=cast.olga)
    elif how == "used":
        invitations.accept(invitation, make_user("Nora Newcomer"))
    elif how == "removed":
        members.remove(invited, by=cast.olga)
    return {"tampered": f"{link[:-2]}x/", "nothing": YOURS}.get(how, link)


@pytest.mark.parametrize("how", ["expired", "withdrawn", "sent again", "used", "removed", "tampered", "nothing"])
def test_every_link_that_does_not_open_shows_the_same_page(cast: Cast, invited: Member, link: str, how: str) -> None:
    made_up = Client().get("/invitations/0/")
    opened = Client()
    if how not in ("tampered", "nothing"):
        opened.get(link)  # its page stood open when it happened
    late = spoil(how, link, invited, cast)
    answers = [Client().get(late), Client().post(late, ACCOUNT), opened.get(YOURS), Client().post(YOURS, ACCOUNT)]
    for answer in answers:
        assert answer.status_code == HTTPStatus.GONE
        assert plain(answer.content.decode(), late) == plain(made_up.content.decode(), "/invitations/0/")
    assert "ask whoever invited you" in made_up.content.decode()


def plain(page: str, path: str) -> str:
    """Without tokens against forgery, the reference, and the address that a switch of language comes back to."""
    own = ("csrf", 'name="next"', "reference:")
    lines = [line for line in page.splitlines() if not any(word in line.lower() for word in own)]
    return "\n".join(lines).replace(path, "PATH").replace(YOURS, "PATH")


def test_the_token_leaves_the_address_and_no_page_sends_it_on(client: Client, link: str) -> None:
    answer = client.get(link)
    assert answer.headers["Location"] == YOURS
    page = client.get(YOURS)
    secret = link.split("/")[2]
    assert secret not in page.content.decode()
    assert secret not in str(dict(client.session))
    for each in (answer, page, client.get("/invitations/0/")):
        assert each.headers["Referrer-Policy"] == "same-origin"
        assert "no-store" in each.headers["Cache-Control"]


def test_links_are_not_to_be_guessed(client: Client) -> None:
    answers = [client.get(f"/invitations/{number}/").status_code for number in range(31)]
    assert answers == [HTTPStatus.GONE] * 30 + [HTTPStatus.TOO_MANY_REQUESTS]
