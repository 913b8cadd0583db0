"""The pages of steps 7 to 12, the log and the alignment: what they say, and what they ask of the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cxplan.workspaces.models import Member
from journeys.models import Assessment, Journey, Touchpoint
from roadmap.domain import records
from roadmap.models import (
    Action,
    ContingencyTask,
    CustomerCall,
    Decision,
    Gap,
    HeldWorkshop,
    Lever,
    Measurement,
    Metric,
    PersonalPillar,
    Pillar,
    Programme,
    Promise,
    ReadinessAnswer,
    ReadinessStatement,
    RolloutItem,
    SweetSpot,
    TouchpointIdea,
    VisionElement,
)
from roadmap.steps import BY_NUMBER
from tests.cast import Cast
from tests.make import make, make_linked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]
SignIn = Callable[[Member], Client]
STEPS = {number: BY_NUMBER[number].slug for number in range(7, 13)}
OF_STEP: dict[str, tuple[type[Any], ...]] = {
    "pillars": (Pillar, Promise),
    "actions": (Action,),
    "levers": (Lever,),
    "sweet-spots": (SweetSpot, TouchpointIdea),
    "metrics": (Metric, Measurement, ContingencyTask),
    "rollout": (RolloutItem, PersonalPillar, ReadinessStatement),
}


def address(programme: Programme, rest: str) -> str:
    return f"/w/{programme.workspace.slug}/programmes/{programme.pk}/{rest}"


def page(client: Client, programme: Programme, rest: str) -> str:
    """The words of a page, white space as a reader sees it."""
    response = client.get(address(programme, rest))
    assert response.status_code == 200
    return " ".join(unescape(response.content.decode()).split())


def step(client: Client, cast: Cast, slug: str) -> str:
    return page(client, cast.programme, f"steps/{slug}/")


def queries(client: Client, programme: Programme, rest: str) -> int:
    """How many queries a page takes that was opened before."""
    client.get(address(programme, rest))
    with CaptureQueriesContext(connection) as asked:
        client.get(address(programme, rest))
    return len(asked)


# ------------------------------------------------------------------ every step


@pytest.mark.parametrize("slug", STEPS.values())
def test_an_empty_step_has_one_example_and_one_button_for_each_kind(cast: Cast, sign_in: SignIn, slug: str) -> None:
    lead, reader = step(sign_in(cast.alice), cast, slug), step(sign_in(cast.carol), cast, slug)
    for name in BY_NUMBER[next(number for number in STEPS if STEPS[number] == slug)].kinds:
        new = address(cast.programme, f"records/{name}/new/")
        assert f'id="{name}-list"' in lead
        assert f'id="{name}-new"' in lead
        assert lead.count(f'href="{new}"') == (name not in ("measurement", "contingency_task")), name  # no metric yet
        assert new not in reader


@pytest.mark.parametrize(
    ("slug", "expected"),
    [("pillars", 12), ("actions", 10), ("levers", 9), ("sweet-spots", 9), ("metrics", 14), ("rollout", 12)],
)
def test_a_step_asks_the_same_at_one_record_and_at_three(cast: Cast, sign_in: SignIn, slug: str, expected: int) -> None:
    alice, counts = sign_in(cast.alice), []
    for _ in range(3):
        for model in OF_STEP[slug]:
            make_linked(model, cast.programme, by=cast.alice)
        counts.append(queries(alice, cast.programme, f"steps/{slug}/"))
    assert counts == [expected] * 3


@pytest.mark.parametrize(("rest", "expected"), [("trash/", 5), ("log/", 8), ("alignment/", 44)])
def test_other_pages_ask_the_same_at_one_record_and_at_three(
    cast: Cast, sign_in: SignIn, rest: str, expected: int
) -> None:
    alice, counts = sign_in(cast.alice), []
    for _ in range(3):
        for model in (Gap, Pillar, Action, Metric, Decision, HeldWorkshop):
            make_linked(model, cast.programme, by=cast.alice)
            thrown = make(model, cast.programme)
            records.trash(thrown, programme=cast.programme, by=cast.alice)
        counts.append(queries(alice, cast.programme, rest))
    assert counts == [expected] * 3


# ------------------------------------------------------------------ 7 pillars


def test_pillars_stand_in_two_lanes_and_proposals_wait(cast: Cast, sign_in: SignIn) -> None:
    make(Pillar, cast.programme, kind="never", statement="We never hide.", state="chosen", votes=3)
    make(Pillar, cast.programme, kind="always", statement="We always call.", state="approved")
    make(Pillar, cast.programme, kind="always", statement="We always thank.", state="proposed")
    shown = step(sign_in(cast.alice), cast, "pillars")
    never, always = shown.index('id="lane-never"'), shown.index('id="lane-always"')
    assert never < shown.index("We never hide.") < always < shown.index("We always call.")
    assert shown.index("Waiting") < shown.index("We always thank.")
    assert "<b>3</b> proposed" in shown
    assert "<b>2</b> chosen" in shown
    assert "<b>1</b> approved by management" in shown
    assert "3 votes" in shown


def test_a_missing_link_is_said_and_leads_to_the_form(cast: Cast, sign_in: SignIn) -> None:
    pillar = make(Pillar, cast.programme, state="chosen")
    form = address(cast.programme, f"records/pillar/{pillar.pk}/")
    assert f'href="{form}"' in step(sign_in(cast.alice), cast, "pillars").split("Link a gap")[0]
    assert "Link a gap" in step(sign_in(cast.carol), cast, "pillars")
    assert form.join(('"', '"')) not in step(sign_in(cast.carol), cast, "pillars")


def test_only_the_lead_chooses_a_pillar_and_only_an_approver_approves_it(cast: Cast, sign_in: SignIn) -> None:
    new = address(cast.programme, "records/pillar/new/")
    offered = {
        name: [key for key, _ in sign_in(getattr(cast, name)).get(new).context["form"].fields["state"].choices]
        for name in ("bob", "alice")
    }
    assert offered == {"bob": ["proposed", "worded"], "alice": ["proposed", "worded", "chosen"]}
    cast.alice.is_approver = True
    cast.alice.save()
    typed = {"kind": "never", "statement": "We never hide.", "votes": 0, "state": "approved"}
    sent = {f"pillar-new-{name}": value for name, value in typed.items()}
    for person in (cast.bob, cast.alice):  # management's word is given on the record, never by filling in a form
        sign_in(person).post(new, sent)
        assert not Pillar.objects.exists()


def test_who_chose_a_promise_stands_on_it(cast: Cast, sign_in: SignIn) -> None:
    make(Promise, cast.programme, text="We call back.", status="selected", selected_by=cast.carol)
    assert "Chosen by Carol Chief" in step(sign_in(cast.alice), cast, "pillars")


# ------------------------------------------------------------------ 8 and 9 actions and levers


def test_actions_stand_in_their_buckets_and_late_ones_are_called_late(cast: Cast, sign_in: SignIn) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    make(Action, cast.programme, title="Call", bucket="acute", due=yesterday, impact=5, effort=1)
    make(Action, cast.programme, title="Thank", bucket="communication", due=yesterday, status="done")
    shown = step(sign_in(cast.alice), cast, "actions")
    assert shown.index("what leaks right now") < shown.index("Call") < shown.index("what we say") < shown.index("Thank")
    assert shown.count("Late") == 1
    assert "1 action would change much for little effort" in shown
    assert "impact 5, effort 1" in shown
    assert 'class="cx-chart"' in shown
    assert shown.count("no owner") == 2


def test_levers_say_how_they_are_used_and_could_be(cast: Cast, sign_in: SignIn) -> None:
    action = make(Action, cast.programme, title="Call back")
    make(Lever, cast.programme, kind="culture", name="Pride", used_now="Hidden", supports_actions=[action])
    shown = step(sign_in(cast.alice), cast, "levers")
    assert shown.index("habits of the house") < shown.index("Pride") < shown.index("Hidden") < shown.index("Call back")
    assert "not said yet" in shown
    assert "channels that everybody already follows" not in shown


# ------------------------------------------------------------------ 10 sweet spots


def scored(cast: Cast, journey: Journey, name: str, importance: float, emotion: float) -> Touchpoint:
    point = make(Touchpoint, cast.programme, journey=journey, name=name)
    scores: dict[str, Any] = {
        "importance": importance,
        "effectiveness": 3.0,
        "ease": 3.0,
        "emotion": emotion,
        "expectation": 4.0,
    }
    make(Assessment, cast.programme, touchpoint=point, **scores)
    return point


def test_sweet_spots_show_both_orders_and_the_formula(cast: Cast, sign_in: SignIn) -> None:
    journey = make(Journey, cast.programme, kind="customer")
    bill, chat = scored(cast, journey, "Bill", 5.0, 1.0), scored(cast, journey, "Chat", 3.0, 3.0)
    scored(cast, journey, "Letter", 2.0, 3.0)
    make(SweetSpot, cast.programme, touchpoint=chat, rank=1)
    make(SweetSpot, cast.programme, touchpoint=bill, rank=2, reason="Later")
    shown = step(sign_in(cast.alice), cast, "sweet-spots")
    assert "<b>Priority</b> = importance · (5 − experience)" in shown
    assert "<b>Experience</b> = (effectiveness + ease) / 6 + emotion · 2/3" in shown
    assert "16.7" in shown  # 5 · (5 − 1.667)
    assert "Computed place 2." in shown
    assert "Computed place 1." in shown
    assert shown.count("Say why the team’s order differs.") == 1
    below = shown[shown.index("below the line") :]
    assert "Letter" in below.split("</ol>")[0]
    assert f"?touchpoint={Touchpoint.objects.get(name='Letter').pk}" in below


def test_a_new_sweet_spot_is_ranked_in_the_answer_that_brings_it(cast: Cast, sign_in: SignIn) -> None:
    point = scored(cast, make(Journey, cast.programme, kind="customer"), "Bill", 5.0, 1.0)
    bob = sign_in(cast.bob)
    add = f"/w/alpha/programmes/{cast.programme.pk}/records/sweet_spot/new/"
    step(bob, cast, "sweet-spots")
    answer = bob.post(add, {"sweet_spot-new-touchpoint": point.pk}, headers={"HX-Request": "true"}).content.decode()
    assert "16.7" in answer
    assert "below the line" not in answer


# ------------------------------------------------------------------ 11 metrics


def nps(cast: Cast, **values: Any) -> Metric:
    metric = make(Metric, cast.programme, kind="nps", unit="points", **values)
    make(Measurement, cast.programme, metric=metric, period="2026-05", promoters=40, passives=30, detractors=30)
    make(Measurement, cast.programme, metric=metric, period="2026-10", promoters=45, passives=30, detractors=25)
    return metric


def test_a_missed_metric_comes_first_and_asks_for_its_contingency(cast: Cast, sign_in: SignIn) -> None:
    met = nps(cast, name="Easy", target=10, target_date=date(2026, 1, 31))
    missed = nps(cast, name="Hard", target=50, target_date=date(2026, 1, 31), contingency="Call ten detractors")
    make(Metric, cast.programme, name="New", kind="value")
    alice = sign_in(cast.alice)
    shown = step(alice, cast, "metrics")
    assert shown.index(f'id="metric-{missed.pk}"') < shown.index(f'id="metric-{met.pk}"')
    assert "Target missed" in shown
    assert "Target met" in shown
    assert "Not measured yet." in shown
    assert "Call ten detractors" in shown
    assert f"new/?metric={missed.pk}" in shown
    assert shown.count("Start the contingency") == 1
    make(ContingencyTask, cast.programme, metric=missed, status="accepted")
    started = step(alice, cast, "metrics")
    assert "The contingency is under way." in started
    assert "Start the contingency" not in started


def test_a_metric_says_its_interval_its_n_and_whether_chance_explains_the_change(cast: Cast, sign_in: SignIn) -> None:
    nps(cast, name="NPS", target=50, min_n=300)
    shown = step(sign_in(cast.alice), cast, "metrics")
    assert "October 2026: 20.0 (95 per cent interval" in shown
    assert "n = 100" in shown
    assert "cannot yet be told from chance" in shown
    assert "Too few answers (under 300): May, Oct." in shown


def test_a_new_measurement_makes_the_metrics_ask_for_themselves(cast: Cast, sign_in: SignIn) -> None:
    metric, alice = nps(cast, name="NPS"), sign_in(cast.alice)
    shown = step(alice, cast, "metrics")
    assert 'hx-trigger="measurement-changed from:body, contingency_task-changed from:body"' in shown
    typed = {"metric": metric.pk, "period": "2026-11", "promoters": 1, "passives": 1, "detractors": 1}
    sent = {f"measurement-new-{name}": value for name, value in typed.items()}
    new = address(cast.programme, "records/measurement/new/")
    made = alice.post(new, sent, headers={"HX-Request": "true"})
    assert "measurement-changed" in made["HX-Trigger-After-Settle"]
    assert "plan-changed" in made["HX-Trigger-After-Settle"]


# ------------------------------------------------------------------ 12 into practice


def test_the_rollout_says_who_is_reached_and_when_it_is_too_much(cast: Cast, sign_in: SignIn) -> None:
    today = timezone.localdate()
    for number in range(4):
        make(
            RolloutItem,
            cast.programme,
            focus=f"Thing {number}",
            status="in_progress",
            starts=today - timedelta(days=9),
            ends=today + timedelta(days=number - 1),
            audience=[cast.team],
        )
    shown = step(sign_in(cast.alice), cast, "rollout")
    assert "4 things are under way at once. People take in three." in shown
    assert "<dt>teams reached at least once</dt><dd>1</dd>" in shown
    assert shown.count("Overdue") == 1
    assert 'class="cx-chart"' in shown


def test_an_end_before_the_start_is_said_at_the_field(cast: Cast, sign_in: SignIn) -> None:
    typed = {"focus": "Thing", "status": "planned", "starts": "2026-10-02", "ends": "2026-10-01"}
    sent = {f"rollout_item-new-{name}": value for name, value in typed.items()}
    form = sign_in(cast.alice).post(address(cast.programme, "records/rollout_item/new/"), sent).context["form"]
    assert form.errors == {"ends": ["It cannot end before it starts."]}


def test_a_number_off_its_scale_is_said_at_the_field(cast: Cast, sign_in: SignIn) -> None:
    typed = {"title": "Thing", "bucket": "acute", "status": "planned", "impact": "6", "effort": "0"}
    sent = {f"action-new-{name}": value for name, value in typed.items()}
    form = sign_in(cast.alice).post(address(cast.programme, "records/action/new/"), sent).context["form"]
    assert set(form.errors) == {"impact", "effort"}


def test_own_pillars_come_first_and_are_private_until_shared(cast: Cast, sign_in: SignIn) -> None:
    make(PersonalPillar, cast.programme, person=cast.bob, statement="I always share", visibility="programme")
    alice = sign_in(cast.alice)
    typed = {"kind": "never", "statement": "I never hide", "visibility": "private"}
    form = alice.get(address(cast.programme, "records/personal_pillar/new/")).context["form"]
    assert form["visibility"].value() == "private"
    alice.post(
        address(cast.programme, "records/personal_pillar/new/"),
        {f"personal_pillar-new-{name}": value for name, value in typed.items()},
    )
    shown = step(alice, cast, "rollout")
    assert shown.index("I never hide") < shown.index("Only I see this.") < shown.index("I always share")
    assert "I never hide" not in step(sign_in(cast.bob), cast, "rollout")


def test_readiness_shows_management_and_staff_the_widest_difference_first(cast: Cast, sign_in: SignIn) -> None:
    for text, management, staff in (("Near", 3, 3), ("Far", 5, 2)):
        statement = make(ReadinessStatement, cast.programme, text=text)
        for group, value in (("management", management), ("staff", staff)):
            ReadinessAnswer.objects.create(statement=statement, group=group, position=0, value=value)
    shown = step(sign_in(cast.alice), cast, "rollout")
    listed = shown[shown.index('class="lines readiness"') :]
    assert listed.index("Far") < listed.index("Near")
    assert "−3.0" in listed
    assert "Management rates readiness higher than staff on 1 of 2 statements." in shown


# ------------------------------------------------------------------ the log and the alignment


def test_the_log_keeps_workshops_and_decisions(cast: Cast, sign_in: SignIn) -> None:
    make(Decision, cast.programme, text="We begin", why="", by=cast.alice)
    make(HeldWorkshop, cast.programme, title="Vision workshop", step=3, participants=17)
    shown = page(sign_in(cast.carol), cast.programme, "log/")
    assert "We begin" in shown
    assert "Why was not written down." in shown
    assert "Vision workshop" in shown
    assert "17 people" in shown
    alice = sign_in(cast.alice)
    sent = {"decision-new-text": "We stop"}
    answer = alice.post(address(cast.programme, "records/decision/new/"), sent)
    place, _, record = answer["Location"].partition("#")
    assert place.startswith(address(cast.programme, "log/"))
    assert record.startswith("decision-")


def test_every_hole_is_a_sentence_with_what_mends_it(cast: Cast, sign_in: SignIn) -> None:
    element = make(VisionElement, cast.programme, text="Calm")
    call = make(CustomerCall, cast.programme, quote="Nobody knew.")
    gap = make(Gap, cast.programme, title="Silence", vision_elements=[element], customer_calls=[call])
    pillar = make(Pillar, cast.programme, statement="We never hide", state="chosen", gaps=[gap])
    alice = page(sign_in(cast.alice), cast.programme, "alignment/")
    for url in (
        f"records/metric/new/?gaps={gap.pk}",
        f"records/action/new/?pillars={pillar.pk}",
        f"records/metric/new/?vision_elements={element.pk}",
        f"records/personal_pillar/new/?pillars={pillar.pk}",
        f"records/gap/{gap.pk}/",
        f"records/pillar/{pillar.pk}/",
    ):
        assert f'href="{address(cast.programme, url)}"' in alice, url
    assert "Gap “Silence” has no metric" in alice
    assert "of the chain is traceable" in alice
    assert "Nobody knew." in alice
    chain = address(cast.programme, f"records/pillar/{pillar.pk}/chain/")
    assert f'href="{chain}#chain-gap">1<' in alice
    assert f'class="hit is-empty" href="{address(cast.programme, f"records/action/new/?pillars={pillar.pk}")}"' in alice
    assert f'class="hit is-empty" href="{address(cast.programme, f"records/pillar/{pillar.pk}/")}"' in alice
    assert f'<a href="{chain}" aria-label="' in alice
    carol = page(sign_in(cast.carol), cast.programme, "alignment/")
    assert "/new/" not in carol
    assert f'href="{address(cast.programme, f"steps/gaps/#gap-{gap.pk}")}"' in carol


def test_an_empty_programme_has_nothing_to_align(cast: Cast, sign_in: SignIn) -> None:
    """Not even that the rollout reaches no team, which would be a hole of any plan."""
    found = page(sign_in(cast.alice), cast.programme, "alignment/")
    assert "Nothing to check yet" in found
    assert "worth knowing" not in found
    assert cast.team.name not in found
    assert address(cast.programme, "steps/vision/") in found


def test_nobody_is_led_to_the_personal_pillar_of_another(cast: Cast, sign_in: SignIn) -> None:
    hidden = make(PersonalPillar, cast.programme, person=cast.alice, statement="I never hide")
    form = address(cast.programme, f"records/personal_pillar/{hidden.pk}/")
    own, others = (page(sign_in(member), cast.programme, "alignment/") for member in (cast.alice, cast.bob))
    assert form in own
    assert form not in others
    assert "I never hide" not in own + others
    assert "A personal pillar that is not for everyone serves no pillar" in others
