"""The minutes of a workshop as a PDF, by the sheet of the plan: the same minutes give the same bytes."""

import hashlib
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxplan.workshops.domain.ranks import Ranked
from roadmap.domain.harvest import Outcome
from roadmap.domain.minutes import Minutes
from roadmap.exports import assets, engine, language, pdf
from roadmap.exports.options import Page


@dataclass(frozen=True, slots=True)
class Line:
    """An outcome as it is printed: its place, what was given to it, and the record that came of it."""

    place: str
    name: str
    notes: tuple[str, ...]
    lane: str
    given: tuple[str, ...]
    record: str
    is_new: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class Document:
    """The minutes in words, in one language."""

    language: str
    name: str
    organisation: str
    programme: str
    step: int
    created: str
    held_on: str
    people: int
    facilitator: str
    promised: str
    agenda: tuple[tuple[str, str, int], ...]
    results: tuple[Line, ...]
    decision: str
    why: str
    voted: bool

    @property
    def made(self) -> tuple[Line, ...]:
        """What became records of the plan, and was none before."""
        return tuple(line for line in self.results if line.record and line.is_new)


def document(told: Minutes, written_in: str) -> Document:
    """Set minutes in words. Names of people stand nowhere but the facilitator's."""
    session, programme = told.opening.session, told.opening.programme
    decision = told.opening.decision if told.opening.decision and not told.opening.decision.trashed_at else None
    with translation.override(written_in):
        return Document(
            language=written_in,
            name=session.title,
            organisation=programme.organisation_name,
            programme=programme.name,
            step=told.opening.step,
            created=told.held_on.isoformat() if told.held_on else "",
            held_on=language.day(told.held_on),
            people=told.people,
            facilitator=str(session.facilitator),
            promised=told.promised,
            agenda=tuple((phase.title, phase.question, phase.minutes) for phase in told.phases),
            results=tuple(_line(outcome, told) for outcome in told.outcomes),
            decision=decision.text if decision else "",
            why=decision.why if decision else session.reason,
            voted=told.has_voted,
        )


def _line(outcome: Outcome, told: Minutes) -> Line:
    given = [_("%(count)d votes") % {"count": outcome.votes}] if told.has_voted else []
    if told.has_ranked and outcome.ranked is not None:
        given.append(_ranking(outcome.ranked))
    given += [
        _("%(scale)s %(mean)s (n = %(n)d)") % {"scale": label, "mean": language.number(score.mean), "n": score.n}
        for key, label in told.scales
        if (score := outcome.scores.get(key)) is not None
    ]
    alive = outcome.made is not None and outcome.made.trashed_at is None
    return Line(
        place=f"{outcome.place}." if outcome.place and (told.has_voted or told.has_ranked) else "",
        name=outcome.name,
        notes=tuple(note.text for note in outcome.notes) if outcome.is_group else (),
        lane=told.lanes.get(outcome.lane, ""),
        given=tuple(given),
        record=(getattr(outcome.made, "exchange_id", "") or str(outcome.made)) if alive else "",
        is_new=outcome.is_new,
        chosen=outcome.is_chosen,
    )


def _ranking(ranked: Ranked) -> str:
    points = ngettext("%(count)d point", "%(count)d points", ranked.points) % {"count": ranked.points}
    if ranked.mean is None:
        return points
    told = {"points": points, "n": ranked.people, "mean": language.number(ranked.mean), "firsts": ranked.firsts}
    return _("%(points)s (ranked by %(n)d, mean place %(mean)s, first for %(firsts)d)") % told


def fingerprint(doc: Document) -> str:
    """Return the SHA-256 of everything the file follows from, as 64 hex digits."""
    return hashlib.sha256(f"{doc!r}\0{pdf.made_of()}".encode("utf-8", "surrogatepass")).hexdigest()


def render(doc: Document) -> bytes:
    """Print minutes as a PDF/UA-1 document. Raises ExportError where the server lacks what it needs."""
    with translation.override(doc.language):
        engine.load()
        html = render_to_string("pdf/minutes.html", {"doc": doc})
        return engine.write(html, assets.assets(Page.PLAN, [], set()))
