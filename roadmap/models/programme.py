"""A programme: twelve steps from what the organisation says to what each person does."""

from __future__ import annotations

from typing import Any, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import between, long_text, one_of, short_text
from cxplan.live.models import Stream
from cxplan.workspaces.models import Member, Record, RecordQuerySet, Team
from journeys.models import EcosystemPart, Journey, Persona, Stage, Touchpoint


class Language(models.TextChoices):
    FI = "fi", "suomi"
    EN = "en", "English"


class ProgrammeDevelopmentStage(models.TextChoices):
    EXCITEMENT = "excitement", _("excitement")
    CONFUSION = "confusion", _("confusion")
    AWAKENING = "awakening", _("awakening")
    CHANGE = "change", _("change")


class Programme(Record):
    programme_column = "id"

    exchange_id = models.CharField(max_length=64, default="programme", editable=False)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.FI)
    languages = ArrayField(models.CharField(max_length=2), default=list, editable=False)
    #: A copy of the demo, to look around in: its organisation, people, teams and journeys are made up.
    is_example = models.BooleanField(default=False, editable=False)
    #: Grows with every command; whatever is derived from the programme is cached under it.
    revision = models.PositiveBigIntegerField(default=0, editable=False)
    #: Tells the pages of the programme that something of it changed; what, they find out themselves.
    stream = models.OneToOneField(Stream, models.PROTECT, related_name="programme", editable=False)
    #: The last number given out under each prefix of exchange ids; numbers are never reused.
    numbers = models.JSONField(default=dict, editable=False)

    name = models.CharField(_("name"), max_length=300)
    purpose = long_text(verbose_name=_("purpose"))
    starts_on = models.DateField(_("starts"), null=True, blank=True)
    vision_year = models.PositiveSmallIntegerField(_("year of the vision"), null=True, blank=True)
    cx_owner = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("CX owner"),
    )
    sponsor = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sponsor"),
    )
    core_group = models.ManyToManyField(Member, verbose_name=_("core group"), blank=True, related_name="+")
    development_stage = short_text(16, verbose_name=_("development stage"), choices=ProgrammeDevelopmentStage)
    development_stage_reason = long_text(verbose_name=_("why this stage"))
    business_case = long_text(verbose_name=_("business case"))
    business_case_low = models.FloatField(_("worth a year, at least"), null=True, blank=True)
    business_case_high = models.FloatField(_("worth a year, at most"), null=True, blank=True)
    business_case_assumptions = ArrayField(models.TextField(), default=list, blank=True, editable=False)

    weight_effectiveness = models.FloatField(null=True, blank=True, editable=False)
    weight_ease = models.FloatField(null=True, blank=True, editable=False)
    weight_emotion = models.FloatField(null=True, blank=True, editable=False)
    focus_line = models.PositiveSmallIntegerField(_("how many sweet spots we focus on"), null=True, blank=True)

    gate_approved_by = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    gate_approved_on = models.DateField(null=True, blank=True, editable=False)
    #: To the second, for what changed afterwards; an imported approval was given when it was imported.
    gate_approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    gate_note = long_text(editable=False)

    organisation_key = short_text(64, editable=False)
    organisation_name = short_text(verbose_name=_("organisation"))
    organisation_sector = short_text(verbose_name=_("sector"))
    organisation_description = long_text(verbose_name=_("about the organisation"))
    organisation_brand_promise = long_text(verbose_name=_("brand promise"))

    objects = RecordQuerySet["Programme"].as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = [
            one_of("language", Language),
            one_of("development_stage", ProgrammeDevelopmentStage, blank=True),
            between("vision_year", 1900, 2200),
            models.CheckConstraint(
                condition=Q(business_case_low=None)
                | Q(business_case_high=None)
                | Q(business_case_low__lte=models.F("business_case_high")),
                name="roadmap_programme_business_case_is_a_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **how: Any) -> None:
        """Write the programme; a new one gets its stream."""
        if not self.stream_id:
            self.stream = Stream.objects.create()
        super().save(**how)

    def next_id(self, prefix: str) -> str:
        """The next exchange id under a prefix. Whoever asks holds the programme and writes its ``numbers``."""
        number = self.numbers.get(prefix, 0) + 1
        self.numbers[prefix] = number
        return f"{prefix}{number}"


class StepStatusState(models.TextChoices):
    NOT_STARTED = "not_started", _("Not started")
    IN_PROGRESS = "in_progress", _("In progress")
    DONE = "done", _("Done")


class StepStatus(models.Model):
    """What a person said of a step. That it wants another look is derived, never stored."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="step_statuses")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16, choices=StepStatusState, default=StepStatusState.NOT_STARTED)
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="roadmap_stepstatus_once"),
            between("number", 1, 12),
            one_of("state", StepStatusState),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class PutAway(models.Model):
    """A suggestion that a member put away: the step it was about, and how that stood then."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()
    standing = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "member", "number"], name="roadmap_putaway_once"),
            between("number", 1, 12),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.standing}"


