"""The chain of one record in sentences, hop by hop: up to the vision and the customer's own words, down to people.

A hop's sentence stands under the record it speaks of and calls that one "it", so the sentences make a tree. A record
that can be reached in several ways stands where the way is shortest, once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise as LazyText
from django.utils.text import Truncator, capfirst, get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .kinds import BY_NAME
from .naming import counted
from .plan import Action, CustomerCall, Interview, Metric, PersonalPillar, Plan, RolloutItem
from .trace import NAME_LENGTH, Chain, Ids, Node, called, said


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a sentence; where it is a record's name, with the record's id."""

    text: str
    record: str = ""


@dataclass(frozen=True, slots=True)
class Hop:
    """A sentence about one link, what else is worth knowing of the record behind it, and the hops on from there."""

    kind: str
    record: str
    parts: tuple[Part, ...]
    more: str = ""
    on: tuple[Hop, ...] = ()

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(part.text for part in self.parts)

    @property
    def further(self) -> int:
        """How many hops there are on from here."""
        return sum(1 + hop.further for hop in self.on)


@dataclass(frozen=True, slots=True)
class Told:
    """Where a record stands on the chain: in one sentence, upwards, downwards, and what else names it or is named."""

    lead: str
    up: tuple[Hop, ...]
    down: tuple[Hop, ...]
    beside: tuple[Hop, ...]


def told(plan: Plan, chain: Chain, record: str) -> Told:
    """The whole chain of one record, in the active language. A record that the plan does not know stands alone."""
    telling = _Telling(plan, chain)
    return Told(
        lead=telling.lead(record),
        up=telling.tree(record, up=True),
        down=telling.tree(record, up=False),
        beside=tuple(telling.beside(record)),
    )


# ------------------------------------------------------------------ the sentences

