"""A live room: its agenda of phases, and who has a seat in it. It knows no steps of the method."""

from __future__ import annotations

import secrets
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import Positioned, Stamped, one_of, short_text
from cxplan.live.models import Stream
from cxplan.workspaces.models import Member, Workspace

#: Letters of a note; more does not fit on paper, or on a screen that a room reads together.
LONGEST_NOTE: Final = 280

#: Letters of the reason for what a workshop decides.
REASON: Final = 600


class State(models.TextChoices):
    PLANNED = "planned", _("planned")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class Mode(models.TextChoices):
    """What people do in a phase."""

    READ = "read", _("Reading")
    WRITE = "write", _("Silent writing")
    REVEAL = "reveal", _("Reveal")
    GROUP = "group", _("Grouping")
    PLACE = "place", _("Placing")
    SCORE = "score", _("Scoring")
    VOTE = "vote", _("Voting")
    RANK = "rank", _("Ranking")
    WRITE_TOGETHER = "write_together", _("Writing together")
    DISCUSS = "discuss", _("Discussion")
    TEST = "test", _("Testing")
    ASSIGN = "assign", _("Who and when")
    DECIDE = "decide", _("Decision")
    CLOSE = "close", _("Closing")


#: The phases in which people give ballots: counted when they close, and hidden until then.
BALLOTS: Final = frozenset({Mode.VOTE, Mode.RANK, Mode.SCORE})


class Authors(models.TextChoices):
    """What others see of a note and its writer while a phase of writing goes on."""

    HIDDEN = "hidden", _("nothing before the reveal, and no names after it")
    ANONYMOUS = "anonymous", _("the note at once, without a name")
    NAMED = "named", _("the note at once, with a name")
    PRIVATE = "private", _("nothing, ever: what is written is its writer's own")


def new_token() -> str:
    """128 random bits: what the QR code leads to."""
    return secrets.token_hex(16)


class SessionQuerySet(models.QuerySet["Session"]):
    def of(self, workspace: Workspace) -> SessionQuerySet:
        return self.filter(workspace=workspace)

    def open(self) -> SessionQuerySet:
        return self.filter(Q(deadline=None) | Q(deadline__gt=timezone.now()), state=State.OPEN)

    def overdue(self) -> SessionQuerySet:
        """Those that nobody has ended since their time was over."""
        return self.filter(deadline__lte=timezone.now(), state=State.OPEN)

    def in_order(self) -> SessionQuerySet:
        return self.order_by("-pk")


class Session(Stamped):
    """One workshop, from its plan to its close.

    What everybody may see is told on the stream ``room``; ``desk`` is for facilitators and the projector, so that
    silent writing reaches nobody else: no text, no count, no version number.

    With a ``deadline`` it is open between meetings: everybody writes or votes when it suits them, until then. A vote
    is over after it, and keeps it; a workshop that was collecting notes beforehand waits for its meeting, without one.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="sessions", editable=False)
    title = models.CharField(_("title"), max_length=300)
    language = models.CharField(_("language"), max_length=2)
    facilitator = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("facilitator"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PLANNED, editable=False)
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    code = models.CharField(max_length=6, blank=True, default="", editable=False)
    phase = models.ForeignKey("Phase", models.SET_NULL, null=True, related_name="+", editable=False)
    turned_at = models.DateTimeField(null=True, editable=False)
    turned_from = models.ForeignKey("Phase", models.SET_NULL, null=True, related_name="+", editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    deadline = models.DateTimeField(_("open until"), null=True, editable=False)
    #: Time in words instead of digits, and nothing that moves or sounds, for everybody.
    is_calm = models.BooleanField(default=False, editable=False)
    #: Why the room decided as it did, as it was said aloud.
    reason = short_text(REASON, verbose_name=_("decision"), editable=False)
    room = models.OneToOneField(Stream, models.PROTECT, related_name="+", editable=False)
    desk = models.OneToOneField(Stream, models.PROTECT, related_name="+", editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("workshop")
        verbose_name_plural = _("workshops")
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="workshops_session_code_once"),
            models.CheckConstraint(
                condition=Q(code="") | Q(state=State.OPEN), name="workshops_session_code_while_open"
            ),
            one_of("state", State),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether people may take part now: not after the deadline either, whoever has been late to end it."""
        return self.state == State.OPEN and not self.is_overdue

    @property
    def is_overdue(self) -> bool:
        return self.state == State.OPEN and self.deadline is not None and self.deadline <= timezone.now()

    @property
    def is_between(self) -> bool:
        """Whether it goes on between meetings: without a clock, until its deadline."""
        return self.state == State.OPEN and self.deadline is not None


