"""What a step of the method is."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise as LazyText

from roadmap.domain.agenda import Agenda

from .agenda import agenda
from .questions import Question, questions


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
        return questions().get(self.number, ())

    @property
    def agenda(self) -> Agenda:
        """The ready agenda of a workshop for this step."""
        return agenda(f"s{self.number:02}_{self.slug.replace('-', '_')}")


@dataclass(frozen=True)
class Group:
    """Steps that answer one question together."""

    name: LazyText
    steps: tuple[Step, ...]
