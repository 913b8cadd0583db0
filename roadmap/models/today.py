"""Step 4: where we start, in the customers' own words."""

from __future__ import annotations

import re

from django.db import models
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import between, long_text, one_of
from cxplan.workspaces.models import Member
from journeys.models import Persona

from .base import FromNote, ProgrammeRecord, ProgrammeRecordQuerySet
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


#: The number in an exchange id: the 5 of ``c05``.
NUMBER = "[1-9][0-9]*$"


def call_name(exchange_id: str, caller: object) -> str:
    """What people call a customer call of which no words were kept: by its number and who called."""
    number = re.search(NUMBER, exchange_id)
    name = gettext("Call %(number)s") % {"number": number[0]} if number else pgettext("customer call", "Call")
    return f"{name}, {gettext('caller %(name)s') % {'name': caller}}" if caller else name


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
        return self.quote or call_name(self.exchange_id, self.caller)


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


class Insight(FromNote, ProgrammeRecord):
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
