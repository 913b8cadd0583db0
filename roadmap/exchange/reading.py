"""From a document to a plan: every key, every value and every link is checked, every error is told."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _

from roadmap.domain import plan as shapes
from roadmap.domain.kinds import BY_NAME
from roadmap.domain.plan import Plan
from roadmap.models import Programme

from . import shape as shaped
from .document import Mapping, parse
from .problems import DocumentError, Problem, at, under
from .shape import Type

LANGUAGES = {"fi": "suomi", "en": "English"}
#: Derived values that a document may carry along; they are computed anew.
DERIVED = ("expected",)

#: Guessing what was meant takes time; a document with more mistakes than this is not worth it.
GUESSES = 100

_WHOLE = re.compile(r"-?[0-9]{1,9}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read(text: str | bytes, language: str | None = None) -> Plan:
    """The programme that a YAML or JSON document holds, its texts in one language.

    The language is the one asked for, else the document's own. Raises ``DocumentError`` with
    everything that is wrong.
    """
    values = parse(text)
    if not isinstance(values, Mapping):
        raise DocumentError([Problem("", _("The document must be a mapping of keys and values."))])
    values = Mapping({key: value for key, value in values.items() if key not in DERIVED})
    reader = _Reader(language or _own_language(values))
    plan: Plan = replace(reader.record(Plan, values, ""), default_language=reader.language)
    reader.check_links()
    problems = [*reader.problems, *_impossible(plan, reader.wrong)]
    if problems:
        raise DocumentError(problems)
    return _settled(plan)


def _settled(plan: Plan) -> Plan:
    """The plan with one way only to say the same: what says nothing is absent."""
    own = plan.programme
    case = own.business_case
    if isinstance(case, shapes.BusinessCase) and case == shapes.BusinessCase(text=case.text):
        case = case.text
    gate = None if own.gate == shapes.Gate() else own.gate
    readiness = None if plan.readiness == shapes.Readiness() else plan.readiness
    return replace(plan, programme=replace(own, business_case=case, gate=gate), readiness=readiness)


def _own_language(values: Mapping) -> str:
    given = values.get("default_language")
    return given if isinstance(given, str) and given in LANGUAGES else "fi"


class _Reader:
    """One reading of one document.

    What is wrong is noted and read as if it were absent, so that one reading finds every error.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self.problems: list[Problem] = []
        self.wrong: set[str] = set()
        self.records: dict[str, tuple[str, str]] = {}
        self.links: list[tuple[str, str, tuple[str, ...]]] = []

    def refuse(self, path: str, message: str) -> Any:
        """Note what is wrong, and read it as nothing."""
        self.problems.append(Problem(path, message))
        self.wrong.add(path)
        return None

    # -------------------------------------------------------------- records

    def record(self, shape: Any, raw: Any, path: str) -> Any:
        if not isinstance(raw, Mapping):
            self.refuse(path, _("Write a mapping of keys and values here."))
            return None
        known = shaped.keys(shape)
        for key in raw:
            if key not in known:
                guess = len(self.problems) < GUESSES
                self.refuse(under(path, key), _unknown(key, list(known), guess=guess))
        values = {}
        for name, key in known.items():
            given = raw.get(name)
            if not key.required and given in ("", []):
                given = None
            if given is not None:
                value = self.value(key.type, given, under(path, name))
                values[name] = key.default if value is None else value
            elif key.required:
                self.refuse(under(path, name), _("This key is missing. Add it."))
                values[name] = None
        if isinstance(values.get("id"), str):
            self.name(values["id"], shaped.kind_of(shape), under(path, "id"))
        return shape(**values)

    def name(self, identity: str, kind: str, path: str) -> None:
        """Note a record's id, which is unique in the whole document."""
        if identity in self.records:
            self.refuse(
                path,
                _("The id “%(id)s” is already used at %(path)s. Give every record an id of its own.")
                % {"id": identity, "path": self.records[identity][1]},
            )
        else:
            self.records[identity] = kind, path

    def check_links(self) -> None:
        for path, identity, kinds in self.links:
            if identity not in self.records:
                self.refuse(
                    path,
                    _("There is no record “%(id)s” in the document. Correct the id or add the record.")
                    % {"id": identity},
                )
            elif "any" not in kinds and self.records[identity][0] not in kinds:
                self.refuse(
                    path,
                    _("“%(id)s” is of the kind “%(kind)s”. Point at one of these instead: %(kinds)s.")
                    % {
                        "id": identity,
                        "kind": _called(self.records[identity][0]),
                        "kinds": ", ".join(_called(kind) for kind in kinds),
                    },
                )

    # -------------------------------------------------------------- values

    def value(self, type_: Type, raw: Any, path: str) -> Any:
        """The value in its type, or None where it is wrong."""
        if type_.instead is not None and isinstance(raw, Mapping) and not _in_languages(raw):
            type_ = type_.instead
        return getattr(self, f"_{type_.form}")(type_, raw, path)

    def _record(self, type_: Type, raw: Any, path: str) -> Any:
        return self.record(type_.shape, raw, path)

    def _list(self, type_: Type, raw: Any, path: str) -> Any:
        if not isinstance(raw, list):
            return self.refuse(path, _("Write a list here, such as [a, b]."))
        items: list[Any] = []
        for index, item in enumerate(raw):
            if item is None:
                self.refuse(at(path, index), _("Nothing stands here. Fill it in or remove it."))
                items.append(None)
            else:
                items.append(self.value(type_.item, item, at(path, index)))
        return tuple(dict.fromkeys(items)) if type_.is_links else tuple(items)

    def _map(self, type_: Type, raw: Any, path: str) -> Any:
        if not isinstance(raw, Mapping):
            return self.refuse(path, _("Write a mapping of keys and values here."))
        read: dict[Any, Any] = {}
        for key, item in raw.items():
            place = under(path, key)
            if type_.key.form == "integer" and isinstance(key, str) and _WHOLE.fullmatch(key):
                key = int(key)
            name = self.value(type_.key, key, place)
            value = None if item is None else self.value(type_.item, item, place)
            if name is None or value is None:
                continue
            if name in read:
                self.refuse(place, _("This key stands here more than once. Keep one."))
            read[name] = value
        return read

    def _text(self, type_: Type, raw: Any, path: str) -> Any:
        if isinstance(raw, Mapping):
            return self._chosen(type_, raw, path)
        if not isinstance(raw, str):
            return self.refuse(
                path, _("Write text here. Put it in quotes if it looks like a number, a date, yes or no.")
            )
        if len(raw) < type_.shortest:
            return self.refuse(path, _("This must not be empty. Fill it in."))
        if type_.longest is not None and len(raw) > type_.longest:
            return self.refuse(
                path, _("This is longer than %(most)d characters. Shorten it.") % {"most": type_.longest}
            )
        return raw

    def _chosen(self, type_: Type, raw: Mapping, path: str) -> Any:
        """A text in the language that is being read."""
        for code in raw:
            if code not in LANGUAGES:
                self.refuse(under(path, code), _("Texts are in “fi” and “en”. This is neither."))
        texts = {}
        for code in LANGUAGES:
            text = raw.get(code)
            if isinstance(text, Mapping):
                self.refuse(under(path, code), _("Write text here, in quotes."))
            elif text is not None:
                texts[code] = self._text(type_, text, under(path, code))
        if raw.get(self.language) is None:
            self.refuse(
                path,
                _("This has no text in %(name)s. Add the key “%(code)s”.")
                % {"name": LANGUAGES[self.language], "code": self.language},
            )
        return texts.get(self.language)

    def _id(self, type_: Type, raw: Any, path: str) -> Any:
        if isinstance(raw, str) and type_.pattern and re.fullmatch(type_.pattern, raw) and not raw.endswith("\n"):
            return raw
        return self.refuse(
            path,
            _(
                "Write an id here: at most 64 letters a to z, digits, “.”, “_” and “-”, beginning with a letter or "
                "a digit. Put it in quotes if it looks like a number."
            ),
        )

    def _pattern(self, type_: Type, raw: Any, path: str) -> Any:
        if isinstance(raw, str) and type_.pattern and re.fullmatch(type_.pattern, raw) and not raw.endswith("\n"):
            return raw
        return self.refuse(path, _('Write a period here, such as "2026-10", "2026-Q4", "2026-W07" or "2026".'))

    def _link(self, type_: Type, raw: Any, path: str) -> Any:
        if not isinstance(raw, str):
            return self.refuse(path, _("Write the id of a record here."))
        self.links.append((path, raw, type_.kinds))
        return raw

    def _choice(self, type_: Type, raw: Any, path: str) -> Any:
        if any(raw == choice and type(raw) is type(choice) for choice in type_.choices):
            return raw
        choices = ", ".join(str(choice) for choice in type_.choices)
        if isinstance(raw, bool) and {"yes", "no"} & set(type_.choices):
            return self.refuse(
                path, _('Put "yes" and "no" in quotes here. Allowed: %(choices)s.') % {"choices": choices}
            )
        return self.refuse(path, _("Write one of these here: %(choices)s.") % {"choices": choices})

    def _truth(self, type_: Type, raw: Any, path: str) -> Any:
        return raw if isinstance(raw, bool) else self.refuse(path, _("Write true or false here, without quotes."))

    def _integer(self, type_: Type, raw: Any, path: str) -> Any:
        if not isinstance(raw, int) or isinstance(raw, bool):
            return self.refuse(path, _("Write a whole number here, without quotes."))
        return self._within(type_, raw, path)

    def _number(self, type_: Type, raw: Any, path: str) -> Any:
        if not isinstance(raw, (int, float)) or isinstance(raw, bool):
            return self.refuse(path, _("Write a number here, without quotes."))
        try:
            number = float(raw)
        except OverflowError:
            number = float("inf")
        if not isfinite(number):
            return self.refuse(path, _("This number is too large. Write a smaller one."))
        return self._within(type_, number, path)

    def _within(self, type_: Type, number: Any, path: str) -> Any:
        if (
            (type_.low is not None and number < type_.low)
            or (type_.high is not None and number > type_.high)
            or (type_.above is not None and number <= type_.above)
        ):
            return self.refuse(path, _bounds(type_))
        return number

    def _date(self, type_: Type, raw: Any, path: str) -> Any:
        if isinstance(raw, date) and not isinstance(raw, datetime):
            return raw
        if isinstance(raw, str) and _DAY.fullmatch(raw):
            try:
                return date.fromisoformat(raw)
            except ValueError:
                return self.refuse(path, _("There is no such day in the calendar. Correct the date."))
        return self.refuse(path, _("Write a date here, such as 2026-03-31, without a time."))


