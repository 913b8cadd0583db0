"""What phones and the desk send. Each form may bear the name of its command, so that it happens once."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from cxplan.kit.forms import put_plainly
from cxplan.workshops.domain.board import Target, lane_keys
from cxplan.workshops.domain.facilitate import LONGEST
from cxplan.workshops.domain.ranks import Move
from cxplan.workshops.models import Group, Note, Paper, Participant, Phase, Session
from cxplan.workshops.models.board import MOST_HANDS
from cxplan.workshops.models.session import LONGEST_NOTE, REASON


class CommandForm(forms.Form):
    """``command`` is the phone's own name for what it sends; without one, the server gives it a name."""

    command = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        self.session = session
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            put_plainly(field)

    @property
    def name(self) -> UUID:
        """What to call the command."""
        return self.cleaned_data.get("command") or uuid4()


class PhaseField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable
    """One of a session's phases; the one that goes on is at hand."""

    session: Session

    def to_python(self, value: Any) -> Phase | None:
        if self.session.phase is not None and value == str(self.session.phase_id):
            return self.session.phase
        return super().to_python(value)


class PhaseForm(CommandForm):
    """Something that is meant for one phase of the session."""

    phase = PhaseField(queryset=Phase.objects.none(), widget=forms.HiddenInput)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, session=session, **kwargs)
        choice: Any = self.fields["phase"]
        choice.session, choice.queryset = session, Phase.objects.of(session)


class NoteForm(PhaseForm):
    text = forms.CharField(
        label=_("New note"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST_NOTE}),
    )
    paper = forms.ChoiceField(
        label=_("Colour of the note"),
        choices=Paper.choices,
        required=False,
        initial=Paper.YELLOW,
        widget=forms.RadioSelect,
    )
    lane = forms.ChoiceField(label=_("Where it belongs"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, session=session, **kwargs)
        lanes = session.phase.lanes if session.phase else []
        if not lanes:
            del self.fields["lane"]
        else:
            choice: Any = self.fields["lane"]
            choice.choices = [(lane["key"], lane["label"]) for lane in lanes]

    def clean_paper(self) -> str:
        return self.cleaned_data["paper"] or Paper.YELLOW


class EditNoteForm(CommandForm):
    text = forms.CharField(
        label=_("Note"), max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST_NOTE})
    )
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class ReadyForm(PhaseForm):
    ready = forms.BooleanField(required=False)


class AboutForm(CommandForm):
    """Something about a group, or about a note that is in none; whether it is there, its command sees."""

    group = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    note = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    @property
    def target(self) -> Target | None:
        """What it is about; nothing where neither is named."""
        group, note = self.cleaned_data.get("group"), self.cleaned_data.get("note")
        if group is not None:
            return Target(group=group)
        return Target(note=note) if note is not None else None


class TargetForm(AboutForm, PhaseForm):
    """The same, in one phase."""


class ChooseForm(AboutForm):
    """Whether the workshop decides for it."""

    chosen = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and self.target is None:
            raise forms.ValidationError(_("Choose from the list: what was chosen is not there any more."))
        return cleaned


class ScoreForm(TargetForm):
    scale = forms.CharField(max_length=40)
    value = forms.IntegerField(min_value=1, max_value=5)


class RankForm(TargetForm):
    """What becomes of a card in one's own order."""

    move = forms.ChoiceField(choices=[(each.value, each.value) for each in Move])

    def clean_move(self) -> Move:
        return Move(self.cleaned_data["move"])


class CalmForm(CommandForm):
    calm = forms.BooleanField(required=False)


class PulseForm(CommandForm):
    value = forms.TypedChoiceField(
        label=_("How was the workshop?"),
        choices=[
            (5, _("Very good")),
            (4, _("Good")),
            (3, _("All right")),
            (2, _("Poor")),
            (1, _("Very poor")),
        ],
        coerce=int,
        widget=forms.RadioSelect,
    )
    word = forms.CharField(label=_("In a word or two"), max_length=120, required=False)


# The desk


class TurnForm(PhaseForm):
    """To which phase."""


