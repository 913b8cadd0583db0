"""Steps 8 and 9: what is done, by whom and when, and what we already have."""

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxplan.kit import charts
from roadmap.domain.plan import Action
from roadmap.exports import language, words
from roadmap.exports.book import Book, Code, State
from roadmap.exports.chapters.base import Chapter


@dataclass(frozen=True, slots=True)
class ActionRow:
    """An action with what it serves."""

    id: str
    code: Code
    title: str
    why: tuple[Code, ...]
    owner: str
    due: str
    state: State
    impact: str
    effort: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """The actions of one bucket."""

    name: str
    actions: tuple[ActionRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions(Chapter):
    """Step 8."""

    buckets: tuple[Bucket, ...]
    picture: SafeString | None


@dataclass(frozen=True, slots=True)
class LeverRow:
    """Something we have, how it is used and how it could be."""

    code: Code
    name: str
    used_now: str
    harness: str
    supports: tuple[Code, ...]
    owner: str


@dataclass(frozen=True, slots=True)
class LeverKind:
    """The levers of one kind."""

    name: str
    levers: tuple[LeverRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Levers(Chapter):
    """Step 9."""

    kinds: tuple[LeverKind, ...]


def late(book: Book) -> list[Action]:
    """Return the actions past their due date."""
    return [action for action in book.plan.actions if book.is_late(action.due, action.status)]


def chapter(book: Book) -> Actions:
    """Gather the actions, bucket by bucket."""
    actions = book.plan.actions
    done, over = sum(action.status == "done" for action in actions), len(late(book))
    lead = _("%(actions)s, each with an owner and a date. Done: %(done)s. Past their due date: %(late)s.") % {
        "actions": ngettext("%(n)s action", "%(n)s actions", len(actions)) % {"n": len(actions)},
        "done": done,
        "late": over,
    }
    buckets = tuple(
        Bucket(str(name), rows)
        for key, name in words.BUCKETS.items()
        if (rows := tuple(_row(book, action) for action in actions if action.bucket == key))
    )
    return Actions(number=8, lead=lead, empty=not actions, buckets=buckets, picture=_picture(book))


def _row(book: Book, action: Action) -> ActionRow:
    return ActionRow(
        id=action.id,
        code=book.codes[action.id],
        title=action.title,
        why=book.coded((*action.gaps, *action.pillars)),
        owner=book.person(action.owner),
        due=language.day(action.due),
        state=book.state(action.status, late=book.is_late(action.due, action.status)),
        impact=str(action.impact or "–"),
        effort=str(action.effort or "–"),
    )


def _picture(book: Book) -> SafeString | None:
    """Draw impact against effort."""
    chips = [
        charts.Chip(book.codes[action.id].text, action.impact, action.effort,
                    "late" if book.is_late(action.due, action.status) else action.status)
        for action in book.plan.actions
        if action.impact and action.effort
    ]  # fmt: skip
    first = [chip.code for chip in chips if chip.impact >= 4 and chip.effort <= 2]
    title = _("Actions by impact and effort, 1–5. Most for least effort: %(codes)s.") % {
        "codes": ", ".join(first) or "–"
    }
    return charts.effort(
        charts.Effort(
            title=title,
            chips=chips,
            across=_("Effort grows"),
            up=_("Impact grows"),
            first=_("Green: much for little"),
        )
    )


def levers(book: Book) -> Levers:
    """Gather what we already have, kind by kind."""
    found = book.plan.levers
    lead = ngettext(
        "%(n)s thing we already have. Harnessing it costs least.",
        "%(n)s things we already have: a system's unused feature, a habit of the house, the weekly message. "
"Harnessing them costs least.",
        len(found),
    ) % {"n": len(found)}  # fmt: skip
    kinds = []
    for key, name in words.LEVERS.items():
        rows = tuple(
            LeverRow(book.codes[one.id], one.name, one.used_now, one.harness, book.coded(one.supports_actions),
                     book.person(one.owner))
            for one in found
            if one.kind == key
        )  # fmt: skip
        if rows:
            kinds.append(LeverKind(str(name), rows))
    return Levers(number=9, lead=lead, empty=not found, kinds=tuple(kinds))
