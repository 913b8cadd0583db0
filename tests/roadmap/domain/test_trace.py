"""The chain from a personal pillar to the customer's own words, and back."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from roadmap.domain import trace
from roadmap.domain.plan import ContingencyTask, PersonalPillar, Plan, Programme, SweetSpot

from .demo import add, demo, edit, get


def test_every_link_of_the_demo_points_at_a_record() -> None:
    nodes = {node.id: node for node in trace.nodes(demo())}
    named = [(node, name, target) for node in nodes.values() for name, target in trace.links(node.record)]
    assert len(named) > 400
    assert all(target in nodes for _, _, target in named)


def test_the_chain_names_fields_that_are_links() -> None:
    kinds = {node.kind: node.record for node in trace.nodes(demo())}
    kinds["contingency_task"] = ContingencyTask(id="ct1", metric="m3")
    for table in (trace.CHAIN, trace.LEADS_TO):
        for kind, names in table.items():
            known = {name for name, is_link in trace._fields(kinds[kind].__class__) if is_link}
            assert set(names) <= known, kind


def test_a_personal_pillar_reaches_the_vision_and_the_customers_words() -> None:
    above = trace.ancestors(demo(), "pp04")
    assert above["pillar"] == ("pi1",)
    assert above["gap"] == ("g1", "g3")
    assert above["vision_element"] == ("ve1", "ve2")
    assert above["vision"] == ("v1",)
    assert above["touchpoint"] == ("tp08", "tp09", "tp13")
    assert above["insight"] == ("n1",)
    assert above["customer_call"] == ("c01", "c05")
    assert {"i01", "i02"} <= set(above["interview"])
    assert {"s-nps", "s-puhelut"} <= set(above["source"])


def test_a_gap_leads_to_actions_levers_metrics_and_people() -> None:
    below = trace.descendants(demo(), "g2")
    assert below["pillar"] == ("pi3",)
    assert below["promise"] == ("pr3",)
    assert below["action"] == ("a05", "a12", "a13")
    assert below["lever"] == ("l3", "l6")
    assert below["metric"] == ("m3",)
    assert below["measurement"][0] == "m3@2026-05"
    assert below["personal_pillar"] == ("pp05", "pp06", "pp13")
    assert "vision" not in below


def test_a_missed_metric_leads_to_its_contingency() -> None:
    plan = add(demo(), "contingency_tasks", ContingencyTask(id="ct1", metric="m3"))
    below = trace.descendants(plan, "m3")
    assert below["action"] == ("a13",)
    assert below["contingency_task"] == ("ct1",)
    assert "m3" in trace.ancestors(plan, "a13")["metric"]


def test_a_sweet_spot_leads_to_its_actions() -> None:
    assert trace.descendants(demo(), "ss1")["action"] == ("a01", "a06", "a11")
    assert "ss1" in trace.ancestors(demo(), "a01")["sweet_spot"]


@pytest.mark.parametrize("record", ["v1", "g1", "pi1", "tp13", "a13", "m3", "pp04", "i02"])
def test_what_is_above_a_record_has_it_below(record: str) -> None:
    chain = trace.Chain(demo())
    for members in chain.ancestors(record).values():
        for member in members:
            assert record in {found for below in chain.descendants(member).values() for found in below}


def test_one_step_up_and_down() -> None:
    chain = trace.Chain(demo())
    assert chain.above("pi1") == {"vision_element": ("ve1",), "gap": ("g1", "g3")}
    assert chain.below("i04") == {"insight": ("n6",), "gap": ("g7",)}


def test_what_hangs_on_a_record() -> None:
    assert trace.references(demo(), "pi1") == {
        "promise": ("pr1",),
        "action": ("a01", "a06", "a11"),
        "metric": ("m4", "m5"),
        "rollout_item": ("ro01", "ro02", "ro03", "ro05", "ro10"),
        "personal_pillar": ("pp03", "pp04", "pp07", "pp12"),
        "decision": ("d2",),
    }
    assert trace.references(demo(), "reach") == {
        "touchpoint": ("tp01", "tp02", "tp03"),
        "stage_assessment": ("reach@1",),
    }
    assert trace.references(demo(), "kq4") == {"customer_call": ("c02", "c05", "c07")}
    assert trace.references(demo(), "v1") == {
        "vision_element": ("ve1", "ve2", "ve3"),
        "vision_check": ("vc1", "vc2", "vc3"),
        "vision_candidate": ("vk1", "vk2", "vk3"),
        "decision": ("d1",),
    }


def test_an_unknown_record_stands_alone() -> None:
    assert trace.ancestors(demo(), "g99") == trace.descendants(demo(), "g99") == trace.references(demo(), "g99") == {}
    assert trace.ancestors(Plan(programme=Programme(id="new", name="New")), "new") == {}


def test_links_that_go_in_a_circle_end() -> None:
    plan = edit(edit(demo(), "f01", source="s-nps"), "j2", supports=("et1",))
    assert "et2" in trace.descendants(plan, "j2")["touchpoint"]


# ------------------------------------------------------------------ names


def test_records_go_by_their_own_names() -> None:
    plan = demo()
    assert trace.called(plan, get(plan, "aino")) == "Aino Kettula"
    assert trace.called(plan, get(plan, "g4")) == "The customer is passed on rather than helped"
    assert trace.called(plan, get(plan, "i04")) == "Former customer, 35"
    assert trace.called(plan, get(plan, "ss1")) == "Outage and outage message"
    assert trace.called(plan, plan.measurements[0]) == "Net Promoter Score (NPS), 2026-05"
    assert trace.called(plan, ContingencyTask(id="ct1", metric="m3")) == "Clarity of the bill (CSAT)"
    assert trace.called(plan, SweetSpot(id="ss9", rank=1)) == "ss9"
    assert trace.called(plan, get(plan, "c01")) == "Call 1, caller Milla Saarto"
    assert trace.called(plan, get(edit(plan, "c01", quote="A wall."), "c01")) == "A wall."


@pytest.mark.parametrize(
    ("language", "name"), [("en", "Call 5, caller Leena Palokas"), ("fi", "Puhelu 5, soittaja Leena Palokas")]
)
def test_a_call_without_a_quote_goes_by_its_number_and_caller(language: str, name: str) -> None:
    plan = edit(demo(), "c05", quote=" ", caller="leena")
    with override(language):
        assert trace.called(plan, get(plan, "c05")) == name
        assert trace.called(plan, get(edit(plan, "c05", caller=None), "c05")) == name.partition(",")[0]


def test_a_long_name_is_shortened() -> None:
    name = trace.called(demo(), get(edit(demo(), "g1", title="word " * 100), "g1"))
    assert len(name) <= trace.NAME_LENGTH
    assert name.endswith("…")


@pytest.mark.parametrize("visibility", ["private", "team"])
def test_a_personal_pillar_that_is_not_for_everyone_has_no_name(visibility: str) -> None:
    secret = PersonalPillar(id="pp", kind="never", statement="I never tell", visibility=visibility)  # type: ignore[arg-type]
    assert trace.called(demo(), secret) == "a personal pillar"
