"""How much of a kind a page shows at first: a large programme must cost hardly more to open than a small one.

One query fetches what is shown and counts the rest. A record that a link names, or that was just written, is always
among what is shown; "Show all" brings everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import DenseRank, RowNumber

MOST = 12


@dataclass(frozen=True, slots=True)
class Cut:
    """The most records that a section shows at first.

    With ``by`` they are dealt out among the groups that these fields make, so that no group goes without; with
    ``groups`` only among the first ones, by the fields that the order begins with.
    """

    most: int | None = MOST
    by: tuple[str, ...] = ()
    groups: int | None = None


#: The kinds of which a page shows another number than ``MOST``.
CUTS = {
    "finding": Cut(30, by=("theme_id",)),
    "source": Cut(15),
    "interview": Cut(by=("kind",)),
    "insight": Cut(by=("kind",)),
    "touchpoint": Cut(None, by=("journey__position", "journey_id"), groups=3),
    "stage": Cut(None),
    "assessment": Cut(30),
    "ecosystem_part": Cut(18, by=("kind",)),
    "gap": Cut(15),
    "pillar": Cut(by=("kind", "is_chosen")),
    "action": Cut(24, by=("bucket",)),
    "lever": Cut(by=("kind",)),
    "measurement": Cut(60, by=("metric__position", "metric_id"), groups=8),
    "personal_pillar": Cut(18, by=("is_mine",)),
    "readiness_statement": Cut(None),
}


def first(own: QuerySet[Any], cut: Cut, also: int | None = None) -> list[Any]:
    """The first records of a query in its order; each knows how many there are in all, and in its group.

    ``also`` is the key of one that is wanted wherever it stands.
    """
    order: Any = (*own.query.order_by, "pk")
    by = [F(name) for name in cut.by]
    dealt = own.annotate(
        place=Window(RowNumber(), order_by=order),
        turn=Window(RowNumber(), partition_by=by or None, order_by=order),
        of_all=Window(Count("*")),
        of_group=Window(Count("*"), partition_by=by or None),
    )
    if cut.groups is not None:
        wanted = Q(group_place__lte=cut.groups)
        if also is not None:
            key = cut.by[-1]
            wanted |= Q(**{key: Subquery(own.order_by().filter(pk=also).values(key))})
        dealt = dealt.annotate(group_place=Window(DenseRank(), order_by=by)).filter(wanted)
    is_wanted = Case(When(pk=also, then=Value(0)), default=Value(1))
    return sorted(dealt.order_by(is_wanted, "turn", "place")[: cut.most], key=attrgetter("place"))
