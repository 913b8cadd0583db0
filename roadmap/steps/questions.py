"""The method's questions, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from django.utils.translation import get_language

QUESTIONS = Path(__file__).parent / "prompts.yaml"


@dataclass(frozen=True)
class Question:
    """A question of the method; ``use`` says how it is answered."""

    id: str
    use: Literal["ask", "opener", "score", "check", "count"]
    fi: str
    en: str

    def __str__(self) -> str:
        return self.fi if (get_language() or "").startswith("fi") else self.en


def question(id_: str) -> Question:
    """The question of that id."""
    return next(each for asked in questions().values() for each in asked if each.id == id_)


@cache
def questions() -> dict[object, tuple[Question, ...]]:
    """Every question by where it is asked: a step's number, or the name of a tool beside the steps."""
    found: dict[object, list[Question]] = {}
    for row in yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))["prompts"]:
        asked = Question(id=row["id"], use=row["use"], fi=row["fi"], en=row["en"])
        found.setdefault(row["where"], []).append(asked)
    return {where: tuple(asked) for where, asked in found.items()}
