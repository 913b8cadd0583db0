"""From the bytes of a file to plain values: YAML 1.1 or JSON, read as from a stranger.

Nothing here knows the shape of a programme. What could hurt is refused before it is built: a file
too large, nested too deep, with aliases that expand beyond measure, with tags that would make
objects, with a key twice in one mapping, or with characters no database stores.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import yaml
from django.utils.translation import gettext as _
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

from .problems import DocumentError, Problem, at, under

#: A whole programme takes about a tenth of a megabyte.
LARGEST = 5_000_000
DEEPEST = 40
#: Values after every alias is expanded, and the characters in them.
MOST_VALUES = 200_000
MOST_CHARACTERS = 2 * LARGEST

MERGE = "tag:yaml.org,2002:merge"
TEXT = "tag:yaml.org,2002:str"
WHOLE = "tag:yaml.org,2002:int"
PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")
)
#: Plain scalars with a meaning of their own in YAML 1.1 that are mere text here.
ODD_TAGS = frozenset({MERGE, "tag:yaml.org,2002:value"})
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Mapping(dict[Any, Any]):
    """A mapping that remembers the keys that stood in it more than once."""

    repeated: tuple[Any, ...] = ()


def parse(text: str | bytes) -> Any:
    """The values of a document; raises ``DocumentError``."""
    source = _decoded(text)
    values = _json(source) if source.lstrip()[:1] in ("{", "[") else None
    if values is None:
        values = _yaml(source)
    problems = list(_Check().problems(values))
    if problems:
        raise DocumentError(problems)
    return values


def _refuse(message: str, path: str = "") -> DocumentError:
    return DocumentError([Problem(path, message)])


def _decoded(text: str | bytes) -> str:
    if len(text) > LARGEST:
        raise _refuse(_("The document is larger than %(size)d MB. Leave out long texts.") % {"size": LARGEST // 10**6})
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError:
            raise _refuse(_("The document is no text in UTF-8. Save it as UTF-8.")) from None
    text = text.removeprefix("\ufeff")
    found = UNSTORABLE.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise _refuse(
            _("Line %(line)d holds the character U+%(code)04X, which cannot be stored. Remove it.")
            % {"line": line, "code": ord(found.group())}
        )
    return text


# ------------------------------------------------------------------ JSON


def _json(text: str) -> Any:
    """The values of a JSON document, or None where it is no JSON."""
    try:
        return json.loads(text, object_pairs_hook=_mapping)
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        return None


def _mapping(pairs: list[tuple[Any, Any]]) -> Mapping:
    mapping = Mapping(pairs)
    if len(mapping) < len(pairs):
        times = Counter(key for key, _value in pairs)
        mapping.repeated = tuple(key for key, count in times.items() if count > 1)
    return mapping


# ------------------------------------------------------------------ YAML


class _Scalars(SafeConstructor, Resolver):
    """Turns one scalar into a value by the rules of the safe loader."""

    def __init__(self) -> None:
        SafeConstructor.__init__(self)
        Resolver.__init__(self)

    def tag(self, event: ScalarEvent) -> str:
        if event.tag is not None and event.tag != "!":
            return str(event.tag)
        return str(self.resolve(ScalarNode, event.value, event.implicit))  # type: ignore[no-untyped-call]

    def value(self, tag: str, event: ScalarEvent) -> Any:
        if tag == TEXT:
            return event.value
        try:
            return self.construct_object(ScalarNode(tag, event.value))
        except (ValueError, OverflowError):  # looks like a date or a number but is none, as 2026-02-30
            return event.value


class _Open:
    """A list or mapping under construction, with what it weighs so far."""

    def __init__(self, event: NodeEvent) -> None:
        self.anchor = event.anchor
        self.is_mapping = isinstance(event, MappingStartEvent)
        self.items: list[Any] = []
        self.values = 1
        self.characters = 0

    def close(self) -> Any:
        if not self.is_mapping:
            return self.items
        pairs = list(zip(self.items[::2], self.items[1::2], strict=True))
        own = _mapping([(key, value) for key, value in pairs if key is not _Merged])
        for key, value in pairs:
            if key is _Merged:
                for given in value if isinstance(value, list) else [value]:
                    if not isinstance(given, dict):
                        raise _refuse(_("“<<” can only take in a mapping."))
                    for name, inherited in given.items():
                        own.setdefault(name, inherited)
        return own


class _Merged:
    """Stands for the key ``<<``."""


def _yaml(text: str) -> Any:
    """Build the values event by event: no recursion, and nothing is expanded before it is weighed."""
    scalars = _Scalars()
    open_: list[_Open] = []
    anchors: dict[str, tuple[Any, int, int]] = {}
    result: list[Any] = []
    documents = total_values = total_characters = 0

    def add(value: Any, values: int, characters: int) -> None:
        if not open_:
            result.append(value)
            return
        owner = open_[-1]
        if owner.is_mapping and len(owner.items) % 2 == 0 and isinstance(value, (list, dict)):
            raise _refuse(_("A key must be a word, not a list or a mapping."))
        owner.items.append(value)
        owner.values += values
        owner.characters += characters

    def weigh(values: int, characters: int) -> None:
        nonlocal total_values, total_characters
        total_values += values
        total_characters += characters
        if total_values > MOST_VALUES or total_characters > MOST_CHARACTERS:
            raise _too_many()

    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, ScalarEvent):
                weigh(1, len(event.value))
                tag = scalars.tag(event)
                is_key = bool(open_) and open_[-1].is_mapping and len(open_[-1].items) % 2 == 0
                if is_key and tag == MERGE:
                    add(_Merged, 1, 2)
                    continue
                # YAML 1.1 takes "on" for a truth value; as a key it is a word, and only numbers are none
                is_word = tag in ODD_TAGS or (is_key and tag in PLAIN_TAGS and tag != WHOLE)
                value = scalars.value(TEXT if is_word else _plain(tag, event), event)
                if event.anchor:
                    anchors[event.anchor] = value, 1, len(event.value)
                add(value, 1, len(event.value))
            elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
                _plain(event.tag, event)
                weigh(1, 0)
                if len(open_) >= DEEPEST:
                    raise _too_deep()
                if event.anchor:
                    anchors.pop(event.anchor, None)
                open_.append(_Open(event))
            elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
                done = open_.pop()
                value = done.close()
                if done.anchor:
                    anchors[done.anchor] = value, done.values, done.characters
                add(value, done.values, done.characters)
            elif isinstance(event, AliasEvent):
                if event.anchor not in anchors:
                    raise _refuse(
                        _("Line %(line)d: the alias *%(name)s has nothing to stand for.")
                        % {"line": _line(event.start_mark), "name": event.anchor}
                    )
                value, values, characters = anchors[event.anchor]
                weigh(values, characters)
                add(value, values, characters)
            elif isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _refuse(_("The file holds more than one document. Keep one programme in one file."))
    except ConstructorError as error:
        raise _unreadable(error.problem_mark, str(error.problem)) from None
    except yaml.MarkedYAMLError as error:
        raise _unreadable(error.problem_mark, f"{error.context or ''} {error.problem or ''}".strip()) from None
    except (yaml.YAMLError, UnicodeError) as error:
        raise _refuse(_("This is neither YAML nor JSON: %(reason)s.") % {"reason": error}) from None
    return result[0] if result else None


def _plain(tag: str | None, event: NodeEvent) -> str:
    """Let only tags of plain values through."""
    if tag is None or tag == "!":
        return TEXT
    if tag not in PLAIN_TAGS:
        short = tag.replace("tag:yaml.org,2002:", "!!", 1)
        raise _refuse(
            _("Line %(line)d: the tag %(tag)s is not allowed. Write a plain value.")
            % {"line": _line(event.start_mark), "tag": short}
        )
    return tag


def _too_many() -> DocumentError:
    return _refuse(
        _("The document holds more than %(most)d values, those that aliases repeat included.") % {"most": MOST_VALUES}
    )


def _too_deep() -> DocumentError:
    return _refuse(_("The document is nested more than %(most)d levels deep.") % {"most": DEEPEST})


def _unreadable(mark: Any, reason: str) -> DocumentError:
    return _refuse(
        _("Line %(line)d: this is neither YAML nor JSON: %(reason)s.") % {"line": _line(mark), "reason": reason}
    )


def _line(mark: Any) -> int:
    return mark.line + 1 if mark else 1


# ------------------------------------------------------------------ what no value may hold


class _Check:
    """Walks every value once, whatever it belongs to."""

    def __init__(self) -> None:
        self.left = MOST_VALUES

    def problems(self, value: Any, path: str = "", depth: int = 0) -> Iterator[Problem]:
        self.left -= 1
        if self.left < 0:
            raise _too_many()
        if depth > DEEPEST:
            raise _too_deep()
        if isinstance(value, str):
            found = UNSTORABLE.search(value)
            if found:
                message = _("This holds the character U+%(code)04X, which cannot be stored. Remove it.") % {
                    "code": ord(found.group())
                }
                yield Problem(path, message)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.problems(item, at(path, index), depth + 1)
        elif isinstance(value, Mapping):
            for key in value.repeated:
                yield Problem(under(path, key), _("This key stands here more than once. Keep one."))
            for key, item in value.items():
                if isinstance(key, str) and UNSTORABLE.search(key):
                    yield Problem(
                        under(path, ascii(key)), _("This key holds a character that cannot be stored. Remove it.")
                    )
                yield from self.problems(item, under(path, key), depth + 1)
