"""Caps on what is rendered, checked before rendering: a plan that would run past its time is refused at once."""

from dataclasses import fields, is_dataclass
from typing import Any

from django.utils.translation import gettext as _

from roadmap.domain.plan import Plan
from roadmap.exports.errors import TooLarge

# A render may take 500 MB. Measured by the process's peak on Linux, the demo printed whole and many times over
# (bench/enlarge.py): 244 rows 220 MB, 1,067 rows 423 MB and 27 CPU seconds, 1,273 rows 466 MB; a thousand
# characters more take 0.4 MB.
ROWS_OF_A_KIND = 400
ROWS = 1_200
CHARACTERS = 200_000


def check(plan: Plan) -> None:
    """Raise TooLarge where the plan has more rows or characters than a render may take."""
    rows = 0
    for item in fields(plan):
        value = getattr(plan, item.name)
        if not isinstance(value, tuple):
            continue
        count = len(value) + sum(len(getattr(one, "touchpoints", ())) for one in value if item.name == "journeys")
        rows += count
        if count > ROWS_OF_A_KIND:
            raise TooLarge(
                _(
                    "The plan is too large to print: it has %(count)s records of one kind (%(kind)s), and at most "
                    "%(most)s fit."
                )
                % {"count": count, "kind": item.name, "most": ROWS_OF_A_KIND}
            )
    if rows > ROWS:
        raise TooLarge(
            _("The plan is too large to print: it has %(count)s records, and at most %(most)s fit.")
            % {"count": rows, "most": ROWS}
        )
    characters = _characters(plan)
    if characters > CHARACTERS:
        raise TooLarge(
            _("The plan is too large to print: it has %(count)s characters of text, and at most %(most)s fit.")
            % {"count": characters, "most": CHARACTERS}
        )


def _characters(value: Any) -> int:
    """Count the characters of every text in a tree of records."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, tuple):
        return sum([_characters(one) for one in value])
    if isinstance(value, dict):
        return sum([_characters(one) for one in value.values()])
    if is_dataclass(value):
        return sum([_characters(getattr(value, item.name)) for item in fields(value)])
    return 0
