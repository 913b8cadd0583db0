"""Step 6: what lies between the vision and the customer's today."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import between, long_text
from journeys.models import Touchpoint

from .base import FromNote, ProgrammeRecord, ProgrammeRecordQuerySet
from .evidence import Finding, Interview
from .today import CustomerCall, Insight
from .vision import VisionElement


class Gap(FromNote, ProgrammeRecord):
    title = models.CharField(_("gap"), max_length=300)
    desired = long_text(verbose_name=_("desired"))
    current = long_text(verbose_name=_("today"))
    root_cause = long_text(verbose_name=_("root cause"))
    severity = models.PositiveSmallIntegerField(_("severity, 1 to 5"), null=True, blank=True)
    vision_elements = models.ManyToManyField(
        VisionElement,
        verbose_name=_("vision elements"),
        blank=True,
        related_name="gaps",
    )
    touchpoints = models.ManyToManyField(Touchpoint, verbose_name=_("touchpoints"), blank=True, related_name="gaps")
    findings = models.ManyToManyField(Finding, verbose_name=_("findings"), blank=True, related_name="gaps")
    interviews = models.ManyToManyField(Interview, verbose_name=_("interviews"), blank=True, related_name="gaps")
    customer_calls = models.ManyToManyField(
        CustomerCall, verbose_name=_("customer calls"), blank=True, related_name="gaps"
    )
    insights = models.ManyToManyField(Insight, verbose_name=_("insights"), blank=True, related_name="gaps")

    objects = ProgrammeRecordQuerySet["Gap"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("gap")
        verbose_name_plural = _("gaps")
        constraints = [*ProgrammeRecord.Meta.constraints, between("severity", 1, 5)]

    def __str__(self) -> str:
        return self.title