#: What a workspace owns and a programme uses.
TIED = ("team", "person", "persona", "stage", "journey", "touchpoint", "ecosystem_part")


def _holds_one(fields: tuple[str, ...]) -> Q:
    """Exactly one of the fields is set."""
    return Q(
        *(Q(**{f"{other}__isnull": other != kind for other in fields}) for kind in fields),
        _connector=Q.OR,
    )


def _stay_in_workspace() -> pgtrigger.Trigger:
    """Refuse a tie to what another workspace owns."""
    checks = [
        f"IF NEW.{kind}_id IS NOT NULL AND home IS DISTINCT FROM "
        f"(SELECT workspace_id FROM {model._meta.db_table} WHERE id = NEW.{kind}_id) THEN "
        f"RAISE EXCEPTION 'roadmap_tie.{kind}_id points out of its workspace' "
        "USING ERRCODE = 'check_violation'; END IF;"
        for kind, model in zip(TIED, (Team, Member, Persona, Stage, Journey, Touchpoint, EcosystemPart), strict=True)
    ]
    return pgtrigger.Trigger(
        name="boundary",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("home", "bigint")],
        func="\n".join(
            [
                "SELECT workspace_id INTO home FROM roadmap_programme WHERE id = NEW.programme_id;",
                *checks,
                "RETURN NEW;",
            ]
        ),
    )


class TieQuerySet(models.QuerySet["Tie"]):
    def of(self, programme: Programme) -> Self:
        return self.filter(programme=programme)

    def in_order(self) -> Self:
        return self.order_by("position", "pk")


class Tie(models.Model):
    """Something the workspace owns, as it stands in one programme: its exchange id and its place.

    Teams, people, personas, stages, journeys, touchpoints and ecosystem parts outlive programmes
    and may serve several, under another id in each.
    """

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="ties")
    exchange_id = models.CharField(max_length=64)
    position = models.PositiveIntegerField(default=0)
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="ties")
    person = models.ForeignKey(Member, models.CASCADE, null=True, related_name="ties")
    #: The person's part in this programme; rights come from the member's role.
    part = short_text(64)
    persona = models.ForeignKey(Persona, models.CASCADE, null=True, related_name="ties")
    stage = models.ForeignKey(Stage, models.CASCADE, null=True, related_name="ties")
    journey = models.ForeignKey(Journey, models.CASCADE, null=True, related_name="ties")
    touchpoint = models.ForeignKey(Touchpoint, models.CASCADE, null=True, related_name="ties")
    ecosystem_part = models.ForeignKey(EcosystemPart, models.CASCADE, null=True, related_name="ties")

    objects = TieQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "exchange_id"], name="roadmap_tie_id_once"),
            *(
                models.UniqueConstraint(
                    fields=["programme", kind],
                    condition=Q(**{f"{kind}__isnull": False}),
                    name=f"roadmap_tie_{kind}_once",
                )
                for kind in TIED
            ),
            models.CheckConstraint(condition=_holds_one(TIED), name="roadmap_tie_holds_one_thing"),
        ]
        triggers = [_stay_in_workspace()]

    def __str__(self) -> str:
        return self.exchange_id
