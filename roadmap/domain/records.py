"""Add, change, move, trash and restore a record: what every kind of record has in common.

Each verb is one transaction that locks the programme, so that commands on one programme happen one
after the other: places and exchange ids never collide, and the programme's revision tells every
cache and every step that something changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.db import models, transaction
from django.db.models import F, Max, Q
from django.utils import timezone

from cxplan.live import publish
from cxplan.workspaces.domain import audit
from cxplan.workspaces.models import AuditEvent, Member, Record
from cxplan.workspaces.models.history import act_as
from roadmap.models import Programme, Tie

from . import order
from .kinds import BY_MODEL, BY_NAME, Kind
from .order import Moved, Way
from .preparation import AFTER_ADD, BEFORE_ADD, SETTLE

Values = Mapping[str, Any]
Links = Mapping[str, Iterable[models.Model]]
#: What a kind keeps in rows of its own (answers, an agenda); runs inside the command.
Finish = Callable[[Any], None]
#: What many new records share but a form does not hold as a column; runs inside the command, on their values.
Prepare = Callable[[Programme, dict[str, Any]], None]


#: What a programme's stream tells: something changed. Who may see what is the pages' own question.
CHANGED: Final = "plan"
#: What belongs to the workspace and may stand in several of its programmes.
SHARED: Final = ("persona", "stage", "journey", "touchpoint", "ecosystem_part")


class Stale(Exception):
    """Somebody else wrote the record since the page was opened; ``current`` is how it stands now."""

    def __init__(self, current: Record) -> None:
        super().__init__(f"{current._meta.model_name} {current.pk} is at version {current.version}")
        self.current = current


class Trashed(Exception):
    """The record went to the trash since the page was opened."""


@dataclass
class _Command:
    """What one command holds: a programme, and the streams of the others, by key, in which stands what it changes."""

    held: Programme
    others: dict[int, int] = field(default_factory=dict)


#: The commands that are being carried out, by the key of their programme.
_commands: ContextVar[Mapping[int, _Command]] = ContextVar("commands", default=MappingProxyType({}))


@contextmanager
def writing(
    programme: Programme, by: Member | None, *, ties: Q | None = None, is_several: bool = False
) -> Iterator[Programme]:
    """Hold the programme for one command by a member; when it succeeds, its revision grows and its pages are told.

    So are those of every programme with one of ``ties``. Yields the programme as it stands under the lock. A nested
    use joins the outer command, and is told once with it. What ``is_several`` commands in one begins by holding every
    programme that they may tell of: two that took them one after the other could wait for each other for ever.
    """
    outer = _commands.get().get(programme.pk)
    with transaction.atomic():
        locked = _lock(programme, _shared_ties(programme) if is_several else ties) if outer is None or ties else {}
        command = outer or _Command(locked[programme.pk])
        if not is_several:
            command.others |= {pk: each.stream_id for pk, each in locked.items() if pk != programme.pk}
        act_as(by)
        if outer is not None:
            yield command.held
        else:
            before = _commands.set({**_commands.get(), programme.pk: command})
            try:
                yield command.held
            finally:
                _commands.reset(before)
            _tell(command)
    # Whoever gave the command answers with what it made, not with what was kept before it
    programme.revision = command.held.revision + 1


def _lock(programme: Programme, ties: Q | None) -> dict[int, Programme]:
    """The programme, and the others with one of these ties, each held by everybody in the same order. One query."""
    wanted = Q(pk=programme.pk)
    if ties:
        wanted |= Q(pk__in=Tie.objects.filter(ties).values("programme"))
    own = Programme.objects.of(programme.workspace).filter(wanted).order_by("pk").select_for_update(of=("self",))
    locked = {each.pk: each for each in own}
    locked[programme.pk].workspace = programme.workspace  # spares the query
    return locked


def _shared_ties(programme: Programme) -> Q:
    """The ties of all that the programme shows and others may show, too."""
    own = Tie.objects.of(programme)
    keys = ({f"{name}__in": own.filter(**{f"{name}__isnull": False}).values(name)} for name in SHARED)
    return Q(*(Q(**each) for each in keys), _connector=Q.OR)


def _tell(command: _Command) -> None:
    """Let what is kept of the programmes grow old, and their pages fetch what is new."""
    held, grown = command.held, F("revision") + 1
    Programme.objects.of(held.workspace).filter(pk=held.pk).update(revision=grown, numbers=held.numbers)
    if command.others:
        Programme.objects.of(held.workspace).filter(pk__in=command.others).update(revision=grown)
    for _pk, stream in sorted({**command.others, held.pk: held.stream_id}.items()):
        publish.write(stream, CHANGED)


def _ties(kind: Kind, *rows: Values) -> Q:
    """The ties by which other programmes show what new records are part of; none for a programme's own."""
    if _has(kind.model, "programme"):
        return Q()
    return Q(*(Q(**{name: row[name]}) for row in rows for name in SHARED if row.get(name)), _connector=Q.OR)


