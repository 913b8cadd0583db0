"""How a touchpoint or a stage does, on a day."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import between, long_text, one_of, short_text
from cxplan.workspaces.models import Record, RecordQuerySet

from .journey import Journey, Stage
from .touchpoint import Touchpoint

SCORES = ("importance", "expectation", "effectiveness", "ease", "emotion")


class Assessment(Record):
    """One round of scores: means on 1 to 5, of how many people, and how far apart they were."""

    touchpoint = models.ForeignKey(
        Touchpoint,
        models.CASCADE,
        related_name="assessments",
        verbose_name=_("touchpoint"),
    )
    on = models.DateField(_("date"), null=True, blank=True)
    source = short_text(
        64,
        verbose_name=_("source"),
        help_text=_("For example workshop, calls or survey."),
    )
    importance = models.FloatField(_("importance"), null=True, blank=True)
    expectation = models.FloatField(_("expectation"), null=True, blank=True)
    effectiveness = models.FloatField(_("effectiveness"), null=True, blank=True)
    ease = models.FloatField(_("ease"), null=True, blank=True)
    emotion = models.FloatField(_("emotion"), null=True, blank=True)
    n = models.PositiveIntegerField(_("how many scored (n)"), null=True, blank=True)
    spread = models.FloatField(_("spread (standard deviation)"), null=True, blank=True)
    latest = models.BooleanField(_("the latest round"), default=True)

    objects = RecordQuerySet["Assessment"].as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints = [
            *(between(score, 1, 5) for score in SCORES),
            between("spread", 0, 5),
            models.UniqueConstraint(
                fields=["touchpoint"],
                condition=Q(latest=True, trashed_at=None),
                name="journeys_assessment_one_latest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.touchpoint} {self.on or ''}".strip()


class StageAssessmentAnswer(models.TextChoices):
    YES = "yes", _("yes")
    PARTLY = "partly", _("partly")
    NO = "no", _("no")


class StageAssessmentExpectation(models.TextChoices):
    BETTER = "better", _("better than expected")
    AS_EXPECTED = "as_expected", _("as expected")
    WORSE = "worse", _("worse than expected")


class StageAssessment(Record):
    """How a stage does as a whole."""

    stage = models.ForeignKey(Stage, models.CASCADE, related_name="assessments", verbose_name=_("stage"))
    journey = models.ForeignKey(
        Journey,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="stage_assessments",
        verbose_name=_("journey"),
    )
    on = models.DateField(_("date"), null=True, blank=True)
    interaction = short_text(8, verbose_name=_("interaction works"), choices=StageAssessmentAnswer)
    content = short_text(8, verbose_name=_("content works"), choices=StageAssessmentAnswer)
    special = short_text(8, verbose_name=_("special situations work"), choices=StageAssessmentAnswer)
    expectation = short_text(16, verbose_name=_("against expectation"), choices=StageAssessmentExpectation)
    note = long_text(verbose_name=_("note"))

    objects = RecordQuerySet["StageAssessment"].as_manager()

    class Meta:
        verbose_name = _("stage assessment")
        verbose_name_plural = _("stage assessments")
        constraints = [
            *(one_of(field, StageAssessmentAnswer, blank=True) for field in ("interaction", "content", "special")),
            one_of("expectation", StageAssessmentExpectation, blank=True),
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.on or ''}".strip()
