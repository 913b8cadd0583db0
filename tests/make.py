"""Records for tests, made by the commands that the product itself uses."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from itertools import count
from typing import Any, TypeVar, cast

from django.db import models

from cxplan.workspaces.domain import members, teams
from cxplan.workspaces.models import Member, Record, Role, Team, User, Workspace
from journeys.models import StageSet
from roadmap.domain import records
from roadmap.domain.kinds import BY_MODEL
from roadmap.models import Export, PersonalPillar, Programme, ProgrammeRecord, StoredFile

R = TypeVar("R", bound=Record)
M = TypeVar("M", bound=models.Model)

PASSWORD = "twelve steps, one chain"
TODAY = date(2026, 11, 4)
NUMBERS = count(1)


def make_user(name: str, **fields: Any) -> User:
    """A user who may sign in with PASSWORD; the address follows from the first name."""
    email = fields.pop("email", f"{name.partition(' ')[0].lower()}@example.com")
    return User.objects.create_user(email, PASSWORD, name=name, **fields)


def make_workspace(slug: str) -> Workspace:
    return members.found(slug=slug, name=slug.title())


def make_team(workspace: Workspace, name: str = "Care") -> Team:
    return teams.add(workspace=workspace, name=name)


def make_member(
    workspace: Workspace,
    name: str,
    role: Role = Role.MEMBER,
    *,
    user: User | None = None,
    team: Team | None = None,
    is_approver: bool = False,
) -> Member:
    """A member with an account of their own, unless another is given."""
    return members.add(
        workspace=workspace, name=name, role=role, team=team, user=user or make_user(name), is_approver=is_approver
    )


def make_programme(workspace: Workspace, name: str = "Alongside", **fields: Any) -> Programme:
    return Programme.objects.create(workspace=workspace, name=name, languages=["fi"], **fields)


def make(model: type[R], programme: Programme, *, by: Member | None = None, **values: Any) -> R:
    """A record of any kind, with its own words in every field that must be filled."""
    given = {name: value for name, value in values.items() if not isinstance(value, list)}
    links = {name: value for name, value in values.items() if isinstance(value, list)}
    if model is StageSet:
        return cast(R, StageSet.objects.create(workspace=programme.workspace, **{"name": "REAN", **given}))
    needed = {field.name: _some(field, programme) for field in _needed(model) if field.name not in given}
    if model is PersonalPillar and not {"person", "team"} & given.keys():
        needed["team"] = make_team(programme.workspace)
    made = records.add(BY_MODEL[model], programme=programme, by=by, values=needed | given, links=links)
    return cast(R, made)


def make_linked(model: type[R], programme: Programme, *, by: Member) -> R:
    """A record with a link of every sort: to the first of what it may point at, and to a person."""
    values: dict[str, Any] = {
        field.name: by
        for field in model._meta.concrete_fields
        if field.related_model is Member and field.name not in ("person", "by")
    }
    for field in model._meta.many_to_many:
        target: Any = field.related_model
        values[field.name] = [by if target is Member else _parent(target, programme)]
    return make(model, programme, by=by, **values)


def make_export(programme: Programme, by: Member | None = None, **fields: Any) -> Export:
    """An export that is ready, with the smallest file that calls itself a PDF."""
    data = b"%PDF-1.7\n%%EOF\n"
    file, _ = StoredFile.objects.get_or_create(
        sha256=sha256(data).hexdigest(),
        defaults={"content_type": "application/pdf", "data": data, "size": len(data), "pages": 1},
    )
    ready = {"language": "fi", "revision": programme.revision, "state": "done", "file": file, "progress": 100}
    return Export.objects.create(
        workspace=programme.workspace, programme=programme, requested_by=by, **{**ready, **fields}
    )


def _needed(model: type[models.Model]) -> list[Any]:
    """The fields that neither have a default nor may stay empty, nor are filled by the command."""
    filled = {"id", "workspace", "programme", "exchange_id", "position", "order", "rank"}
    return [
        field
        for field in model._meta.concrete_fields
        if not (field.name in filled or field.null or field.blank or field.has_default())
        and not getattr(field, "auto_now", False)
        and not getattr(field, "auto_now_add", False)
        and not field.has_db_default()
    ]


def _some(field: Any, programme: Programme) -> Any:
    if field.related_model is not None:
        return _parent(field.related_model, programme)
    if field.choices:
        return field.choices[0][0]
    if isinstance(field, models.DateField):
        return TODAY
    if isinstance(field, models.IntegerField | models.FloatField):
        return 1
    if field.name == "period":
        return f"{1000 + next(NUMBERS)}"
    words = f"{field.model._meta.verbose_name} {next(NUMBERS)}"
    return words[-field.max_length :] if field.max_length else words


def _parent(model: type[M], programme: Programme) -> M:
    """What a record must belong to: the first that is there, or a new one."""
    everyones: Any = model._default_manager
    own = everyones.of(programme if issubclass(model, ProgrammeRecord) else programme.workspace)
    if model is Team:
        return cast(M, own.first() or make_team(programme.workspace))
    return cast(M, own.alive().first() or make(cast(Any, model), programme))
