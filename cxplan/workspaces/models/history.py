"""Who changed what and when, with the values before and after.

Written by database triggers, so that no code path, bulk write or console session escapes it, and
kept in one table, so that a programme's latest changes are one query. Links (the tables of
many-to-many fields) are recorded like the rows they belong to.

The trigger takes the member from the transaction's setting ``cxplan.member``, which every command
sets. A personal pillar's words are never kept while it is private, and leave the history the moment
it becomes private.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection, models

from .member import Member
from .record import Record
from .workspace import Workspace

ACTOR = "cxplan.member"
UNRECORDED = "'{updated_at,version,workspace_id,revision,numbers}'::text[]"


class ChangeQuerySet(models.QuerySet["Change"]):
    def of(self, workspace: Workspace) -> ChangeQuerySet:
        return self.filter(workspace_id=workspace.pk)

    def latest_first(self) -> ChangeQuerySet:
        return self.order_by("-pk")


class ChangeOperation(models.TextChoices):
    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


class Change(models.Model):
    """One write of one row: the changed columns before and after."""

    workspace = models.ForeignKey(Workspace, models.DO_NOTHING, db_constraint=False, related_name="+")
    programme_id = models.BigIntegerField(null=True)
    table = models.CharField(max_length=63)
    record_id = models.BigIntegerField()
    operation = models.CharField(max_length=6, choices=ChangeOperation)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    actor = models.ForeignKey(Member, models.SET_NULL, null=True, db_constraint=False, related_name="+")
    at = models.DateTimeField()

    objects = ChangeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["table", "record_id"], name="workspaces_change_record"),
            models.Index(fields=["programme_id", "-id"], name="workspaces_change_programme"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.table} {self.record_id}"


def act_as(member: Member | None) -> None:
    """Name the member for every change that this transaction makes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [ACTOR, str(member.pk) if member else ""])


# ------------------------------------------------------------------ triggers


def recorded_models() -> Iterator[type[models.Model]]:
    """Every record and every table of links between them."""
    for model in apps.get_models(include_auto_created=True):
        owner = model._meta.auto_created or model
        if isinstance(owner, type) and issubclass(owner, Record):
            yield model


def register_triggers() -> None:
    """Register the triggers of every recorded table; ``migrate`` installs them."""
    for model in recorded_models():
        pgtrigger.register(_history(model))(model)
        boundary = _boundary(model)
        if boundary:
            pgtrigger.register(boundary)(model)


def _history(model: type[models.Model]) -> pgtrigger.Trigger:
    table = model._meta.db_table
    owner = _owner(model)
    if owner is model:
        identity = "(row->>'id')::bigint"
        scope = f"""
            workspace := (row->>'workspace_id')::bigint;
            programme := {f"(row->>'{owner.programme_column}')::bigint" if owner.programme_column else "NULL"};"""
    else:
        identity = f"(row->>'{_ends(model)[0].attname}')::bigint"
        scope = f"""
            SELECT workspace_id, {owner.programme_column or "NULL::bigint"} INTO workspace, programme
            FROM {owner._meta.db_table} WHERE id = {identity};
            IF workspace IS NULL THEN RETURN NULL; END IF; -- the record itself is being deleted, and says so
            """
    return pgtrigger.Trigger(
        name="history",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[
            (
                "old_row",
                "jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}'::jsonb ELSE to_jsonb(OLD) END",
            ),
            (
                "new_row",
                "jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}'::jsonb ELSE to_jsonb(NEW) END",
            ),
            (
                "row",
                "jsonb := CASE WHEN TG_OP = 'DELETE' THEN old_row ELSE new_row END",
            ),
            ("before_values", "jsonb"),
            ("after_values", "jsonb"),
            ("workspace", "bigint"),
            ("programme", "bigint"),
        ],
        func=f"""
            SELECT jsonb_object_agg(key, value) INTO before_values FROM jsonb_each(old_row - {UNRECORDED})
                WHERE value IS DISTINCT FROM new_row->key;
            SELECT jsonb_object_agg(key, value) INTO after_values FROM jsonb_each(new_row - {UNRECORDED})
                WHERE value IS DISTINCT FROM old_row->key;
            IF before_values IS NULL AND after_values IS NULL THEN RETURN NULL; END IF;
            {_forget_private_words(model)}
            {scope}
            INSERT INTO workspaces_change
                (workspace_id, programme_id, "table", record_id, operation, before, after, actor_id, at)
            VALUES (workspace, programme, '{table}', {identity}, TG_OP, before_values, after_values,
                nullif(current_setting('{ACTOR}', true), '')::bigint, clock_timestamp());
            RETURN NULL;
        """,
    )


