"""Open a live workshop for a step: its agenda, and the records that people are to have before them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import override

from cxplan.live import publish
from cxplan.workshops.domain import facilitate
from cxplan.workshops.models import Session
from cxplan.workshops.models.session import LONGEST_NOTE
from cxplan.workspaces.models import Member
from journeys.models import EcosystemPart, Persona, Stage, Touchpoint
from journeys.models.journey import JourneyKind
from roadmap.models import (
    Action,
    CustomerCall,
    Finding,
    Gap,
    Insight,
    Opening,
    Pillar,
    Programme,
    Source,
    SweetSpot,
    VisionElement,
)
from roadmap.models.pillars import PillarState

from . import figures
from . import plan as shapes
from .agenda import STAGES, Agenda, AgendaPhase
from .loading import scored, weights
from .records import CHANGED

#: A wall of more notes than this is read by nobody.
MOST_BROUGHT: Final = 40


@dataclass(frozen=True)
class Promised:
    """What the last workshop promised: what was decided, why, and who does what by when."""

    opening: Opening
    text: str
    why: str
    actions: tuple[Action, ...]


def open_workshop(
    programme: Programme,
    number: int,
    agenda: Agenda,
    *,
    facilitator: Member,
    title: str,
    starts_at: datetime | None = None,
    minutes: int | None = None,
) -> Opening:
    """A live workshop for the step of that number, in the programme's content language; it is not open to anybody yet.

    On its wall lie the records that the agenda brings, each under a ``ref`` such as ``gap:14``, and first of all what
    the last workshop promised. With ``minutes`` the phases share another length than the agenda's own.
    """
    language = programme.language
    share = minutes / agenda.minutes if minutes else 1
    lanes = _stages(programme) if any(phase.lanes_of == STAGES for phase in agenda.phases) else []
    planned = facilitate.Plan(
        title=title,
        language=language,
        phases=[_phase(phase, programme, lanes, share) for phase in agenda.phases],
        brought=[*_last_promise(programme), *_brought(programme, agenda)],
    )
    with transaction.atomic():
        session = facilitate.plan(programme.workspace, facilitator, planned)
        opening = Opening.objects.create(programme=programme, step=number, session=session, starts_at=starts_at)
        publish.write(programme.stream_id, CHANGED)
        return opening


def tell(session: Session) -> None:
    """Let the programme's pages show that one of its workshops opened or closed."""
    stream = Opening.objects.filter(session=session).values_list("programme__stream", flat=True).first()
    if stream is not None:
        publish.write(stream, CHANGED)


def poll_plan(programme: Programme, agenda: Agenda, *, question: str, about: Iterable[Any]) -> facilitate.Plan:
    """A vote between meetings on records of one kind; each is a note, as it is called."""
    (phase,), kind, language = agenda.phases, agenda.makes[0].kind, programme.language
    return facilitate.Plan(
        title=phase.title.in_(language),
        language=language,
        phases=[
            facilitate.PhasePlan(
                mode=phase.mode,
                title=phase.title.in_(language),
                question=question,
                instruction=phase.instruction.in_(language),
                minutes=phase.minutes,
                dots=phase.dots,
                most_per_note=phase.most_per_note,
                scales=_written(phase.scales, language),
            )
        ],
        brought=[facilitate.Brought(text=_short(str(record)), ref=f"{kind}:{record.pk}") for record in about],
    )


def asked(phase: AgendaPhase, programme: Programme) -> str:
    """The question of a phase in the programme's language, with its year."""
    year = str(programme.vision_year or "20__")
    return phase.question.in_(programme.language).replace("{year}", year).replace("{vuosi}", year)


def promised(programme: Programme) -> Promised | None:
    """What the workshop that was harvested last promised. Two queries."""
    harvested = Opening.objects.of(programme).filter(poll="").exclude(decision=None)
    latest = harvested.select_related("decision", "session").order_by("-harvested_at", "-pk").first()
    if latest is None or latest.decision is None or latest.decision.trashed_at is not None:
        return None
    own = Action.objects.of(programme).alive().filter(from_note__session=latest.session_id)
    return Promised(
        opening=latest,
        text=latest.decision.text,
        why=latest.decision.why,
        actions=tuple(own.select_related("owner").order_by(F("due").asc(nulls_last=True), "position", "pk")),
    )


def _phase(
    phase: AgendaPhase, programme: Programme, stages: list[dict[str, str]], share: float
) -> facilitate.PhasePlan:
    language = programme.language
    with override(language):
        watch = _("Watch for: %(what)s") % {"what": phase.watch.in_(language)}
    return facilitate.PhasePlan(
        mode=phase.mode,
        title=phase.title.in_(language),
        question=asked(phase, programme),
        instruction=phase.instruction.in_(language),
        script=f"{phase.script.in_(language)}\n\n{watch}",
        minutes=max(1, round(phase.minutes * share)),
        authors=phase.authors,
        lanes=stages if phase.lanes_of == STAGES else _written(phase.lanes, language),
        dots=phase.dots,
        most_per_note=phase.most_per_note,
        scales=_written(phase.scales, language),
    )


def _written(lanes: Iterable[Any], language: str) -> list[dict[str, str]]:
    return [{"key": lane.key, "label": lane.label.in_(language)} for lane in lanes]


