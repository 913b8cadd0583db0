"""What was decided, and what was said, about any record.

They annotate; they are no links of the chain. So they name records by exchange id, which is unique
in the programme across kinds and never reused.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import long_text
from cxplan.workspaces.models import Member

from .base import ProgrammeRecord, ProgrammeRecordQuerySet


class Decision(ProgrammeRecord):
    text = models.TextField(_("decision"))
    why = long_text(verbose_name=_("why"))
    by = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    made_on = models.DateField(_("decided on"), null=True, blank=True)
    about = ArrayField(
        models.CharField(max_length=64),
        default=list,
        blank=True,
        verbose_name=_("about"),
    )

    objects = ProgrammeRecordQuerySet["Decision"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")

    def __str__(self) -> str:
        return self.text


class Comment(ProgrammeRecord):
    text = models.TextField(_("comment"))
    by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    on = models.DateField(null=True, blank=True, editable=False)
    about = models.CharField(max_length=64, editable=False)

    objects = ProgrammeRecordQuerySet["Comment"].as_manager()

    class Meta(ProgrammeRecord.Meta):
        abstract = False
        verbose_name = _("comment")
        verbose_name_plural = _("comments")

    def __str__(self) -> str:
        return self.text