def _forget_private_words(model: type[models.Model]) -> str:
    owner = _owner(model)
    if owner is not model or owner.private_words is None:
        return ""
    column, value, words = owner.private_words
    return f"""
        IF row->>'{column}' = '{value}' THEN
            before_values := before_values - '{words}';
            after_values := after_values - '{words}';
            UPDATE workspaces_change SET before = before - '{words}', after = after - '{words}'
                WHERE "table" = '{model._meta.db_table}' AND record_id = (row->>'id')::bigint;
        ELSIF old_row->>'{column}' = '{value}' THEN
            before_values := before_values - '{words}';
        END IF;
    """


def _boundary(model: type[models.Model]) -> pgtrigger.Trigger | None:
    """Refuse a link out of the workspace, or from one programme into another."""
    owner, ends = _owner(model), _ends(model)
    if owner is model:
        checks = [
            f"IF NEW.{end.attname} IS NOT NULL AND NEW.{mine} IS DISTINCT FROM {_value(end, theirs)} "
            f"THEN {_refuse(model, end, boundary)} END IF;"
            for end in ends
            for boundary, mine, theirs in _boundaries(owner, end.related_model)
        ]
    else:
        here, there = ends
        checks = [
            f"IF {_value(here, mine)} IS DISTINCT FROM {_value(there, theirs)} "
            f"THEN {_refuse(model, there, boundary)} END IF;"
            for boundary, mine, theirs in _boundaries(owner, there.related_model)
        ]
    if not checks:
        return None
    return pgtrigger.Trigger(
        name="boundary",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func="\n".join([*checks, "RETURN NEW;"]),
    )


def _owner(model: type[models.Model]) -> type[Record]:
    """The record itself, or the record whose links a table holds."""
    owner = model._meta.auto_created or model
    if not (isinstance(owner, type) and issubclass(owner, Record)):
        raise TypeError(f"{model._meta.label} holds neither records nor their links")
    return owner


def _ends(model: type[models.Model]) -> list[Any]:
    """The foreign keys of a table; of a link table, the record's own first."""
    return [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]


def _boundaries(mine: type[Record], theirs: Any) -> Iterator[tuple[str, str, str]]:
    """What two tables must agree on, and the column that says it in each."""
    if any(field.attname == "workspace_id" for field in _home(theirs)._meta.concrete_fields):
        yield "workspace", "workspace_id", "workspace_id"
    if mine.programme_column and getattr(theirs, "programme_column", None):
        yield "programme", mine.programme_column, theirs.programme_column


def _home(model: Any) -> Any:
    """Whose workspace a row is in: its own, or that of what it ``belongs_to``, which stands one link further."""
    link = getattr(model, "belongs_to", None)
    return model._meta.get_field(link).related_model if link else model


def _value(end: Any, column: str) -> str:
    theirs, key = end.related_model, f"NEW.{end.attname}"
    if (home := _home(theirs)) is not theirs:
        link = theirs._meta.get_field(theirs.belongs_to).column
        key = f"(SELECT {link} FROM {theirs._meta.db_table} WHERE id = {key})"
        theirs = home
    return f"(SELECT {column} FROM {theirs._meta.db_table} WHERE id = {key})"


def _refuse(model: type[models.Model], end: Any, boundary: str) -> str:
    return (
        f"RAISE EXCEPTION '{model._meta.db_table}.{end.attname} points out of its {boundary}' "
        "USING ERRCODE = 'check_violation';"
    )