class PhaseQuerySet(models.QuerySet["Phase"]):
    def of(self, session: Session) -> PhaseQuerySet:
        return self.filter(session=session)

    def in_order(self) -> PhaseQuerySet:
        return self.order_by("position", "pk")


class Phase(Positioned):
    """A part of a session's agenda: what is asked, what people do, and for how long."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="phases", editable=False)
    mode = models.CharField(_("what people do"), max_length=16, choices=Mode)
    title = models.CharField(_("title"), max_length=120)
    question = models.CharField(_("question"), max_length=300, blank=True)
    instruction = short_text(600, verbose_name=_("instruction"))
    script = models.TextField(_("what the facilitator says"), blank=True, default="")
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=5)
    authors = models.CharField(_("what others see"), max_length=9, choices=Authors, default=Authors.HIDDEN)
    #: ``[{"key": "never", "label": "We never"}, …]``: where notes are put; empty where there is one wall.
    lanes = models.JSONField(default=list, blank=True)
    dots = models.PositiveSmallIntegerField(_("dots a person"), null=True, blank=True)
    most_per_note = models.PositiveSmallIntegerField(_("most dots on one note"), null=True, blank=True)
    #: What is scored from 1 to 5: ``[{"key": "ease", "label": "Ease"}, …]``.
    scales = models.JSONField(default=list, blank=True)
    #: Whether everybody may say what belongs together, or the facilitator alone.
    participants_group = models.BooleanField(default=False, editable=False)

    ends_at = models.DateTimeField(null=True, editable=False)
    #: What was left when the clock was stopped.
    seconds_left = models.PositiveIntegerField(null=True, editable=False)
    revealed_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = PhaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        constraints = [
            one_of("mode", Mode),
            one_of("authors", Authors),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(seconds_left=None), name="workshops_phase_clock_runs_or_stands"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def writes(self) -> bool:
        """Whether people write notes in it."""
        return self.mode in (Mode.WRITE, Mode.WRITE_TOGETHER)

    @property
    def has_begun(self) -> bool:
        """Whether the room has been in it: its clock runs, or stands where it was left."""
        return self.ends_at is not None or self.seconds_left is not None

    @property
    def is_hidden(self) -> bool:
        """Whether its notes are still seen by their writers alone."""
        hidden = self.authors == Authors.HIDDEN and self.revealed_at is None
        return self.mode == Mode.WRITE and (hidden or self.authors == Authors.PRIVATE)


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def of(self, session: Session) -> ParticipantQuerySet:
        return self.filter(session=session)

    def seated(self) -> ParticipantQuerySet:
        return self.filter(removed_at=None)

    def in_order(self) -> ParticipantQuerySet:
        return self.order_by("pk")


class Participant(models.Model):
    """A seat in a session: a member's, or a guest's who holds its key in a cookie."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="participants")
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    #: What a guest wants to be called; members have their names.
    nickname = short_text(40)
    #: SHA-256 of what a guest's cookie holds; empty for members.
    key_hash = models.CharField(max_length=64, blank=True, default="")
    joined_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)
    ready_for = models.ForeignKey(Phase, models.SET_NULL, null=True, related_name="+")
    #: The same as ``Session.is_calm`` for one's own phone.
    is_calm = models.BooleanField(default=False)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "member"], condition=Q(member__isnull=False), name="workshops_participant_once"
            ),
            models.UniqueConstraint(
                fields=["key_hash"], condition=~Q(key_hash=""), name="workshops_participant_key_once"
            ),
        ]

    def __str__(self) -> str:
        if self.member is not None:
            return str(self.member)
        return self.nickname or str(_("Anonymous guest"))


class AskedQuerySet(models.QuerySet["Asked"]):
    def of(self, session: Session) -> AskedQuerySet:
        return self.filter(session=session)

    def in_order(self) -> AskedQuerySet:
        return self.order_by("pk")


class Asked(models.Model):
    """A member who was asked to take part between meetings, and which mails have left for them."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="asked")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    mailed_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    objects = AskedQuerySet.as_manager()

    class Meta:
        verbose_name = _("asked")
        verbose_name_plural = _("asked")
        constraints = [models.UniqueConstraint(fields=["session", "member"], name="workshops_asked_once")]

    def __str__(self) -> str:
        return str(self.member)
