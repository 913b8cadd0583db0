"""What people make in a session: notes, their groups, ballots, and a word at the end."""

from __future__ import annotations

from typing import Final

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Deferrable, F, Q
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import Positioned, Stamped, Versioned, between, one_of, short_text

from .session import LONGEST_NOTE, Authors, Mode, Participant, Phase, Session


class Paper(models.TextChoices):
    """Colours of paper; they mean nothing."""

    YELLOW = "yellow", _("yellow")
    BLUE = "blue", _("blue")
    GREEN = "green", _("green")
    PINK = "pink", _("pink")
    LILAC = "lilac", _("lilac")


#: Letters of what a group is called.
LONGEST_NAME: Final = 120


class GroupQuerySet(models.QuerySet["Group"]):
    def of(self, session: Session) -> GroupQuerySet:
        return self.filter(session=session)

    def in_order(self) -> GroupQuerySet:
        return self.order_by("position", "pk")


class Group(Stamped, Positioned, Versioned):
    """Notes that say one thing; what they say is its name."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="groups")
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    lane = short_text(40)
    is_chosen = models.BooleanField(default=False)

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")

    def __str__(self) -> str:
        return self.name


class Regrouping(models.Model):
    """How the groups lay before somebody changed them last, so that it can be taken back for a moment."""

    session = models.OneToOneField(Session, models.CASCADE, related_name="regrouping")
    at = models.DateTimeField()
    #: ``{"groups": [[key, name, lane, position, is_chosen], …], "notes": {key of a note: key of its group, …}}``
    before = models.JSONField()

    class Meta:
        verbose_name = _("regrouping")
        verbose_name_plural = _("regroupings")

    def __str__(self) -> str:
        return f"{self.at}"


class NoteQuerySet(models.QuerySet["Note"]):
    def of(self, session: Session) -> NoteQuerySet:
        return self.filter(session=session)

    def on_the_wall(self) -> NoteQuerySet:
        """What everybody in the room may see: neither set aside, nor hidden until the reveal, nor private."""
        hidden = Q(phase__authors=Authors.HIDDEN, phase__revealed_at=None) | Q(phase__authors=Authors.PRIVATE)
        return self.filter(~Q(ref="") | ~(Q(phase__mode=Mode.WRITE) & hidden), set_aside_at=None)

    def in_order(self) -> NoteQuerySet:
        return self.order_by("position", "pk")


class Note(Stamped, Positioned, Versioned):
    """What one person wrote, or the facilitator for the room, or what was brought in from elsewhere.

    What was brought in has a ``ref`` that names it, such as ``gap:14``; what the facilitator typed has no participant.
    """

    #: Whose workspace it is in.
    belongs_to = "session"

    session = models.ForeignKey(Session, models.CASCADE, related_name="notes")
    phase = models.ForeignKey(Phase, models.CASCADE, related_name="notes")
    participant = models.ForeignKey(Participant, models.RESTRICT, null=True, related_name="notes")
    text = models.TextField(_("sticky note"), max_length=LONGEST_NOTE, validators=[MaxLengthValidator(LONGEST_NOTE)])
    paper = models.CharField(_("paper"), max_length=8, choices=Paper, default=Paper.YELLOW)
    lane = short_text(40)
    group = models.ForeignKey(Group, models.SET_NULL, null=True, related_name="notes")
    ref = short_text(80)
    #: Brought in to be read and to lean on; by itself it is neither voted on nor scored.
    is_material = models.BooleanField(default=False)
    set_aside_at = models.DateTimeField(null=True)
    is_chosen = models.BooleanField(default=False)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("sticky note")
        verbose_name_plural = _("sticky notes")
        constraints = [one_of("paper", Paper)]
        indexes = [models.Index(fields=["session", "position"], name="workshops_note_in_order")]

    def __str__(self) -> str:
        return self.text


class BallotQuerySet(models.QuerySet["Ballot"]):
    def of(self, phase: Phase) -> BallotQuerySet:
        return self.filter(phase=phase)

    def dots(self) -> BallotQuerySet:
        return self.filter(slot__isnull=False)

    def scores(self) -> BallotQuerySet:
        return self.filter(value__isnull=False)

    def ranks(self) -> BallotQuerySet:
        """The places in people's own orders, each from its first on."""
        return self.filter(place__isnull=False).order_by("participant", "place")


