"""Plans to print: the demo in both languages, an empty one, and one whose every text is somebody's attack."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any, Literal

from django.utils import translation

import roadmap
from roadmap.domain.plan import Organisation, Plan, Programme
from roadmap.exchange.reading import read
from roadmap.exports.options import Options

AS_OF = date(2026, 11, 4)
OPTIONS = Options(as_of=AS_OF)
DEMO = Path(roadmap.__file__).parent / "demo" / "programme.yaml"
EMPTY = Plan(programme=Programme(id="p", name="Rinnalla"))
PANGRAM = Plan(
    programme=Programme(id="p", name="Åke söi äyriäisiä", purpose="Törkylempijävongahdus, ÅÄÖ, åäö – ”näin”."),
    organisation=Organisation(id="o", name="Ångström Öljy"),
)
FREE = {
    "name", "purpose", "description", "sector", "brand_promise", "title", "text", "label", "wish", "notes", "said",
    "did", "question", "note", "goal", "fear", "meaning", "channel", "emotion_target", "customer_aim", "needs",
    "desired", "current", "root_cause", "statement", "behaviour", "compensation", "reward", "used_now", "harness",
    "reason", "success", "unit", "contingency", "how", "communication", "focus", "why", "passage", "page", "theme",
    "url", "quote", "development_stage_reason", "business_case", "level", "cadence", "role", "target", "low",
    "high", "answers",
}  # fmt: skip
"""The fields people write freely; the others are ids, links, dates, numbers and choices."""


@cache
def demo(language: Literal["fi", "en"] = "fi") -> Plan:
    """The demo programme, read from its file."""
    with translation.override(language):
        return read(DEMO.read_text(encoding="utf-8"), language)


def written_by(texts: list[str], start: int = 0) -> Plan:
    """The demo programme with the texts in turn in every free field, beginning from the given one."""
    turn = cycle(texts[start:] + texts[:start])
    plan: Plan = _overwritten(demo("en"), turn)
    return plan


def _overwritten(value: Any, turn: Iterator[str]) -> Any:
    if isinstance(value, tuple):
        return tuple(_overwritten(one, turn) if is_dataclass(one) else one for one in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed: dict[str, Any] = {}
    for item in fields(value):
        given = getattr(value, item.name)
        if is_dataclass(given) or isinstance(given, tuple):
            changed[item.name] = _overwritten(given, turn)
        elif item.name in FREE and isinstance(given, str):
            changed[item.name] = next(turn)
        elif item.name in FREE and isinstance(given, dict):
            changed[item.name] = {key: next(turn) for key in given}
    return replace(value, **changed)
