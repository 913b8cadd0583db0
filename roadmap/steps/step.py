"""What a step of the method is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from django.utils.functional import Promise as LazyText
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


@dataclass(frozen=True)
class Step:
    """One of the twelve. ``name`` begins with a verb; ``kinds`` are the records its page keeps."""

    number: int
    slug: str
    name: LazyText
    short: LazyText
    why: LazyText
    kinds: tuple[str, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """The method's questions for this step."""
        return _questions().get(self.number, ())


@dataclass(frozen=True)
class Group:
    """Steps that answer one question together."""

    name: LazyText
    steps: tuple[Step, ...]


@cache
def _questions() -> dict[object, tuple[Question, ...]]:
    """Every question by where it is asked: a step's number, or the name of a tool beside the steps."""
    found: dict[object, list[Question]] = {}
    for row in yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))["prompts"]:
        question = Question(id=row["id"], use=row["use"], fi=row["fi"], en=row["en"])
        found.setdefault(row["where"], []).append(question)
    return {where: tuple(questions) for where, questions in found.items()}
