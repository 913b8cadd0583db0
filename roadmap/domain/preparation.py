"""What has to be so before a record of some kinds is made, once it is, and after it went to the trash.

Each function runs inside the command, under the programme's lock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from cxplan.workspaces.models import Record, RecordQuerySet
from journeys.models import Assessment, StageSet
from roadmap.models import Programme, ReadinessRound, Vision, VisionCheck

Values = dict[str, Any]


def _of_vision(held: Programme, values: Values) -> None:
    """Elements, checks and candidates belong to the current vision; the first of them begins a draft."""
    values["vision"] = Vision.objects.of(held).alive().filter(is_current=True).first() or _draft(held)


def _draft(held: Programme) -> Vision:
    vision = Vision.objects.create(
        workspace=held.workspace, programme=held, exchange_id=held.next_id("v"), year=held.vision_year
    )
    _ask(held, vision)
    return vision


def _new_version(held: Programme, values: Values) -> None:
    """A programme has one current vision; a new one keeps the old beside it."""
    Vision.objects.of(held).filter(is_current=True).update(is_current=False)


def _ask(held: Programme, vision: Vision) -> None:
    """Put the method's five checks to a vision, in the programme's language."""
    with override(held.language):
        questions = (
            _("Is the vision more than a year away but before flying cars?"),
            _("Is the vision ambitious enough?"),
            _("Is the vision clearly within reach?"),
            _("Is the vision simple enough to remember?"),
            _("Does the vision go hand in hand with the strategy and the brand?"),
        )
    VisionCheck.objects.bulk_create(
        VisionCheck(
            workspace=held.workspace,
            programme=held,
            vision=vision,
            exchange_id=held.next_id("vc"),
            position=place,
            question=question,
        )
        for place, question in enumerate(questions, 1)
    )


def _in_stage_set(held: Programme, values: Values) -> None:
    """Stages of a programme stand in one set; the first of them begins it."""
    used = StageSet.objects.of(held.workspace).filter(stages__ties__programme=held).first()
    values["stage_set"] = used or StageSet.objects.create(workspace=held.workspace, name=held.name)


def _newest_assessment(held: Programme, values: Values) -> None:
    """A new round of scores becomes the touchpoint's latest."""
    own = Assessment.objects.of(held.workspace).filter(touchpoint=values["touchpoint"])
    own.filter(latest=True).update(latest=False)


def _in_readiness_round(held: Programme, values: Values) -> None:
    """Statements belong to the latest round; the first of them begins it."""
    latest = ReadinessRound.objects.of(held).alive().filter(is_latest=True).first()
    values["round"] = latest or ReadinessRound.objects.create(
        workspace=held.workspace, programme=held, exchange_id=held.next_id("rr")
    )


BEFORE_ADD: dict[str, Callable[[Programme, Values], None]] = {
    "vision": _new_version,
    "vision_element": _of_vision,
    "vision_check": _of_vision,
    "vision_candidate": _of_vision,
    "stage": _in_stage_set,
    "assessment": _newest_assessment,
    "readiness_statement": _in_readiness_round,
}

#: Runs once the record is there.
AFTER_ADD: dict[str, Callable[[Programme, Any], None]] = {"vision": _ask}


def _settle_latest(record: Record, trashed_at: datetime | None) -> None:
    """Of a touchpoint's living assessments the last one made is the latest."""
    if not isinstance(record, Assessment):
        raise TypeError("only assessments have a latest")
    own = Assessment.objects.of(record.workspace).filter(touchpoint=record.touchpoint_id)
    _pass_on(own, record, "latest", trashed_at)


def _settle_vision(record: Record, trashed_at: datetime | None) -> None:
    """Of the living visions the last one made is the current one."""
    if not isinstance(record, Vision):
        raise TypeError("only visions have a current one")
    _pass_on(Vision.objects.of(record.programme), record, "is_current", trashed_at)


def _pass_on(own: RecordQuerySet[Any], record: Record, mark: str, trashed_at: datetime | None) -> None:
    """Give the mark that only one living record may carry to the newest, counting the record as it will be."""
    rest = own.alive().exclude(pk=record.pk)
    heirs = rest if trashed_at else rest | own.filter(pk=record.pk)
    newest = heirs.order_by("-position", "-pk").first()
    own.filter(**{mark: True}).update(**{mark: False})
    if newest is not None:
        own.filter(pk=newest.pk).update(**{mark: True})


#: Runs before a record goes to the trash (with the time) or comes back (with ``None``).
SETTLE: dict[str, Callable[[Record, datetime | None], None]] = {
    "assessment": _settle_latest,
    "vision": _settle_vision,
}
