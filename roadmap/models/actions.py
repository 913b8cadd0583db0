"""Steps 8 and 9: what we do, and what we already have to do it with."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import between, long_text, one_of
from cxplan.workspaces.models import Member
from journeys.models import EcosystemPart, Touchpoint

from .base import FromNote, ProgrammeRecord, ProgrammeRecordQuerySet
from .gaps import Gap
from .pillars import Pillar


class WorkStatus(models.TextChoices):
    PLANNED = "planned", _("planned")
    IN_PROGRESS = "in_progress", _("in progress")
    DONE = "done", _("done")


class ActionBucket(models.TextChoices):
    ACUTE = "acute", _("acute now")
    PRODUCT = "product", _("product development")
    SERVICE_DESIGN = "service_design", _("service design")
    COMMUNICATION = "communication", _("communication and marketing")


class Action(FromNote, ProgrammeRecord):
    title = models.CharField(_("action"), max_length=300)
    bucket = models.CharField(_("bucket"), max_length=16, choices=ActionBucket)
    owner = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    due = models.DateField(_("due"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=16, choices=WorkStatus, default=WorkStatus.PLANNED)
    impact = models.PositiveSmallIntegerField(_("impact, 1 to 5"), null=True, blank=True)
    effort = models.PositiveSmallIntegerField(_("effort, 1 to 5"), null=True, blank=True)
    gaps = models.ManyToManyField(Gap, verbose_name=_("gaps"), blank=True, related_name="actions")
    pillars = models.ManyToManyField(Pillar, verbose_name=_("pillars"), blank=True, related_name="actions")
    touchpoints = models.ManyToManyField(Touchpoint, verbose_name=_("touchpoints"), blank=True, related_name="actions")

    objects = ProgrammeRecordQuerySet["Action"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("key action")
        verbose_name_plural = _("key actions")
        constraints = [
            *ProgrammeRecord.Meta.constraints,
            one_of("bucket", ActionBucket),
            one_of("status", WorkStatus),
            between("impact", 1, 5),
            between("effort", 1, 5),
        ]

    def __str__(self) -> str:
        return self.title


class LeverKind(models.TextChoices):
    SYSTEM = "system", _("system")
    CULTURE = "culture", _("culture")
    INTERNAL_COMMUNICATION = "internal_communication", _("internal communication")


class Lever(FromNote, ProgrammeRecord):
    """Something we already have: how it is used now, and how it could be."""

    kind = models.CharField(_("kind"), max_length=32, choices=LeverKind)
    name = models.CharField(_("lever"), max_length=300)
    used_now = long_text(verbose_name=_("how it is used now"))
    harness = long_text(verbose_name=_("how it could be used"))
    owner = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    supports_actions = models.ManyToManyField(
        Action, verbose_name=_("supports actions"), blank=True, related_name="levers"
    )
    ecosystem = models.ManyToManyField(
        EcosystemPart,
        verbose_name=_("ecosystem parts"),
        blank=True,
        related_name="levers",
    )

    objects = ProgrammeRecordQuerySet["Lever"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("lever")
        verbose_name_plural = _("levers")
        constraints = [*ProgrammeRecord.Meta.constraints, one_of("kind", LeverKind)]

    def __str__(self) -> str:
        return self.name