class Ballot(models.Model):
    """One dot, one score from 1 to 5, or one place in its giver's order. Counts are counted from these alone.

    A dot takes one of its giver's slots, of which there are as many as the phase gives dots: ``quota``. So the
    database itself lets nobody give more. Of the places, 1 is the first; what has left the wall leaves a gap in them.
    """

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="ballots")
    phase = models.ForeignKey(Phase, models.CASCADE, related_name="ballots")
    note = models.ForeignKey(Note, models.CASCADE, null=True, related_name="ballots")
    group = models.ForeignKey(Group, models.CASCADE, null=True, related_name="ballots")
    slot = models.PositiveSmallIntegerField(null=True)
    quota = models.PositiveSmallIntegerField(null=True)
    scale = short_text(40)
    value = models.PositiveSmallIntegerField(null=True)
    place = models.PositiveSmallIntegerField(null=True)
    given_at = models.DateTimeField(auto_now_add=True)

    objects = BallotQuerySet.as_manager()

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        constraints = [
            models.UniqueConstraint(fields=["participant", "phase", "slot"], name="workshops_ballot_slot_once"),
            models.UniqueConstraint(
                fields=["participant", "phase", "note", "group", "scale"],
                condition=Q(value__isnull=False),
                nulls_distinct=False,
                name="workshops_ballot_score_once",
            ),
            # Looked at when a statement ends: those that change places do so in one
            models.UniqueConstraint(
                fields=["participant", "phase", "place"],
                deferrable=Deferrable.IMMEDIATE,
                name="workshops_ballot_place_once",
            ),
            models.UniqueConstraint(
                fields=["participant", "phase", "note", "group"],
                condition=Q(place__isnull=False),
                nulls_distinct=False,
                name="workshops_ballot_ranked_once",
            ),
            models.CheckConstraint(
                condition=Q(note__isnull=True, group__isnull=False) | Q(note__isnull=False, group__isnull=True),
                name="workshops_ballot_one_target",
            ),
            models.CheckConstraint(
                condition=Q(
                    value=None, place=None, slot__isnull=False, quota__isnull=False, slot__gte=1, slot__lte=F("quota")
                )
                | Q(slot=None, place=None, value__isnull=False)
                | Q(slot=None, value=None, place__isnull=False, place__gte=1),
                name="workshops_ballot_dot_score_or_place",
            ),
            between("value", 1, 5),
        ]

    def __str__(self) -> str:
        return f"{self.slot or self.value or self.place}"


#: Hands in one room; a number beyond it is a slip of the keys.
MOST_HANDS: Final = 999


class HandsQuerySet(models.QuerySet["Hands"]):
    def of(self, phase: Phase) -> HandsQuerySet:
        return self.filter(phase=phase)


class Hands(models.Model):
    """How many hands went up in the room for one target: dots of people without a phone, entered at the desk."""

    phase = models.ForeignKey(Phase, models.CASCADE, related_name="hands")
    note = models.ForeignKey(Note, models.CASCADE, null=True, related_name="hands")
    group = models.ForeignKey(Group, models.CASCADE, null=True, related_name="hands")
    count = models.PositiveSmallIntegerField()
    entered_at = models.DateTimeField(auto_now=True)

    objects = HandsQuerySet.as_manager()

    class Meta:
        verbose_name = _("show of hands")
        verbose_name_plural = _("shows of hands")
        constraints = [
            models.UniqueConstraint(
                fields=["phase", "note", "group"], nulls_distinct=False, name="workshops_hands_once"
            ),
            models.CheckConstraint(
                condition=Q(note__isnull=True, group__isnull=False) | Q(note__isnull=False, group__isnull=True),
                name="workshops_hands_one_target",
            ),
            between("count", 1, MOST_HANDS),
        ]

    def __str__(self) -> str:
        return f"{self.count}"


class Pulse(models.Model):
    """How the workshop felt to one person: 1 to 5, and a word."""

    participant = models.OneToOneField(Participant, models.CASCADE, related_name="pulse")
    value = models.PositiveSmallIntegerField()
    word = short_text(120)
    given_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("pulse")
        verbose_name_plural = _("pulses")
        constraints = [between("value", 1, 5)]

    def __str__(self) -> str:
        return f"{self.value} {self.word}".strip()