def _stages(programme: Programme) -> list[dict[str, str]]:
    own = Stage.objects.of(programme.workspace).alive().filter(ties__programme=programme)
    return [{"key": str(stage.pk), "label": stage.name} for stage in own.order_by("order", "pk")]


# ------------------------------------------------------------------ what is brought in


def _last_promise(programme: Programme) -> Iterator[facilitate.Brought]:
    last = promised(programme)
    if last is not None:
        with override(programme.language):
            # A decision about no record is called after its workshop, and what was decided is its reason
            said = last.why if last.why and last.text == last.opening.session.title else last.text
            words = _("Last time we promised: %(what)s") % {"what": said}
        yield facilitate.Brought(text=_short(words), ref=f"decision:{last.opening.decision_id}", is_material=True)


def _brought(programme: Programme, agenda: Agenda) -> Iterator[facilitate.Brought]:
    for phase in agenda.phases:
        for kind in phase.brings:
            for record, words, lane in BRINGS[kind](programme):
                is_material = kind not in agenda.chosen_from
                yield facilitate.Brought(_short(words), f"{kind}:{record}", lane, is_material=is_material)


def _short(words: str) -> str:
    return Truncator(" ".join(words.split())).chars(LONGEST_NOTE)


#: Key, words, and the lane on which the note lies.
Rows = Iterator[tuple[int, str, str]]


def _said(records: QuerySet[Any], field: str) -> Rows:
    yield from ((record.pk, getattr(record, field), "") for record in records[:MOST_BROUGHT])


def _findings(programme: Programme) -> Rows:
    """The weightiest first."""
    own = Finding.objects.of(programme).alive()
    return _said(own.order_by(F("weight").desc(nulls_last=True), "position", "pk"), "text")


def _gaps(programme: Programme) -> Rows:
    """The most severe first."""
    own = Gap.objects.of(programme).alive()
    return _said(own.order_by(F("severity").desc(nulls_last=True), "position", "pk"), "title")


def _pillars(programme: Programme) -> Rows:
    """Those that were chosen, or all while none is."""
    own = list(Pillar.objects.of(programme).alive().order_by("order", "pk"))
    chosen = [pillar for pillar in own if pillar.state in (PillarState.CHOSEN, PillarState.APPROVED)]
    yield from ((pillar.pk, pillar.statement, "") for pillar in (chosen or own)[:MOST_BROUGHT])


def _sources(programme: Programme) -> Rows:
    for source in Source.objects.of(programme).alive().in_order()[:MOST_BROUGHT]:
        yield source.pk, f"{source.title}: {source.text}" if source.text else source.title, ""


def _personas(programme: Programme) -> Rows:
    own = Persona.objects.of(programme.workspace).alive().filter(ties__programme=programme)
    for persona in own.order_by("ties__position", "pk")[:MOST_BROUGHT]:
        said = (part.rstrip(" .") for part in (persona.name, persona.goal, persona.fear))
        yield persona.pk, f"{'. '.join(filter(None, said))}.", ""


def _touchpoints(programme: Programme) -> Rows:
    """Those of the customers' journeys, by priority where it is known; each on its stage."""
    own = Touchpoint.objects.of(programme.workspace).alive()
    own = own.filter(ties__programme=programme, journey__kind=JourneyKind.CUSTOMER).prefetch_related(scored())
    ranked = sorted(own.order_by("order", "pk"), key=lambda point: -_priority(point, programme))
    yield from (
        (point.pk, point.name, str(point.stage_id) if point.stage_id else "") for point in ranked[:MOST_BROUGHT]
    )


def _priority(point: Touchpoint, programme: Programme) -> float:
    latest = next(iter(point.scored), None)  # type: ignore[attr-defined]  # prefetched by ``scored``
    names = ("importance", "expectation", "effectiveness", "ease", "emotion")
    scores = {name: getattr(latest, name) for name in names} if latest else {}
    return figures.touchpoint(shapes.Touchpoint(id="it", name="it", **scores), weights(programme)).priority or 0


def _ecosystem(programme: Programme) -> Rows:
    own = EcosystemPart.objects.of(programme.workspace).alive().filter(ties__programme=programme)
    return _said(own.order_by("ties__position", "pk"), "name")


def _sweet_spots(programme: Programme) -> Rows:
    own = SweetSpot.objects.of(programme).alive().exclude(touchpoint=None).select_related("touchpoint")
    for spot in own.order_by("rank", "pk")[:MOST_BROUGHT]:
        if spot.touchpoint is not None:
            yield spot.pk, spot.touchpoint.name, ""


BRINGS: Final[dict[str, Callable[[Programme], Rows]]] = {
    "source": _sources,
    "finding": _findings,
    "customer_call": lambda programme: _said(
        CustomerCall.objects.of(programme).alive().exclude(quote="").in_order(), "quote"
    ),
    "insight": lambda programme: _said(Insight.objects.of(programme).alive().in_order(), "text"),
    "persona": _personas,
    "touchpoint": _touchpoints,
    "gap": _gaps,
    "vision_element": lambda programme: _said(
        VisionElement.objects.of(programme).alive().filter(vision__is_current=True).in_order(), "text"
    ),
    "pillar": _pillars,
    "action": lambda programme: _said(Action.objects.of(programme).alive().in_order(), "title"),
    "ecosystem_part": _ecosystem,
    "sweet_spot": _sweet_spots,
}