def _in_languages(raw: Mapping) -> bool:
    return bool(raw) and raw.keys() <= LANGUAGES.keys()


def _unknown(key: Any, known: list[str], *, guess: bool) -> str:
    close = difflib.get_close_matches(str(key)[:64], known, n=1) if guess else []
    if close:
        return _("There is no such key. Did you mean “%(name)s”?") % {"name": close[0]}
    return _("There is no such key. Known here: %(names)s.") % {"names": ", ".join(known)}


def _called(kind: str) -> str:
    """The name of a kind for people."""
    if kind in BY_NAME:
        return str(BY_NAME[kind].model._meta.verbose_name)
    return str(Programme._meta.verbose_name) if kind == "programme" else _("organisation")


def _bounds(type_: Type) -> str:
    if type_.above is not None:
        return _("Write a number above %(low)s.") % {"low": _short(type_.above)}
    if type_.high is None:
        return _("Write a number that is at least %(low)s.") % {"low": _short(type_.low)}
    return _("Write a number from %(low)s to %(high)s.") % {"low": _short(type_.low), "high": _short(type_.high)}


def _short(number: float | None) -> str:
    return f"{number:.15g}" if number is not None else ""


# ------------------------------------------------------------------ what can never be right


SHARE = ("successes", "n")
#: What a metric of each kind is measured by: the keys of one of the groups. A value may say its ``n``.
MEASURED_BY = {
    "nps": (("promoters", "passives", "detractors"),),
    "csat": (("counts",), SHARE),
    "ces": (("counts",), SHARE),
    "emotion": (SHARE,),
    "proportion": (SHARE,),
    "duration": (("value", "n"), ("value",)),
    "count": (("value", "n"), ("value",)),
    "value": (("value", "n"), ("value",)),
}
SCORED = {"csat": range(1, 6), "ces": range(1, 8)}
FIGURES = ("promoters", "passives", "detractors", "counts", "successes", "value", "n")


