"""What the service stands on: the service ecosystem behind the touchpoints."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import one_of
from cxplan.workspaces.models import Record, RecordQuerySet

from .touchpoint import Touchpoint


class EcosystemPartKind(models.TextChoices):
    TECHNOLOGY = "technology", _("technology")
    PROCESS = "process", _("process")
    GUIDELINE = "guideline", _("guideline")
    DATA = "data", _("data")
    PARTNER = "partner", _("partner")
    TEAM = "team", _("team")


class EcosystemPart(Record):
    kind = models.CharField(_("kind"), max_length=16, choices=EcosystemPartKind)
    name = models.CharField(_("name"), max_length=300)
    touchpoints = models.ManyToManyField(
        Touchpoint,
        verbose_name=_("touchpoints"),
        blank=True,
        related_name="ecosystem_parts",
    )
    visible = models.BooleanField(_("visible to the customer"), null=True, blank=True)
    changes = models.JSONField(default=list, blank=True, editable=False)

    objects = RecordQuerySet["EcosystemPart"].as_manager()

    class Meta:
        verbose_name = _("ecosystem part")
        verbose_name_plural = _("ecosystem parts")
        constraints = [one_of("kind", EcosystemPartKind)]

    def __str__(self) -> str:
        return self.name
