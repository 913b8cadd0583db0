"""Every rule sees the one hole made for it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmap.domain import alignment, trace
from roadmap.domain.plan import (
    ContingencyTask,
    PersonalPillar,
    Pillar,
    Plan,
    Programme,
    Team,
    VisionElement,
)

from .demo import AS_OF, add, demo, edit, expected, link, vision

UNTOUCHED = [
    ("A07", "g4"),  # left without a metric on purpose
    ("A07", "g5"),
    ("A14", "a03"),  # six actions use no lever, on purpose
    ("A14", "a04"),
    ("A14", "a07"),
    ("A14", "a09"),
    ("A14", "a12"),
    ("A14", "a15"),
    ("A32", "ss4"),  # no metric measures the complaint or the price change
    ("A32", "ss5"),
]


def holes(plan: Plan, as_of: date = AS_OF) -> list[tuple[str, str]]:
    return [(finding.rule, finding.record) for finding in alignment.check(plan, as_of)]


def messages(plan: Plan, rule: str) -> list[str]:
    return [finding.message for finding in alignment.check(plan, AS_OF) if finding.rule == rule]


@pytest.mark.parametrize("language", ["fi", "en"])
def test_the_demo_has_the_holes_it_was_given_and_no_others(language: str) -> None:
    assert holes(demo(language)) == UNTOUCHED


def test_coverage_is_the_golden_one() -> None:
    found = alignment.coverage(alignment.check(demo(), AS_OF))
    assert list(found.items()) == list(expected()["coverage"].items())


def test_the_rules_are_a01_to_a34_and_each_knows_where_it_is_mended() -> None:
    assert [rule.id for rule in alignment.RULES] == [f"A{number:02}" for number in range(1, 35)]
    blocks = [rule.id for rule in alignment.RULES if rule.level == "blocks"]
    assert blocks == [
        *("A01", "A02", "A04", "A08", "A11", "A12", "A13", "A15"),
        *("A17", "A18", "A20", "A23", "A26", "A29", "A30", "A31"),
    ]
    kinds = {node.kind for node in trace.nodes(demo())}
    for rule in alignment.RULES:
        assert 1 <= rule.step <= 12
        assert rule.kind in kinds
        assert bool(rule.check.fields) != bool(rule.check.linked_by)


# ------------------------------------------------------------------ one hole for each rule


def element(plan: Plan, *, but: str) -> Plan:
    """A fourth vision element in every link but one."""
    plan = add(plan, "elements", VisionElement(id="ve4", text="The customer stays"))
    for owner in {"g1", "pi1", "m1"} - {but}:
        plan = link(plan, owner, "vision_elements", "ve4")
    return plan


def pillar(plan: Plan, *, but: str = "", **values: Any) -> Plan:
    """A seventh pillar in every link but one."""
    new = Pillar(id="pi7", kind="always", statement="We always ask.", gaps=("g1",), vision_elements=("ve1",))
    plan = add(plan, "pillars", replace(new, **values))
    for owner in {"a01", "m1", "ro01", "pp01"} - {but}:
        plan = link(plan, owner, "pillars", "pi7")
    return plan


def six_elements(plan: Plan) -> Plan:
    for number in (4, 5):
        plan = add(plan, "elements", VisionElement(id=f"ve{number}", text="One more"))
        for owner in ("g1", "pi1", "m1"):
            plan = link(plan, owner, "vision_elements", f"ve{number}")
    return plan


def one_element(plan: Plan) -> Plan:
    plan = replace(plan, vision=replace(vision(plan), elements=vision(plan).elements[:1]))
    for name in ("gaps", "pillars", "metrics"):
        for record in getattr(plan, name):
            plan = edit(plan, record.id, vision_elements=("ve1",))
    return plan


def with_edits(*edits: tuple[str, dict[str, Any]]) -> Callable[[Plan], Plan]:
    def broken(plan: Plan) -> Plan:
        for identity, values in edits:
            plan = edit(plan, identity, **values)
        return plan

    return broken


def without(identity: str, field: str, value: object = ()) -> Callable[[Plan], Plan]:
    return with_edits((identity, {field: value}))


BROKEN: list[tuple[str, str, Callable[[Plan], Plan]]] = [
    ("A01", "v1", without("v1", "built_on")),
    ("A02", "v1", six_elements),
    ("A02", "v1", one_element),
    ("A03", "ve4", lambda plan: element(plan, but="g1")),
    ("A04", "g1", without("g1", "vision_elements")),
    ("A04", "g1", without("g1", "touchpoints")),
    ("A04", "g1", without("g1", "evidence")),
    ("A05", "g7", without("pi6", "gaps", ("g8",))),
    ("A06", "g6", with_edits(("a07", {"gaps": ("g2",)}), ("a12", {"gaps": ("g2",)}))),
    ("A07", "g3", without("m2", "gaps", ("g2",))),
    ("A08", "pi1", without("pi1", "gaps")),
    ("A08", "pi1", without("pi1", "vision_elements")),
    ("A09", "pi7", lambda plan: pillar(plan, but="a01")),
    ("A10", "pi7", lambda plan: pillar(plan, but="m1")),
    ("A11", "a13", without("a13", "gaps")),
    ("A11", "a13", without("a13", "pillars")),
    ("A12", "a01", without("a01", "owner", None)),
    ("A12", "a01", without("a01", "due", None)),
    ("A13", "l1", without("l1", "owner", None)),
    ("A14", "a05", without("l3", "supports_actions", ("a01",))),
    ("A15", "ss3", without("ss3", "reason", "")),
    ("A15", "ss4", without("ss4", "reason", " \n")),
    ("A16", "ss1", without("ss1", "actions")),
    ("A17", "m2", without("m2", "vision_elements")),
    ("A17", "m4", without("m4", "gaps")),
    ("A17", "m4", without("m4", "pillars")),
    ("A18", "m1", without("m1", "target", None)),
    ("A18", "m1", without("m1", "target_date", None)),
    ("A18", "m1", without("m1", "owner", None)),
    ("A18", "m3", without("m3", "contingency", " ")),  # its contingency actions do not say it in words
    ("A19", "m3", without("a13", "status", "planned")),
    ("A20", "ro05", without("ro05", "audience")),
    ("A20", "ro05", without("ro05", "pillars")),
    ("A20", "ro05", without("ro05", "starts", None)),
    ("A20", "ro05", without("ro05", "ends", None)),
    ("A21", "pi7", lambda plan: pillar(plan, but="ro01")),
    ("A22", "pi7", lambda plan: pillar(plan, but="pp01")),
    ("A23", "pp03", without("pp03", "pillars")),
    ("A24", "tp01", without("tp01", "owner", None)),
    ("A24", "tp01", without("tp01", "emotion_target", "")),
    ("A25", "night", lambda plan: add(plan, "teams", Team(id="night", name="Night shift"))),
    ("A26", "pr1", without("pr1", "pillar", None)),
    ("A26", "pr1", without("pr1", "touchpoint", None)),
    ("A26", "pr1", without("pr1", "problem", None)),
    ("A27", "ve4", lambda plan: element(plan, but="pi1")),
    ("A28", "ve4", lambda plan: element(plan, but="m1")),
    ("A29", "n1", without("n1", "evidence")),
    ("A30", "i01", without("i01", "interviewer", None)),
    ("A30", "i01", without("i01", "consent", None)),
    ("A30", "i01", without("i01", "consent", False)),
    ("A31", "tp01", without("tp01", "stage", None)),
    ("A32", "ss2", without("m3", "touchpoints")),
    ("A33", "l5", without("l5", "supports_actions")),
    ("A34", "j2", without("j2", "supports")),
]


@pytest.mark.parametrize(
    ("rule", "record", "breaking"),
    BROKEN,
    ids=[f"{rule}-{number}" for number, (rule, *_) in enumerate(BROKEN)],
)
def test_a_rule_sees_its_own_hole_alone(rule: str, record: str, breaking: Callable[[Plan], Plan]) -> None:
    assert holes(breaking(demo())) == sorted([*UNTOUCHED, (rule, record)])


def test_every_rule_is_broken_once() -> None:
    assert {rule for rule, *_ in BROKEN} == set(alignment.BY_ID)


# ------------------------------------------------------------------ how the rules are read


def test_an_empty_programme_has_no_holes_and_no_coverage() -> None:
    plan = Plan(programme=Programme(id="new", name="New"))
    assert alignment.check(plan, AS_OF) == []
    assert alignment.covered(plan, []) is None


def test_an_employee_touchpoint_needs_neither_owner_nor_stage() -> None:
    assert all(point.owner is None and point.stage is None for point in demo().journeys[1].touchpoints)
    assert not {("A24", "et1"), ("A31", "et1")} & set(holes(demo()))


@pytest.mark.parametrize("state", ["proposed", "worded"])
def test_a_pillar_that_is_not_chosen_owes_nothing_but_may_not_be_approved_without_links(state: str) -> None:
    waiting = Pillar(id="pi7", kind="always", statement="We always ask.", state=state)  # type: ignore[arg-type]
    assert holes(add(demo(), "pillars", waiting)) == sorted([*UNTOUCHED, ("A08", "pi7")])


@pytest.mark.parametrize("state", ["chosen", "approved", None])
def test_a_chosen_pillar_owes_the_whole_chain(state: str | None) -> None:
    alone = Pillar(id="pi7", kind="always", statement="We always ask.", state=state)  # type: ignore[arg-type]
    new = [(rule, "pi7") for rule in ("A08", "A09", "A10", "A21", "A22")]
    assert holes(add(demo(), "pillars", alone)) == sorted([*UNTOUCHED, *new])


def test_a_gap_that_only_a_waiting_pillar_serves_has_no_pillar() -> None:
    plan = edit(demo(), "pi6", state="proposed")
    assert ("A05", "g7") in holes(plan)
    assert ("A27", "ve3") in holes(plan)


def test_a_rejected_promise_needs_nothing() -> None:
    assert holes(edit(demo(), "pr1", status="rejected", pillar=None, touchpoint=None)) == UNTOUCHED


@pytest.mark.parametrize(("status", "idle"), [("open", True), ("accepted", False), ("done", False)])
def test_a_task_for_the_contingency_counts_once_it_is_accepted(status: str, idle: bool) -> None:
    task = ContingencyTask(id="ct1", metric="m3", status=status)  # type: ignore[arg-type]
    plan = add(edit(demo(), "m3", contingency_actions=()), "contingency_tasks", task)
    assert (("A19", "m3") in holes(plan)) is idle


def test_a_target_is_missed_only_from_its_date_on() -> None:
    plan = edit(demo(), "a13", status="planned")
    assert ("A19", "m3") not in holes(plan, date(2026, 10, 30))
    assert ("A19", "m3") in holes(plan, date(2026, 10, 31))


def test_a_sweet_spot_in_its_computed_place_needs_no_reason() -> None:
    assert holes(edit(demo(), "ss1", reason="")) == UNTOUCHED


def test_an_order_that_cannot_be_computed_needs_no_reason() -> None:
    plan = edit(edit(demo(), "ss3", reason=""), "tp08", emotion=None)
    assert holes(plan) == UNTOUCHED


def test_a_target_of_nought_is_a_target() -> None:
    assert ("A18", "m5") not in holes(edit(demo(), "m5", target=0.0))


def test_coverage_in_per_cent_counts_records_and_warning_rules() -> None:
    plan = demo()
    pairs = 3 * 3 + 8 * 3 + 6 * 4 + 15 + 5 * 2 + 6 + 18 + 10 + 7 + 1
    covered = alignment.covered(plan, alignment.check(plan, AS_OF))
    assert covered == pytest.approx(100 * (pairs - len(UNTOUCHED)) / pairs)


# ------------------------------------------------------------------ sentences


def test_sentences_name_the_record_and_what_is_missing() -> None:
    with translation.override("en"):
        plan = edit(demo(), "g4", vision_elements=(), evidence=())
        assert messages(plan, "A04") == [
            "Gap “The customer is passed on rather than helped” lacks a vision element and evidence"
        ]
        assert messages(plan, "A07")[0] == "Gap “The customer is passed on rather than helped” has no metric"
        assert messages(edit(demo(), "ss3", reason=""), "A15") == [
            "Sweet spot “Contract confirmation” is number 3, computed number 4, and no reason is given"
        ]
        assert messages(edit(demo(), "a13", status="planned"), "A19") == [
            "Metric “Clarity of the bill (CSAT)” missed its target: 53.85, target 65, "
            "and its contingency is not under way"
        ]
        assert messages(edit(demo(), "pi1", gaps=()), "A08") == [
            "Pillar “We never leave a customer in silence” lacks a gap"
        ]


def test_a_per_cent_sign_in_a_name_is_just_a_sign() -> None:
    with translation.override("en"):
        assert messages(edit(demo(), "g4", title="50 % (s) are lost %s"), "A07")[0] == (
            "Gap “50 % (s) are lost %s” has no metric"
        )


@pytest.mark.parametrize("visibility", ["private", "team"])
def test_no_sentence_carries_the_words_of_a_personal_pillar_that_is_not_for_everyone(visibility: str) -> None:
    secret = PersonalPillar(
        id="pp99",
        person="leena",
        kind="never",
        statement="I never tell",
        visibility=visibility,  # type: ignore[arg-type]
    )
    with translation.override("en"):
        assert messages(add(demo(), "personal_pillars", secret), "A23") == [
            "A personal pillar that is not for everyone serves no pillar"
        ]


# ------------------------------------------------------------------ any plan at all


@st.composite
def sub_plans(draw: st.DrawFn) -> Plan:
    """Part of the demo, with optional fields emptied here and there."""
    values: dict[str, Any] = {}
    for field in fields(Plan):
        records = getattr(demo(), field.name)
        if isinstance(records, tuple):
            kept = [record for record in records if draw(st.integers(0, 3))]
            values[field.name] = tuple(_emptied(draw, record) for record in kept)
    values["vision"] = draw(st.sampled_from([None, vision(demo()), replace(vision(demo()), elements=())]))
    return replace(demo(), **values)


def _emptied(draw: st.DrawFn, record: Any) -> Any:
    if not is_dataclass(record) or draw(st.booleans()):
        return record
    optional = {
        field.name: field.default
        for field in fields(record)
        if field.default is None or isinstance(field.default, str | tuple | bool)
    }
    emptied = draw(st.sets(st.sampled_from(sorted(optional)))) if optional else ()
    return replace(record, **{name: optional[name] for name in emptied})  # type: ignore[type-var]  # any record


@settings(max_examples=40, deadline=None)
@given(plan=sub_plans(), as_of=st.dates())
def test_any_plan_can_be_checked(plan: Plan, as_of: date) -> None:
    findings = alignment.check(plan, as_of)
    known = {node.id: node.kind for node in trace.nodes(plan)}
    assert all(known[finding.record] == alignment.BY_ID[finding.rule].kind for finding in findings)
    assert len({(finding.rule, finding.record) for finding in findings}) == len(findings)
    assert [finding.rule for finding in findings] == sorted(finding.rule for finding in findings)
    covered = alignment.covered(plan, findings)
    assert covered is None or 0 <= covered <= 100