def _ties_of(record: Record) -> Q:
    """The same for a record that there is: its own ties, or those of what it is part of."""
    kind = BY_MODEL[type(record)]
    if kind.name in SHARED:
        return Q(**{kind.name: record.pk})
    return _ties(kind, {name: getattr(record, f"{name}_id") for name in SHARED if _has(kind.model, name)})


def add(
    kind: Kind,
    *,
    programme: Programme,
    by: Member | None,
    values: Values,
    links: Links | None = None,
    finish: Finish | None = None,
) -> Record:
    """Make a record at the end of its kind, with its links.

    Raises ``IntegrityError`` where the database refuses what a form let through.
    """
    with writing(programme, by, ties=_ties(kind, values)) as held:
        values = dict(values)
        if kind.name in BEFORE_ADD:
            BEFORE_ADD[kind.name](held, values)
        _tie_named(held, values, links or {})
        places = _next_places(kind, held, values)
        record = kind.model(workspace=held.workspace, **places, **values)
        if not isinstance(record, Record):
            raise TypeError(f"{kind.name} is no record")
        if _has(kind.model, "programme"):
            record.programme = held  # type: ignore[attr-defined]  # the model has the field
            record.exchange_id = held.next_id(kind.prefix)  # type: ignore[attr-defined]
        record.save(force_insert=True)
        _link(record, links or {})
        if kind.tied:
            tie(held, kind, record, position=places.get("position", 0))
        if kind.name in AFTER_ADD:
            AFTER_ADD[kind.name](held, record)
        if finish is not None:
            finish(record)
        return record


def add_many(
    kind: Kind,
    *,
    programme: Programme,
    by: Member | None,
    rows: Iterable[Values],
    shared: Values | None = None,
    links: Links | None = None,
    prepare: Prepare | None = None,
) -> list[Record]:
    """Make records at the end of their kind, all or none, in the order of the rows, with what they share.

    However many there are, the queries are the same few. Raises ``IntegrityError`` as ``add`` does.
    """
    rows = list(rows)
    with writing(programme, by, ties=_ties(kind, shared or {}, *rows)) as held:
        common = dict(shared or {})
        if prepare is not None:
            prepare(held, common)
        if kind.name in BEFORE_ADD:
            BEFORE_ADD[kind.name](held, common)
        _tie_named(held, common, {**(links or {}), "rows": [each for row in rows for each in _models(row)]})
        first = _next_places(kind, held, common)
        own = {"programme": held} if _has(kind.model, "programme") else {}
        made: list[Any] = []
        for number, row in enumerate(rows):
            places = {name: place + number for name, place in first.items()}
            ids = {"exchange_id": held.next_id(kind.prefix)} if own else {}
            made.append(kind.model(workspace=held.workspace, **own, **ids, **places, **common, **row))
        kind.objects().bulk_create(made)
        for name, targets in (links or {}).items():
            _link_many(made, kind.model._meta.get_field(name), list(targets))
        if kind.tied:
            Tie.objects.bulk_create(_tied(held, kind, record, position=record.position) for record in made)
        return made


def change(
    record: Record,
    *,
    programme: Programme,
    by: Member | None,
    values: Values,
    links: Links | None = None,
    finish: Finish | None = None,
    version: int | None = None,
) -> Record:
    """Write new values and links.

    Raises ``Stale`` where ``version`` is no longer the record's own, ``Trashed`` where it was thrown away.
    """
    with writing(programme, by, ties=_ties_of(record)) as held:
        current = _fresh(record)
        if not BY_MODEL[type(record)].tied and _has(type(record), "programme"):
            current.programme = held  # type: ignore[attr-defined]  # the model has the field
        if current.trashed_at is not None:
            raise Trashed
        if version is not None and current.version != version:
            raise Stale(current)
        _tie_named(held, values, links or {})
        for name, value in values.items():
            setattr(current, name, value)
        current.version += 1
        current.save(update_fields=[*values, "version", "updated_at"])
        _link(current, links or {})
        if finish is not None:
            finish(current)
        return current


def change_programme(
    programme: Programme, *, by: Member | None, values: Values, links: Links | None = None, version: int | None = None
) -> Programme:
    """Write the programme's own fields. Raises ``Stale`` where ``version`` is no longer its own."""
    with writing(programme, by) as held:
        if version is not None and held.version != version:
            raise Stale(held)
        change_held(held, values, links)
        return held


def change_held(held: Programme, values: Values, links: Links | None = None) -> None:
    """Write the own fields of a programme that a command holds already."""
    _tie_named(held, values, links or {})
    for name, value in values.items():
        setattr(held, name, value)
    held.version += 1
    held.save(update_fields=[*values, "version", "updated_at"])
    _link(held, links or {})


