"""For whom: a kind of customer, drawn as one person."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import between, long_text
from cxplan.workspaces.models import Record, RecordQuerySet


class Persona(Record):
    name = models.CharField(_("name"), max_length=300)
    age = models.PositiveSmallIntegerField(_("age"), null=True, blank=True)
    share = models.FloatField(_("share of customers"), null=True, blank=True, help_text=_("From 0 to 1."))
    goal = long_text(verbose_name=_("goal"))
    fear = long_text(verbose_name=_("fear"))
    channels = ArrayField(
        models.CharField(max_length=64),
        verbose_name=_("channels"),
        default=list,
        blank=True,
    )

    objects = RecordQuerySet["Persona"].as_manager()

    class Meta:
        verbose_name = _("persona")
        verbose_name_plural = _("personas")
        constraints = [between("age", 0, 150), between("share", 0, 1)]

    def __str__(self) -> str:
        return self.name
