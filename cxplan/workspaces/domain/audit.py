"""The audit trail: written by whoever lets somebody in, turns them away or gives them a right; read by owners."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from cxplan.workspaces.models import AuditEntry, AuditEvent, Member, Role, User, Workspace
from cxplan.workspaces.models.member import FORMER

LONGEST_ABOUT: Final = 300


def write(
    event: AuditEvent,
    *,
    workspace: Workspace | None,
    actor: Member | None = None,
    user: User | None = None,
    about: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write down, for good, that something happened; stands or falls with the caller's transaction.

    No person stands here as text, neither by name nor by address: ``actor`` and ``user`` are kept as keys.
    ``about`` names a thing. Of ``details`` a reader is told: ``member`` (the key of whom else it concerns), ``role``
    and ``was``, ``is_approver``, ``model`` (its label) and ``how`` (one of WAYS).
    """
    AuditEntry.objects.create(
        event=event,
        workspace=workspace,
        actor=actor,
        user_id=user.pk if user else actor.user_id if actor else None,
        about=about[:LONGEST_ABOUT],
        details=dict(details or {}),
    )


# In words

#: What happened, of whoever did it.
SENTENCES: Final[Mapping[str, Any]] = {
    AuditEvent.SIGNED_IN: _("%(who)s signed in"),
    AuditEvent.SIGN_IN_REFUSED: _("%(who)s could not sign in"),
    AuditEvent.SIGNED_OUT: _("%(who)s signed out"),
    AuditEvent.ACCESS_REFUSED: _("%(who)s tried what their role does not allow"),
    AuditEvent.INVITED: _("%(who)s invited a person"),
    AuditEvent.JOINED: _("%(who)s joined the workspace"),
    AuditEvent.ROLE_CHANGED: _("%(who)s changed what a person may do"),
    AuditEvent.MEMBER_REMOVED: _("%(who)s removed a person from the workspace"),
    AuditEvent.EXPORTED: _("%(who)s took data out"),
    AuditEvent.DELETED: _("%(who)s deleted something"),
    AuditEvent.SETTINGS_CHANGED: _("%(who)s changed the settings"),
    AuditEvent.CREDENTIALS_CHANGED: _("%(who)s changed how they sign in"),
    AuditEvent.ERASED: _("%(who)s erased their personal data"),
    AuditEvent.MODERATED: _("%(who)s looked through the hidden notes of a workshop"),
}
#: The same more exactly, by the word that the details keep as ``how``.
WAYS: Final[Mapping[str, Any]] = {
    "invited_again": _("%(who)s sent an invitation again"),
    "invitation_withdrawn": _("%(who)s withdrew an invitation"),
    "brought_back": _("%(who)s brought a removed person back"),
    "trash": _("%(who)s moved a record to the trash"),
    "for_good": _("%(who)s deleted for good what was old"),
    "asked": _("%(who)s asked for the plan as a file"),
    "downloaded": _("%(who)s downloaded the plan"),
    "code": _("%(who)s gave a wrong code"),
    "password": _("%(who)s changed their password"),
    "address": _("%(who)s changed their e-mail address"),
    "totp_added": _("%(who)s turned their authenticator app on"),
    "totp_removed": _("%(who)s turned their authenticator app off"),
    "webauthn_added": _("%(who)s added a passkey"),
    "webauthn_removed": _("%(who)s removed a passkey"),
    "recovery_codes_added": _("%(who)s got recovery codes"),
    "recovery_codes_removed": _("%(who)s lost their recovery codes with the last second step"),
    "provider_added": _("%(who)s signed in at their organisation’s own sign-in for the first time"),
    "set_aside": _("%(who)s set hidden notes of a workshop aside"),
    "put_back": _("%(who)s put hidden notes of a workshop back"),
    "own_data": _("%(who)s downloaded their own data"),
}


#: How much an entry is about, by the word that the details keep.
COUNTED: Final[Mapping[str, Any]] = {
    "records": ngettext_lazy("%(count)d record", "%(count)d records", "count"),
    "interviews": ngettext_lazy("%(count)d interview", "%(count)d interviews", "count"),
}


@dataclass(frozen=True)
class Told:
    """An entry as an owner reads it: a sentence, and what more is known of it."""

    at: datetime
    event: AuditEvent
    who: str
    sentence: str
    more: tuple[str, ...]


def told(workspace: Workspace, entries: Iterable[AuditEntry]) -> list[Told]:
    """Entries in words. The entries come with their people; whom else they concern is one query for all of them."""
    found = list(entries)
    keys = {entry.details["member"] for entry in found if isinstance(entry.details.get("member"), int)}
    concerned = {each.pk: each for each in Member.objects.of(workspace).filter(pk__in=keys)}
    return [_told(entry, concerned) for entry in found]


def _told(entry: AuditEntry, concerned: Mapping[int, Member]) -> Told:
    who = _who(entry)
    sentence = WAYS.get(entry.details.get("how", ""), SENTENCES[entry.event])
    return Told(entry.at, AuditEvent(entry.event), who, str(sentence % {"who": who}), tuple(_more(entry, concerned)))


def _who(entry: AuditEntry) -> str:
    """Whoever did it: by the name they bear in the workspace, or their account's; the house itself where nobody did."""
    person = entry.actor or entry.user
    if person is not None:
        return str(person)
    return str(FORMER) if entry.actor_id or entry.user_id else "cxplan"


def _more(entry: AuditEntry, concerned: Mapping[int, Member]) -> Iterator[str]:
    details = entry.details
    if "member" in details:
        yield str(concerned.get(details["member"]) or FORMER)
    if "role" in details:
        yield " → ".join(str(Role(role).label) for role in (details.get("was"), details["role"]) if role in Role.values)
    if "is_approver" in details:
        yield str(_("may approve") if details["is_approver"] else _("may not approve"))
    if "model" in details:
        yield str(apps.get_model(details["model"])._meta.verbose_name)
    for kind, words in COUNTED.items():
        if details.get(kind):
            yield str(words % {"count": details[kind]})
    if entry.about:
        yield entry.about
