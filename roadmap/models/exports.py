"""A plan somebody asked for: the request, the work on it, and the file it became."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import Stamped, long_text, one_of, short_text
from cxplan.workspaces.models import Member, Workspace

from .programme import Language, Programme
from .workshops import Opening


class StoredFile(models.Model):
    """Bytes kept under their SHA-256, so that the same file is stored once."""

    sha256 = models.CharField(max_length=64, unique=True)
    content_type = models.CharField(max_length=100)
    data = models.BinaryField()
    size = models.PositiveBigIntegerField()
    pages = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.sha256


class ExportQuerySet(models.QuerySet["Export"]):
    def of(self, programme: Programme) -> Self:
        return self.filter(programme=programme)

    def whole(self) -> Self:
        """Those that tell of the whole plan."""
        return self.filter(parts__in=(ExportPart.FULL, ExportPart.SUMMARY))

    def latest_first(self) -> Self:
        return self.order_by("-pk")

    def with_file(self) -> Self:
        """With what is known of the file, not its bytes."""
        return self.select_related("file").defer("file__data")


class ExportState(models.TextChoices):
    QUEUED = "queued", _("queued")
    RUNNING = "running", _("being made")
    DONE = "done", _("ready")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class ExportPart(models.TextChoices):
    FULL = "full", _("the whole plan")
    SUMMARY = "summary", _("management summary")
    STEP = "step", _("one step")
    POSTER = "poster", _("poster of the pillars, A3")
    POSTER_A2 = "poster_a2", _("poster of the pillars, A2")
    CARDS = "cards", _("pocket cards, ten to a sheet")
    MINUTES = "minutes", _("minutes of a workshop")


#: What is made of the chosen pillars, not of the whole plan.
OF_PILLARS = (ExportPart.POSTER, ExportPart.POSTER_A2, ExportPart.CARDS)
#: What may be wished for on the page of exports; minutes are asked for on their workshop's.
WISHES = tuple((part.value, part.label) for part in ExportPart if part is not ExportPart.MINUTES)


class Export(Stamped):
    """A request for the plan, claimed by a worker under a lease and finished once.

    The row is the job: the broker only wakes a worker. ``attempt`` grows with each claim, and only
    the attempt that holds the row may finish it.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="exports")
    requested_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    language = models.CharField(_("language"), max_length=2, choices=Language)
    mark = short_text(120, verbose_name=_("confidentiality mark"))
    parts = models.CharField(_("what to print"), max_length=16, choices=ExportPart, default=ExportPart.FULL)
    step = models.PositiveSmallIntegerField(_("step"), null=True, blank=True)
    opening = models.ForeignKey(Opening, models.CASCADE, null=True, related_name="+", editable=False)
    appendix = models.BooleanField(_("with the evidence appendix"), default=True)
    #: The programme as it was when asked for.
    revision = models.PositiveBigIntegerField()
    #: The hash of everything the file follows from, known once a worker has read the plan.
    input_hash = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=16, choices=ExportState, default=ExportState.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    #: The broker's message that the claim came with.
    delivery = models.CharField(max_length=64, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    page = models.PositiveIntegerField(default=0)
    page_count = models.PositiveIntegerField(default=0)
    error = long_text()
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="exports")
    finished_at = models.DateTimeField(null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("state", ExportState),
            one_of("parts", ExportPart),
            one_of("language", Language),
            models.CheckConstraint(
                condition=Q(parts="step", step__isnull=False, step__gte=1, step__lte=12)
                | (~Q(parts="step") & Q(step__isnull=True)),
                name="roadmap_export_one_step_is_named",
            ),
            models.CheckConstraint(
                condition=Q(parts="minutes", opening__isnull=False) | (~Q(parts="minutes") & Q(opening__isnull=True)),
                name="roadmap_export_minutes_of_a_workshop",
            ),
            models.UniqueConstraint(
                fields=["programme", "input_hash"],
                condition=Q(state="running") & ~Q(input_hash=""),
                name="roadmap_export_made_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(file__isnull=False),
                name="roadmap_export_done_has_a_file",
            ),
            models.CheckConstraint(
                condition=Q(progress__lte=100),
                name="roadmap_export_progress_in_per_cent",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"],
                condition=Q(state__in=["queued", "running"]),
                name="roadmap_export_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.language} {self.state}"

    @property
    def is_of_plan(self) -> bool:
        """Whether this is the plan or a part of it, and so bears the confidentiality mark."""
        return self.parts not in (*OF_PILLARS, ExportPart.MINUTES)
