"""A journey and the stages it runs through. It belongs to the workspace and outlives programmes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import long_text, one_of
from cxplan.workspaces.models import Record, RecordQuerySet

from .persona import Persona


class StageSet(Record):
    """Stages that several customer journeys share: REAN, or the organisation's own."""

    name = models.CharField(_("name"), max_length=300)

    objects = RecordQuerySet["StageSet"].as_manager()

    class Meta:
        verbose_name = _("stage set")
        verbose_name_plural = _("stage sets")

    def __str__(self) -> str:
        return self.name


class Stage(Record):
    stage_set = models.ForeignKey(StageSet, models.CASCADE, related_name="stages", editable=False)
    order = models.PositiveIntegerField(_("order"), default=0, editable=False)
    name = models.CharField(_("name"), max_length=300)
    meaning = long_text(verbose_name=_("meaning"))

    objects = RecordQuerySet["Stage"].as_manager()

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")

    def __str__(self) -> str:
        return self.name


class JourneyKind(models.TextChoices):
    CUSTOMER = "customer", _("customer journey")
    EMPLOYEE = "employee", _("employee journey")


class JourneyState(models.TextChoices):
    CURRENT = "current", _("as it is")
    TARGET = "target", _("as it should be")


class Journey(Record):
    kind = models.CharField(_("kind"), max_length=16, choices=JourneyKind, default=JourneyKind.CUSTOMER)
    name = models.CharField(_("name"), max_length=300)
    state = models.CharField(_("state"), max_length=16, choices=JourneyState, default=JourneyState.CURRENT)
    stage_set = models.ForeignKey(
        StageSet,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="journeys",
        editable=False,
    )
    personas = models.ManyToManyField(Persona, verbose_name=_("personas"), blank=True, related_name="journeys")
    customer_took_part = models.BooleanField(_("a customer took part"), default=False)
    score_min = models.SmallIntegerField(null=True, blank=True, editable=False)
    score_max = models.SmallIntegerField(null=True, blank=True, editable=False)
    supports = models.ManyToManyField(
        "journeys.Touchpoint",
        verbose_name=_("supports touchpoints"),
        blank=True,
        related_name="supporting_journeys",
    )

    objects = RecordQuerySet["Journey"].as_manager()

    class Meta:
        verbose_name = _("journey")
        verbose_name_plural = _("journeys")
        constraints = [
            one_of("kind", JourneyKind),
            one_of("state", JourneyState),
            models.CheckConstraint(
                condition=Q(score_min=None, score_max=None) | Q(score_min__lt=models.F("score_max")),
                name="journeys_journey_scale_runs_upwards",
            ),
        ]

    def __str__(self) -> str:
        return self.name
