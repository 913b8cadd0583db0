"""The minutes of a workshop: what was asked, what was said and chosen, what lost, and what was decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cxplan.workshops.models import Note, Participant, Phase
from roadmap.models import Opening, ProgrammeRecord

from .agenda import Agenda
from .harvest import Outcome, outcomes


@dataclass(frozen=True)
class Minutes:
    """A workshop as it is read afterwards. Nobody's name stands at a note, a dot or a score."""

    opening: Opening
    held_on: date | None
    people: int
    phases: Sequence[Phase]
    outcomes: Sequence[Outcome]

    @property
    def promised(self) -> str:
        """What the last workshop promised, as it lay on the wall of this one. One query."""
        brought = Note.objects.of(self.opening.session).filter(ref__startswith="decision:").in_order()
        return next(iter(brought.values_list("text", flat=True)[:1]), "")

    @property
    def scales(self) -> list[tuple[str, str]]:
        """What was scored: key and name, each once."""
        return list({scale["key"]: scale["label"] for phase in self.phases for scale in phase.scales}.items())

    @property
    def lanes(self) -> dict[str, str]:
        return {lane["key"]: lane["label"] for phase in self.phases for lane in phase.lanes}

    @property
    def has_voted(self) -> bool:
        return any(outcome.votes for outcome in self.outcomes)

    @property
    def has_ranked(self) -> bool:
        return any(outcome.points for outcome in self.outcomes)

    @property
    def has_counted_hands(self) -> bool:
        return any(outcome.hands for outcome in self.outcomes)


def of_opening(opening: Opening, agenda: Agenda) -> Minutes:
    """The minutes as they stand now; what is still hidden, private or set aside is not in them."""
    session = opening.session
    return Minutes(
        opening=opening,
        held_on=timezone.localdate(session.opened_at) if session.opened_at else None,
        people=Participant.objects.of(session).seated().count(),
        phases=list(session.phases.in_order()),
        outcomes=outcomes(opening, agenda),
    )


def to_rows(minutes: Minutes) -> Iterator[Mapping[str, Any]]:
    """A line for each note, in the order of the result, with what its group came to."""
    lanes = minutes.lanes
    for outcome in minutes.outcomes:
        for note in outcome.notes:
            row: dict[str, Any] = {
                _("place"): outcome.place or None,
                _("group"): outcome.name if outcome.is_group else "",
                pgettext("on the wall", "note"): note.text,
                _("lane"): lanes.get(outcome.lane, ""),
                _("dots"): outcome.dots if minutes.has_voted else None,
                _("hands"): outcome.hands if minutes.has_counted_hands else None,
            }
            if minutes.has_ranked:
                ranked = outcome.ranked
                row[_("points of the ranking")] = outcome.points
                row[_("ranked by")] = ranked.people if ranked else 0
                row[_("mean place")] = round(ranked.mean, 2) if ranked and ranked.mean else None
                row[_("first for")] = ranked.firsts if ranked else 0
            for key, label in minutes.scales:
                score = outcome.scores.get(key)
                row[_("%(scale)s, mean") % {"scale": label}] = round(score.mean, 2) if score else None
                row[_("%(scale)s, spread") % {"scale": label}] = round(score.spread, 2) if score else None
                row[_("%(scale)s, answers") % {"scale": label}] = score.n if score else None
            row[_("in the plan as")] = _id(outcome.made)
            yield row


def to_document(minutes: Minutes) -> dict[str, Any]:
    """The same for programs, with keys that no language changes."""
    opening, session = minutes.opening, minutes.opening.session
    decision = opening.decision
    return {
        "title": session.title,
        "step": opening.step,
        "language": session.language,
        "held_on": minutes.held_on,
        "participants": minutes.people,
        "promised": minutes.promised or None,
        "agenda": [
            {"mode": phase.mode, "title": phase.title, "question": phase.question, "minutes": phase.minutes}
            for phase in minutes.phases
        ],
        "result": [_outcome(outcome, minutes) for outcome in minutes.outcomes],
        "decision": {"text": decision.text, "why": decision.why, "about": decision.about} if decision else None,
    }


def _outcome(outcome: Outcome, minutes: Minutes) -> dict[str, Any]:
    return {
        "name": outcome.name,
        "group": outcome.is_group,
        "notes": [note.text for note in outcome.notes],
        "lane": minutes.lanes.get(outcome.lane),
        "place": outcome.place or None,
        "dots": outcome.dots if minutes.has_voted else None,
        "hands": outcome.hands if minutes.has_counted_hands else None,
        "ranking": _ranking(outcome) if minutes.has_ranked else None,
        "scores": {
            key: {"mean": round(score.mean, 3), "spread": round(score.spread, 3), "n": score.n}
            for key, score in outcome.scores.items()
        },
        "record": _id(outcome.made),
    }


def _ranking(outcome: Outcome) -> dict[str, Any] | None:
    ranked = outcome.ranked
    if ranked is None:
        return None
    mean = round(ranked.mean, 3) if ranked.mean else None
    return {"points": ranked.points, "n": ranked.people, "mean_place": mean, "firsts": ranked.firsts}


def _id(record: Any) -> str | None:
    return record.exchange_id if isinstance(record, ProgrammeRecord) else None
