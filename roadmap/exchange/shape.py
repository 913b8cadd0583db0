"""What the shapes of ``domain.plan`` say about each key: its type, its bounds, what it may point at.

Reading, writing and the published schema all go by these descriptions, so that they cannot differ.
"""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from pydantic.fields import FieldInfo

from roadmap.domain.plan import ID, To

Form = Literal["text", "id", "pattern", "link", "integer", "number", "truth", "date", "choice", "list", "map", "record"]


@dataclass(frozen=True)
class Type:
    """The type of one value."""

    form: Form
    low: float | None = None
    above: float | None = None
    high: float | None = None
    shortest: int = 0
    longest: int | None = None
    pattern: str | None = None
    #: The kinds a link may point at.
    kinds: tuple[str, ...] = ()
    choices: tuple[Any, ...] = ()
    #: Of a record. Loosely typed, as the next two, since the form says which of them are there.
    shape: Any = None
    #: Of a map.
    key: Any = None
    #: Of a list or a map.
    item: Any = None
    #: The record that may stand in place of a text.
    instead: Type | None = None

    @property
    def is_links(self) -> bool:
        return self.form == "list" and bool(self.item.form == "link")


@dataclass(frozen=True)
class Key:
    """One key of a record."""

    name: str
    type: Type
    required: bool
    default: Any


@cache
def keys(shape: Any) -> dict[str, Key]:
    """The keys of a shape, in the order they are written."""
    hints = typing.get_type_hints(shape, include_extras=True)
    described = {}
    for item in dataclasses.fields(shape):
        required = item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
        default = None if required else item.default
        if item.default_factory is not dataclasses.MISSING:
            default = item.default_factory()
        described[item.name] = Key(item.name, describe(hints[item.name]), required, default)
    return described


@cache
def describe(hint: Any) -> Type:
    """The type that an annotation stands for."""
    origin = get_origin(hint)
    if origin is Annotated:
        base, *extras = get_args(hint)
        return _bounded(describe(base), extras)
    if origin in (types.UnionType, typing.Union):
        options = [describe(option) for option in get_args(hint) if option is not type(None)]
        first, *rest = options
        return dataclasses.replace(first, instead=rest[0]) if rest else first
    if origin is Literal:
        return Type("choice", choices=get_args(hint))
    if origin is tuple:
        return Type("list", item=describe(get_args(hint)[0]))
    if origin is dict:
        key, item = get_args(hint)
        return Type("map", key=describe(key), item=describe(item))
    if dataclasses.is_dataclass(hint):
        return Type("record", shape=typing.cast("type[Any]", hint))
    forms: dict[Any, Form] = {str: "text", bool: "truth", int: "integer", float: "number", date: "date"}
    return Type(forms[hint])


def _bounded(base: Type, extras: list[Any]) -> Type:
    changes: dict[str, Any] = {}
    for extra in extras:
        match extra:
            case To(kinds=kinds):
                changes |= {"form": "link", "kinds": kinds}
            case Ge(ge=low):
                changes["low"] = low
            case Gt(gt=above):
                changes["above"] = above
            case Le(le=high):
                changes["high"] = high
            case MinLen(min_length=shortest):
                changes["shortest"] = shortest
            case MaxLen(max_length=longest):
                changes["longest"] = longest
            case FieldInfo():
                pattern = next(one.pattern for one in extra.metadata if hasattr(one, "pattern"))
                changes |= {"form": "id" if pattern == ID else "pattern", "pattern": pattern}
            case _:
                raise TypeError(f"{extra!r} says nothing about a value")
    return dataclasses.replace(base, **changes)


def kind_of(shape: type[Any]) -> str:
    """What links call a record of this shape: ``VisionElement`` is a ``vision_element``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", shape.__name__).lower()


def identities(value: Any) -> Iterator[str]:
    """Every id that a record and the records in it go by."""
    if isinstance(value, tuple):
        for item in value:
            yield from identities(item)
    elif value is not None:
        known = keys(value.__class__)
        if "id" in known:
            yield value.id
        for key in known.values():
            if key.type.form == "record" or (key.type.form == "list" and key.type.item.form == "record"):
                yield from identities(getattr(value, key.name))
