"""The demo as a document, and a document that uses every key there is."""

from __future__ import annotations

import copy
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import roadmap
from roadmap.exchange.document import parse

FILE = Path(roadmap.__file__).parent / "demo" / "programme.yaml"
SMALL = Path(__file__).parent / "small.yaml"
#: Keys whose lists are texts in order; every other list of texts is a set of ids.
ORDERED = ("languages", "channels", "assumptions")


@cache
def _demo() -> Any:
    return yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def demo(language: str) -> dict[str, Any]:
    """The demo in one language, as plain strings, without what is derived or private."""
    document: dict[str, Any] = _flat(_demo(), language)
    del document["expected"]
    document["default_language"] = language
    document["personal_pillars"] = [one for one in document["personal_pillars"] if one["visibility"] != "private"]
    return document


def small() -> Any:
    """A programme with a record or two of every kind."""
    return json.loads(json.dumps(parse(SMALL.read_bytes()), default=str))


def _flat(value: Any, language: str) -> Any:
    if isinstance(value, dict):
        if value and value.keys() <= {"fi", "en"}:
            return value[language]
        return {key: _flat(item, language) for key, item in value.items()}
    return [_flat(item, language) for item in value] if isinstance(value, list) else copy.copy(value)


def comparable(value: Any, name: str = "") -> Any:
    """The document with its lists of ids as sets."""
    if isinstance(value, dict):
        return {key: comparable(item, key) for key, item in value.items()}
    if isinstance(value, list):
        if name not in ORDERED and all(isinstance(item, str) for item in value):
            return sorted(value)
        return [comparable(item) for item in value]
    return value


def everything() -> dict[str, Any]:
    """The demo with every optional key of the format set, none at its default."""
    document = demo("en")
    by_id = {
        record["id"]: record for records in document.values() if isinstance(records, list)
        for record in records if isinstance(record, dict) and "id" in record
    }  # fmt: skip
    day = date(2026, 5, 6)
    document["programme"] |= {
        "business_case": {"text": "Worth it.", "low": 100_000, "high": 620_000.5, "assumptions": ["Prices stay."]},
        "weights": {"effectiveness": 2, "ease": 1, "emotion": 3},
        "gate": {"approved_by": "harri", "approved_on": day, "note": "Go on."},
        "focus_line": 3,
    }
    document["readiness"]["rounds"] = [
        {
            "asked_on": date(2025, 1, 7),
            "scale": {"min": 0, "max": 10, "low": "Never", "high": "Always"},
            "statements": [
                {"id": "r90", "theme": "mandate", "text": "We may.", "answers": {"management": [0, 10], "staff": [3]}}
            ],
        }
    ]
    by_id["s-nps"] |= {
        "text": "All of it.",
        "url": "https://suvantola.example/nps",
        "file": {"name": "a.pdf", "hash": "ab"},
    }
    by_id["f01"] |= {"page": "p. 4", "passage": "Lasting customer relationships."}
    by_id["i01"] |= {"answers": {"q01": "Yes."}, "said": "Hello.", "did": "Called.", "delete_on": date(2027, 1, 1)}
    document["vision"]["checks"][0]["answer"] = "partly"
    by_id["c01"]["quote"] = "Like talking to a wall."
    point = document["journeys"][0]["touchpoints"][0]
    point |= {
        "needs": "A neighbour.",
        "emotion_target_level": 4.5,
        "assessed_on": day,
        "assessed_from": "survey",
        "spread": 0.7,
        "assessments": [
            {"on": date(2025, 5, 6), "source": "workshop", "n": 9, "spread": 1.25}
            | dict.fromkeys(("importance", "expectation", "effectiveness", "ease", "emotion"), 2.5)
        ],
    }
    by_id["e01"] |= {"visible": True, "changes": [{"on": day, "text": "Renewed."}, {"text": "Renamed."}]}
    document["stage_assessments"][0] |= {"on": day, "journey": "j1"}
    by_id["pi1"] |= {"state": "worded", "approved_by": "harri", "approved_on": day}
    by_id["pr1"] |= {"metric": "Minutes.", "compensation": "15 euros.", "reward": "A cake."}
    by_id["l1"]["ecosystem"] = ["e02"]
    document["contingency_tasks"] = [
        {
            "id": "ct1",
            "metric": "m3",
            "owner": "outi",
            "opened_on": day,
            "status": "done",
            "done_on": day,
            "note": "So.",
        }
    ]
    by_id["ro01"]["communication"] = "By letter."
    by_id["d1"]["why"] = "It was time."
    document["comments"] = [{"id": "k1", "about": "g1", "by": "aino", "on": day, "text": "Is it so?\n\nIt is."}]
    return document
