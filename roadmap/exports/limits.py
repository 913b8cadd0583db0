"""Caps on what is rendered, checked before rendering: a plan that would run past its time is refused at once."""

import re
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from django.utils.translation import gettext as _

from roadmap.domain.kinds import BY_NAME
from roadmap.domain.plan import Plan
from roadmap.exports.errors import TooLarge
from roadmap.exports.options import Options, Page, Part


@dataclass(frozen=True, slots=True)
class Cap:
    """How many records, and how many characters of text, the plan may have for a print to be made of it."""

    records: int
    characters: int


# A render may take 500 MB. Measured by the process's peak on Linux, the demo printed whole and many times over
# (bench/enlarge.py): 244 rows 220 MB, 1,067 rows 423 MB and 27 CPU seconds, 1,273 rows 466 MB; a thousand
# characters more take 0.4 MB. Twenty times over (4,880 rows) the summary took 130 MB, and no single step more than
# the journey's 297 MB and 19 CPU seconds. Cards bear every pillar on every back, and grow with their square.
WHOLE, IN_PART = Cap(1_200, 200_000), Cap(5_000, 800_000)
OF_A_KIND = 400
#: Light on paper, or measured: 120 metrics with 720 measurements took 248 MB; journeys count with their touchpoints.
OF_THESE = {"measurements": 800, "journeys": 500}


def check(plan: Plan, options: Options) -> None:
    """Raise TooLarge where the plan has more records or characters than what is asked for may take."""
    in_part = options.part is not Part.FULL or options.page in (Page.POSTER, Page.POSTER_A2)
    cap = IN_PART if in_part else WHOLE
    more = _("Your work is safe. Tell support how much you need.")
    way_out = more if in_part else _("Your work is safe. Print the management summary, or one step at a time.")
    counts = _counts(plan)
    if sum(counts.values()) > cap.records:
        raise TooLarge(
            _("The plan is too large to print like this: it has %(count)s records, and at most %(most)s fit.")
            % {"count": sum(counts.values()), "most": cap.records}
            + f" {way_out}"
        )
    characters = _characters(plan)
    if characters > cap.characters:
        raise TooLarge(
            _("The plan is too large to print like this: it has %(count)s characters of text, and at most %(most)s "
              "fit.")
            % {"count": characters, "most": cap.characters}
            + f" {way_out}"
        )  # fmt: skip
    for name, count in counts.items():
        most = OF_THESE.get(name, OF_A_KIND)
        if count > most:
            raise TooLarge(
                _("The plan is too large to print: %(count)s records of one kind (%(kind)s), and at most %(most)s fit.")
                % {"count": count, "kind": _kind(getattr(plan, name)[0]), "most": most}
                + f" {more}"
            )


def _counts(plan: Plan) -> dict[str, int]:
    """How many records of each kind the plan has, by its own name for them."""
    kinds = {item.name: getattr(plan, item.name) for item in fields(plan)}
    counts = {name: len(rows) for name, rows in kinds.items() if isinstance(rows, tuple)}
    counts["journeys"] += sum(len(journey.touchpoints) for journey in plan.journeys)
    return counts


def _kind(row: Any) -> str:
    """What people call records such as this one, in the plural."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(row).__name__).lower()
    return str(BY_NAME[name].model._meta.verbose_name_plural)


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