#: What is said of a link from both its ends, by the kind that leans and the kind it leans on: of the one that leans,
#: naming what it leans on, and of what it leans on, naming the one that leans.
SENTENCES: Mapping[tuple[str, str], tuple[LazyText, LazyText]] = {
    ("finding", "source"): (
        gettext_lazy("It comes from the source “%(name)s”."),
        gettext_lazy("The finding “%(name)s” comes from it."),
    ),
    ("vision", "finding"): (
        gettext_lazy("It rests on the finding “%(name)s”."),
        gettext_lazy("The vision “%(name)s” rests on it."),
    ),
    ("vision", "interview"): (
        gettext_lazy("It rests on the interview “%(name)s”."),
        gettext_lazy("The vision “%(name)s” rests on it."),
    ),
    ("vision_element", "vision"): (
        gettext_lazy("It belongs to the vision “%(name)s”."),
        gettext_lazy("The vision element “%(name)s” is a part of it."),
    ),
    ("insight", "finding"): (
        gettext_lazy("It was drawn from the finding “%(name)s”."),
        gettext_lazy("The insight “%(name)s” was drawn from it."),
    ),
    ("insight", "interview"): (
        gettext_lazy("It was drawn from the interview “%(name)s”."),
        gettext_lazy("The insight “%(name)s” was drawn from it."),
    ),
    ("insight", "customer_call"): (
        gettext_lazy("A customer said: “%(name)s”"),
        gettext_lazy("The insight “%(name)s” was drawn from it."),
    ),
    ("journey", "touchpoint"): (
        gettext_lazy("It supports the touchpoint “%(name)s”."),
        gettext_lazy("The journey “%(name)s” supports it."),
    ),
    ("touchpoint", "journey"): (
        gettext_lazy("It is on the journey “%(name)s”."),
        gettext_lazy("The touchpoint “%(name)s” is on it."),
    ),
    ("ecosystem_part", "touchpoint"): (
        gettext_lazy("It stands behind the touchpoint “%(name)s”."),
        gettext_lazy("“%(name)s” stands behind it."),
    ),
    ("gap", "vision_element"): (
        gettext_lazy("It is the difference from the vision element “%(name)s”."),
        gettext_lazy("The gap “%(name)s” is the difference from it."),
    ),
    ("gap", "touchpoint"): (
        gettext_lazy("It was seen at the touchpoint “%(name)s”."),
        gettext_lazy("The gap “%(name)s” was seen there."),
    ),
    ("gap", "finding"): (
        gettext_lazy("The finding “%(name)s” shows it."),
        gettext_lazy("It shows the gap “%(name)s”."),
    ),
    ("gap", "interview"): (
        gettext_lazy("It was heard in the interview “%(name)s”."),
        gettext_lazy("It shows the gap “%(name)s”."),
    ),
    ("gap", "customer_call"): (
        gettext_lazy("A customer said: “%(name)s”"),
        gettext_lazy("It shows the gap “%(name)s”."),
    ),
    ("gap", "insight"): (
        gettext_lazy("The insight “%(name)s” shows it."),
        gettext_lazy("It shows the gap “%(name)s”."),
    ),
    ("pillar", "gap"): (
        gettext_lazy("It answers the gap “%(name)s”."),
        gettext_lazy("The pillar “%(name)s” answers it."),
    ),
    ("pillar", "vision_element"): (
        gettext_lazy("It takes us towards the vision element “%(name)s”."),
        gettext_lazy("The pillar “%(name)s” takes us towards it."),
    ),
    ("promise", "pillar"): (
        gettext_lazy("It follows from the pillar “%(name)s”."),
        gettext_lazy("The customer promise “%(name)s” follows from it."),
    ),
    ("promise", "touchpoint"): (
        gettext_lazy("It is kept at the touchpoint “%(name)s”."),
        gettext_lazy("The customer promise “%(name)s” is kept there."),
    ),
    ("promise", "gap"): (
        gettext_lazy("It answers the gap “%(name)s”."),
        gettext_lazy("The customer promise “%(name)s” answers it."),
    ),
    ("action", "gap"): (
        gettext_lazy("It closes the gap “%(name)s”."),
        gettext_lazy("The action “%(name)s” closes it."),
    ),
    ("action", "pillar"): (
        gettext_lazy("It serves the pillar “%(name)s”."),
        gettext_lazy("The action “%(name)s” serves it."),
    ),
    ("action", "touchpoint"): (
        gettext_lazy("It mends the touchpoint “%(name)s”."),
        gettext_lazy("The action “%(name)s” mends it."),
    ),
    ("action", "sweet_spot"): (
        gettext_lazy("It serves the sweet spot “%(name)s”."),
        gettext_lazy("The action “%(name)s” serves it."),
    ),
    ("action", "metric"): (
        gettext_lazy("It begins if the metric “%(name)s” misses its target."),
        gettext_lazy("If its target is missed, the action “%(name)s” begins."),
    ),
    ("lever", "action"): (
        gettext_lazy("It drives the action “%(name)s”."),
        gettext_lazy("The lever “%(name)s” drives it."),
    ),
    ("lever", "ecosystem_part"): (
        gettext_lazy("It makes use of “%(name)s”."),
        gettext_lazy("The lever “%(name)s” makes use of it."),
    ),
    ("sweet_spot", "touchpoint"): (
        gettext_lazy("It is the touchpoint “%(name)s”."),
        gettext_lazy("It was chosen as the sweet spot “%(name)s”."),
    ),
    ("metric", "vision_element"): (
        gettext_lazy("It follows the vision element “%(name)s”."),
        gettext_lazy("The metric “%(name)s” follows it."),
    ),
    ("metric", "gap"): (
        gettext_lazy("It follows the gap “%(name)s”."),
        gettext_lazy("The metric “%(name)s” follows it."),
    ),
    ("metric", "pillar"): (
        gettext_lazy("It follows the pillar “%(name)s”."),
        gettext_lazy("The metric “%(name)s” follows it."),
    ),
    ("metric", "touchpoint"): (
        gettext_lazy("It follows the touchpoint “%(name)s”."),
        gettext_lazy("The metric “%(name)s” follows it."),
    ),
    ("metric", "promise"): (
        gettext_lazy("It follows the customer promise “%(name)s”."),
        gettext_lazy("The metric “%(name)s” follows it."),
    ),
    ("measurement", "metric"): (
        gettext_lazy("It says how the metric “%(name)s” stood."),
        gettext_lazy("Its latest measurement is “%(name)s”."),
    ),
    ("contingency_task", "metric"): (
        gettext_lazy("It was opened when the metric “%(name)s” missed its target."),
        gettext_lazy("Its target was missed, and the contingency “%(name)s” was opened."),
    ),
    ("rollout_item", "pillar"): (
        gettext_lazy("It takes the pillar “%(name)s” into practice."),
        gettext_lazy("The rollout takes it into practice: “%(name)s”."),
    ),
    ("personal_pillar", "pillar"): (
        gettext_lazy("It serves the pillar “%(name)s”."),
        gettext_lazy("%(who)s does differently: “%(name)s”"),
    ),
    ("personal_pillar", "touchpoint"): (
        gettext_lazy("It shows at the touchpoint “%(name)s”."),
        gettext_lazy("%(who)s does differently: “%(name)s”"),
    ),
}
KINDS = frozenset(kind for pair in SENTENCES for kind in pair)
"""The kinds that are links of the chain."""

