"""The demo programme, many times over in one document: the same records again under other ids."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from roadmap import exchange
from roadmap.domain.plan import Plan

DEMO = Path(__file__).resolve().parents[1] / "roadmap" / "demo" / "programme.yaml"
#: What grows; who works, whom for, the stages and the vision stay as they are.
GROWING = (
    *("sources", "findings", "interviews", "key_questions", "customer_calls", "insights", "journeys", "ecosystem"),
    *("gaps", "pillars", "promises", "actions", "levers", "sweet_spots", "new_touchpoint_ideas", "metrics"),
    *("measurements", "rollout", "personal_pillars", "workshops", "decisions"),
)


def demo(times: int = 1, language: str = "fi") -> Plan:
    """The demo with its records ``times`` over."""
    plan = exchange.read(DEMO.read_bytes(), language)
    if times == 1:
        return plan
    document = exchange.write(plan)
    document["personal_pillars"] = [row for row in document["personal_pillars"] if row["visibility"] != "private"]
    own = {row["id"] for key in GROWING for row in _rows(document, key) if "id" in row}
    large = copy.deepcopy(document)
    for number in range(1, times):
        names = {identity: f"{identity}x{number}" for identity in own}
        for key in GROWING:
            large[key] += [_renamed(row, names) for row in document[key]]
    for place, spot in enumerate(large["sweet_spots"], 1):
        spot["rank"] = place
    return exchange.read(json.dumps(large, default=str), language)


def _rows(document: dict[str, Any], key: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = list(document[key])
    return rows + [point for row in rows for point in row.get("touchpoints", []) if isinstance(point, dict)]


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """The value with every id in it, keys of answers too, under its new name."""
    if isinstance(value, dict):
        return {names.get(key, key): _renamed(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value
