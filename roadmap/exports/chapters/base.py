"""What every chapter has: its number, title and lead."""

from dataclasses import dataclass

from roadmap.exports import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A step of the plan. `empty` means nobody has recorded anything in it yet."""

    number: int
    lead: str
    empty: bool

    @property
    def title(self) -> str:
        """The step's name."""
        return str(words.STEPS[self.number - 1])

    @property
    def part(self) -> int:
        """The part it belongs to, 1–4."""
        return next(i for i, steps in enumerate(words.PART_STEPS, 1) if self.number in steps)

    @property
    def template(self) -> str:
        """The template that prints it."""
        return f"pdf/steps/{self.number:02}.html"