UPWARDS = (
    *("vision", "vision_element", "metric", "gap", "pillar", "promise", "sweet_spot", "action", "journey"),
    *("touchpoint", "ecosystem_part", "insight", "customer_call", "interview", "finding", "source"),
)
"""The order to name in what a record leans on: towards the vision first, then to the customer's own words."""

GROWN = ("gap", "pillar", "action", "metric", "personal_pillar")
"""What is counted of all that grew from a record."""

NOT_NAMED = frozenset(
    {"programme", "person", "team", "stage_assessment", "comment", "vision_check", "vision_candidate"}
)
"""What stands on the page of another record, or shows there."""

SLOT = re.compile(r"%\((\w+)\)s")


def filled(sentence: str, **names: Part) -> tuple[Part, ...]:
    """A sentence cut at its placeholders, with the names in their places."""
    pieces = SLOT.split(sentence)
    return tuple(names[piece] if place % 2 else Part(piece) for place, piece in enumerate(pieces) if piece)


class _Telling:
    """What the sentences of one plan are made of."""

    def __init__(self, plan: Plan, chain: Chain) -> None:
        self.plan, self.chain = plan, chain
        self.people = {person.id: person.name for person in plan.people}
        self.teams = {team.id: team.name for team in plan.teams}

    def lead(self, record: str) -> str:
        """Both ends that are reached from a record."""
        node = self.chain.nodes.get(record)
        if node is None or node.kind not in KINDS:
            return ""
        above, below = self.chain.ancestors(record), self.chain.descendants(record)
        sentences = [self._reached(node.kind, above), self._grown(below)]
        return " ".join(sentence for sentence in sentences if sentence)

    def _reached(self, kind: str, above: Ids) -> str:
        vision, words = "vision" in above, not {"customer_call", "interview"}.isdisjoint(above)
        if kind in ("source", "interview", "customer_call"):
            return ""
        if kind in ("vision", "finding", "insight", "journey", "touchpoint", "ecosystem_part"):
            return _("It reaches up to people’s own words.") if words else ""
        if vision and words:
            return _("It reaches up to the vision and to people’s own words.")
        if vision:
            return _("It reaches up to the vision, but to nobody’s own words.")
        if words:
            return _("It reaches up to people’s own words, but not to the vision.")
        return _("It reaches neither the vision nor anybody’s own words.")

    def _grown(self, below: Ids) -> str:
        counts = [counted(kind, len(below[kind])) for kind in GROWN if kind in below]
        return _("From it grew: %(what)s.") % {"what": get_text_list(counts, _("and"))} if counts else ""

    def tree(self, start: str, *, up: bool) -> tuple[Hop, ...]:
        """The hops from a record, those behind each of them under it."""
        after: dict[str, list[str]] = {start: []}
        waiting = [start]
        for record in waiting:
            for found in self._next(record, up=up):
                if found not in after:
                    after[found] = []
                    after[record].append(found)
                    waiting.append(found)
        return self._hops(start, after, up=up)

    def _next(self, record: str, *, up: bool) -> Iterator[str]:
        found = self.chain.above(record) if up else self.chain.below(record)
        kinds = sorted(found, key=UPWARDS.index) if up else found
        latest = {kind: found[kind][-1:] if kind == "measurement" else found[kind] for kind in kinds}
        return (identity for kind in kinds for identity in latest[kind])

    def _hops(self, record: str, after: Mapping[str, list[str]], *, up: bool) -> tuple[Hop, ...]:
        behind = [self.chain.nodes[identity] for identity in after[record]]
        shown = [node for node in behind if not _is_hidden(node)]
        here = self.chain.nodes.get(record)
        hops = [self._hop(here, node, after, up=up) for node in shown if here]
        if hidden := len(behind) - len(shown):
            hops.append(Hop("personal_pillar", "", (Part(_hidden(hidden)),)))
        return tuple(hops)

    def _hop(self, here: Node, there: Node, after: Mapping[str, list[str]], *, up: bool) -> Hop:
        leaning, leant_on = (here.kind, there.kind) if up else (there.kind, here.kind)
        sentence = SENTENCES[leaning, leant_on][0 if up else 1]
        parts = filled(str(sentence), name=self._name(there), who=Part(self._whose(there.record)))
        return Hop(there.kind, there.id, parts, self._more(there.record), self._hops(there.id, after, up=up))

    def beside(self, record: str) -> Iterator[Hop]:
        """What names a record, and what it names, without being a link of the chain."""
        here = self.chain.nodes.get(record)
        if here is None:
            return
        chained = {*_ids(self.chain.above(record)), *_ids(self.chain.below(record)), record}
        both = (
            (self.chain.references(record), _("%(kind)s: “%(name)s” names it.")),
            (self.chain.links(record), _("It names %(kind)s: “%(name)s”.")),
        )
        for found, sentence in both:
            for kind, members in found.items():
                for node in (self.chain.nodes[identity] for identity in members if identity not in chained):
                    if kind not in NOT_NAMED and not _is_hidden(node):
                        noun = str(BY_NAME[kind].model._meta.verbose_name)
                        noun = capfirst(noun) if sentence.startswith("%(kind)s") else noun
                        yield Hop(kind, node.id, filled(sentence, kind=Part(noun), name=self._name(node)))

    def _name(self, node: Node) -> Part:
        if isinstance(node.record, CustomerCall):
            return Part(_shortened(said(node.record)) or called(self.plan, node.record), node.id)
        return Part(called(self.plan, node.record).rstrip("."), node.id)

    def _whose(self, record: Any) -> str:
        if not isinstance(record, PersonalPillar):
            return ""
        return self.people.get(record.person or "") or self.teams.get(record.team or "") or _("Somebody")

    def _more(self, record: Any) -> str:
        """Who does it and when, what is done if it is missed, the words that were heard."""
        if isinstance(record, Metric) and record.contingency:
            return _("If it is missed: %(contingency)s") % {"contingency": _shortened(record.contingency)}
        if isinstance(record, Action):
            due = date_format(record.due, "SHORT_DATE_FORMAT") if record.due else ""
            return ", ".join(filter(None, (self.people.get(record.owner or "", ""), due)))
        if isinstance(record, RolloutItem):
            return ", ".join(self.teams[team] for team in record.audience if team in self.teams)
        if isinstance(record, Interview):
            return _("“%(words)s”") % {"words": _shortened(record.wish)} if record.wish else ""
        return ""


def _ids(found: Ids) -> Iterator[str]:
    return (identity for members in found.values() for identity in members)


def _is_hidden(node: Node) -> bool:
    return isinstance(node.record, PersonalPillar) and node.record.visibility != "programme"


def _hidden(count: int) -> str:
    return ngettext(
        "%(count)d personal pillar that is not for everyone serves it.",
        "%(count)d personal pillars that are not for everyone serve it.",
        count,
    ) % {"count": count}


def _shortened(words: str) -> str:
    return Truncator(" ".join(words.split())).chars(2 * NAME_LENGTH)
