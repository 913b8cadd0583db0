"""What a workshop's agenda is, before it is a workshop: texts in both languages, times, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from django.utils.translation import get_language

Mode = Literal[
    "read",
    "write",
    "reveal",
    "group",
    "place",
    "score",
    "vote",
    "rank",
    "write_together",
    "discuss",
    "test",
    "assign",
    "decide",
    "close",
]
Authors = Literal["hidden", "anonymous", "named", "private"]
MODES: tuple[Mode, ...] = get_args(Mode)
#: The lanes of a phase are the stages of the programme's own journeys.
STAGES = "stages"


@dataclass(frozen=True)
class Words:
    """A text in both languages; as a string it is in the reader's."""

    fi: str
    en: str

    def __str__(self) -> str:
        return self.in_((get_language() or "")[:2])

    def in_(self, language: str) -> str:
        """The text in a language; in English where it is none of the two."""
        return self.fi if language == "fi" else self.en


@dataclass(frozen=True)
class Lane:
    """Where a note may lie, or what is scored. The key is the one under which the record keeps it."""

    key: str
    label: Words


@dataclass(frozen=True)
class AgendaPhase:
    """One part of a workshop.

    The question stands in big letters; the instruction is for the phone; the script is said aloud word for
    word, and ``watch`` is for the facilitator alone. ``brings`` names the kinds whose records come in as notes.
    """

    mode: Mode
    minutes: int
    title: Words
    question: Words
    instruction: Words
    script: Words
    watch: Words
    authors: Authors = "hidden"
    lanes: tuple[Lane, ...] = ()
    lanes_of: str = ""
    scales: tuple[Lane, ...] = ()
    dots: int | None = None
    most_per_note: int | None = None
    brings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Makes:
    """What a harvest makes: records of a kind, and which of their fields the notes, groups and ballots fill."""

    kind: str
    text: str = ""
    group: str = ""
    lane: str = ""
    ref: str = ""
    votes: str = ""
    chosen: str = ""
    scores: tuple[str, ...] = ()


@dataclass(frozen=True)
class Agenda:
    phases: tuple[AgendaPhase, ...]
    makes: tuple[Makes, ...]

    @property
    def minutes(self) -> int:
        return sum(phase.minutes for phase in self.phases)

    @property
    def chosen_from(self) -> set[str]:
        """Kinds of records that it brings to be chosen from; what else it brings is there to be read."""
        return {makes.ref or makes.kind for makes in self.makes if makes.ref or makes.kind == "touchpoint"}