def trash(record: Record, *, programme: Programme, by: Member | None) -> None:
    """Put a record into the trash; its links and its place stay for a restore."""
    _mark(record, programme, by, timezone.now())


def restore(record: Record, *, programme: Programme, by: Member | None) -> None:
    """Bring a record back as it was.

    Raises ``IntegrityError`` where its place was taken meanwhile, for example by another
    measurement of the same period.
    """
    _mark(record, programme, by, None)


def move(record: Record, *, programme: Programme, by: Member | None, to: Way | int) -> Moved | None:
    """Let a record take another place among those it stands with, named by a way or by the record to stand before.

    Returns where it stands now and the way back, or nothing where it did not move.
    """
    kind = BY_MODEL[type(record)]
    with writing(programme, by, ties=_ties_of(record)) as held:
        standing = order.row(kind, held, record.pk)
        found = order.target(standing, record.pk, to)
        return order.place(kind, standing, *found) if found else None


def tie(held: Programme, kind: Kind, record: models.Model, *, position: int = 0, part: str = "") -> Tie:
    """Let something of the workspace stand in a programme, under the next id of its kind."""
    made = _tied(held, kind, record, position=position, part=part)
    made.save(force_insert=True)
    return made


def _tied(held: Programme, kind: Kind, record: models.Model, *, position: int, part: str = "") -> Tie:
    exchange_id = held.next_id(kind.prefix)
    return Tie(programme=held, exchange_id=exchange_id, position=position, part=part, **{kind.name: record})


def _tie_named(held: Programme, values: Values, links: Links) -> None:
    """Let whomever a record names stand in the programme, also those who joined the workspace after it began."""
    named = [*values.values(), *(each for targets in links.values() for each in targets)]
    for kind in (BY_NAME["team"], BY_NAME["person"]):
        wanted = {each.pk: each for each in named if isinstance(each, kind.model)}
        if not wanted:
            continue
        places = dict(Tie.objects.of(held).exclude(**{kind.name: None}).values_list(kind.name, "position"))
        for place, pk in enumerate(sorted(wanted.keys() - places.keys()), max(places.values(), default=0) + 1):
            tie(held, kind, wanted[pk], position=place)


def _models(row: Values) -> list[models.Model]:
    return [value for value in row.values() if isinstance(value, models.Model)]


def _mark(record: Record, programme: Programme, by: Member | None, at: datetime | None) -> None:
    with writing(programme, by, ties=_ties_of(record)):
        current = _fresh(record)
        settle = SETTLE.get(BY_MODEL[type(record)].name)
        if settle is not None:
            settle(current, at)
        current.trashed_at = at
        current.version += 1
        current.save(update_fields=["trashed_at", "version", "updated_at"])
        if at is not None:
            # By its id: its words go with it, this entry never does
            about = getattr(current, "exchange_id", "")
            details = {"how": "trash", "model": current._meta.label_lower, "programme": programme.pk}
            audit.write(AuditEvent.DELETED, workspace=programme.workspace, actor=by, about=about, details=details)


def _fresh(record: Record) -> Record:
    """The record as it stands now; the programme's lock keeps it so."""
    kind = BY_MODEL[type(record)]
    current: Record = kind.objects().of(_home(kind, record)).get(pk=record.pk)
    current.workspace = record.workspace
    return current


def _home(kind: Kind, record: Record) -> Any:
    """What the record's queries begin with: its programme, or its workspace."""
    return getattr(record, "programme", None) if _has(kind.model, "programme") else record.workspace


def _siblings(kind: Kind, held: Programme) -> models.QuerySet[Any]:
    """The records among which a new one takes its place."""
    own: models.QuerySet[Any] = kind.objects().of(held if _has(kind.model, "programme") else held.workspace)
    return own


def _next_places(kind: Kind, held: Programme, values: Values) -> dict[str, int]:
    """The number after the last, for every column that counts siblings upwards; one query."""
    counted = [name for name in ("position", "order", "rank") if _has(kind.model, name) and name not in values]
    last = _siblings(kind, held).aggregate(**{f"last_{name}": Max(name) for name in counted})
    return {name: (last[f"last_{name}"] or 0) + 1 for name in counted}


def _link_many(made: Iterable[models.Model], field: Any, targets: Iterable[models.Model]) -> None:
    """Link every new record to the same others."""
    through, near, far = field.remote_field.through, field.m2m_field_name(), field.m2m_reverse_field_name()
    through._default_manager.bulk_create(through(**{near: one, far: other}) for one in made for other in targets)


def _link(record: Record, links: Links) -> None:
    for name, targets in links.items():
        getattr(record, name).set(targets)


def _has(model: type[models.Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)
