"""Step 4: where we start, in the customers' own words."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import between, long_text, one_of
from cxplan.workspaces.models import Member
from journeys.models import Persona

from .base import ProgrammeRecord, ProgrammeRecordQuerySet
from .evidence import Finding, Interview


class KeyQuestion(ProgrammeRecord):
    text = models.TextField(_("question"))

    objects = ProgrammeRecordQuerySet["KeyQuestion"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("key question")
        verbose_name_plural = _("key questions")

    def __str__(self) -> str:
        return self.text


class CustomerCall(ProgrammeRecord):
    called_on = models.DateField(_("called on"), null=True, blank=True)
    caller = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("caller"),
    )
    persona = models.ForeignKey(
        Persona,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("persona"),
    )
    experience = models.PositiveSmallIntegerField(_("experience, 1 to 5"), null=True, blank=True)
    quote = long_text(verbose_name=_("quote"))

    objects = ProgrammeRecordQuerySet["CustomerCall"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("customer call")
        verbose_name_plural = _("customer calls")
        constraints = [*ProgrammeRecord.Meta.constraints, between("experience", 1, 5)]

    def __str__(self) -> str:
        return self.quote or self.exchange_id


class CallAnswer(models.Model):
    call = models.ForeignKey(CustomerCall, models.CASCADE, related_name="answers")
    question = models.ForeignKey(KeyQuestion, models.CASCADE, related_name="answers")
    text = models.TextField()
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "question"], name="roadmap_callanswer_once")]

    def __str__(self) -> str:
        return self.text


class InsightKind(models.TextChoices):
    NEED = "need", _("need")
    PAIN = "pain", _("pain")
    DELIGHT = "delight", _("delight")


class Insight(ProgrammeRecord):
    kind = models.CharField(_("kind"), max_length=16, choices=InsightKind)
    text = models.TextField(_("insight"))
    findings = models.ManyToManyField(Finding, verbose_name=_("findings"), blank=True, related_name="insights")
    interviews = models.ManyToManyField(Interview, verbose_name=_("interviews"), blank=True, related_name="insights")
    customer_calls = models.ManyToManyField(
        CustomerCall,
        verbose_name=_("customer calls"),
        blank=True,
        related_name="insights",
    )

    objects = ProgrammeRecordQuerySet["Insight"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("insight")
        verbose_name_plural = _("insights")
        constraints = [*ProgrammeRecord.Meta.constraints, one_of("kind", InsightKind)]

    def __str__(self) -> str:
        return self.text
