"""Invitations: sent to an address, sent again, withdrawn, accepted.

The token is made when its mail is written, and stands nowhere but in that mail; kept is its SHA-256. A mail that was
lost is sent again with another token, and the earlier link is dead from then on. An address is kept for as long as its
invitation is open.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from django.utils import timezone

from cxplan.workspaces.models import AuditEvent, Invitation, Member, Role, User, Workspace

from . import audit, members
from .members import fresh, writing

VALID_FOR: Final = timedelta(days=14)
#: When a mail that did not leave is tried again, and when that is given up: somebody has to look at it then.
TRY_AGAIN: Final = timedelta(minutes=1), timedelta(hours=1)


class AlreadyHere(Exception):
    """The address belongs to somebody who is in the workspace; ``member`` is who."""

    def __init__(self, member: Member) -> None:
        super().__init__(str(member))
        self.member = member


class AlreadyInvited(Exception):
    """An invitation is open to the address or the person; ``member`` is whom it invites."""

    def __init__(self, member: Member) -> None:
        super().__init__(str(member))
        self.member = member


class Closed(Exception):
    """The invitation was accepted, withdrawn or sent again, or it ran out."""


def invite_new(workspace: Workspace, *, by: Member, email: str, language: str, **values: Any) -> Member:
    """Put a person into the workspace and invite them.

    Whoever left and had an account of this address is that person again once they accept, and no second one. Raises
    as ``invite`` does, and nobody was added then.
    """
    with writing(workspace):
        left = Member.objects.of(workspace).exclude(left_at=None).filter(user__email__iexact=email).first()
        if left is None:
            member = members.add(workspace=workspace, **values)
        else:
            left.workspace = workspace
            member = members.change(left, by=by, values=values)
        invite(member, by=by, email=email, language=language)
        return member


def invite(member: Member, *, by: Member, email: str, language: str) -> Invitation:
    """Invite a person who has no account here, or who left. Its mail is a task of its own, after the commit.

    Raises ``AlreadyHere`` or ``AlreadyInvited``.
    """
    workspace, email = member.workspace, email.lower()
    with writing(workspace):
        current = fresh(member)
        if current.left_at is None and current.user_id is not None:
            raise AlreadyHere(current)
        there = Member.objects.of(workspace).present().filter(user__email__iexact=email).first()
        if there is not None:
            raise AlreadyHere(there)
        standing = Invitation.objects.of(workspace).open().select_related("member")
        for other in (standing.filter(email=email).first(), standing.filter(member=current).first()):
            if other is not None:
                raise AlreadyInvited(other.member)
        now = timezone.now()
        invitation = Invitation.objects.create(
            workspace=workspace,
            member=current,
            email=email,
            language=language,
            invited_by=by,
            asked_at=now,
            expires_at=now + VALID_FOR,
        )
        _write(current, by=by)
        return invitation


def resend(invitation: Invitation, *, by: Member) -> None:
    """Let a new mail be sent, good for another 14 days; the earlier link is dead at once. Raises ``Closed``."""
    with writing(invitation.workspace):
        current = _open(invitation)
        now = timezone.now()
        current.token_hash, current.mailed_at = None, None
        current.asked_at, current.expires_at = now, now + VALID_FOR
        current.save(update_fields=["token_hash", "mailed_at", "asked_at", "expires_at", "updated_at"])
        _write(current.member, by=by, how="invited_again")


def withdraw(invitation: Invitation, *, by: Member) -> None:
    """Take an invitation back; the person stays where they stand. Raises ``Closed``."""
    with writing(invitation.workspace):
        current = _open(invitation)
        current.token_hash, current.email, current.revoked_at = None, "", timezone.now()
        current.save(update_fields=["token_hash", "email", "revoked_at", "updated_at"])
        _write(current.member, by=by, how="invitation_withdrawn")


# The mail


@dataclass(frozen=True)
class Letter:
    """An invitation on its way, with the token that nothing else holds."""

    invitation: Invitation
    token: str


def write_letter(pk: int) -> Letter | None:
    """Make the token of an invitation whose mail is to be sent; nothing where it was sent, or is not open any more."""
    token = secrets.token_urlsafe(32)
    mine = Invitation.objects.open().filter(pk=pk, mailed_at=None, expires_at__gt=timezone.now())
    if not mine.update(token_hash=hashed(token)):
        return None
    found = Invitation.objects.select_related("workspace", "member", "invited_by").get(pk=pk)
    return Letter(found, token)


def mailed(letter: Letter) -> None:
    """The mail has left."""
    sent = Invitation.objects.open().filter(pk=letter.invitation.pk, token_hash=hashed(letter.token))
    sent.update(mailed_at=timezone.now())


def waiting() -> list[int]:
    """The invitations whose mail should have left by now, and is still worth trying."""
    soon, late = TRY_AGAIN
    now = timezone.now()
    due = Invitation.objects.open().filter(mailed_at=None, asked_at__range=(now - late, now - soon))
    return list(due.in_order().values_list("pk", flat=True))


# Coming in


def hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def find(token_hash: str) -> Invitation | None:
    """The invitation that a link opens; nothing where it is closed, whatever the reason."""
    good = Invitation.objects.open().filter(token_hash=token_hash, expires_at__gt=timezone.now())
    return good.select_related("workspace", "member", "invited_by").first()


def here_already(invitation: Invitation, user: User) -> bool:
    """Whether somebody is in the workspace that they are invited to."""
    return Member.objects.of(invitation.workspace).present().filter(user=user).exists()


def accept(invitation: Invitation, user: User) -> Member:
    """Let an account into the workspace, as the person who was invited.

    Whoever was in the workspace before is again who they were, with the rights that the invitation gives. Whoever is in
    it stays who they are, and the invitation open for whom it is meant. Raises ``Closed``.
    """
    workspace = invitation.workspace
    with writing(workspace):
        mine = Member.objects.of(workspace).filter(user=user).first()
        if mine is not None and mine.left_at is None:
            return mine
        current = _open(invitation)
        if current.has_run_out or current.token_hash != invitation.token_hash:
            raise Closed
        joined = _settle(fresh(current.member), mine, user)
        current.token_hash, current.email, current.accepted_at, current.member = None, "", timezone.now(), joined
        current.save(update_fields=["token_hash", "email", "accepted_at", "member", "updated_at"])
        details = {"role": str(joined.role), "is_approver": joined.is_approver}
        audit.write(AuditEvent.JOINED, workspace=workspace, actor=joined, details=details)
        return joined


def _settle(invited: Member, mine: Member | None, user: User) -> Member:
    """Who comes in: the old self, else the invited person, else (their account is another's) one like them."""
    if mine is not None and mine.pk != invited.pk:
        # An old self that the owner did not know by this address. Who was invited stays without an account.
        mine.role, mine.is_approver = invited.role, invited.is_approver
        mine.title, mine.team = invited.title or mine.title, invited.team or mine.team
        comes = mine
    elif invited.user_id in (None, user.pk):
        comes = invited
    elif invited.left_at is None:
        raise Closed
    else:
        return members.add(
            workspace=invited.workspace,
            name=user.name,
            role=Role(invited.role),
            title=invited.title,
            team=invited.team,
            user=user,
            is_approver=invited.is_approver,
        )
    comes.user, comes.left_at = user, None
    comes.version += 1
    comes.save()
    return comes


def _open(invitation: Invitation) -> Invitation:
    current = (
        Invitation.objects.of(invitation.workspace)
        .open()
        .select_for_update(of=("self",))
        .select_related("member")
        .filter(pk=invitation.pk)
        .first()
    )
    if current is None:
        raise Closed
    current.workspace = current.member.workspace = invitation.workspace
    return current


def _write(member: Member, *, by: Member, how: str = "") -> None:
    details = {"member": member.pk, **({"how": how} if how else {"role": str(member.role)})}
    audit.write(AuditEvent.INVITED, workspace=member.workspace, actor=by, details=details)
