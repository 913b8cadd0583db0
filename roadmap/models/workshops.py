"""Workshops that were held, as the plan tells of them; a live room has records of its own."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import between, long_text, short_text
from cxplan.workspaces.models import Member

from .base import ProgrammeRecord, ProgrammeRecordQuerySet


class HeldWorkshop(ProgrammeRecord):
    step = models.PositiveSmallIntegerField(_("step"))
    title = models.CharField(_("title"), max_length=300)
    held_on = models.DateField(_("held on"), null=True, blank=True)
    facilitator = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("facilitator"),
    )
    participants = models.PositiveIntegerField(_("participants"), null=True, blank=True)
    customers = models.PositiveIntegerField(_("customers"), null=True, blank=True)
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)

    objects = ProgrammeRecordQuerySet["HeldWorkshop"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("held workshop")
        verbose_name_plural = _("held workshops")
        constraints = [*ProgrammeRecord.Meta.constraints, between("step", 1, 12)]

    def __str__(self) -> str:
        return self.title


class AgendaItem(models.Model):
    workshop = models.ForeignKey(HeldWorkshop, models.CASCADE, related_name="agenda")
    position = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField(default=0)
    mode = short_text(64)
    text = long_text()
    votes_each = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workshop", "position"], name="roadmap_agendaitem_once")]

    def __str__(self) -> str:
        return self.text
