"""The published JSON Schema of the exchange format, made of the same shapes that reading goes by.

It says what a document must look like. What reading checks beyond it (that links point at records of
the right kind, that ids are unique, that a measurement fits its metric) no schema can say.
"""

from __future__ import annotations

import json
from typing import Any

from roadmap.domain.plan import Plan

from .reading import DERIVED, LANGUAGES
from .shape import Key, Type, keys

DIALECT = "https://json-schema.org/draft/2020-12/schema"
WIDTH = 120


def schema() -> dict[str, Any]:
    """The schema of a whole document; every record stands under ``$defs``."""
    definitions: dict[str, Any] = {}
    document = _record(Plan, definitions)
    document["properties"] |= {name: {"description": "Derived values; ignored."} for name in DERIVED}
    return {"$schema": DIALECT, "title": "cxplan programme", **document, "$defs": dict(sorted(definitions.items()))}


def to_text() -> str:
    return _laid_out(schema(), "") + "\n"


def _laid_out(value: Any, indent: str) -> str:
    """JSON with what fits on a line on one line."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) <= WIDTH or not isinstance(value, dict | list):
        return line
    deeper = indent + "  "
    if isinstance(value, list):
        return "[\n" + ",\n".join(deeper + _laid_out(item, deeper) for item in value) + f"\n{indent}]"
    pairs = (f"{deeper}{json.dumps(key)}: {_laid_out(item, deeper)}" for key, item in value.items())
    return "{\n" + ",\n".join(pairs) + f"\n{indent}}}"


def _record(shape: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    known = keys(shape)
    described: dict[str, Any] = {"type": "object", "additionalProperties": False}
    if shape.__doc__ and not shape.__doc__.startswith(f"{shape.__name__}("):
        described = {"description": " ".join(shape.__doc__.replace("``", "`").split()), **described}
    required = [name for name, key in known.items() if key.required]
    if required:
        described["required"] = required
    described["properties"] = {name: _key(key, definitions) for name, key in known.items()}
    return described


def _key(key: Key, definitions: dict[str, Any]) -> dict[str, Any]:
    """A key's value; where the key may be absent, null means the same."""
    described = _type(key.type, definitions)
    if key.required:
        return described
    if "enum" in described:
        return {"enum": [*described["enum"], None]}
    if "type" in described:
        return described | {"type": [described["type"], "null"]}
    return {"anyOf": [*described.get("anyOf", [described]), {"type": "null"}]}


def _type(type_: Type, definitions: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = _FORMS[type_.form](type_, definitions)
    if type_.instead is not None:
        return {"anyOf": [described, _type(type_.instead, definitions)]}
    return described


def _reference(type_: Type, definitions: dict[str, Any]) -> dict[str, Any]:
    name = type_.shape.__name__
    if name not in definitions:
        definitions[name] = {}
        definitions[name] = _record(type_.shape, definitions)
    return {"$ref": f"#/$defs/{name}"}


def _text(type_: Type, definitions: dict[str, Any]) -> dict[str, Any]:
    """A text in one language, or in several of which reading takes one."""
    name = f"Text{type_.longest or ''}{'Needed' if type_.shortest else ''}"
    plain = {"type": "string"} | _given(minLength=type_.shortest or None, maxLength=type_.longest)
    definitions[name] = {
        "anyOf": [
            plain,
            {
                "type": "object",
                "properties": dict.fromkeys(LANGUAGES, plain | {"type": ["string", "null"]}),
                "additionalProperties": False,
                "minProperties": 1,
            },
        ]
    }
    return {"$ref": f"#/$defs/{name}"}


def _link(type_: Type, definitions: dict[str, Any]) -> dict[str, Any]:
    kinds = ", ".join(kind.replace("_", " ") for kind in type_.kinds)
    return {"type": "string", "description": "The id of any record." if kinds == "any" else f"The id of: {kinds}."}


def _number(type_: Type, definitions: dict[str, Any]) -> dict[str, Any]:
    return {"type": type_.form} | _given(minimum=type_.low, exclusiveMinimum=type_.above, maximum=type_.high)


def _map(type_: Type, definitions: dict[str, Any]) -> dict[str, Any]:
    """Keys are texts in JSON, so that numbers stand there as their digits."""
    named: dict[str, Any] = {"maxLength": type_.key.longest} if type_.key.longest else {}
    if type_.key.form == "integer":
        low, high = type_.key.low, type_.key.high
        named = {"enum": [str(number) for number in range(low, high + 1)]} if high else {"pattern": r"^-?[0-9]{1,9}$"}
    names = {"propertyNames": named} if named else {}
    return {"type": "object", **names, "additionalProperties": _type(type_.item, definitions)}


def _given(**bounds: Any) -> dict[str, Any]:
    return {name: bound for name, bound in bounds.items() if bound is not None}


_FORMS: dict[str, Any] = {
    "text": _text,
    "id": lambda type_, _definitions: {"type": "string", "pattern": type_.pattern},
    "pattern": lambda type_, _definitions: {"type": "string", "pattern": type_.pattern},
    "link": _link,
    "integer": _number,
    "number": _number,
    "truth": lambda _type, _definitions: {"type": "boolean"},
    "date": lambda _type, _definitions: {"type": "string", "format": "date"},
    "choice": lambda type_, _definitions: {"enum": list(type_.choices)},
    "list": lambda type_, definitions: {"type": "array", "items": _type(type_.item, definitions)},
    "map": _map,
    "record": _reference,
}
