"""The chain of one record in sentences."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import get_type_hints

import pytest
from django.utils.translation import override

from roadmap.domain import hops, story, trace
from roadmap.domain.hops import Hop, Told
from roadmap.domain.plan import ContingencyTask, CustomerCall, Measurement, PersonalPillar, Plan, To

from .demo import add, demo, edit, get


def told(plan: Plan, record: str) -> Told:
    return hops.told(plan, trace.Chain(plan), record)


def walked(found: tuple[Hop, ...]) -> Iterator[Hop]:
    for hop in found:
        yield hop
        yield from walked(hop.on)


def texts(found: tuple[Hop, ...]) -> list[str]:
    return [hop.text for hop in found]


def test_every_link_of_the_chain_has_its_sentences() -> None:
    """Whatever a field of the chain may point at, in either direction."""
    shapes = {node.kind: node.record.__class__ for node in trace.nodes(demo())}
    shapes["contingency_task"] = ContingencyTask
    pairs = {("vision_element", "vision"), ("touchpoint", "journey")}
    for table, turned in ((trace.CHAIN, False), (trace.LEADS_TO, True)):
        for kind, fields in table.items():
            for field in fields:
                targets = {
                    target
                    for part in trace._parts(get_type_hints(shapes[kind], include_extras=True)[field])
                    if isinstance(part, To)
                    for target in part.kinds
                }
                pairs |= {(target, kind) if turned else (kind, target) for target in targets}
    assert pairs == set(hops.SENTENCES)
    assert {lower for lower, _upper in pairs} | {upper for _lower, upper in pairs} == hops.KINDS
    assert {upper for _lower, upper in pairs} == set(hops.UPWARDS)


def test_a_gap_is_told_up_to_the_vision_and_the_customers_own_words() -> None:
    above = told(demo(), "g1")
    assert texts(above.up)[:4] == [
        "It is the difference from the vision element “The customer always knows what is going on”.",
        "It was seen at the touchpoint “Outage and outage message”.",
        "The insight “Silence frightens more than the outage itself” shows it.",
        "A customer said: “During the outage. Nobody knew anything.”",
    ]
    vision = above.up[0].on[0]
    assert vision.text.startswith("It belongs to the vision “In 2031 our customers always know")
    assert vision.record == "v1"
    assert above.lead == (
        "It reaches up to the vision and to people’s own words. "
        "From it grew: 2 pillars, 7 actions, 3 metrics and 6 personal pillars."
    )


def test_a_gap_is_told_down_to_people() -> None:
    down = told(demo(), "g1").down
    pillar, action, metric = (next(hop for hop in down if hop.kind == kind) for kind in ("pillar", "action", "metric"))
    assert pillar.text == "The pillar “We never leave a customer in silence” answers it."
    assert "Teemu Rautjoki does differently: “I never wait for certainty before the first message”" in texts(pillar.on)
    assert (
        "Control centre does differently: “On our shift a sign-off is always a message to the customer too”"
        in texts(pillar.on)
    )
    assert (action.text, action.more) == (
        "The action “Send the outage message without the cause: “we know, we are on it”” closes it.",
        "Teemu Rautjoki, 15 May 2026",
    )
    assert metric.more.startswith("If it is missed: If under 40 per cent answer safe")
    assert texts(metric.on) == ["Its latest measurement is “Feeling safe during an outage, 2026-10”."]


def test_the_same_in_finnish() -> None:
    with override("fi"):
        gap, lever = told(demo("fi"), "g4"), told(demo("fi"), "l6")
        assert gap.up[0].text == "Se on matka vision osaan ”Ihmisen apu ehtii ennen huolta”."
        assert gap.lead == (
            "Ylöspäin se yltää visioon ja ihmisten omiin sanoihin. "
            "Siitä on kasvanut: 2 pilaria, 5 toimea, 1 mittari ja 2 omaa pilaria."
        )
        assert lever.up[0].text == "Se vauhdittaa toimea ”Keittiönpöytätesti kaikille asiakasteksteille”."
        assert lever.up[0].on[0].text == "Se alkaa, jos mittari ”Laskun ymmärrettävyys (CSAT)” jää tavoitteestaan."


@pytest.mark.parametrize("record", ["s-nps", "i02", "v1", "ve1", "tp08", "g1", "pi1", "a13", "m3", "pp04"])
def test_every_record_of_the_chain_is_named_once(record: str) -> None:
    chain = trace.Chain(demo())
    whole = hops.told(demo(), chain, record)
    for found, reached in ((whole.up, chain.ancestors(record)), (whole.down, chain.descendants(record))):
        named = [hop.record for hop in walked(found) if hop.record]
        assert len(named) == len(set(named))
        hidden = {one.id for one in demo().personal_pillars if one.visibility != "programme"}
        measured = set(reached.get("measurement", ()))
        assert set(named) - measured == {one for ids in reached.values() for one in ids} - hidden - measured
    assert all(hop.further == sum(1 for _ in walked(hop.on)) for hop in walked(whole.up + whole.down))


def test_the_parts_of_a_sentence_say_which_is_the_name() -> None:
    element = told(demo(), "g1").up[0]
    assert [(part.text, part.record) for part in element.parts] == [
        ("It is the difference from the vision element “", ""),
        ("The customer always knows what is going on", "ve1"),
        ("”.", ""),
    ]


@pytest.mark.parametrize("visibility", ["private", "team"])
def test_a_personal_pillar_that_is_not_for_everyone_is_only_counted(visibility: str) -> None:
    plan = demo()
    for place in range(2):
        secret = PersonalPillar(
            id=f"secret{place}",
            kind="never",
            statement="I never tell",
            person="teemu",
            pillars=("pi1",),
            visibility=visibility,  # type: ignore[arg-type]
        )
        plan = add(plan, "personal_pillars", secret)
    shared = dataclasses.replace(get(plan, "pp03"), visibility="programme")
    plan = edit(plan, "pp03", visibility=shared.visibility)
    found = list(walked(told(plan, "g1").down + told(plan, "pi1").down))
    assert not any("I never tell" in hop.text + hop.more for hop in found)
    assert not any("secret" in part.record for hop in found for part in hop.parts)
    assert any("personal pillars that are not for everyone serve it." in hop.text for hop in found)


def test_an_end_that_is_not_reached_is_said() -> None:
    assert told(edit(demo(), "g1", vision_elements=()), "g1").lead.startswith(
        "It reaches up to people’s own words, but not to the vision."
    )
    alone = told(edit(demo(), "a07", gaps=(), pillars=(), touchpoints=()), "a07")
    assert alone.lead == "It reaches neither the vision nor anybody’s own words."
    assert [hop.kind for hop in alone.up] == ["sweet_spot"]


def test_what_is_no_link_of_the_chain_says_who_names_it() -> None:
    question = told(demo(), "kq4")
    assert (question.lead, question.up, question.down) == ("", (), ())
    assert texts(question.beside)[0] == "Customer call: “The technician came by, a pleasant man.” names it."
    decision = told(demo(), "d2")
    assert texts(decision.beside)[0] == "It names pillar: “We never leave a customer in silence”."
    assert told(demo(), "nothing") == Told("", (), (), ())


def test_only_the_latest_measurement_is_told() -> None:
    plan = add(demo(), "measurements", Measurement(metric="m3", period="2026-11"))
    assert [hop.record for hop in told(plan, "m3").down if hop.kind == "measurement"] == ["m3@2026-11"]


def test_the_longest_thread_begins_with_a_customers_own_words() -> None:
    stations = story.longest(demo())
    assert [station.kind for station in stations] == [
        *("customer_call", "vision_element", "gap", "pillar", "action", "metric", "personal_pillar"),
    ]
    assert trace.said(stations[0].record) == "During the outage. Nobody knew anything."
    call: CustomerCall = get(edit(demo(), "c01", quote="A wall."), "c01")
    assert trace.said(call) == "A wall."
