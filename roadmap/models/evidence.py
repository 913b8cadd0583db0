"""Steps 1 and 2: what the organisation already says, and what people told us."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import between, long_text, one_of, short_text
from cxplan.workspaces.models import Member
from journeys.models import Persona

from .base import FromNote, ProgrammeRecord, ProgrammeRecordQuerySet


class SourceKind(models.TextChoices):
    VISION = "vision", _("vision")
    MISSION = "mission", _("mission")
    BRAND = "brand", _("brand")
    PURPOSE = "purpose", _("purpose")
    STRATEGY = "strategy", _("strategy")
    SURVEY = "survey", _("survey")
    DATA = "data", _("data")


class Source(ProgrammeRecord):
    kind = models.CharField(_("kind"), max_length=16, choices=SourceKind)
    title = models.CharField(_("title"), max_length=300)
    dated = models.DateField(_("dated"), null=True, blank=True)
    text = long_text(verbose_name=_("text"))
    url = short_text(2000, verbose_name=_("address"))
    file_name = short_text(editable=False)
    file_hash = short_text(128, editable=False)

    objects = ProgrammeRecordQuerySet["Source"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [*ProgrammeRecord.Meta.constraints, one_of("kind", SourceKind)]

    def __str__(self) -> str:
        return self.title


class Theme(ProgrammeRecord):
    """What findings have in common; known by its name."""

    name = models.CharField(_("name"), max_length=120)

    objects = ProgrammeRecordQuerySet["Theme"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        constraints = [
            *ProgrammeRecord.Meta.constraints,
            models.UniqueConstraint(
                fields=["programme", "name"],
                condition=Q(trashed_at=None),
                name="roadmap_theme_name_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Finding(FromNote, ProgrammeRecord):
    source = models.ForeignKey(
        Source,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name=_("source"),
    )
    theme = models.ForeignKey(
        Theme,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name=_("theme"),
    )
    weight = models.PositiveSmallIntegerField(_("weight, 1 to 5"), null=True, blank=True)
    text = models.TextField(_("finding"))
    page = short_text(64, verbose_name=_("where in the source"))
    passage = long_text(verbose_name=_("passage"))

    objects = ProgrammeRecordQuerySet["Finding"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints = [*ProgrammeRecord.Meta.constraints, between("weight", 1, 5)]

    def __str__(self) -> str:
        return self.text


class InterviewKind(models.TextChoices):
    CUSTOMER = "customer", _("customer")
    STAFF = "staff", _("staff")
    HISTORY = "history", _("history")


class Interview(ProgrammeRecord):
    """What one person told; the label is a pseudonym, the name is never stored."""

    kind = models.CharField(_("kind"), max_length=16, choices=InterviewKind)
    label = models.CharField(_("pseudonym"), max_length=300, help_text=_("Never the person's name."))
    held_on = models.DateField(_("held on"), null=True, blank=True)
    interviewer = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("interviewer"),
    )
    persona = models.ForeignKey(
        Persona,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("persona"),
    )
    consent = models.BooleanField(_("consent given"), null=True, blank=True)
    wish = long_text(verbose_name=_("wish"))
    notes = long_text(verbose_name=_("notes"))
    said = long_text(verbose_name=_("what they said"))
    did = long_text(verbose_name=_("what they did"))
    delete_on = models.DateField(_("delete on"), null=True, blank=True)

    objects = ProgrammeRecordQuerySet["Interview"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("interview")
        verbose_name_plural = _("interviews")
        constraints = [*ProgrammeRecord.Meta.constraints, one_of("kind", InterviewKind)]

    def __str__(self) -> str:
        return self.label


class InterviewAnswer(models.Model):
    """An answer to one of the method's questions, named by the question's id."""

    interview = models.ForeignKey(Interview, models.CASCADE, related_name="answers")
    question = models.CharField(max_length=64)
    text = models.TextField()
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interview", "question"], name="roadmap_interviewanswer_once")]

    def __str__(self) -> str:
        return self.text
