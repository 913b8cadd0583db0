"""Step 3: the vision, what it is made of and what it was chosen from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import between, long_text, one_of, short_text
from cxplan.workspaces.models import Member

from .base import FromNote, ProgrammeRecord, ProgrammeRecordQuerySet
from .evidence import Finding, Interview


class VisionStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    APPROVED = "approved", _("approved")


class Vision(ProgrammeRecord):
    """ "In {year} our customers…"; earlier versions are kept beside the current one."""

    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    statement = long_text(verbose_name=_("vision"))
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=VisionStatus,
        default=VisionStatus.DRAFT,
        editable=False,
    )
    approved_by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    approved_on = models.DateField(null=True, blank=True, editable=False)
    is_current = models.BooleanField(default=True, editable=False)
    built_on_findings = models.ManyToManyField(
        Finding, verbose_name=_("built on findings"), blank=True, related_name="visions"
    )
    built_on_interviews = models.ManyToManyField(
        Interview,
        verbose_name=_("built on interviews"),
        blank=True,
        related_name="visions",
    )

    objects = ProgrammeRecordQuerySet["Vision"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("vision")
        verbose_name_plural = _("visions")
        constraints = [
            *ProgrammeRecord.Meta.constraints,
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(is_current=True, trashed_at=None),
                name="roadmap_vision_one_current",
            ),
            one_of("status", VisionStatus),
            between("year", 1900, 2200),
        ]

    def __str__(self) -> str:
        return self.statement


class VisionElement(ProgrammeRecord):
    vision = models.ForeignKey(Vision, models.CASCADE, related_name="elements", editable=False)
    text = models.TextField(_("vision element"))

    objects = ProgrammeRecordQuerySet["VisionElement"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("vision element")
        verbose_name_plural = _("vision elements")

    def __str__(self) -> str:
        return self.text


class VisionCheckAnswer(models.TextChoices):
    YES = "yes", _("yes")
    PARTLY = "partly", _("partly")
    NO = "no", _("no")


class VisionCheck(ProgrammeRecord):
    vision = models.ForeignKey(Vision, models.CASCADE, related_name="checks", editable=False)
    question = models.TextField(_("question"))
    answer = short_text(8, verbose_name=_("answer"), choices=VisionCheckAnswer)
    note = long_text(verbose_name=_("note"))

    objects = ProgrammeRecordQuerySet["VisionCheck"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("check of the vision")
        verbose_name_plural = _("checks of the vision")
        constraints = [
            *ProgrammeRecord.Meta.constraints,
            one_of("answer", VisionCheckAnswer, blank=True),
        ]

    def __str__(self) -> str:
        return self.question


class VisionCandidate(FromNote, ProgrammeRecord):
    """A proposed wording; an imported count of votes stands beside ballots."""

    vision = models.ForeignKey(Vision, models.CASCADE, related_name="candidates", editable=False)
    text = models.TextField(_("candidate"))
    votes = models.PositiveIntegerField(_("votes"), default=0)
    chosen = models.BooleanField(_("chosen"), default=False)

    objects = ProgrammeRecordQuerySet["VisionCandidate"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("vision candidate")
        verbose_name_plural = _("vision candidates")

    def __str__(self) -> str:
        return self.text
