"""What may be asked of an export."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal


class Part(StrEnum):
    """How much of the plan is printed."""

    FULL = "full"
    SUMMARY = "summary"
    STEP = "step"


class Page(StrEnum):
    """What is printed: the plan, the pillars as a wall poster (A3 or A2), or pocket cards."""

    PLAN = "plan"
    POSTER = "poster"
    POSTER_A2 = "poster_a2"
    CARDS = "cards"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One wish for a plan.

    `as_of` is the day of the figures; no clock is read. `language` is that of the words around the
    plan's own text: the plan's where it is None. `mark` is the confidentiality mark, None for the usual
    one. `step` is read with `Part.STEP`.
    """

    as_of: date
    language: Literal["fi", "en"] | None = None
    mark: str | None = None
    part: Part = Part.FULL
    step: int | None = None
    appendix: bool = True
    version: str = "1.0"
    page: Page = Page.PLAN
