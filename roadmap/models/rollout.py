"""Step 12: into practice, down to each person."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import long_text, one_of
from cxplan.workspaces.models import Member, Team
from journeys.models import Touchpoint

from .actions import WorkStatus
from .base import ProgrammeRecord, ProgrammeRecordQuerySet
from .pillars import Pillar, PillarKind


class RolloutItem(ProgrammeRecord):
    order = models.PositiveIntegerField(_("order"), default=0, editable=False)
    focus = models.CharField(_("focus"), max_length=300)
    audience = models.ManyToManyField(Team, verbose_name=_("teams"), blank=True, related_name="+")
    starts = models.DateField(_("starts"), null=True, blank=True)
    ends = models.DateField(_("ends"), null=True, blank=True)
    how = long_text(verbose_name=_("how"))
    communication = long_text(verbose_name=_("communication"))
    owner = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    pillars = models.ManyToManyField(Pillar, verbose_name=_("pillars"), blank=True, related_name="rollout_items")
    status = models.CharField(_("status"), max_length=16, choices=WorkStatus, default=WorkStatus.PLANNED)

    objects = ProgrammeRecordQuerySet["RolloutItem"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("rollout item")
        verbose_name_plural = _("rollout plan")
        constraints = [
            *ProgrammeRecord.Meta.constraints,
            one_of("status", WorkStatus),
            models.CheckConstraint(
                condition=Q(starts=None) | Q(ends=None) | Q(starts__lte=models.F("ends")),
                name="roadmap_rolloutitem_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.focus


class PersonalPillarVisibility(models.TextChoices):
    PRIVATE = "private", _("only me")
    TEAM = "team", _("my team")
    PROGRAMME = "programme", _("everyone in the programme")


class PersonalPillar(ProgrammeRecord):
    """ "I never…", "I always…": a person's or a team's own."""

    private_words = ("visibility", "private", "statement")

    person = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="personal_pillars",
        editable=False,
    )
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    kind = models.CharField(_("kind"), max_length=16, choices=PillarKind)
    statement = models.TextField(_("personal pillar"))
    pillars = models.ManyToManyField(Pillar, verbose_name=_("pillars"), blank=True, related_name="personal_pillars")
    touchpoints = models.ManyToManyField(
        Touchpoint,
        verbose_name=_("touchpoints"),
        blank=True,
        related_name="personal_pillars",
    )
    visibility = models.CharField(
        _("who may see it"),
        max_length=16,
        choices=PersonalPillarVisibility,
        default=PersonalPillarVisibility.PRIVATE,
    )

    objects = ProgrammeRecordQuerySet["PersonalPillar"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("personal pillar")
        verbose_name_plural = _("personal pillars")
        constraints = [
            *ProgrammeRecord.Meta.constraints,
            one_of("kind", PillarKind),
            one_of("visibility", PersonalPillarVisibility),
            models.CheckConstraint(
                condition=Q(person__isnull=False, team=None) | Q(person=None, team__isnull=False),
                name="roadmap_personalpillar_of_person_or_team",
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)  # its words may not be for everyone