def _impossible(plan: Plan, wrong: set[str]) -> Iterator[Problem]:
    """What contradicts itself, though each value is well formed. Anything wrong so far is passed over."""
    case = plan.programme.business_case if plan.programme else None
    if isinstance(case, shapes.BusinessCase):
        path = "programme.business_case"
        if _after(case.low, case.high) and not {f"{path}.low", f"{path}.high"} & wrong:
            yield Problem(f"{path}.high", _("The range ends below where it begins. Swap “low” and “high”."))
    for index, journey in _present(plan.journeys):
        scale = journey.score_scale
        if scale is not None and (scale.min, scale.max) != (1, 5):
            yield Problem(
                f"journeys[{index}].score_scale",
                _("Scores are on a scale from 1 to 5. Convert them, and write {min: 1, max: 5}."),
            )
    yield from _readiness(plan)
    yield from _measurements(plan, wrong)
    for index, item in _present(plan.rollout):
        if _after(item.starts, item.ends):
            yield Problem(f"rollout[{index}].ends", _("This ends before it starts. Correct one of the dates."))
    for index, own in _present(plan.personal_pillars):
        path = f"personal_pillars[{index}]"
        if (own.person is None) == (own.team is None) and not {f"{path}.person", f"{path}.team"} & wrong:
            yield Problem(path, _("Name either a person or a team, and not both."))
    spots: dict[str, int] = {}
    for index, spot in _present(plan.sweet_spots):
        if spot.touchpoint is None:
            continue
        first = spots.setdefault(spot.touchpoint, index)
        if first != index:
            yield Problem(
                f"sweet_spots[{index}].touchpoint",
                _("sweet_spots[%(first)d] is at this touchpoint already. Keep one of them.") % {"first": first},
            )


