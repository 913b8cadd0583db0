"""Votes on records between meetings: what the team is asked, and what the lead makes of the answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import override

from cxplan.workshops.domain import between, facilitate
from cxplan.workshops.domain.board import Score
from cxplan.workshops.models import Ballot
from cxplan.workspaces.models import Member
from cxplan.workspaces.models.history import act_as
from roadmap.models import Decision, Opening, Programme
from roadmap.models.workshops import Poll

from . import harvest, records, workshops
from .agenda import Agenda
from .harvest import NothingChosen
from .kinds import BY_NAME

#: Whoever gives a pillar so much stands behind it.
STANDS_BEHIND: Final = 4
#: The field of the record that the answer is about.
FIELDS: Final = {Poll.SEVERITY: "severity", Poll.SUPPORT: "votes", Poll.DOTS: "votes"}


@dataclass(frozen=True)
class Proposal:
    """A record, what was said of it, and what its field would be; ``before`` is what it is now."""

    record: Any
    before: int | None
    proposed: int | None
    score: Score | None = None
    dots: int = 0
    place: int = 0
    is_tie: bool = False

    @property
    def changes(self) -> bool:
        return self.proposed is not None and self.proposed != self.before


def ask(
    programme: Programme,
    poll: Poll,
    agenda: Agenda,
    number: int,
    *,
    by: Member,
    question: str,
    about: Sequence[Any],
    deadline: datetime,
    asked: Iterable[Member],
) -> Opening:
    """Ask members to vote on records until a deadline, each record as a note; open from now on."""
    planned = workshops.poll_plan(programme, agenda, question=question, about=about)
    with transaction.atomic():
        session = facilitate.plan(programme.workspace, by, planned)
        opening = Opening.objects.create(programme=programme, step=number, session=session, poll=poll)
        between.open_until(session, deadline, asked)
        session.refresh_from_db()
        return opening


def proposals(opening: Opening, agenda: Agenda) -> list[Proposal]:
    """What was said of each record that is still there, in the order of the result. Nothing before the vote is over."""
    kind = BY_NAME[agenda.makes[0].kind]
    field = FIELDS[Poll(opening.poll)]
    found = {outcome.ref[1]: outcome for outcome in harvest.outcomes(opening, agenda) if outcome.ref}
    alive = kind.objects().of(opening.programme).alive().in_bulk(list(found))
    voted = opening.session.closed_at is not None
    behind = Ballot.objects.scores().filter(phase__session=opening.session_id, value__gte=STANDS_BEHIND)
    supporters = Counter(behind.values_list("note", flat=True))
    return [
        Proposal(
            record=alive[key],
            before=getattr(alive[key], field),
            proposed=_proposed(opening, outcome, supporters) if voted else None,
            score=next(iter(outcome.scores.values()), None),
            dots=outcome.votes,
            place=outcome.place,
            is_tie=outcome.is_tie,
        )
        for key, outcome in found.items()
        if key in alive
    ]


def _proposed(opening: Opening, outcome: harvest.Outcome, supporters: Mapping[int, int]) -> int | None:
    """A severity is the mean as a whole number; votes are dots, or how many stand behind a pillar."""
    if opening.poll == Poll.DOTS:
        return outcome.votes
    score = next(iter(outcome.scores.values()), None)
    if score is None:
        return None
    if opening.poll == Poll.SUPPORT:
        return supporters.get(outcome.notes[0].pk, 0)
    return harvest.rounded(score.mean)


def accept(opening: Opening, agenda: Agenda, accepted: Mapping[int, int], *, reason: str, by: Member) -> Decision:
    """Write what the lead accepts into the records, and keep why. Raises ``NothingChosen`` for nothing."""
    kind, field = BY_NAME[agenda.makes[0].kind], FIELDS[Poll(opening.poll)]
    programme = opening.programme
    with transaction.atomic():
        current = Opening.objects.of(programme).select_for_update(of=("self",)).get(pk=opening.pk)
        act_as(by)
        alive = kind.objects().of(programme).alive().in_bulk(list(accepted))
        if not alive:
            raise NothingChosen
        changed = [
            records.change(record, programme=programme, by=by, values={field: accepted[key]})
            for key, record in alive.items()
        ]
        decision = _decide(current, changed, field, reason=reason, by=by)
        current.decision, current.harvested_at = decision, timezone.now()
        current.save(update_fields=["decision", "harvested_at"])
        return decision


def _decide(opening: Opening, changed: Sequence[Any], field: str, *, reason: str, by: Member) -> Decision:
    with override(opening.programme.language):
        words = _("severity") if field == "severity" else _("votes")
        said = [
            f"{Truncator(str(record)).chars(120).rstrip('.')}: {words} {getattr(record, field)}" for record in changed
        ]
        text = _("%(vote)s: %(what)s.") % {"vote": opening.session.title, "what": "; ".join(said)}
    values = {
        "text": text,
        "why": reason,
        "by": by,
        "made_on": timezone.localdate(),
        "about": [record.exchange_id for record in changed],
    }
    made = records.add(BY_NAME["decision"], programme=opening.programme, by=by, values=values)
    if not isinstance(made, Decision):
        raise TypeError("a decision")
    return made
