"""Invitations: to whom, how long, once; their mail; and who comes in by them."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cxplan.workspaces import tasks
from cxplan.workspaces.domain import invitations, members
from cxplan.workspaces.domain.invitations import AlreadyHere, AlreadyInvited, Closed
from cxplan.workspaces.models import AuditEntry, Invitation, Member, Role
from roadmap.models import Action
from tests.cast import Cast, assemble
from tests.make import make, make_user
from tests.waiting import wait_for_one_who_waits_for_us

pytestmark = pytest.mark.django_db

NORA = "nora@example.com"


def newcomer(cast: Cast, email: str = NORA, **values: object) -> Invitation:
    """An open invitation to a new person."""
    person = invitations.invite_new(
        cast.workspace, by=cast.olga, email=email, language="fi", **{"name": "Nora Newcomer", **values}
    )
    return Invitation.objects.of(cast.workspace).open().get(member=person)


def with_token(invitation: Invitation) -> tuple[Invitation, str]:
    """The invitation as its link finds it, and the token of its mail."""
    letter = invitations.write_letter(invitation.pk)
    assert letter
    found = invitations.find(invitations.hashed(letter.token))
    assert found
    return found, letter.token


# To whom


def test_an_invited_person_stands_in_the_workspace_at_once(cast: Cast) -> None:
    invitation = newcomer(cast, role=Role.LEAD, is_approver=True)
    person = invitation.member
    assert (person.name, person.role, person.is_approver, person.user) == ("Nora Newcomer", Role.LEAD, True, None)


def test_nobody_is_invited_twice(cast: Cast) -> None:
    invitation = newcomer(cast)
    with pytest.raises(AlreadyInvited):
        newcomer(cast, "Nora@Example.com")
    with pytest.raises(AlreadyInvited):
        invitations.invite(invitation.member, by=cast.olga, email="other@example.com", language="fi")
    assert Member.objects.of(cast.workspace).filter(name="Nora Newcomer").count() == 1


def test_the_database_lets_no_second_invitation_stand_open(cast: Cast) -> None:
    first = newcomer(cast)
    other = members.add(workspace=cast.workspace, name="Nelli Other")
    for member, email in ((other, "NORA@example.com"), (first.member, "other@example.com")):
        now = timezone.now()
        with pytest.raises(IntegrityError), transaction.atomic():
            Invitation.objects.create(
                workspace=cast.workspace, member=member, email=email, language="fi", asked_at=now, expires_at=now
            )


def test_whoever_is_here_is_not_invited(cast: Cast) -> None:
    with pytest.raises(AlreadyHere):
        newcomer(cast, "bob@example.com")
    with pytest.raises(AlreadyHere):
        invitations.invite(cast.bob, by=cast.olga, email=NORA, language="fi")


def test_an_address_may_be_invited_next_door_as_well(cast: Cast) -> None:
    newcomer(cast)
    invitations.invite_new(cast.next_door, by=cast.charlie, email=NORA, language="fi", name="Nora Newcomer")
    assert Invitation.objects.open().filter(email=NORA).count() == 2


# The mail


@pytest.mark.parametrize(
    ("language", "words"),
    [("fi", "Olga Owner kutsuu sinut työtilaan Alpha"), ("en", "Olga Owner invites you to Alpha")],
)
def test_the_mail_speaks_the_language_and_alone_holds_the_token(cast: Cast, language: str, words: str) -> None:
    invitation = newcomer(cast)
    Invitation.objects.filter(pk=invitation.pk).update(language=language)
    tasks.mail_invitation(invitation=invitation.pk)
    (sent,) = mail.outbox
    assert (sent.subject, sent.to) == (words, [NORA])
    link = re.search(r"/invitations/(\S+)/", str(sent.body))
    assert link
    invitation.refresh_from_db()
    assert invitation.token_hash == invitations.hashed(link[1])
    assert invitation.mailed_at
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspaces_invitation::text FROM workspaces_invitation")
        assert link[1] not in str(cursor.fetchall())


def test_names_stand_in_the_mail_as_they_are(cast: Cast) -> None:
    cast.workspace.name = "Smith & Sons\nBcc: eve@example.com"
    cast.workspace.save()
    invitation = newcomer(cast, name="<b>Nora</b>")
    tasks.mail_invitation(invitation=invitation.pk)
    (sent,) = mail.outbox
    assert "Smith & Sons Bcc: eve@example.com" in sent.subject
    assert "<b>Nora</b>" in str(sent.body)
    assert sent.recipients() == [NORA]


def test_the_mail_goes_once(cast: Cast) -> None:
    invitation = newcomer(cast)
    for _ in range(2):
        tasks.mail_invitation(invitation=invitation.pk)
    assert len(mail.outbox) == 1


def test_a_mail_that_did_not_leave_is_tried_again_for_an_hour(cast: Cast) -> None:
    invitation = newcomer(cast)
    now = timezone.now()
    for ago, due in ((0, []), (2, [invitation.pk]), (59, [invitation.pk]), (61, [])):
        Invitation.objects.filter(pk=invitation.pk).update(asked_at=now - timedelta(minutes=ago))
        assert invitations.waiting() == due, ago
    Invitation.objects.filter(pk=invitation.pk).update(asked_at=now - timedelta(minutes=2), mailed_at=now)
    assert invitations.waiting() == []


def test_a_mail_sent_again_holds_another_link_and_the_earlier_is_dead(cast: Cast) -> None:
    invitation, first = with_token(newcomer(cast))
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - timedelta(days=1))
    invitations.resend(invitation, by=cast.olga)
    assert invitations.find(invitations.hashed(first)) is None
    again, second = with_token(invitation)
    assert second != first
    assert again.expires_at > timezone.now() + timedelta(days=13)


def test_no_address_is_kept_of_an_invitation_that_has_ended(cast: Cast) -> None:
    accepted, _token = with_token(newcomer(cast))
    invitations.accept(accepted, make_user("Nora Newcomer"))
    invitations.withdraw(newcomer(cast, "withdrawn@example.com"), by=cast.olga)
    members.remove(newcomer(cast, "removed@example.com").member, by=cast.olga)
    assert set(Invitation.objects.of(cast.workspace).values_list("email", "token_hash")) == {("", None)}


# How long


def test_an_invitation_runs_out_after_fourteen_days(cast: Cast) -> None:
    invitation, token = with_token(newcomer(cast))
    assert abs(invitation.expires_at - timezone.now() - timedelta(days=14)) < timedelta(minutes=1)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now())
    assert invitations.find(invitations.hashed(token)) is None
    with pytest.raises(Closed):
        invitations.accept(invitation, make_user("Nora Newcomer"))


def test_an_invitation_that_was_withdrawn_lets_nobody_in(cast: Cast) -> None:
    invitation, token = with_token(newcomer(cast))
    invitations.withdraw(invitation, by=cast.olga)
    assert invitations.find(invitations.hashed(token)) is None
    for late in (
        lambda: invitations.accept(invitation, make_user("Nora Newcomer")),
        lambda: invitations.resend(invitation, by=cast.olga),
        lambda: invitations.withdraw(invitation, by=cast.olga),
    ):
        with pytest.raises(Closed):
            late()
    assert invitations.write_letter(invitation.pk) is None


# Who comes in


def test_a_person_without_an_account_keeps_everything_on_their_name(cast: Cast) -> None:
    person = members.add(workspace=cast.workspace, name="Nora Newcomer", role=Role.LEAD, team=cast.team)
    action = make(Action, cast.programme, owner=person)
    invitation, _token = with_token(invitations.invite(person, by=cast.olga, email=NORA, language="fi"))
    user = make_user("Nora Newcomer")
    joined = invitations.accept(invitation, user)
    action.refresh_from_db()
    assert (joined, action.owner) == (person, person)
    assert (joined.user, joined.role, joined.team) == (user, Role.LEAD, cast.team)


def test_who_was_removed_and_is_invited_again_is_who_they_were(cast: Cast) -> None:
    action = make(Action, cast.programme, owner=cast.bob)
    members.remove(cast.bob, by=cast.olga)
    invitation = newcomer(cast, "bob@example.com", name="Bob Builder", role=Role.VIEWER)
    cast.bob.refresh_from_db()
    assert cast.bob.left_at, "rights begin with the acceptance"
    found, _token = with_token(invitation)
    assert cast.bob.user
    joined = invitations.accept(found, cast.bob.user)
    assert (joined, joined.left_at, joined.role) == (cast.bob, None, Role.VIEWER)
    assert action.owner == joined


def test_who_was_removed_is_known_by_the_account_also_behind_another_address(cast: Cast) -> None:
    members.remove(cast.bob, by=cast.olga)
    found, _token = with_token(newcomer(cast, "bob@elsewhere.example", role=Role.VIEWER))
    assert cast.bob.user
    joined = invitations.accept(found, cast.bob.user)
    assert (joined, joined.name, joined.left_at, joined.role) == (cast.bob, "Bob Builder", None, Role.VIEWER)


def test_nobody_becomes_somebody_else_who_left(cast: Cast) -> None:
    """The mail to an account of ours, opened by another account: its private words stay its own."""
    members.remove(cast.bob, by=cast.olga)
    found, _token = with_token(newcomer(cast, "bob@example.com", name="Bob Builder"))
    eve = make_user("Eve Alone")
    joined = invitations.accept(found, eve)
    cast.bob.refresh_from_db()
    assert joined != cast.bob
    assert (joined.name, cast.bob.user == eve, cast.bob.left_at is None) == ("Eve Alone", False, False)


def test_whoever_is_in_the_workspace_leaves_the_invitation_open(cast: Cast) -> None:
    found, _token = with_token(newcomer(cast))
    assert cast.alice.user
    assert invitations.accept(found, cast.alice.user) == cast.alice
    found.refresh_from_db()
    assert found.accepted_at is None


@pytest.mark.django_db(transaction=True)
def test_of_two_who_open_one_link_at_once_one_comes_in() -> None:
    cast = assemble()
    found, _token = with_token(newcomer(cast))
    first, second = make_user("Nora Newcomer"), make_user("Eve Alone")

    def at_once() -> Member:
        try:
            return invitations.accept(found, second)
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        with members.writing(cast.workspace):
            joined = invitations.accept(found, first)
            late = pool.submit(at_once)
            wait_for_one_who_waits_for_us()
        with pytest.raises(Closed):
            late.result()
    joined.refresh_from_db()
    assert joined.user == first


# What is written down


def test_the_audit_tells_the_whole_story_and_no_name(cast: Cast) -> None:
    invitation = newcomer(cast)
    invitations.resend(invitation, by=cast.olga)
    found, _token = with_token(invitation)
    joined = invitations.accept(found, make_user("Nora Newcomer"))
    members.change(joined, by=cast.olga, values={"title": "Electrician"})
    members.change(joined, by=cast.olga, values={"role": Role.LEAD})
    members.remove(joined, by=cast.olga)
    members.bring_back(joined, by=cast.olga)
    entries = AuditEntry.objects.of(cast.workspace).order_by("pk")
    assert [(entry.event, entry.actor, entry.details.get("how")) for entry in entries] == [
        ("invited", cast.olga, None),
        ("invited", cast.olga, "invited_again"),
        ("joined", joined, None),
        ("role_changed", cast.olga, None),
        ("member_removed", cast.olga, None),
        ("joined", cast.olga, "brought_back"),
    ]
    assert entries[3].details == {"member": joined.pk, "was": "member", "role": "lead", "is_approver": False}
    written = str(list(entries.values_list("about", "details")))
    assert "Nora" not in written
    assert NORA not in written
