"""Where the customer meets the organisation."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import between, long_text, short_text
from cxplan.workspaces.models import Member, Record, RecordQuerySet, Team

from .journey import Journey, Stage


class Touchpoint(Record):
    """A touchpoint of a customer journey, or a moment of an employee journey."""

    journey = models.ForeignKey(Journey, models.CASCADE, related_name="touchpoints", verbose_name=_("journey"))
    stage = models.ForeignKey(
        Stage,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="touchpoints",
        verbose_name=_("stage"),
    )
    order = models.PositiveIntegerField(_("order"), default=0, editable=False)
    name = models.CharField(_("name"), max_length=300)
    channel = short_text(64, verbose_name=_("channel"))
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("team"),
    )
    owner = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    customer_aim = long_text(verbose_name=_("what the customer is after"))
    needs = long_text(verbose_name=_("what would help"))
    emotion_target = short_text(verbose_name=_("emotion target"))
    emotion_target_level = models.FloatField(_("emotion target, 1 to 5"), null=True, blank=True)
    moment_of_truth = models.BooleanField(_("moment of truth"), default=False)
    meets = models.ManyToManyField(Member, verbose_name=_("whom the customer meets"), blank=True, related_name="+")

    objects = RecordQuerySet["Touchpoint"].as_manager()

    class Meta:
        verbose_name = _("touchpoint")
        verbose_name_plural = _("touchpoints")
        constraints = [between("emotion_target_level", 1, 5)]

    def __str__(self) -> str:
        return self.name
