"""What a workshop made becomes records of its step, with a decision and its reason; the rest stays where it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import sqrt
from statistics import fmean
from typing import Any, Final

from django.db.models import Max
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import override

from cxplan.workshops.domain import board, ranks
from cxplan.workshops.domain.board import Score
from cxplan.workshops.domain.ranks import Ranked
from cxplan.workshops.domain.wall import wall
from cxplan.workshops.models import Authors, Ballot, Group, Mode, Note, Participant, Phase, Session
from cxplan.workspaces.models import Member
from journeys.models import Assessment, Journey, Stage, Touchpoint
from journeys.models.assessment import SCORES
from journeys.models.journey import JourneyKind
from roadmap.models import Decision, FromNote, HeldWorkshop, Opening, Programme, SweetSpot, Theme, Tie

from . import details, records
from .agenda import Agenda, Makes
from .kinds import BY_NAME, Kind

#: The link by which a record leans on what lay with its notes on the wall, by kind; where its model has that link.
LEANS: Final = {
    "finding": "findings",
    "insight": "insights",
    "customer_call": "customer_calls",
    "gap": "gaps",
    "pillar": "pillars",
    "touchpoint": "touchpoints",
    "vision_element": "vision_elements",
    "action": "supports_actions",
    "ecosystem_part": "ecosystem",
}
#: Where a note lies on no lane.
WITHOUT_LANE: Final = {"insight": "need", "pillar": "always", "action": "acute", "lever": "system", "metric": "count"}


class NothingChosen(Exception):
    """A harvest of nothing; nothing was changed."""


@dataclass(frozen=True)
class Outcome:
    """A group or a note that may be harvested. ``place`` is its place by votes or by ranking; even ones share it."""

    key: str
    name: str
    notes: tuple[Note, ...]
    is_group: bool
    lane: str
    is_chosen: bool
    dots: int = 0
    hands: int = 0
    place: int = 0
    is_tie: bool = False
    scores: Mapping[str, Score] = field(default_factory=dict)
    ranked: Ranked | None = None
    #: What a harvest has made of it already.
    made: Any = None

    @property
    def votes(self) -> int:
        """Dots from phones, and hands in the room."""
        return self.dots + self.hands

    @property
    def points(self) -> int:
        """What its places in people's orders came to."""
        return self.ranked.points if self.ranked else 0

    @property
    def score(self) -> float:
        """The mean on its first scale."""
        return next((score.mean for score in self.scores.values()), 0)

    @property
    def is_new(self) -> bool:
        """Whether its record came of the workshop: then it is no older than the note."""
        return self.made is not None and self.made.created_at >= self.notes[0].created_at

    @property
    def ref(self) -> tuple[str, int] | None:
        """The record that its one note was brought in from."""
        return _ref(self.notes[0]) if len(self.notes) == 1 else None


@dataclass(frozen=True)
class Pick:
    """An outcome that was chosen, as people worded it, with what it leans on and who sees it through."""

    outcome: Outcome
    text: str
    lane: str = ""
    #: Keys of the records that it leans on, by the name of the link.
    links: Mapping[str, Sequence[int]] = field(default_factory=dict)
    owner: Member | None = None
    due: date | None = None


@dataclass(frozen=True)
class Harvest:
    """What came of it."""

    made: tuple[Any, ...]
    decision: Decision | None
    held: HeldWorkshop


# ------------------------------------------------------------------ what there is to harvest


