"""What is wrong with a document is told, all of it, with its path; what is hostile is refused at the door."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import yaml

from roadmap import exchange
from roadmap.exchange import document as parsing

from . import documents


def problems(text: str | bytes, language: str | None = None) -> dict[str, str]:
    """What reading refuses, by path; nothing where it reads."""
    try:
        exchange.read(text, language)
    except exchange.DocumentError as refused:
        return dict(refused.errors)
    return {}


def dumped(document: dict[str, Any]) -> str:
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def minimal(**more: Any) -> dict[str, Any]:
    return {"programme": {"id": "p", "name": "P"}, **more}


def put(document: Any, path: str, value: Any) -> None:
    """Set what stands at ``gaps.3.title``; ``...`` takes it away."""
    *before, last = (int(part) if part.isdigit() else part for part in path.split("."))
    for part in before:
        document = document[part]
    if value is ...:
        del document[last]
    else:
        document[last] = value


def test_the_demo_is_right() -> None:
    assert problems(documents.FILE.read_bytes(), "fi") == problems(documents.FILE.read_bytes(), "en") == {}


def test_the_themes_of_the_demo_are_words_of_each_language() -> None:
    plans = [exchange.read(documents.FILE.read_bytes(), language) for language in ("fi", "en")]
    finnish, english = ({finding.theme for finding in plan.findings} for plan in plans)
    assert len(finnish) == len(english)
    assert not finnish & english
    assert not [theme for theme in finnish | english if "_" in theme]


# ------------------------------------------------------------------ each mistake at its path


@pytest.mark.parametrize(
    ("path", "value", "error", "says"),
    [
        # keys
        ("gaps.3.colour", "red", "gaps[3].colour", "no such key"),
        ("gaps.3.titel", "x", "gaps[3].titel", "Did you mean “title”"),
        ("gaps.3.title", ..., "gaps[3].title", "missing"),
        ("gaps.3.title", None, "gaps[3].title", "missing"),
        ("gaps.3", "g4", "gaps[3]", "mapping"),
        ("gaps.3", None, "gaps[3]", "Nothing stands here"),
        ("gaps", {"a": 1}, "gaps", "list"),
        ("programme", ..., "programme", "missing"),
        ("step_status", [1], "step_status", "mapping"),
        # types
        ("actions.0.impact", "5", "actions[0].impact", "whole number"),
        ("actions.0.impact", True, "actions[0].impact", "whole number"),
        ("actions.0.impact", 4.0, "actions[0].impact", "whole number"),
        ("actions.0.impact", 6, "actions[0].impact", "from 1 to 5"),
        ("actions.0.title", 2031, "actions[0].title", "quotes"),
        ("actions.0.title", "", "actions[0].title", "empty"),
        ("actions.0.title", "x" * 301, "actions[0].title", "300"),
        ("actions.0.title", [], "actions[0].title", "text"),
        ("actions.0.bucket", "urgent", "actions[0].bucket", "acute, product"),
        ("actions.0.due", "soon", "actions[0].due", "2026-03-31"),
        ("actions.0.due", "2026-02-30", "actions[0].due", "no such day"),
        ("actions.0.due", 20260301, "actions[0].due", "date"),
        ("interviews.0.consent", "yes", "interviews[0].consent", "true or false"),
        ("vision.checks.0.answer", True, "vision.checks[0].answer", "quotes"),
        ("personas.0.share", 1.5, "personas[0].share", "from 0 to 1"),
        ("personas.0.share", float("nan"), "personas[0].share", "too large"),
        ("metrics.0.target", 10**400, "metrics[0].target", "too large"),
        ("metrics.0.target", "25", "metrics[0].target", "a number"),
        ("measurements.0.period", 2026, "measurements[0].period", "period"),
        ("measurements.0.period", "2026-13", "measurements[0].period", "period"),
        ("measurements.0.period", "2026-10\n", "measurements[0].period", "period"),
        ("gaps.3.id", 4, "gaps[3].id", "an id"),
        ("gaps.3.id", "g 4", "gaps[3].id", "an id"),
        ("gaps.3.id", "g4\n", "gaps[3].id", "an id"),
        ("schema_version", 2, "schema_version", "one of"),
        ("languages.1", "sv", "languages[1]", "fi, en"),
        ("default_language", ["fi"], "default_language", "one of"),
        ("programme.weights", {"emotion": 0}, "programme.weights.emotion", "above 0"),
        ("step_status.13", "done", "step_status.13", "from 1 to 12"),
        ("step_status.first", "done", "step_status.first", "whole number"),
        ("step_status.1", "finished", "step_status.1", "one of"),
        # links
        ("gaps.3.touchpoints.0", "tp99", "gaps[3].touchpoints[0]", "no record “tp99”"),
        ("gaps.3.touchpoints.0", "g1", "gaps[3].touchpoints[0]", "“g1” is of the kind “gap”"),
        ("gaps.3.touchpoints.0", 6, "gaps[3].touchpoints[0]", "id of a record"),
        ("gaps.3.evidence.0", "tp01", "gaps[3].evidence[0]", "of the kind"),
        ("people.0.team", "aino", "people[0].team", "of the kind"),
        ("decisions.0.about.0", "nobody", "decisions[0].about[0]", "no record"),
        ("customer_calls.0.answers.kq9", "x", "customer_calls[0].answers.kq9", "no record"),
        ("programme.sponsor", "rinnalla", "programme.sponsor", "programme"),
        ("gaps.3.id", "suvantola", "gaps[3].id", "organisation.id"),
        ("gaps.3.id", "ve1", "gaps[3].id", "already used at vision.elements[0].id"),
        # what contradicts itself
        ("programme.business_case", {"low": 2, "high": 1}, "programme.business_case.high", "range"),
        ("journeys.0.score_scale", {"min": 0, "max": 10}, "journeys[0].score_scale", "from 1 to 5"),
        ("readiness.scale.min", 5, "readiness.scale", "upwards"),
        ("readiness.statements.2.answers.staff.1", 6, "readiness.statements[2].answers.staff[1]", "from 1 to 5"),
        ("rollout.0.ends", "2026-03-01", "rollout[0].ends", "before it starts"),
        ("personal_pillars.0.team", "aspa", "personal_pillars[0]", "not both"),
        ("personal_pillars.0.person", ..., "personal_pillars[0]", "either a person or a team"),
        ("sweet_spots.1.touchpoint", "tp13", "sweet_spots[1].touchpoint", "sweet_spots[0]"),
        ("measurements.1.period", "2026-05", "measurements[1].period", "measurements[0]"),
        ("measurements.0.passives", ..., "measurements[0].passives", "promoters, passives, detractors"),
        ("measurements.0.value", 9, "measurements[0].value", "promoters, passives, detractors"),
        ("measurements.6.counts", {8: 1}, "measurements[6].counts.8", "from 1 to 7"),
        ("measurements.6.counts", {"1": 1, 1: 2}, "measurements[6].counts.1", "more than once"),
        ("measurements.18.successes", 38, "measurements[18].successes", "more successes"),
        ("measurements.24.n", -1, "measurements[24].n", "from 0"),
    ],
)
def test_a_mistake_is_told_at_its_path(path: str, value: Any, error: str, says: str) -> None:
    document = documents.demo("en")
    put(document, path, value)

    found = problems(dumped(document))

    assert error in found
    assert says in found[error]


def test_every_mistake_is_told_at_once() -> None:
    document = documents.demo("en")
    mistakes: list[tuple[str, Any, str]] = [
        ("teams.0.nmae", "x", "teams[0].nmae"),
        ("people.3.team", "nowhere", "people[3].team"),
        ("programme.vision_year", "2031", "programme.vision_year"),
        ("readiness.statements.0.answers.management.0", 7, "readiness.statements[0].answers.management[0]"),
        ("journeys.0.touchpoints.4.ease", 0.5, "journeys[0].touchpoints[4].ease"),
        ("gaps.2.vision_elements.0", "pi1", "gaps[2].vision_elements[0]"),
        ("metrics.2.target_date", "2026-10", "metrics[2].target_date"),
        ("measurements.3.promoters", -1, "measurements[3].promoters"),
        ("rollout.0.ends", "2020-01-01", "rollout[0].ends"),
        ("workshops.0.agenda.1.minutes", "ten", "workshops[0].agenda[1].minutes"),
    ]
    for path, value, _error in mistakes:
        put(document, path, value)

    assert problems(dumped(document)).keys() == {error for _path, _value, error in mistakes}


def test_problems_read_as_path_and_message() -> None:
    with pytest.raises(exchange.DocumentError) as caught:
        exchange.read(dumped(minimal(gaps=[{"id": "g1"}])))

    assert str(caught.value) == "gaps[0].title: This key is missing. Add it."


# ------------------------------------------------------------------ languages


def test_a_text_that_lacks_the_language_is_told() -> None:
    document = yaml.safe_load(documents.FILE.read_text(encoding="utf-8"))
    del document["gaps"][0]["title"]["en"]
    document["gaps"][1]["title"]["sv"] = "Räkningen"
    document["gaps"][2]["title"] = {"fi": 5, "en": "x"}
    document["programme"]["business_case"] = {"fi": "Vain suomeksi."}

    assert problems(dumped(document), "en").keys() == {
        "programme.business_case", "gaps[0].title", "gaps[1].title.sv", "gaps[2].title.fi"
    }  # fmt: skip
    assert problems(dumped(document), "fi").keys() == {"gaps[1].title.sv", "gaps[2].title.fi"}


def test_the_language_is_the_one_asked_for_or_else_the_documents() -> None:
    name = {"fi": "Rinnalla", "en": "Alongside"}
    text = dumped({"default_language": "en", "programme": {"id": "p", "name": name}})

    assert exchange.read(text).programme.name == "Alongside"
    assert exchange.read(text, "fi").programme.name == "Rinnalla"
    assert exchange.read(text, "fi").default_language == "fi"
    assert exchange.read(dumped({"programme": {"id": "p", "name": name}})).programme.name == "Rinnalla"


def test_a_business_case_is_a_text_or_a_range() -> None:
    for given in ({"fi": "Iso.", "en": "Big."}, "Big."):
        document = minimal()
        document["programme"]["business_case"] = given
        assert exchange.read(dumped(document), "en").programme.business_case == "Big."

    document["programme"]["business_case"] = {"txt": "Big."}
    assert problems(dumped(document)).keys() == {"programme.business_case.txt"}


def test_json_keys_may_be_digits_and_dates_texts() -> None:
    document = documents.demo("en")
    text = json.dumps(document, default=str)

    assert exchange.read(text) == exchange.read(dumped(document))


# ------------------------------------------------------------------ no document at all


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join(['*' + old] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"\xff\xfe\x00p", "UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00", "UTF-8"),
        ("programme: {id: p, name: 'a\x00b'}", "U+0000"),
        ('programme: {id: p, name: "a\\0b"}', "U+0000"),
        ('{"programme": {"id": "p", "name": "\\ud800"}}', "U+D800"),
        ("programme: {id: p, name: \ud800}", "U+D800"),
        ("", "mapping"),
        ("just words", "mapping"),
        ("[1, 2]", "mapping"),
        ("null", "mapping"),
        ("a: 1\n---\nb: 2\n", "more than one document"),
        ("a: [1", "neither YAML nor JSON"),
        ("a: 1\n\tb: 2", "Line 2"),
        ("a: \x01", "neither YAML nor JSON"),
        ("{" * 100_000, "nested"),
        ("[" * 100_000, "nested"),
        ('{"a":' * 100_000, "nested"),
        ("- " * 100_000, "nested"),
        ("x: !!python/object/apply:os.system [echo]", "!!python/object/apply:os.system"),
        ("x: !!python/name:os.system", "not allowed"),
        ("x: !ruby/object:Gem x", "not allowed"),
        ("x: !!binary aGk=", "not allowed"),
        ("x: !!set {a, b}", "not allowed"),
        ("x: *a", "*a has nothing to stand for"),
        ("x: &a [*a]", "*a has nothing to stand for"),
        ("? [a]\n: b", "key"),
        ("<<: 5", "<<"),
        (BOMB, "200000 values"),
        ("x: &a " + "x" * 100_000 + "\ny: [" + ", ".join(["*a"] * 2_000) + "]", "200000 values"),
        ("[" + "1," * 250_000 + "1]", "200000 values"),
        ("x: [" + "1," * 250_000 + "1]", "200000 values"),
        ("x" * 5_000_001, "5 MB"),
        (b"x" * 5_000_001, "5 MB"),
    ],
    ids=lambda value: repr(value[:24]),
)
def test_what_is_no_document_is_refused_quickly(text: str | bytes, says: str) -> None:
    started = time.process_time()

    found = problems(text)

    assert time.process_time() - started < 10
    assert says in " ".join(found.values())


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("programme: {id: p, name: P}\nprogramme: {id: q, name: Q}", "programme"),
        ("programme: {id: p, name: P, name: Q}", "programme.name"),
        ("programme: {id: p, name: P}\nexpected: {a: [{b: 1, b: 2}]}", "expected.a[0].b"),
        ('{"programme": {"id": "p", "name": "P", "name": "Q"}}', "programme.name"),
        ("programme: {id: p, name: P}\nstep_status: {1: done, 1: done}", "step_status.1"),
    ],
)
def test_a_key_that_stands_twice_is_refused(text: str, path: str) -> None:
    assert path in problems(text)


@pytest.mark.parametrize(
    "text",
    [
        "programme: &p {id: p, name: P}\nexpected: *p",
        "expected: &p {id: p, name: P}\nprogramme: {<<: *p}",
        "expected: [&p {id: p}, &q {name: P, id: x}]\nprogramme: {<<: [*p, *q]}",
        "programme: {id: p, name: !!str P}",
        "programme: {id: ! p, name: 'P'}",
        "\ufeffprogramme: {id: p, name: P}",
        '{"programme": {"id": "p", "name": "P",}, }',
        "programme: {id: p, name: P}\nexpected: [=, <<, 1e400, 0x1F, 12:30:45]",
    ],
)
def test_what_yaml_offers_and_hurts_nobody_is_read(text: str) -> None:
    assert exchange.read(text).programme.name == "P"


def test_a_key_is_a_word() -> None:
    """Though YAML 1.1 takes it for a truth value."""
    comment = "{id: k1, about: p, text: So., on: 2026-05-06}"

    assert exchange.read(f"programme: {{id: p, name: P}}\ncomments: [{comment}]").comments[0].on == date(2026, 5, 6)


def test_a_plain_document_takes_no_long_time() -> None:
    """A document of the largest size, with a mistake in every value."""
    row = "- {id: g g, title: 1, severity: x, nope: 1}\n"
    text = "programme: {id: p, name: P}\ngaps:\n" + row * 20_000
    started = time.perf_counter()

    assert len(problems(text)) == 80_000
    assert time.perf_counter() - started < 30


def test_the_largest_document_has_a_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    text = dumped(minimal())
    monkeypatch.setattr(parsing, "LARGEST", len(text))
    read: Callable[[str], Any] = exchange.read

    assert read(text).programme.name == "P"
    with pytest.raises(exchange.DocumentError):
        read(text + " ")
