"""Step 10: where little work changes most."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import long_text, one_of
from journeys.models import Touchpoint

from .actions import Action
from .base import FromNote, ProgrammeRecord, ProgrammeRecordQuerySet


class SweetSpot(FromNote, ProgrammeRecord):
    touchpoint = models.ForeignKey(
        Touchpoint,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="sweet_spots",
        verbose_name=_("touchpoint"),
    )
    rank = models.PositiveSmallIntegerField(_("rank"))
    reason = long_text(verbose_name=_("reason"))
    actions = models.ManyToManyField(Action, verbose_name=_("actions"), blank=True, related_name="sweet_spots")

    objects = ProgrammeRecordQuerySet["SweetSpot"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("sweet spot")
        verbose_name_plural = _("sweet spots")
        constraints = [
            *ProgrammeRecord.Meta.constraints,
            models.UniqueConstraint(
                fields=["programme", "touchpoint"],
                condition=Q(trashed_at=None, touchpoint__isnull=False),
                name="roadmap_sweetspot_touchpoint_once",
            ),
            models.CheckConstraint(condition=Q(rank__gte=1), name="roadmap_sweetspot_rank_from_one"),
        ]

    def __str__(self) -> str:
        return self.reason


class TouchpointIdeaKind(models.TextChoices):
    CUSTOMER_CALL = "customer_call", _("customer call")
    TARGETED_MARKETING = "targeted_marketing", _("targeted marketing")
    SOCIAL_MEDIA = "social_media", _("social media")


class TouchpointIdea(ProgrammeRecord):
    """A new way to meet, where encounters are few."""

    kind = models.CharField(_("kind"), max_length=32, choices=TouchpointIdeaKind)
    text = models.TextField(_("idea"))
    chosen = models.BooleanField(_("chosen"), default=False)

    objects = ProgrammeRecordQuerySet["TouchpointIdea"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("touchpoint idea")
        verbose_name_plural = _("touchpoint ideas")
        constraints = [
            *ProgrammeRecord.Meta.constraints,
            one_of("kind", TouchpointIdeaKind),
        ]

    def __str__(self) -> str:
        return self.text