def outcomes(opening: Opening, agenda: Agenda) -> list[Outcome]:
    """Everything that may be harvested, most votes first, then the best scores; ties as ties.

    A ranking that came after the vote, or stood in its place, orders it instead. What was brought in is there only
    where the harvest is about it. Of a vote, a ranking or a scoring that still goes on nothing is told.
    """
    session = opening.session
    closed = {
        phase.mode: phase
        for phase in Phase.objects.of(session)
        .filter(mode__in=[Mode.VOTE, Mode.RANK], closed_at__isnull=False)
        .in_order()
    }
    voted, ranked = closed.get(Mode.VOTE), closed.get(Mode.RANK)
    results = {_target(result.target): result for result in board.tally(voted)} if voted else {}
    counted = Ballot.objects.filter(phase__session=session).exclude(phase__closed_at=None)
    scores = {_named(key): given for key, given in board.scored(counted).items()}
    made = _made(session, agenda)
    standing = _standing(opening, agenda)
    laid = wall(session)
    places = {_target(one.target): one for one in ranks.in_order(ranked, laid)} if ranked else {}
    last = places if ranked and (voted is None or voted.position < ranked.position) else results
    targets: list[tuple[Group | Note, list[Note]]] = [(pile.group, pile.notes) for pile in laid.piles]
    targets += [(note, [note]) for note in laid.notes]
    found = []
    for target, notes in targets:
        if all(note.ref for note in notes) and not _is_brought(notes, agenda):
            continue
        key = _target(target)
        result, ordered = results.get(key), last.get(key)
        found.append(
            Outcome(
                key=key,
                name=target.name if isinstance(target, Group) else target.text,
                notes=tuple(notes),
                is_group=isinstance(target, Group),
                lane=target.lane or next((note.lane for note in notes if note.lane), ""),
                is_chosen=target.is_chosen,
                dots=result.dots if result else 0,
                hands=result.hands if result else 0,
                place=ordered.place if ordered else 0,
                is_tie=bool(ordered and ordered.is_tie),
                scores=scores.get(key, {}),
                ranked=places.get(key),
                made=next((made[note.pk] for note in notes if note.pk in made), None)
                or (standing.get(_ref(notes[0])) if len(notes) == 1 else None),
            )
        )
    if last is places:
        return sorted(found, key=lambda one: (-one.points, -one.votes, -one.score))
    return sorted(found, key=lambda one: (-one.votes, -one.points, -one.score))


def _is_brought(notes: Sequence[Note], agenda: Agenda) -> bool:
    return all((ref := _ref(note)) is not None and ref[0] in agenda.chosen_from for note in notes)


def _target(target: Group | Note) -> str:
    return f"{'group' if isinstance(target, Group) else 'note'}-{target.pk}"


def _named(key: board.Key) -> str:
    """The same for what a ballot is for."""
    note, group = key
    return f"group-{group}" if group else f"note-{note}"


def _ref(note: Note) -> tuple[str, int] | None:
    kind, _sep, key = note.ref.partition(":")
    return (kind, int(key)) if key.isascii() and key.isdecimal() else None


def _made(session: Session, agenda: Agenda) -> dict[int, Any]:
    """The records that a harvest made, by note; of what went to the trash, too. One query for each kind."""
    found: dict[int, Any] = {}
    for makes in agenda.makes:
        model: Any = BY_NAME[makes.kind].model
        if issubclass(model, FromNote):
            rows = model._default_manager.filter(from_note__session=session)
            found |= {row.from_note_id: row for row in rows}
    return found


def _standing(opening: Opening, agenda: Agenda) -> dict[tuple[str, int] | None, Any]:
    """What stands in the plan already of what lies on the wall under a ref: no harvest can make it again."""
    programme, kinds = opening.programme, {makes.kind for makes in agenda.makes}
    found: dict[tuple[str, int] | None, Any] = {}
    if "touchpoint" in kinds:
        points = Touchpoint.objects.of(programme.workspace).alive().filter(ties__programme=programme)
        found |= {("touchpoint", point.pk): point for point in points}
    if "sweet_spot" in kinds:
        spots = SweetSpot.objects.of(programme).alive().exclude(touchpoint=None)
        found |= {("touchpoint", spot.touchpoint_id or 0): spot for spot in spots}
    return found


# ------------------------------------------------------------------ the harvest


def harvest(
    opening: Opening,
    agenda: Agenda,
    picks: Sequence[Pick],
    *,
    reason: str,
    by: Member,
    customers: int | None = None,
) -> Harvest:
    """Make records of what was chosen, in one transaction, and keep why; done again it makes nothing twice.

    Raises ``NothingChosen`` where there is neither anything to make nor anything made before; what the room chose may
    stand in the plan already, and then the decision alone is kept.
    """
    programme = opening.programme
    with records.writing(programme, by, is_several=True):  # told once
        current = Opening.objects.of(programme).select_for_update(of=("self",)).get(pk=opening.pk)
        current.programme, current.session = programme, opening.session
        fresh = {one.key: one for one in outcomes(current, agenda)}
        left = [pick for pick in picks if pick.outcome.key in fresh and fresh[pick.outcome.key].made is None]
        made: list[Any] = []
        for makes in agenda.makes:
            made += _MAKERS.get(makes.kind, _plain)(_Work(programme, current, by, makes, left, reason, fresh))
        is_settled = any(one.is_chosen and one.made is not None for one in fresh.values())
        if not made and not is_settled and current.held_id is None and not agenda_is_private(agenda):
            raise NothingChosen
        workshop = _held(current, by, customers)
        current.decision = _decide(current, by, made, reason) or current.decision
        current.held, current.harvested_at = workshop, timezone.now()
        current.save(update_fields=["held", "decision", "harvested_at"])
    opening.held, opening.decision, opening.harvested_at = current.held, current.decision, current.harvested_at
    return Harvest(tuple(made), current.decision, workshop)


