"""Everything that is kept about one person, for themselves to take along: as JSON, and as a table for each kind.

What is theirs follows from the register: every table whose personal fields name them. Of their own words everything is
handed out; of the team's records, which ones name them and as what. The name of a record is told as long as they
belong to its workspace.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Prefetch, Q
from django.utils.text import capfirst

from cxplan.workshops.models import Ballot, Note, Pulse
from cxplan.workspaces.models import AuditEntry, AuditEvent, Change, Member, Record, User
from cxplan.workspaces.models.history import ChangeOperation

from . import naming
from .register import REGISTER, Held

Row = Mapping[str, Any]
Tables = dict[str, list[Row]]

#: A person's own words and ways, by the field that says whose they are: handed out whole. Of every other table that
#: names a person, only that it does.
OWN: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "account.EmailAddress": ("user", ("email", "verified", "primary")),
    "mfa.Authenticator": ("user", ("type", "created_at", "last_used_at")),
    "socialaccount.SocialAccount": ("user", ("provider", "uid", "date_joined", "last_login")),
    "usersessions.UserSession": ("user", ("created_at", "last_seen_at", "ip", "user_agent")),
    "workspaces.Invitation": ("member", ("email", "language", "asked_at", "accepted_at")),
    "roadmap.Comment": ("by", ("on", "about", "text")),
    "roadmap.PersonalPillar": ("person", ("kind", "statement", "visibility")),
    "roadmap.PutAway": ("member", ("number", "standing")),
    "roadmap.StepStatus": ("by", ("number", "state", "at")),
    "roadmap.Tie": ("person", ("exchange_id", "part")),
    "roadmap.Export": ("requested_by", ("created_at", "language", "mark", "parts", "step", "state")),
}
#: Told by hand below.
TOLD: Final = {"workspaces.User", "workspaces.Member", "workspaces.Change", "workspaces.AuditEntry"}
#: A cell that a spreadsheet would take for a formula begins with one of these.
FORMULA: Final = ("=", "+", "-", "@", "|", "%")


@dataclass(frozen=True)
class Person:
    user: User
    members: Mapping[int, Member]

    def belongs_to(self, workspace: int) -> bool:
        return any(member.workspace_id == workspace and not member.left_at for member in self.members.values())


def members_of(user: User) -> list[Member]:
    """Whom somebody acts as or acted as, with the workspaces."""
    return list(Member.objects.filter(user=user).select_related("workspace", "team").order_by("pk"))


def collect(user: User) -> Tables:
    """Every table with what it keeps about a person; those without anything are left out."""
    person = Person(user, {member.pk: member for member in members_of(user)})
    found: Tables = {
        "account": [_account(user)],
        "memberships": [_membership(member) for member in person.members.values()],
        **dict(_named(person)),
        **dict(_in_workshops(person)),
        "changes": list(_changes(person)),
        "audit": list(_audit(person)),
    }
    return {table: rows for table, rows in found.items() if rows}


def _account(user: User) -> Row:
    return {
        "email": user.email,
        "name": user.name,
        "language": user.language,
        "joined_at": user.joined_at,
        "last_login": user.last_login,
        "has_password": user.has_usable_password(),
    }


def _membership(member: Member) -> Row:
    return {
        "workspace": member.workspace.name,
        "name": member.name,
        "title": member.title,
        "team": member.team.name if member.team else "",
        "role": member.role,
        "may_approve": member.is_approver,
        "since": member.created_at,
        "until": member.left_at,
    }


# Whatever names them


def links(model: type[models.Model]) -> list[Any]:
    """The fields of a table that name a person."""
    fields = (*model._meta.concrete_fields, *model._meta.many_to_many)
    return [field for field in fields if field.related_model in (Member, User)]


def _named(person: Person) -> Iterator[tuple[str, list[Row]]]:
    """One query for each table, and one more where it names many."""
    for held in REGISTER:
        model = apps.get_model(held.label)
        if held.label not in TOLD and links(model):
            yield str(model._meta.model_name), list(_rows(person, held, model))


def _rows(person: Person, held: Held, model: type[models.Model]) -> Iterator[Row]:
    named, columns = links(model), {field.name for field in model._meta.concrete_fields}
    whose = Q()
    for field in named:
        whose |= Q(**{f"{field.name}__in": [person.user] if field.related_model is User else list(person.members)})
    crowds = [
        Prefetch(field.name, Member.objects.filter(pk__in=person.members)) for field in named if field.many_to_many
    ]
    parents = sorted(columns & {"programme", naming.NAMED_AFTER.get(model, "")})
    found: models.QuerySet[Any] = model._default_manager.filter(whose).prefetch_related(*crowds)
    if parents:
        found = found.select_related(*parents)
    for record in found.order_by("pk").distinct():
        roles = [field for field in named if _is_named(person, record, field)]
        yield {
            "id": record.pk,
            **({"programme": str(record.programme)} if "programme" in columns else {}),
            "as": ", ".join(capfirst(str(field.verbose_name)) for field in roles),
            **_words(person, held, record, {field.name for field in roles}),
        }


def _is_named(person: Person, record: Any, field: Any) -> bool:
    if field.many_to_many:
        return bool(getattr(record, field.name).all())
    return getattr(record, field.attname) in ({person.user.pk} if field.related_model is User else person.members)


def _words(person: Person, held: Held, record: Any, roles: set[str]) -> Row:
    whose, own = OWN.get(held.label, ("", ()))
    if whose in roles:
        return {name: getattr(record, name) for name in own}
    known = isinstance(record, Record) and person.belongs_to(record.workspace_id)
    return {"name": naming.called(record)} if known else {}


def _in_workshops(person: Person) -> Iterator[tuple[str, list[Row]]]:
    """What they wrote, gave and felt from their seats; to others it bears no name. One query for each table."""
    own = Q(participant__member__in=list(person.members))
    notes = Note.objects.filter(own).select_related("session", "phase").order_by("pk")
    yield (
        "note",
        [
            {
                "workshop": note.session.title,
                "phase": note.phase.title,
                "text": note.text,
                "paper": note.paper,
                "lane": note.lane,
                "at": note.created_at,
            }
            for note in notes
        ],
    )
    ballots = Ballot.objects.filter(own).select_related("phase__session", "note", "group").order_by("pk")
    yield (
        "ballot",
        [
            {
                "workshop": ballot.phase.session.title,
                "phase": ballot.phase.title,
                "on": str(ballot.note or ballot.group),
                "scale": ballot.scale,
                "value": ballot.value if ballot.slot is None else 1,
                "place": ballot.place,
                "at": ballot.given_at,
            }
            for ballot in ballots
        ],
    )
    pulses = Pulse.objects.filter(own).select_related("participant__session").order_by("pk")
    yield (
        "pulse",
        [
            {
                "workshop": pulse.participant.session.title,
                "value": pulse.value,
                "word": pulse.word,
                "at": pulse.given_at,
            }
            for pulse in pulses
        ],
    )


def _changes(person: Person) -> Iterator[Row]:
    """What they changed and when; the words themselves are the team's."""
    operations = {ChangeOperation.INSERT: "add", ChangeOperation.UPDATE: "change", ChangeOperation.DELETE: "delete"}
    for change in Change.objects.filter(actor__in=list(person.members)).order_by("pk"):
        yield {
            "at": change.at,
            "what": operations[ChangeOperation(change.operation)],
            "table": change.table,
            "id": change.record_id,
        }


def _audit(person: Person) -> Iterator[Row]:
    own = AuditEntry.objects.filter(Q(user=person.user.pk) | Q(actor__in=list(person.members)))
    for entry in own.order_by("pk"):
        yield {"at": entry.at, "event": str(AuditEvent(entry.event).label), "about": entry.about}


# As a file


def to_zip(tables: Tables) -> bytes:
    """One JSON document with everything, and a table for each part of it that a spreadsheet opens."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        text = json.dumps(tables, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        archive.writestr("data.json", text)
        for name, rows in tables.items():
            archive.writestr(f"{name}.csv", to_csv(rows))
    return made.getvalue()


def to_csv(rows: list[Row]) -> bytes:
    """A table whose first line names the columns, in the encoding that spreadsheets recognise."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    writer.writerow(columns)
    writer.writerows([inert(row.get(name)) for name in columns] for row in rows)
    return made.getvalue().encode("utf-8-sig")


def inert(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.isoformat()
    text = str(value)
    return f"'{text}" if text.lstrip().startswith(FORMULA) or text[:1].isspace() else text
