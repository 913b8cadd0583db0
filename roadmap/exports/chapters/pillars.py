"""Step 7, and the pillars people wrote for themselves."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.domain.plan import PersonalPillar, Pillar
from roadmap.exports import language
from roadmap.exports.book import Book, Code, State, linking
from roadmap.exports.chapters.base import Chapter


@dataclass(frozen=True, slots=True)
class Named:
    """A record by code and name."""

    code: Code
    name: str


@dataclass(frozen=True, slots=True)
class PromiseCard:
    """A promise to customers under its pillar."""

    state: State
    target: str
    text: str
    behaviour: str
    terms: str


@dataclass(frozen=True, slots=True)
class PillarCard:
    """A pillar with what it leans on and what follows from it."""

    number: str
    kind: str
    statement: str
    gaps: tuple[Named, ...]
    elements: str
    votes: str
    follow: tuple[Named, ...]
    promises: tuple[PromiseCard, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """We never, or we always."""

    kind: str
    mark: str
    title: str
    pillars: tuple[PillarCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pillars(Chapter):
    """Step 7: one side to a page, so that the two face each other."""

    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class OwnPillar:
    """A pillar that its writer has shared with the whole programme."""

    kind: str
    mark: str
    word: str
    statement: str
    who: str
    role: str
    codes: tuple[Code, ...]


def chapter(book: Book) -> Pillars:
    """Gather the pillars of both sides."""
    pillars = book.plan.pillars
    lead = ngettext(
        "A pillar says in one sentence what we do differently tomorrow. It leans on a gap and an element of "
"the vision.",
        "A pillar says in one sentence what we do differently tomorrow. Each of the %(n)s leans on a gap and "
"an element of the vision.",
        len(pillars),
    ) % {"n": len(pillars)}  # fmt: skip
    return Pillars(number=7, lead=lead, empty=not pillars, sides=sides(book))


def sides(book: Book) -> tuple[Side, ...]:
    """Return the two sides that have pillars."""
    found = []
    for kind, mark, title in (("never", "✕", _("We never")), ("always", "✓", _("We always"))):
        cards = tuple(_card(book, pillar) for pillar in book.pillars(kind))
        if cards:
            found.append(Side(kind, mark, title, cards))
    return tuple(found)


def _card(book: Book, pillar: Pillar) -> PillarCard:
    plan = book.plan
    follow = [Named(book.codes[one.id], one.title) for one in linking(plan.actions, "pillars", pillar.id)]
    follow += [Named(book.codes[one.id], one.name) for one in linking(plan.metrics, "pillars", pillar.id)]
    votes = ngettext("%(n)s vote", "%(n)s votes", pillar.votes) % {"n": pillar.votes} if pillar.votes else ""
    return PillarCard(
        number=book.codes[pillar.id].text[1:],
        kind=pillar.kind,
        statement=pillar.statement,
        gaps=tuple(Named(book.codes[key], book.gap_titles[key]) for key in pillar.gaps if key in book.gap_titles),
        elements=", ".join(code.text for code in book.coded(pillar.vision_elements)),
        votes=votes,
        follow=tuple(follow),
        promises=_promises(book, pillar),
    )


def _promises(book: Book, pillar: Pillar) -> tuple[PromiseCard, ...]:
    cards = []
    for promise in book.plan.promises:
        if promise.pillar != pillar.id:
            continue
        terms = [language.sentence(text) for text in (promise.compensation, promise.reward) if text]
        cards.append(
            PromiseCard(
                book.state(promise.status), promise.target or "", promise.text, promise.behaviour, " ".join(terms)
            )
        )
    return tuple(cards)


def shared(book: Book) -> tuple[PersonalPillar, ...]:
    """Return the personal pillars shared with the whole programme; no other reaches any export."""
    return tuple(one for one in book.plan.personal_pillars if one.visibility == "programme" and one.statement)


def own(book: Book) -> tuple[OwnPillar, ...]:
    """Return the shared personal pillars with their writers."""
    found = []
    for one in shared(book):
        never = one.kind == "never"
        person = book.people.get(one.person or "")
        found.append(
            OwnPillar(
                kind=one.kind,
                mark="✕" if never else "✓",
                word=_("I never") if never else _("I always"),
                statement=one.statement,
                who=person.name if person else book.team(one.team),
                role=person.title if person else _("team"),
                codes=book.coded(one.pillars),
            )
        )
    return tuple(found)