def agenda_is_private(agenda: Agenda) -> bool:
    """Whether what people write in it is their own: the facilitator chooses nothing, everybody keeps theirs."""
    return any(makes.kind == "personal_pillar" for makes in agenda.makes)


@dataclass(frozen=True)
class _Work:
    """One kind to be made in a harvest, and everything that takes."""

    programme: Programme
    opening: Opening
    by: Member
    makes: Makes
    picks: Sequence[Pick]
    reason: str
    outcomes: Mapping[str, Outcome]

    @property
    def kind(self) -> Kind:
        return BY_NAME[self.makes.kind]

    def add(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        if not rows:
            return []
        return list(records.add_many(self.kind, programme=self.programme, by=self.by, rows=rows))


def _plain(work: _Work) -> list[Any]:
    """One record for each pick, its fields filled as the agenda says."""
    columns = {column.name for column in work.kind.model._meta.concrete_fields}
    made = work.add([_row(work, pick, columns) for pick in work.picks])
    for record, pick in zip(made, work.picks, strict=True):
        _lean(record, pick)
    return made


def _row(work: _Work, pick: Pick, columns: set[str]) -> dict[str, Any]:
    makes, outcome = work.makes, pick.outcome
    row: dict[str, Any] = {"from_note": outcome.notes[0], makes.group or makes.text: pick.text}
    if makes.group and makes.text:
        written = [note.text for note in outcome.notes if not note.ref]
        row[makes.text] = " ".join(map(_sentence, written)) if outcome.is_group else ""
    if makes.lane:
        row[makes.lane] = pick.lane or outcome.lane or WITHOUT_LANE[makes.kind]
    if makes.votes:
        row[makes.votes] = outcome.votes
    row |= {name: rounded(outcome.scores[name].mean) for name in makes.scores if name in outcome.scores}
    row |= {name: value for name, value in (("owner", pick.owner), ("due", pick.due)) if name in columns}
    return row


def _sentence(words: str) -> str:
    """A note among others: with a full stop, where it has no end of its own."""
    words = " ".join(words.split())
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def rounded(mean: float) -> int:
    """The nearest whole number; a half goes up."""
    return int(mean + 0.5)


def _lean(record: Any, pick: Pick) -> None:
    """Link a record to what was picked for it, and to what lay with its notes."""
    names = {link.name for link in record._meta.many_to_many}
    wanted: dict[str, set[int]] = {name: set(keys) for name, keys in pick.links.items()}
    for note in pick.outcome.notes:
        ref = _ref(note)
        if ref is not None and ref[0] in LEANS:
            wanted.setdefault(LEANS[ref[0]], set()).add(ref[1])
    for name, keys in wanted.items():
        if name in names and keys:
            far: Any = record._meta.get_field(name).related_model
            home = record.workspace if far in (Touchpoint, BY_NAME["ecosystem_part"].model) else record.programme
            getattr(record, name).add(*far._default_manager.of(home).alive().filter(pk__in=keys))


def _findings(work: _Work) -> list[Any]:
    """Each note is a finding; its group's name is the theme, or without one the name of its lane."""
    labels = {lane["key"]: lane["label"] for phase in work.opening.session.phases.all() for lane in phase.lanes}
    rows: list[dict[str, Any]] = []
    themes: dict[str, Theme | None] = {}
    for pick in work.picks:
        theme = pick.text if pick.outcome.is_group else labels.get(pick.outcome.lane, "")
        if theme not in themes:
            values: dict[str, Any] = {}
            with records.writing(work.programme, work.by) as held:
                details.under_theme(held, values, name=theme[:120])
            themes[theme] = values["theme"]
        own = [note for note in pick.outcome.notes if not note.ref]
        rows += [
            {
                "from_note": note,
                "text": note.text if pick.outcome.is_group else pick.text,
                "theme": themes[theme],
            }
            for note in own
        ]
    return work.add(rows)


def _candidates(work: _Work) -> list[Any]:
    """What was chosen, and with it whatever else got a vote: a candidate that lost is kept beside the vision."""
    chosen = {pick.outcome.key: pick for pick in work.picks}
    others = [one for key, one in work.outcomes.items() if one.votes and one.made is None and key not in chosen]
    rows = [_candidate(pick.outcome, pick.text, is_chosen=True) for pick in work.picks]
    made = work.add(rows + [_candidate(one, one.name, is_chosen=False) for one in others if rows])
    if made and len(work.picks) == 1:
        vision = made[0].vision
        if not vision.statement:
            values = {"statement": made[0].text}
            records.change(vision, programme=work.programme, by=work.by, values=values)
    return made


def _candidate(outcome: Outcome, text: str, *, is_chosen: bool) -> dict[str, Any]:
    return {"from_note": outcome.notes[0], "text": text, "votes": outcome.votes, "chosen": is_chosen}


def _touchpoints(work: _Work) -> list[Any]:
    """What was placed on the journey and is not there yet. Its note stands for it from then on."""
    new = [pick for pick in work.picks if all(_ref(note) is None for note in pick.outcome.notes)]
    if not new:
        return []
    journey = _journey(work)
    stages = {
        str(stage.pk): stage
        for stage in Stage.objects.of(work.programme.workspace).alive().filter(ties__programme=work.programme)
    }
    made = work.add([{"name": pick.text, "journey": journey, "stage": stages.get(pick.lane)} for pick in new])
    for record, pick in zip(made, new, strict=True):
        Note.objects.of(work.opening.session).filter(pk__in=[note.pk for note in pick.outcome.notes]).update(
            ref=f"touchpoint:{record.pk}"
        )
    return made


def _journey(work: _Work) -> Any:
    """The programme's first customer journey, made where there is none yet."""
    own = Journey.objects.of(work.programme.workspace).alive()
    own = own.filter(ties__programme=work.programme, kind=JourneyKind.CUSTOMER)
    found = own.order_by("ties__position", "pk").first()
    if found is not None:
        return found
    stage_set = Stage.objects.of(work.programme.workspace).alive().filter(ties__programme=work.programme).first()
    values = {"name": work.programme.name, "stage_set": stage_set.stage_set if stage_set else None}
    return records.add(BY_NAME["journey"], programme=work.programme, by=work.by, values=values)


def _assessments(work: _Work) -> list[Any]:
    """The scores of every touchpoint that was scored, as a round of today; told once for each workshop."""
    session = work.opening.session
    refs = dict(Note.objects.of(session).exclude(ref="").values_list("pk", "ref"))
    given: dict[int, Mapping[str, Score]] = {}
    for outcome in work.outcomes.values():
        points = {
            int(key)
            for note in outcome.notes
            for kind, _sep, key in [refs.get(note.pk, "").partition(":")]
            if kind == "touchpoint"
        }
        if outcome.scores and len(points) == 1:
            given[points.pop()] = outcome.scores
    told = set(work.opening.assessments.values_list("touchpoint_id", flat=True))
    own = Touchpoint.objects.of(work.programme.workspace).alive().filter(ties__programme=work.programme)
    scored = list(own.filter(pk__in=given.keys() - told))
    every = Assessment.objects.of(work.programme.workspace)
    every.filter(touchpoint__in=scored, latest=True).update(latest=False)
    last = every.aggregate(last=Max("position"))["last"] or 0
    held_on = _day(session)
    made = Assessment.objects.bulk_create(
        Assessment(
            workspace=work.programme.workspace,
            touchpoint=point,
            on=held_on,
            source="workshop",
            position=place,
            n=max(score.n for score in given[point.pk].values()),
            spread=_spread(given[point.pk].values()),
            **{name: round(given[point.pk][name].mean, 3) for name in SCORES if name in given[point.pk]},
        )
        for place, point in enumerate(scored, last + 1)
    )
    work.opening.assessments.add(*made)
    return made


def _spread(scores: Iterable[Score]) -> float:
    """One standard deviation for all scales: the root of their mean variance."""
    return round(sqrt(fmean(score.spread**2 for score in scores)), 3)


def _sweet_spots(work: _Work) -> list[Any]:
    """The touchpoints in the order chosen; where the team's order differs from the computed one, with the reason."""
    from_ref = {pick.outcome.ref[1]: pick for pick in work.picks if pick.outcome.ref is not None}
    own = Touchpoint.objects.of(work.programme.workspace).alive().filter(ties__programme=work.programme)
    taken = work.kind.objects().of(work.programme).alive().values("touchpoint")
    points = {point.pk: point for point in own.filter(pk__in=from_ref).exclude(pk__in=taken)}
    rows = [
        {"touchpoint": points[pk], "reason": work.reason, "from_note": pick.outcome.notes[0]}
        for pk, pick in from_ref.items()
        if pk in points
    ]
    return work.add(rows)


def _personal(work: _Work) -> list[Any]:
    """Everybody's own words go to their own pillars, private, and leave the workshop.

    Guests keep theirs in the room; nobody else reads them there either.
    """
    session = work.opening.session
    own = Note.objects.of(session).filter(phase__authors=Authors.PRIVATE, participant__member__isnull=False)
    notes = list(own.select_related("participant__member").in_order())
    made = work.add(
        [
            {
                "person": note.participant.member,  # type: ignore[union-attr]  # filtered above
                "kind": note.lane or "always",
                "statement": note.text,
            }
            for note in notes
        ]
    )
    own.filter(pk__in=[note.pk for note in notes]).delete()
    return made


_MAKERS: Final = {
    "finding": _findings,
    "vision_candidate": _candidates,
    "touchpoint": _touchpoints,
    "assessment": _assessments,
    "sweet_spot": _sweet_spots,
    "personal_pillar": _personal,
}


# ------------------------------------------------------------------ what the plan tells of it


def _held(opening: Opening, by: Member, customers: int | None) -> HeldWorkshop:
    """The workshop as the plan tells of it: made at the first harvest, brought up to date by a later one."""
    session = opening.session
    seats = Participant.objects.of(session).seated().count()
    until = session.closed_at or timezone.now()
    lasted = round((until - session.opened_at).total_seconds() / 60) if session.opened_at else None
    values: dict[str, Any] = {
        "step": opening.step,
        "title": session.title,
        "held_on": _day(session),
        "facilitator": session.facilitator,
        "participants": seats,
        "minutes": lasted,
    }
    if customers is not None:
        values["customers"] = customers
    known = opening.held if opening.held_id else None
    if known is not None and known.trashed_at is None:
        changed = records.change(known, programme=opening.programme, by=by, values=values)
        return changed if isinstance(changed, HeldWorkshop) else known
    made = records.add(BY_NAME["workshop"], programme=opening.programme, by=by, values=values)
    if not isinstance(made, HeldWorkshop):
        raise TypeError("a workshop that was held")
    details.set_agenda(made, agenda=[_line(phase) for phase in session.phases.in_order()])
    return made


def _line(phase: Phase) -> details.AgendaLine:
    mode = "write_hidden" if phase.mode == Mode.WRITE else phase.mode  # writing is silent, whoever reads it later
    return details.AgendaLine(phase.minutes, mode, phase.question or phase.title, phase.dots)


def _day(session: Session) -> date:
    return timezone.localdate(session.opened_at) if session.opened_at else timezone.localdate()


def _decide(opening: Opening, by: Member, made: Sequence[Any], reason: str) -> Decision | None:
    """What was decided, in the programme's language, about the records that were made; nothing new, nothing decided."""
    told = [record for record in made if not isinstance(record, Assessment) and not _is_own(record)]
    if not told and opening.decision_id is not None:
        return None
    if not reason and not told:
        return None
    about = [record.exchange_id for record in told if hasattr(record, "exchange_id")]
    points = [record.pk for record in told if isinstance(record, Touchpoint)]
    about += Tie.objects.of(opening.programme).filter(touchpoint__in=points).values_list("exchange_id", flat=True)
    with override(opening.programme.language):
        names = "; ".join(Truncator(_called(record)).chars(120) for record in told)
        title = opening.session.title
        text = _("%(workshop)s: we chose %(what)s.") % {"workshop": title, "what": names} if names else title
    made_on = timezone.localdate()
    values = {"text": text, "why": reason, "by": by, "made_on": made_on, "about": about}
    decision = records.add(BY_NAME["decision"], programme=opening.programme, by=by, values=values)
    return decision if isinstance(decision, Decision) else None


def _called(record: Any) -> str:
    return str(getattr(record, "touchpoint", None) or record).rstrip(".")


def _is_own(record: Any) -> bool:
    return bool(record._meta.model_name == "personalpillar")
