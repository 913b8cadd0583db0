"""The history in words: who changed what of a record, and what it was before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, cast

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.formats import date_format, localize
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cxplan.workspaces.models import Change, Member, Record, Workspace
from cxplan.workspaces.models.history import ChangeOperation

#: Columns that say nothing to a reader.
SILENT: Final = {
    *("id", "created_at", "exchange_id", "programme_id", "revision", "numbers", "trashed_at"),
    "gate_approved_at",  # its day is said
}
#: Columns that keep a place among siblings.
PLACES: Final = {"position", "order"}


class Act(models.TextChoices):
    ADDED = "added", _("added")
    CHANGED = "changed", _("changed")
    MOVED = "moved", _("moved")
    TRASHED = "trashed", _("moved to the trash")
    RESTORED = "restored", _("restored from the trash")
    DELETED = "deleted", _("removed for good")
    LINKED = "linked", _("linked")
    UNLINKED = "unlinked", _("unlinked")


@dataclass(frozen=True)
class FieldChange:
    """One field's value before and after, as a reader knows it; empty where there was none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One write: `who` is nobody where a command ran without a person, `what` the record's own words today."""

    at: datetime
    who: Member | None
    act: Act
    kind: str
    record_id: int
    what: str
    fields: tuple[FieldChange, ...]


#: Takes out of the changes of a record, latest first, what a reader may not know.
Forget = Callable[[Sequence[Change]], None]


def of_record(workspace: Workspace, table: str, pk: int, *, forget: Forget | None = None) -> list[Entry]:
    """Everything that happened to a record and to its own links, latest first."""
    tables = [table, *(link for link, owner in _links().items() if owner._meta.db_table == table)]
    changes = Change.objects.of(workspace).filter(table__in=tables, record_id=pk).latest_first()
    found = list(changes.select_related("actor"))
    if forget is not None:
        forget(found)
    return list(_entries(found))


def latest(programme_id: int, count: int, *, among: models.Q | None = None) -> list[Entry]:
    """The programme's latest changes, latest first; of all, or among some.

    Moves are left out: one of them writes the places of many.
    """
    moves = models.Q(operation=ChangeOperation.UPDATE, before__has_any_keys=sorted(PLACES))
    changes = Change.objects.filter(programme_id=programme_id).exclude(moves).latest_first()
    if among is not None:
        changes = changes.filter(among)
    return list(_entries(changes.select_related("actor")[:count]))


# Forgetting


def forget(model: type[Record], keys: Sequence[int], columns: Sequence[str]) -> None:
    """Take the values of some columns out of the history of some records."""
    own = Change.objects.filter(table=model._meta.db_table, record_id__in=keys)
    own.update(before=_without("before", columns), after=_without("after", columns))


def _without(values: str, columns: Sequence[str]) -> models.Func:
    """A JSON object without some of its keys."""
    return models.Func(
        models.F(values),
        models.Value(list(columns), ArrayField(models.TextField())),
        template="(%(expressions)s)",
        arg_joiner=" - ",
        output_field=models.JSONField(),
    )


def last() -> int:
    """The key of the latest change; what is written afterwards has a greater one."""
    found = Change.objects.aggregate(last=models.Max("pk"))["last"]
    return found or 0


def forget_deleted(*, since: int) -> None:
    """Take every value out of the history of the records that were deleted for good after a change."""
    gone: dict[str, list[int]] = {}
    deleted = Change.objects.filter(
        pk__gt=since, operation=ChangeOperation.DELETE, table__in=_tables().keys() - _links()
    )
    for table, key in deleted.values_list("table", "record_id"):
        gone.setdefault(table, []).append(key)
    for table, keys in gone.items():
        Change.objects.filter(table=table, record_id__in=keys).update(before=None, after=None)


# Reading the rows

Model = type[models.Model]
Named = Mapping[tuple[Model, Any], str]


@cache
def _tables() -> dict[str, Model]:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


@cache
def _links() -> dict[str, type[Record]]:
    """The tables of links, and the record that each belongs to."""
    owners = {table: cast(Any, model._meta.auto_created) for table, model in _tables().items()}
    return {table: owner for table, owner in owners.items() if owner and issubclass(owner, Record)}


def _entries(changes: Iterable[Change]) -> Iterator[Entry]:
    known = [change for change in changes if change.table in _tables()]
    named = _named(reference for change in known for reference in _references(change))
    for change in known:
        fields = tuple(_link_change(change, named) if change.table in _links() else _field_changes(change, named))
        act = _act(change)
        if fields or act is not Act.CHANGED:
            record = _record_of(change)
            yield Entry(
                at=change.at,
                who=change.actor,
                act=act,
                kind=capfirst(str(record._meta.verbose_name)),
                record_id=change.record_id,
                what=named.get((record, change.record_id), ""),
                fields=fields,
            )


def _record_of(change: Change) -> Model:
    return _links().get(change.table) or _tables()[change.table]


def _act(change: Change) -> Act:
    if change.table in _links():
        return Act.UNLINKED if change.operation == "DELETE" else Act.LINKED
    if change.operation == "INSERT":
        return Act.ADDED
    if change.operation == "DELETE":
        return Act.DELETED
    if change.after and PLACES.issuperset(change.after):
        return Act.MOVED
    if "trashed_at" in (change.after or {}):
        return Act.TRASHED if (change.after or {})["trashed_at"] else Act.RESTORED
    return Act.CHANGED


def _columns(model: Model) -> dict[str, Any]:
    return {str(field.column): field for field in model._meta.concrete_fields}


def _written(change: Change) -> dict[str, tuple[Any, Any]]:
    """The columns that say something, each with its value before and after."""
    before, after = change.before or {}, change.after or {}
    columns = _columns(_tables()[change.table])
    return {
        column: (before.get(column), after.get(column))
        for column in columns
        if column not in SILENT | PLACES and (column in before or column in after)
    }


def _references(change: Change) -> Iterator[tuple[Model, Any]]:
    """The records whose names the change needs."""
    yield _record_of(change), change.record_id
    columns = _columns(_tables()[change.table])
    for column, values in _written(change).items():
        target = columns[column].related_model
        if target is not None:
            yield from ((target, value) for value in values if value is not None)


def _named(references: Iterable[tuple[Model, Any]]) -> Named:
    """The names of many records, in one query for each kind; a record that is gone has none."""
    wanted: dict[Model, set[Any]] = {}
    for model, pk in references:
        wanted.setdefault(model, set()).add(pk)
    return {
        (model, pk): str(found)
        for model, pks in wanted.items()
        for pk, found in _with_names(model).in_bulk(pks).items()
    }


def _with_names(model: Model) -> models.QuerySet[models.Model]:
    """The rows with the parents that their names are made of."""
    relations = {field.name for field in model._meta.concrete_fields if field.is_relation}
    parents = [name for name in ("touchpoint", "stage", "metric", "caller") if name in relations]
    return model._default_manager.select_related(*parents) if parents else model._default_manager.all()


def _field_changes(change: Change, named: Named) -> Iterator[FieldChange]:
    columns = _columns(_tables()[change.table])
    for column, (before, after) in _written(change).items():
        field = columns[column]
        words = _in_words(field, before, named), _in_words(field, after, named)
        if words[0] != words[1]:
            yield FieldChange(capfirst(str(field.verbose_name)), *words)


def _link_change(change: Change, named: Named) -> Iterator[FieldChange]:
    link, owner = _tables()[change.table], _links()[change.table]
    field: Any = next(field for field in owner._meta.many_to_many if field.remote_field.through is link)
    far: Any = link._meta.get_field(field.m2m_reverse_field_name())
    before, after = ((row or {}).get(far.column) for row in (change.before, change.after))
    yield FieldChange(capfirst(str(field.verbose_name)), _in_words(far, before, named), _in_words(far, after, named))


def _in_words(field: Any, value: Any, named: Named) -> str:
    if value is None or value == "" or value == []:
        return ""
    if field.related_model is not None:
        return named.get((field.related_model, value), "")
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {localize(each)}" for key, each in sorted(value.items()))
    if isinstance(value, list):
        return ", ".join(str(localize(each)) for each in value)
    if isinstance(field, models.DateField):
        return str(date_format(field.to_python(value), "SHORT_DATE_FORMAT"))
    return str(localize(value))
