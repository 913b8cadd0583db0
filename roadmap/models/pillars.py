"""Step 7: what we never and always do, and what we promise."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import long_text, one_of
from cxplan.workspaces.models import Member
from journeys.models import Touchpoint

from .base import FromNote, ProgrammeRecord, ProgrammeRecordQuerySet
from .gaps import Gap
from .vision import VisionElement


class PillarKind(models.TextChoices):
    NEVER = "never", _("never")
    ALWAYS = "always", _("always")


class PillarState(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    WORDED = "worded", _("worded")
    CHOSEN = "chosen", _("chosen")
    APPROVED = "approved", _("approved")


class Pillar(FromNote, ProgrammeRecord):
    kind = models.CharField(_("kind"), max_length=16, choices=PillarKind)
    order = models.PositiveIntegerField(_("order"), default=0, editable=False)
    statement = models.TextField(_("pillar"))
    state = models.CharField(
        _("state"),
        max_length=16,
        choices=PillarState,
        default=PillarState.PROPOSED,
        editable=False,
    )
    approved_by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    approved_on = models.DateField(null=True, blank=True, editable=False)
    votes = models.PositiveIntegerField(_("votes"), default=0)
    gaps = models.ManyToManyField(Gap, verbose_name=_("gaps"), blank=True, related_name="pillars")
    vision_elements = models.ManyToManyField(
        VisionElement,
        verbose_name=_("vision elements"),
        blank=True,
        related_name="pillars",
    )

    objects = ProgrammeRecordQuerySet["Pillar"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("pillar")
        verbose_name_plural = _("pillars")
        constraints = [
            *ProgrammeRecord.Meta.constraints,
            one_of("kind", PillarKind),
            one_of("state", PillarState),
        ]

    def __str__(self) -> str:
        return self.statement


class PromiseStatus(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    SELECTED = "selected", _("selected")
    REJECTED = "rejected", _("rejected")


class Promise(ProgrammeRecord):
    """A real problem, what staff propose for it, and what management chose."""

    pillar = models.ForeignKey(
        Pillar,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="promises",
        verbose_name=_("pillar"),
    )
    touchpoint = models.ForeignKey(
        Touchpoint,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="promises",
        verbose_name=_("touchpoint"),
    )
    problem = models.ForeignKey(
        Gap,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="promises",
        verbose_name=_("gap"),
    )
    text = models.TextField(_("customer promise"))
    behaviour = long_text(verbose_name=_("behaviour"))
    metric = long_text(verbose_name=_("metric"))
    target = models.CharField(_("target level"), max_length=300, null=True, blank=True)  # noqa: DJ001 - "" and none differ in a file
    compensation = long_text(verbose_name=_("compensation"))
    reward = long_text(verbose_name=_("reward"))
    proposed_by = models.ManyToManyField(Member, verbose_name=_("proposed by"), blank=True, related_name="+")
    selected_by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=PromiseStatus,
        default=PromiseStatus.PROPOSED,
        editable=False,
    )

    objects = ProgrammeRecordQuerySet["Promise"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("customer promise")
        verbose_name_plural = _("customer promises")
        constraints = [
            *ProgrammeRecord.Meta.constraints,
            one_of("status", PromiseStatus),
        ]

    def __str__(self) -> str:
        return self.text