def _after(start: Any, end: Any) -> bool:
    return start is not None and end is not None and start > end


def _present(items: tuple[Any, ...]) -> Iterator[tuple[int, Any]]:
    return ((index, item) for index, item in enumerate(items) if item is not None)


def _readiness(plan: Plan) -> Iterator[Problem]:
    if plan.readiness is None:
        return
    rounds: list[tuple[str, Any]] = [("readiness", plan.readiness)]
    rounds += [(f"readiness.rounds[{index}]", asked) for index, asked in _present(plan.readiness.rounds)]
    for path, asked in rounds:
        scale = asked.scale
        if scale.min >= scale.max:
            yield Problem(f"{path}.scale", _("The scale must run upwards: “min” below “max”."))
            continue
        for index, statement in _present(asked.statements):
            for group in shapes.names(shapes.ReadinessAnswers):
                for place, answer in _present(getattr(statement.answers, group)):
                    if not scale.min <= answer <= scale.max:
                        yield Problem(
                            f"{path}.statements[{index}].answers.{group}[{place}]",
                            _("The scale runs from %(low)d to %(high)d. Correct the answer.")
                            % {"low": scale.min, "high": scale.max},
                        )


def _measurements(plan: Plan, wrong: set[str]) -> Iterator[Problem]:
    kinds = {metric.id: metric.kind for _index, metric in _present(plan.metrics)}
    measured: dict[tuple[str, str], int] = {}
    for index, measurement in _present(plan.measurements):
        path = f"measurements[{index}]"
        if measurement.metric is not None and measurement.period is not None:
            first = measured.setdefault((measurement.metric, measurement.period), index)
            if first != index:
                yield Problem(
                    f"{path}.period",
                    _("measurements[%(first)d] is of the same metric and period. Keep one of them.") % {"first": first},
                )
        if _after(measurement.successes, measurement.n):
            yield Problem(f"{path}.successes", _("There are more successes than answers (n). Correct one of them."))
        kind = kinds.get(measurement.metric)
        if kind is not None:
            yield from (one for one in _figures(measurement, kind, path) if one.path not in wrong)


def _figures(measurement: shapes.Measurement, kind: str, path: str) -> Iterator[Problem]:
    groups = MEASURED_BY[kind]
    given = {name for name in FIGURES if getattr(measurement, name) is not None}
    if not any(given == set(group) for group in groups):
        meant = max(groups, key=lambda group: len(given & set(group)))
        words = {"kind": kind, "keys": _(" or ").join(", ".join(group) for group in groups)}
        for name in FIGURES:
            if name in given and name not in meant:
                yield Problem(f"{path}.{name}", _("A metric of the kind “%(kind)s” is measured by: %(keys)s.") % words)
            elif name in meant and name not in given:
                yield Problem(
                    f"{path}.{name}",
                    _("This key is missing. A metric of the kind “%(kind)s” is measured by: %(keys)s.") % words,
                )
    if kind in SCORED and measurement.counts is not None:
        scores = SCORED[kind]
        for score in measurement.counts:
            if score not in scores:
                yield Problem(
                    f"{path}.counts.{score}",
                    _("The scores of this metric run from %(low)d to %(high)d.")
                    % {"low": scores[0], "high": scores[-1]},
                )
