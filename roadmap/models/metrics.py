"""Step 11: how we know, and what we do if we miss."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import long_text, one_of, short_text
from cxplan.workspaces.models import Member
from journeys.models import Touchpoint

from .actions import Action
from .base import FromNote, ProgrammeRecord, ProgrammeRecordQuerySet
from .gaps import Gap
from .pillars import Pillar, Promise
from .vision import VisionElement


class MetricKind(models.TextChoices):
    NPS = "nps", _("Net Promoter Score (NPS)")
    CSAT = "csat", _("customer satisfaction (CSAT)")
    CES = "ces", _("customer effort (CES)")
    EMOTION = "emotion", _("emotion share")
    PROPORTION = "proportion", _("proportion")
    DURATION = "duration", _("duration")
    COUNT = "count", _("count")
    VALUE = "value", _("value")


class MetricDirection(models.TextChoices):
    UP = "up", _("up is better")
    DOWN = "down", _("down is better")


class Metric(FromNote, ProgrammeRecord):
    kind = models.CharField(_("kind"), max_length=16, choices=MetricKind)
    level = short_text(64, verbose_name=_("level"))
    name = models.CharField(_("metric"), max_length=300)
    question = long_text(verbose_name=_("question"))
    success = long_text(verbose_name=_("what counts"))
    unit = short_text(64, verbose_name=_("unit"))
    direction = models.CharField(
        _("direction"),
        max_length=8,
        choices=MetricDirection,
        default=MetricDirection.UP,
    )
    baseline = models.FloatField(_("baseline"), null=True, blank=True)
    target = models.FloatField(_("target"), null=True, blank=True)
    target_date = models.DateField(_("target date"), null=True, blank=True)
    cadence = short_text(64, verbose_name=_("how often"))
    owner = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    min_n = models.PositiveIntegerField(_("least answers (n)"), null=True, blank=True)
    contingency = long_text(verbose_name=_("if we miss, we"))
    vision_elements = models.ManyToManyField(
        VisionElement,
        verbose_name=_("vision elements"),
        blank=True,
        related_name="metrics",
    )
    gaps = models.ManyToManyField(Gap, verbose_name=_("gaps"), blank=True, related_name="metrics")
    pillars = models.ManyToManyField(Pillar, verbose_name=_("pillars"), blank=True, related_name="metrics")
    touchpoints = models.ManyToManyField(Touchpoint, verbose_name=_("touchpoints"), blank=True, related_name="metrics")
    promises = models.ManyToManyField(Promise, verbose_name=_("customer promises"), blank=True, related_name="metrics")
    contingency_actions = models.ManyToManyField(
        Action,
        verbose_name=_("contingency actions"),
        blank=True,
        related_name="contingency_of",
    )

    objects = ProgrammeRecordQuerySet["Metric"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("metric")
        verbose_name_plural = _("metrics")
        constraints = [
            *ProgrammeRecord.Meta.constraints,
            one_of("kind", MetricKind),
            one_of("direction", MetricDirection),
        ]

    def __str__(self) -> str:
        return self.name


class Measurement(ProgrammeRecord):
    """Raw counts of one period, never only the score."""

    metric = models.ForeignKey(Metric, models.CASCADE, related_name="measurements", verbose_name=_("metric"))
    period = models.CharField(_("period"), max_length=8, help_text=_("For example 2026-10, 2026-Q4 or 2026."))
    promoters = models.PositiveIntegerField(_("promoters (9–10)"), null=True, blank=True)
    passives = models.PositiveIntegerField(_("passives (7–8)"), null=True, blank=True)
    detractors = models.PositiveIntegerField(_("detractors (0–6)"), null=True, blank=True)
    counts = models.JSONField(_("answers by score"), null=True, blank=True)
    successes = models.PositiveIntegerField(_("successes"), null=True, blank=True)
    value = models.FloatField(_("value"), null=True, blank=True)
    n = models.PositiveIntegerField(_("answers (n)"), null=True, blank=True)

    objects = ProgrammeRecordQuerySet["Measurement"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")
        constraints = [
            *ProgrammeRecord.Meta.constraints,
            models.UniqueConstraint(
                fields=["metric", "period"],
                condition=Q(trashed_at=None),
                name="roadmap_measurement_period_once",
            ),
            models.CheckConstraint(
                condition=Q(successes=None) | Q(n=None) | Q(successes__lte=models.F("n")),
                name="roadmap_measurement_successes_within_n",
            ),
        ]

    def __str__(self) -> str:
        return self.period


class ContingencyTaskStatus(models.TextChoices):
    OPEN = "open", _("open")
    ACCEPTED = "accepted", _("accepted")
    DONE = "done", _("done")


class ContingencyTask(ProgrammeRecord):
    """Opened for the metric's owner the day a target is missed."""

    metric = models.ForeignKey(
        Metric,
        models.CASCADE,
        related_name="contingency_tasks",
        verbose_name=_("metric"),
    )
    owner = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=ContingencyTaskStatus,
        default=ContingencyTaskStatus.OPEN,
    )
    done_on = models.DateField(_("done on"), null=True, blank=True)
    note = long_text(verbose_name=_("note"))

    objects = ProgrammeRecordQuerySet["ContingencyTask"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("contingency task")
        verbose_name_plural = _("contingency tasks")
        constraints = [
            *ProgrammeRecord.Meta.constraints,
            one_of("status", ContingencyTaskStatus),
        ]

    def __str__(self) -> str:
        return self.note or str(self.metric)
