"""The published schema is the one that reading goes by."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from roadmap.exchange import schema

from . import documents

PUBLISHED = Path(__file__).parents[3] / "docs" / "exchange" / "programme.schema.json"


def test_the_published_schema_is_up_to_date() -> None:
    """Otherwise: manage.py programme_schema > docs/exchange/programme.schema.json."""
    assert PUBLISHED.read_text(encoding="utf-8") == schema.to_text()
    assert json.loads(schema.to_text()) == schema.schema()


@pytest.mark.parametrize(
    "document",
    [yaml.safe_load(documents.FILE.read_text(encoding="utf-8")), documents.demo("fi"), documents.everything()],
    ids=["demo", "flat", "everything"],
)
def test_what_is_read_keeps_to_the_schema(document: dict[str, Any]) -> None:
    assert Checker(schema.schema()).errors(json.loads(json.dumps(document, default=date.isoformat))) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [("colour", "red"), ("title", 5), ("title", ...), ("severity", 6), ("severity", True), ("touchpoints", "tp01")],
)
def test_the_schema_sees_what_is_malformed(key: str, value: Any) -> None:
    document = json.loads(json.dumps(documents.demo("en"), default=date.isoformat))
    if value is ...:
        del document["gaps"][0][key]
    else:
        document["gaps"][0][key] = value

    assert Checker(schema.schema()).errors(document)


class Checker:
    """As much of JSON Schema as the published one uses; an unknown word is a mistake."""

    KNOWN = (
        {"$schema", "$defs", "$ref", "title", "description", "type", "enum", "anyOf", "format", "pattern"}
        | {"properties", "required", "additionalProperties", "propertyNames", "minProperties", "items"}
        | {"minimum", "exclusiveMinimum", "maximum", "minLength", "maxLength"}
    )
    TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}

    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root

    def errors(self, value: Any, rule: Any = None, path: str = "$") -> list[str]:
        rule = self.root if rule is None else rule
        assert rule.keys() <= self.KNOWN
        if "$ref" in rule:
            return self.errors(value, self.root["$defs"][rule["$ref"].removeprefix("#/$defs/")], path)
        found = []
        if "anyOf" in rule and all(self.errors(value, option, path) for option in rule["anyOf"]):
            found.append(f"{path}: none of the forms")
        if "enum" in rule and value not in rule["enum"]:
            found.append(f"{path}: none of the choices")
        types = rule.get("type", [])
        if types and not any(self.is_a(value, one) for one in ([types] if isinstance(types, str) else types)):
            return [*found, f"{path}: no {types}"]
        if isinstance(value, str):
            if not rule.get("minLength", 0) <= len(value) <= rule.get("maxLength", 10**9):
                found.append(f"{path}: too short or too long")
            if not re.search(rule.get("pattern", ""), value):
                found.append(f"{path}: other characters")
            if rule.get("format") == "date":
                date.fromisoformat(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            if not rule.get("minimum", value) <= value <= rule.get("maximum", value):
                found.append(f"{path}: out of bounds")
            if value <= rule.get("exclusiveMinimum", value - 1):
                found.append(f"{path}: out of bounds")
        elif isinstance(value, list):
            for index, item in enumerate(value):
                found += self.errors(item, rule.get("items", {}), f"{path}[{index}]")
        elif isinstance(value, dict):
            found += [f"{path}.{name}: missing" for name in rule.get("required", []) if name not in value]
            for name, item in value.items():
                found += self.errors(name, rule.get("propertyNames", {}), f"{path}.{name}")
                more = rule.get("additionalProperties", {})
                own = rule.get("properties", {}).get(name, more)
                found += [f"{path}.{name}: unknown"] if own is False else self.errors(item, own, f"{path}.{name}")
        return found

    def is_a(self, value: Any, name: str) -> bool:
        if name in ("integer", "number"):
            return isinstance(value, int | float if name == "number" else int) and not isinstance(value, bool)
        return isinstance(value, self.TYPES[name])
