"""Workshops of a programme: those held, as the plan tells of them, and the live rooms opened for a step."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import between, long_text, one_of, short_text
from cxplan.workshops.models import Session, State
from cxplan.workspaces.models import Member
from journeys.models import Assessment

from .base import ProgrammeRecord, ProgrammeRecordQuerySet
from .decisions import Decision
from .programme import Programme


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


class Poll(models.TextChoices):
    """What is asked in a vote between meetings."""

    SEVERITY = "severity", _("severity of the gaps, 1 to 5")
    SUPPORT = "support", _("support for the pillars, 1 to 5")
    DOTS = "dots", _("three dots for the pillars")


class OpeningQuerySet(models.QuerySet["Opening"]):
    def of(self, programme: Programme) -> Self:
        return self.filter(programme=programme)

    def latest_first(self) -> Self:
        return self.order_by("-pk")

    def ahead(self, since: datetime) -> Self:
        """Those that go on now, and then those to come, the first of them first."""
        going_on = Q(session__state=State.OPEN)
        to_come = Q(session__state=State.PLANNED, starts_at__gte=since)
        return self.filter(going_on | to_come).order_by(F("session__opened_at").asc(nulls_last=True), "starts_at", "pk")


class Opening(models.Model):
    """A live workshop opened for a step of a programme, or a vote between meetings, and what its harvest made."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="openings", editable=False)
    step = models.PositiveSmallIntegerField(_("step"), editable=False)
    session = models.OneToOneField(Session, models.CASCADE, related_name="opening", editable=False)
    poll = models.CharField(max_length=8, choices=Poll, blank=True, default="", editable=False)
    starts_at = models.DateTimeField(_("when"), null=True, blank=True)
    harvested_at = models.DateTimeField(null=True, editable=False)
    held = models.ForeignKey(HeldWorkshop, models.SET_NULL, null=True, related_name="+", editable=False)
    decision = models.ForeignKey(Decision, models.SET_NULL, null=True, related_name="+", editable=False)
    assessments = models.ManyToManyField(Assessment, related_name="+", editable=False)

    objects = OpeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("workshop")
        verbose_name_plural = _("workshops")
        constraints = [between("step", 1, 12), one_of("poll", Poll, blank=True)]

    def __str__(self) -> str:
        return str(self.session)
