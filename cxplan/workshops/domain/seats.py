"""Who sits in a workshop: joining by QR or code, finding a seat again, and a guest who turns out to be a member."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cxplan.live import publish
from cxplan.live.models import Event
from cxplan.workshops.models import Ballot, Note, Participant, Pulse, Session
from cxplan.workshops.models.session import ParticipantQuerySet
from cxplan.workspaces.models import Member, User, Workspace

#: So long after the close a guest's nickname stands under what they wrote.
NAMES_STAY: Final = timedelta(days=90)
#: So long after the close a guest may still read what was decided.
GUESTS_STAY: Final = timedelta(hours=12)


@dataclass(frozen=True)
class Seat:
    """A seat just taken; ``key`` is what a guest's cookie holds, and stands nowhere else."""

    participant: Participant
    key: str = ""


def hashed(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def find_by_token(token: str) -> Session | None:
    """The open workshop that a QR code leads to."""
    return Session.objects.open().select_related("workspace").filter(token=token).first()


def find_by_code(code: str) -> Session | None:
    """The open workshop with these six digits."""
    return Session.objects.open().select_related("workspace").filter(code=code).first() if code else None


def take_as_guest(session: Session, nickname: str) -> Seat:
    """A seat for somebody without an account. An empty nickname is nobody's name."""
    key = secrets.token_urlsafe(24)
    with transaction.atomic():
        guest = Participant.objects.create(session=session, nickname=nickname, key_hash=hashed(key))
        publish.write(session.desk_id, "people")
        return Seat(guest, key)


def take_as_member(session: Session, member: Member, *, was: Participant | None = None) -> Seat:
    """A member's seat; whoever has one keeps it. ``was``: the guest that they were until now."""
    if was is not None:
        return Seat(become_member(was, member))
    with transaction.atomic():
        publish.write(session.desk_id, "people")
        there, _made = Participant.objects.get_or_create(session=session, member=member)
        return Seat(there)


def of_guest(session_pk: int, key: str, *beside: str) -> Participant | None:
    """The guest who holds this key, with the session, its phase and what of it is wanted beside; one query.

    Nobody once removed or long closed. Every command asks this, and wants nothing beside.
    """
    if not key:
        return None
    wanted = ["session__phase", *(f"session__{each}" for each in beside)]
    return _guests([key]).filter(session=session_pk).select_related(*wanted).first()


def guests_at(stream: UUID, keys: Iterable[str]) -> dict[str, int]:
    """The numbers of the guests who may hear a room's stream, by those of these keys that are theirs. One query."""
    by_hash = {hashed(key): key for key in keys}
    found = _guests(by_hash.values()).filter(session__room__key=stream).values_list("key_hash", "pk")
    return {by_hash[key_hash]: guest for key_hash, guest in found}


def _guests(keys: Iterable[str]) -> ParticipantQuerySet:
    still = Q(session__closed_at=None) | Q(session__closed_at__gt=timezone.now() - GUESTS_STAY)
    return Participant.objects.seated().filter(still, key_hash__in=[hashed(key) for key in keys], member=None)


def become_member(guest: Participant, member: Member) -> Participant:
    """Let a guest who signed in keep what they made. Where both took part the seats become one.

    The dots given first count, up to the quota; the rest of the second seat's are gone.
    """
    with transaction.atomic():
        publish.write(guest.session.desk_id, "people")
        own = Participant.objects.filter(session=guest.session, member=member).first()
        if own is None:
            guest.member, guest.key_hash, guest.nickname = member, "", ""
            guest.save(update_fields=["member", "key_hash", "nickname"])
            return guest
        Note.objects.filter(participant=guest).update(participant=own)
        _merge_ballots(guest, own)
        if not Pulse.objects.filter(participant=own).exists():
            Pulse.objects.filter(participant=guest).update(participant=own)
        guest.delete()
        return own


def _merge_ballots(guest: Participant, own: Participant) -> None:
    both = list(Ballot.objects.filter(participant__in=[guest, own]).order_by("given_at", "pk"))
    kept: list[Ballot] = []
    dots: dict[tuple[int, int | None, int | None], int] = {}
    used: dict[int, int] = {}
    scored: set[tuple[int, int | None, int | None, str]] = set()
    for ballot in both:
        on = (ballot.phase_id, ballot.note_id, ballot.group_id)
        if ballot.place is not None:
            continue
        if ballot.slot is None:
            if (*on, ballot.scale) not in scored:
                scored.add((*on, ballot.scale))
                kept.append(ballot)
            continue
        most = ballot.phase.most_per_note or ballot.quota or 0
        if used.get(ballot.phase_id, 0) < (ballot.quota or 0) and dots.get(on, 0) < most:
            used[ballot.phase_id] = ballot.slot = used.get(ballot.phase_id, 0) + 1
            dots[on] = dots.get(on, 0) + 1
            kept.append(ballot)
    kept += _one_order([ballot for ballot in both if ballot.place is not None])
    Ballot.objects.filter(pk__in=[ballot.pk for ballot in both]).delete()
    for ballot in kept:
        ballot.participant, given_at = own, ballot.given_at
        ballot.pk = None
        ballot._state.adding = True
        ballot.save()
        Ballot.objects.filter(pk=ballot.pk).update(given_at=given_at)


def _one_order(both: Iterable[Ballot]) -> list[Ballot]:
    """Two orders of the same person, oldest ballot first: the one begun first, and after it what only the other has."""
    orders: dict[int, dict[int, list[Ballot]]] = {}
    for ballot in both:
        orders.setdefault(ballot.phase_id, {}).setdefault(ballot.participant_id, []).append(ballot)
    kept = []
    for of_phase in orders.values():
        own: dict[tuple[int | None, int | None], Ballot] = {}
        for order in of_phase.values():
            for ballot in sorted(order, key=lambda each: each.place or 0):
                own.setdefault((ballot.note_id, ballot.group_id), ballot)
        for place, ballot in enumerate(own.values(), 1):
            ballot.place = place
            kept.append(ballot)
    return kept


def rooms(workspace: Workspace) -> QuerySet[Session, int]:
    """The streams of the workspace's open rooms."""
    return Session.objects.of(workspace).open().values_list("room", flat=True)


def desks(workspace: Workspace) -> QuerySet[Session, int]:
    """The streams of the desks of the workspace's open rooms."""
    return Session.objects.of(workspace).open().values_list("desk", flat=True)


def member_of(session: Session, user: User) -> Member | None:
    """Who somebody who is signed in is in the workshop's workspace."""
    return Member.objects.present().filter(user=user, workspace=session.workspace_id).first()


# Names that leave again


def forget_guests(closed_before: datetime) -> int:
    """Empty the nicknames of guests of workshops that were closed before then; returns how many."""
    named = Participant.objects.filter(session__closed_at__lt=closed_before, member=None).exclude(nickname="")
    return named.update(nickname="")


def forget_members(members: Iterable[Member]) -> None:
    """Empty what the streams of the rooms that they were in have said: it may name them."""
    rooms = Session.objects.filter(participants__member__in=list(members)).values("room")
    Event.objects.filter(stream__in=rooms).exclude(html="").update(html="")


def keep_calm(seat: Participant, *, calm: bool) -> None:
    """Show the time in words, and nothing that moves, on one's own phone. It concerns nobody else."""
    seat.is_calm = calm
    seat.save(update_fields=["is_calm"])
