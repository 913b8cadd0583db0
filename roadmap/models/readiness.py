"""Statements that management and staff answer apart, so that the difference can be seen."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import one_of, short_text

from .base import ProgrammeRecord, ProgrammeRecordQuerySet


class ReadinessRound(ProgrammeRecord):
    asked_on = models.DateField(_("asked on"), null=True, blank=True)
    scale_min = models.SmallIntegerField(default=1, editable=False)
    scale_max = models.SmallIntegerField(default=5, editable=False)
    scale_low = short_text(verbose_name=_("lowest answer means"))
    scale_high = short_text(verbose_name=_("highest answer means"))
    is_latest = models.BooleanField(default=True, editable=False)

    objects = ProgrammeRecordQuerySet["ReadinessRound"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("readiness round")
        verbose_name_plural = _("readiness rounds")
        constraints = [
            *ProgrammeRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(scale_min__lt=F("scale_max")),
                name="roadmap_readinessround_scale_runs_upwards",
            ),
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(is_latest=True, trashed_at=None),
                name="roadmap_readinessround_one_latest",
            ),
        ]

    def __str__(self) -> str:
        return str(self.asked_on or self.exchange_id)


class ReadinessStatement(ProgrammeRecord):
    round = models.ForeignKey(ReadinessRound, models.CASCADE, related_name="statements", editable=False)
    theme = short_text(64, verbose_name=_("theme"))
    text = models.TextField(_("statement"))

    objects = ProgrammeRecordQuerySet["ReadinessStatement"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("readiness statement")
        verbose_name_plural = _("readiness statements")

    def __str__(self) -> str:
        return self.text


class ReadinessAnswerGroup(models.TextChoices):
    MANAGEMENT = "management", _("management")
    STAFF = "staff", _("staff")


class ReadinessAnswer(models.Model):
    """One anonymous answer; only the group and the order are kept."""

    statement = models.ForeignKey(ReadinessStatement, models.CASCADE, related_name="answers")
    group = models.CharField(max_length=16, choices=ReadinessAnswerGroup)
    position = models.PositiveIntegerField()
    value = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "group", "position"],
                name="roadmap_readinessanswer_once",
            ),
            one_of("group", ReadinessAnswerGroup),
        ]

    def __str__(self) -> str:
        return str(self.value)