class MovePhaseForm(PhaseForm):
    """To which place of the agenda, counted from 0."""

    place = forms.IntegerField(min_value=0, max_value=100)


class ClockForm(CommandForm):
    """More or less time, or the clock stood still or let run."""

    minutes = forms.IntegerField(
        required=False,
        min_value=-60,
        max_value=60,
        validators=[MaxValueValidator(int(LONGEST.total_seconds() // 60))],
    )
    act = forms.ChoiceField(choices=[("pause", "pause"), ("resume", "resume")], required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("act") and not cleaned.get("minutes"):
            raise forms.ValidationError(_("Say how many minutes."))
        return cleaned


class HandsForm(TargetForm):
    """How many hands went up for it; an empty field is none."""

    count = forms.IntegerField(required=False, min_value=0, max_value=MOST_HANDS)

    def clean_count(self) -> int:
        return self.cleaned_data["count"] or 0


class PersonForm(CommandForm):
    participant = forms.ModelChoiceField(queryset=Participant.objects.none(), widget=forms.HiddenInput)
    back = forms.BooleanField(required=False)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, session=session, **kwargs)
        choice: Any = self.fields["participant"]
        choice.queryset = Participant.objects.of(session)


class NotesForm(CommandForm):
    """Some notes of the session, and what to do with them."""

    notes = forms.ModelMultipleChoiceField(
        queryset=Note.objects.none(),
        error_messages={"required": _("Choose the notes first.")},
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, session=session, **kwargs)
        choice: Any = self.fields["notes"]
        choice.queryset = Note.objects.of(session)
        choice.error_messages["required"] = _("Choose the notes first.")


class AsideForm(NotesForm):
    back = forms.BooleanField(required=False)


class GatherForm(CommandForm):
    """Notes and whole groups that belong together."""

    notes = forms.ModelMultipleChoiceField(queryset=Note.objects.none(), required=False)
    groups = forms.ModelMultipleChoiceField(queryset=Group.objects.none(), required=False)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, session=session, **kwargs)
        for name, model in (("notes", Note), ("groups", Group)):
            choice: Any = self.fields[name]
            choice.queryset = model.objects.of(session)
            choice.error_messages["invalid_choice"] = _("Choose from the list: what was chosen is not there any more.")

    def chosen(self) -> int:
        return len(self.cleaned_data.get("notes", ())) + len(self.cleaned_data.get("groups", ()))


class GroupForm(GatherForm):
    """What the facilitator puts together; a note by itself may be a group that waits for others."""

    label = forms.CharField(label=_("What these notes say"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned["notes"] and self.chosen() < 2:
            raise forms.ValidationError(_("Choose the notes first."))
        return cleaned


class ProposeForm(GatherForm, PhaseForm):
    """What a participant says belongs together: at least two."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and self.chosen() < 2:
            raise forms.ValidationError(_("Tick at least two that belong together."))
        return cleaned


class LetGroupForm(PhaseForm):
    everybody = forms.BooleanField(required=False)


class PutForm(NotesForm):
    group = forms.ModelChoiceField(
        label=_("Put into"), queryset=Group.objects.none(), required=False, empty_label=_("Out of the group")
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, session=session, **kwargs)
        choice: Any = self.fields["group"]
        choice.queryset = Group.objects.of(session).in_order()


class LaneForm(NotesForm):
    lane = forms.CharField(max_length=40)

    def clean_lane(self) -> str:
        lane: str = self.cleaned_data["lane"]
        if self.session.phase is None or lane not in lane_keys(self.session.phase):
            raise forms.ValidationError(_("Choose from the list: what was chosen is not there any more."))
        return lane


class DecisionForm(CommandForm):
    """Why the room decides as it does."""

    reason = forms.CharField(
        label=_("What do we decide, and why?"),
        max_length=REASON,
        required=False,
        help_text=_(
            "Everybody sees it at once, and it is proposed as the reason when you take the result into the plan."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": REASON}),
    )


class RenameForm(CommandForm):
    label = forms.CharField(label=_("What these notes say"), max_length=120)
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
