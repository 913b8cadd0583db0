"""The checklists, the shown states and the line of content of each step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from roadmap.domain import alignment, progress, summary
from roadmap.domain.plan import Interview, Plan, Programme, Source

from .demo import AS_OF, demo, edit, vision

EMPTY = Plan(programme=Programme(id="new", name="New"))


def lists(plan: Plan) -> dict[int, tuple[progress.Item, ...]]:
    return progress.checklists(plan, alignment.check(plan, AS_OF))


def unmet(plan: Plan) -> dict[int, list[str]]:
    with translation.override("en"):
        return {
            step: [item.text for item in items if not item.met]
            for step, items in lists(plan).items()
            if not all(item.met for item in items)
        }


UNTOUCHED = {
    9: ["Every action uses a lever", "Every system used as a lever is placed in the service ecosystem"],
    11: ["Every gap has a metric", "Every sweet spot has a metric"],
}


def test_the_demo_lacks_what_it_lacks_on_purpose() -> None:
    assert unmet(demo()) == UNTOUCHED


def test_a_line_says_how_many_and_which() -> None:
    with translation.override("en"):
        line = next(item for item in lists(demo())[11] if item.text == "Every gap has a metric")
    assert (line.level, line.detail) == ("warns", "2 missing")
    assert [hole.record for hole in line.holes] == ["g4", "g5"]


@pytest.mark.parametrize(
    ("step", "text", "breaking"),
    [
        (1, "Every finding has its source", lambda plan: edit(plan, "f01", source=None)),
        (1, "Every finding has a theme", lambda plan: edit(plan, "f01", theme=" ")),
        (
            1,
            "Vision, mission, brand and strategy have been read",
            lambda plan: replace(plan, sources=(Source(id="s", kind="data", title="Calls"),)),
        ),
        (2, "Every interview has an interviewer and consent", lambda plan: edit(plan, "i01", consent=None)),
        (
            2,
            "Customers and staff have both been heard",
            lambda plan: replace(
                plan, interviews=(Interview(id="i", kind="staff", label="Adviser", interviewer="aino", consent=True),)
            ),
        ),
        (3, "The vision is one sentence with its year", lambda plan: edit(plan, "v1", statement="")),
        (3, "It rests on findings or interviews", lambda plan: edit(plan, "v1", built_on=())),
        (
            3,
            "Its checks are answered",
            lambda plan: edit(plan, "v1", checks=(replace(vision(plan).checks[0], answer=None),)),
        ),
        (3, "Its checks are answered", lambda plan: edit(plan, "v1", checks=())),
        (3, "Management has approved it", lambda plan: edit(plan, "v1", status="draft")),
        (4, "Every insight has evidence", lambda plan: edit(plan, "n1", evidence=())),
        (
            4,
            "Management has called customers itself",
            lambda plan: replace(plan, customer_calls=tuple(c for c in plan.customer_calls if c.caller == "ville")),
        ),
        (5, "Every touchpoint stands on a stage", lambda plan: edit(plan, "tp01", stage=None)),
        (5, "Every touchpoint has an owner and an emotion target", lambda plan: edit(plan, "tp01", owner=None)),
        (5, "Every touchpoint has been assessed", lambda plan: edit(plan, "tp01", ease=None)),
        (5, "A customer took part in every customer journey", lambda plan: edit(plan, "j1", customer_took_part=False)),
        (5, "Every employee journey supports a touchpoint", lambda plan: edit(plan, "j2", supports=())),
        (6, "Every gap has a vision element, a touchpoint and evidence", lambda plan: edit(plan, "g1", evidence=())),
        (7, "Every promise has a pillar, a touchpoint and a gap", lambda plan: edit(plan, "pr1", touchpoint=None)),
        (
            7,
            "Every pillar is short enough to act on tomorrow",
            lambda plan: edit(plan, "pi1", statement="We never " + "talk " * 20),
        ),
        (7, "Management has approved the pillars", lambda plan: edit(plan, "pi1", state="chosen")),
        (8, "Every action has an owner and a due date", lambda plan: edit(plan, "a01", due=None)),
        (9, "Every lever has an owner", lambda plan: edit(plan, "l1", owner=None)),
        (10, "Every sweet spot has an action", lambda plan: edit(plan, "ss1", actions=())),
        (
            10,
            "Every departure from the computed order has its reason",
            lambda plan: edit(plan, "ss3", reason=""),
        ),
        (
            11,
            "The contingency of every missed target is under way",
            lambda plan: edit(plan, "a13", status="planned"),
        ),
        (12, "Every rollout item has a team, a pillar and dates", lambda plan: edit(plan, "ro05", ends=None)),
    ],
)
def test_what_is_broken_is_seen_on_its_step_alone(step: int, text: str, breaking: Callable[[Plan], Plan]) -> None:
    wanted = {number: list(lines) for number, lines in UNTOUCHED.items()}
    wanted.setdefault(step, []).append(text)
    found = unmet(breaking(demo()))
    assert {number: sorted(lines) for number, lines in found.items()} == {
        number: sorted(lines) for number, lines in wanted.items()
    }


def test_a_sweet_spot_without_touchpoint_blocks() -> None:
    found = unmet(edit(demo(), "ss5", touchpoint=None))
    assert found[10] == ["Every sweet spot is a touchpoint"]


def test_pillars_are_counted_once_they_are_chosen() -> None:
    plan = demo()
    for pillar in plan.pillars[:4]:
        plan = edit(plan, pillar.id, state="proposed")
    assert "Three to seven pillars are chosen" in unmet(plan)[7]


@pytest.mark.parametrize(("elements", "missing"), [(0, 2), (1, 1), (2, 0), (4, 0), (6, 2)])
def test_elements_are_counted_to_what_is_wanted(elements: int, missing: int) -> None:
    some = vision(demo()).elements[0]
    plan = edit(demo(), "v1", elements=tuple(replace(some, id=f"v1e{place}") for place in range(elements)))
    item = lists(plan)[3][2]
    assert (item.text, item.detail, item.missing) == ("It has two to four elements", str(elements), missing)
    assert item.met is (missing == 0)


def test_pillars_from_a_file_are_approved_where_their_step_is_done() -> None:
    assert "Management has approved the pillars" in unmet(replace(demo(), step_status={7: "in_progress"}))[7]


# ------------------------------------------------------------------ states


NOON = datetime(2026, 11, 4, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)


def test_the_state_is_what_a_person_said() -> None:
    for said in ("not_started", "in_progress", "done"):
        assert progress.shown(said, 6, done_at=LATER, changed={5: NOON}) == said


def test_a_done_step_wants_another_look_when_what_it_follows_from_changed_afterwards() -> None:
    again = [
        step for step in range(1, 13) if progress.shown("done", step, done_at=NOON, changed={5: LATER}) == "check_again"
    ]
    assert again == [6, 10]


def test_a_change_in_the_step_itself_asks_for_nothing() -> None:
    assert progress.shown("done", 6, done_at=NOON, changed={6: LATER}) == "done"


def test_a_step_done_at_an_unknown_time_was_done_before_every_change() -> None:
    assert progress.shown("done", 6, done_at=None, changed={5: NOON}) == "check_again"
    assert progress.shown("done", 6, done_at=None, changed={}) == "done"


def test_a_step_that_is_not_done_is_never_checked_again() -> None:
    assert progress.shown("in_progress", 12, done_at=None, changed={7: LATER}) == "in_progress"


def test_nothing_stands_in_the_way_in_the_demo_and_everything_in_an_empty_programme() -> None:
    def ready(plan: Plan) -> set[int]:
        lists = progress.checklists(plan, alignment.check(plan, AS_OF))
        return {step for step, items in lists.items() if all(item.met for item in items if item.level == "blocks")}

    assert ready(demo()) == set(range(1, 13))
    assert ready(EMPTY) == set()


def test_nothing_is_said_to_be_so_of_every_record_while_there_is_none() -> None:
    found = lists(EMPTY)
    assert [item.text for items in found.values() for item in items if item.met] == []
    with translation.override("en"):
        lines = {item.text: item for items in lists(EMPTY).values() for item in items}
    for text in ("Every finding has its source", "Every gap has a pillar", "Every vision element has a metric"):
        assert (lines[text].detail, lines[text].level) == ("none yet", "warns"), text


def test_a_kind_that_a_step_can_do_without_has_its_line_once_there_is_one() -> None:
    def speaks_of_promises(plan: Plan) -> bool:
        return any("promise" in item.text for item in lists(plan)[7])

    with translation.override("en"):
        assert speaks_of_promises(demo())
        assert not speaks_of_promises(replace(demo(), promises=()))


def test_how_a_step_stands_is_the_same_in_both_languages_and_moves_with_its_list() -> None:
    def stands(plan: Plan, step: int = 11) -> str:
        return progress.standing("in_progress", lists(plan)[step])

    with translation.override("fi"):
        finnish = stands(demo())
    with translation.override("en"):
        assert stands(demo()) == finnish
    assert "-2" in finnish  # two gaps have no metric
    fewer = replace(demo(), gaps=tuple(gap for gap in demo().gaps if gap.id != "g4"))
    assert stands(fewer) not in (finnish, progress.standing("done", lists(fewer)[11]))


def test_every_step_follows_from_earlier_ones() -> None:
    assert all(below < step for step, builds in progress.BUILDS_ON.items() for below in builds)


# ------------------------------------------------------------------ lines of content


def test_each_step_says_what_it_holds() -> None:
    with translation.override("en"):
        assert summary.summaries(demo(), AS_OF) == {
            1: "9 sources, 18 findings",
            2: "8 interviews: customers, staff and history",
            3: "One sentence, 3 elements, approved",
            4: "7 customer calls, 6 insights",
            5: "18 touchpoints, 7 moments of truth",
            6: "8 gaps, 2 without a metric",
            7: "6 pillars, 3 customer promises",
            8: "15 actions, 4 buckets, 5 done",
            9: "7 levers, 6 actions use none",
            10: "5 sweet spots, 2 without a metric",
            11: "6 metrics, 2 on target, 1 missed",
            12: "10 rollout items, 8 personal pillars shared with everyone",
        }


def test_an_empty_programme_says_so_on_every_step() -> None:
    with translation.override("en"):
        assert summary.summaries(EMPTY, AS_OF) == {
            1: "No sources yet",
            2: "Nobody interviewed yet",
            3: "No vision yet",
            4: "No customer called yet",
            5: "No touchpoints yet",
            6: "No gaps yet",
            7: "No pillars yet",
            8: "No actions yet",
            9: "No levers yet",
            10: "No sweet spots yet",
            11: "No metrics yet",
            12: "Nothing rolled out yet",
        }


def test_one_of_each_is_said_in_the_singular() -> None:
    plan = replace(
        demo(),
        sources=demo().sources[:1],
        findings=demo().findings[:1],
        gaps=demo().gaps[3:4],
        interviews=demo().interviews[:1],
        vision=replace(vision(demo()), statement="", candidates=vision(demo()).candidates[:1]),
        pillars=(replace(demo().pillars[0], state="proposed"),),
        promises=(),
    )
    with translation.override("en"):
        lines = summary.summaries(plan, AS_OF)
    assert lines[1] == "1 source, 1 finding"
    assert lines[2] == "1 interview: customers"
    assert lines[3] == "1 candidate"
    assert lines[6] == "1 gap, 1 without a metric"
    assert lines[7] == "1 proposal"
