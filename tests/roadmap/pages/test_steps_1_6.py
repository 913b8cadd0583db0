"""The pages of steps 1 to 6: what they show, what they offer to whom, and how much they ask the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxplan.workspaces.models import Member
from journeys.models import Assessment, EcosystemPart, Journey, Persona, Stage, StageAssessment, Touchpoint
from journeys.models.journey import JourneyKind
from roadmap.domain import records, steps
from roadmap.domain.kinds import BY_NAME
from roadmap.models import (
    CustomerCall,
    Finding,
    Gap,
    Insight,
    Interview,
    KeyQuestion,
    Metric,
    Pillar,
    Programme,
    Source,
    Theme,
    Vision,
    VisionCandidate,
    VisionElement,
)
from roadmap.steps import BY_NUMBER
from tests.cast import Cast
from tests.make import make, make_linked, make_programme

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]
SignIn = Callable[[Member], Client]
SLUGS = [BY_NUMBER[number].slug for number in range(1, 7)]


def address(programme: Programme, slug: str) -> str:
    return f"/w/{programme.workspace.slug}/programmes/{programme.pk}/steps/{slug}/"


def page(client: Client, programme: Programme, slug: str) -> str:
    response = client.get(address(programme, slug))
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()


def seen(html: str) -> str:
    """The words of a page, white space joined; neither pictures nor the tools of each record."""
    bare = re.sub(r'<svg.*?</svg>|<span class="record-tools">.*?</details>', "", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def scored(cast: Cast, at: Touchpoint, **scores: float) -> Assessment:
    return make(Assessment, cast.programme, touchpoint=at, by=cast.alice, **scores)


# ------------------------------------------------------------------ the contract of every section


@pytest.mark.parametrize("slug", SLUGS)
def test_each_kind_has_its_section_its_record_and_its_place_for_a_new_one(
    cast: Cast, sign_in: SignIn, slug: str
) -> None:
    step = next(step for step in BY_NUMBER.values() if step.slug == slug)
    made = {}
    for name in step.kinds:
        model: Any = BY_NAME[name].model
        made[name] = make(model, cast.programme, by=cast.alice)
    html = page(sign_in(cast.alice), cast.programme, slug)
    for name, record in made.items():
        for identity in (f"{name}-list", f"{name}-new", f"{name}-{record.pk}"):
            assert html.count(f'id="{identity}"') == 1, identity


@pytest.mark.parametrize("slug", SLUGS)
def test_an_empty_step_gives_every_kind_one_button(cast: Cast, sign_in: SignIn, slug: str) -> None:
    html = page(sign_in(cast.bob), cast.programme, slug)
    step = next(step for step in BY_NUMBER.values() if step.slug == slug)
    for name in step.kinds:
        assert html.count(f'href="/w/alpha/programmes/{cast.programme.pk}/records/{name}/new/"') == 1, name


@pytest.mark.parametrize("slug", SLUGS)
def test_a_viewer_reads_the_same_page_and_may_at_most_approve(cast: Cast, sign_in: SignIn, slug: str) -> None:
    step = next(step for step in BY_NUMBER.values() if step.slug == slug)
    for name in step.kinds:
        model: Any = BY_NAME[name].model
        make(model, cast.programme, by=cast.alice)
    html = page(sign_in(cast.carol), cast.programme, slug)
    changing = set(re.findall(r'(?:href|action)="(/w/[^"]*)"', html)) - set(
        re.findall(r'="(/w/[^"]*/(?:history|chain|comments)/)"', html)
    )
    assert not [url for url in changing if "/records/" in url and not url.endswith("/approve/")]
    assert "/state/" not in html


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_links_only_to_what_it_has(cast: Cast, sign_in: SignIn, slug: str) -> None:
    step = next(step for step in BY_NUMBER.values() if step.slug == slug)
    for name in step.kinds:
        model: Any = BY_NAME[name].model
        make_linked(model, cast.programme, by=cast.alice)
    html = page(sign_in(cast.alice), cast.programme, slug)
    identities = set(re.findall(r'\bid="([^"]+)"', html))
    assert not [target for target in re.findall(r'href="#([^"]+)"', html) if target not in identities]
    assert len(re.findall(r'\bid="([^"]+)"', html)) == len(identities), "an id stands twice"


# ------------------------------------------------------------------ what each step makes of its records


def test_findings_stand_under_their_theme_beside_their_source(cast: Cast, sign_in: SignIn) -> None:
    theme = make(Theme, cast.programme, name="line_of_sight")
    source = make(Source, cast.programme, title="Strategy")
    make(Finding, cast.programme, text="Seen", theme=theme, source=source, weight=4, passage="The very words")
    make(Finding, cast.programme, text="Loose")
    words = seen(page(sign_in(cast.alice), cast.programme, "sources"))
    assert "Line of sight 1 Seen The very words Strategy Weight 4/5" in words
    assert "Without a theme 1 Loose Without a source" in words
    assert "1 finding" in words


def test_a_source_counts_only_living_findings(cast: Cast, sign_in: SignIn) -> None:
    source = make(Source, cast.programme)
    make(Finding, cast.programme, source=source)
    records.trash(make(Finding, cast.programme, source=source), programme=cast.programme, by=cast.alice)
    assert "1 finding" in seen(page(sign_in(cast.alice), cast.programme, "sources"))


def test_interviews_are_grouped_by_who_was_heard_and_say_what_is_missing(cast: Cast, sign_in: SignIn) -> None:
    make(Interview, cast.programme, kind="staff", label="Adviser", wish="Leave to decide")
    make(Interview, cast.programme, kind="customer", label="Mover", interviewer=cast.bob, consent=True)
    words = seen(page(sign_in(cast.alice), cast.programme, "interviews"))
    assert words.index("Customers 1") < words.index("Mover") < words.index("Staff 1") < words.index("Adviser")
    assert "Leave to decide" in words
    assert words.count("Consent missing") == words.count("No interviewer") == 1
    assert "Bob Builder" in words
    assert "Consent given" in words


def test_the_vision_shows_what_it_rests_on_and_its_elements_what_grew_from_them(cast: Cast, sign_in: SignIn) -> None:
    finding = make(Finding, cast.programme, text="They were left in the dark")
    vision = make(
        Vision, cast.programme, statement="In 2031 nobody is left alone.", year=2031, built_on_findings=[finding]
    )
    element = make(VisionElement, cast.programme, text="Nobody is alone", vision=vision)
    make(Gap, cast.programme, vision_elements=[element])
    records.trash(make(Gap, cast.programme, vision_elements=[element]), programme=cast.programme, by=cast.alice)
    make(VisionCandidate, cast.programme, text="Three minutes", votes=5, vision=vision)
    html = page(sign_in(cast.alice), cast.programme, "vision")
    words = seen(html)
    assert "In <b>2031</b> nobody is left alone." in html
    assert "They were left in the dark" in words
    assert "1 gap Add a pillar Add a metric" in words
    assert "Three minutes 5 votes" in words
    assert f"/records/pillar/new/?vision_elements={element.pk}" in html


def test_an_earlier_vision_is_kept_beside_the_current_one(cast: Cast, sign_in: SignIn) -> None:
    make(Vision, cast.programme, statement="The old sentence", year=2030)
    make(Vision, cast.programme, statement="The new sentence", year=2031)
    html = page(sign_in(cast.alice), cast.programme, "vision")
    assert html.index("The new sentence") < html.index("1 earlier version") < html.index("The old sentence")


def test_a_call_speaks_in_the_customers_own_words(cast: Cast, sign_in: SignIn) -> None:
    persona = make(Persona, cast.programme, name="Emilia", share=0.34)
    question = make(KeyQuestion, cast.programme, text="What surprised you?")
    call = make(CustomerCall, cast.programme, caller=cast.carol, persona=persona, experience=2)
    call.answers.create(question=question, text="Nobody knew anything.")
    make(Insight, cast.programme, text="Silence frightens", kind="pain", customer_calls=[call])
    words = seen(page(sign_in(cast.alice), cast.programme, "today"))
    assert "34 % of customers" in words
    assert "Nobody knew anything. CC Carol Chief" in words
    assert "Worried 2/5" in words
    assert "Pains 1 Silence frightens Emilia, called by Carol Chief" in words


def test_touchpoints_stand_on_their_stages_with_the_figures_of_their_latest_round(cast: Cast, sign_in: SignIn) -> None:
    journey = make(Journey, cast.programme, name="Moving in")
    stage = make(Stage, cast.programme, name="Nurture")
    at = make(
        Touchpoint,
        cast.programme,
        name="First bill",
        journey=journey,
        stage=stage,
        moment_of_truth=True,
        owner=cast.bob,
    )
    scored(cast, at, importance=5, expectation=5, effectiveness=5, ease=5, emotion=5)
    scored(cast, at, importance=4, expectation=4, effectiveness=3, ease=2.4, emotion=1.9)
    html = page(sign_in(cast.alice), cast.programme, "journey")
    words = seen(html)
    assert "Nurture experience 2.2" in words  # (3 + 2.4)/6 + 1.9·2/3
    assert "Worried 1.9" in words
    assert "experience 2.2, expected 4.0: −1.8" in words
    assert "moment of truth, 1 below expectation" in words
    assert "Feelings are lowest at “First bill”: 1.9" in words
    assert "earlier round" in words
    assert html.count('class="cx-chart"') == 1


def test_a_touchpoint_nobody_scored_says_so_and_draws_no_curve(cast: Cast, sign_in: SignIn) -> None:
    make(Touchpoint, cast.programme, name="Chat")
    html = page(sign_in(cast.alice), cast.programme, "journey")
    words = seen(html)
    assert "Not assessed yet" in words
    assert "No emotion target" in words
    assert "No owner" in words
    assert "cx-chart" not in html


def test_an_employee_journey_has_no_customer_figures(cast: Cast, sign_in: SignIn) -> None:
    journey = make(Journey, cast.programme, name="A stormy shift", kind=JourneyKind.EMPLOYEE)
    scored(cast, make(Touchpoint, cast.programme, name="Shift begins", journey=journey), emotion=2)
    words = seen(page(sign_in(cast.alice), cast.programme, "journey"))
    assert "Supports no touchpoint yet" in words
    assert "No emotion target" not in words
    assert "experience of the whole journey" not in words


def test_a_touchpoint_shows_only_gaps_of_its_own_programme(cast: Cast, sign_in: SignIn) -> None:
    at = make(Touchpoint, cast.programme)
    make(Gap, cast.programme, title="Ours", touchpoints=[at])
    make(Gap, make_programme(cast.workspace, "Another"), title="Theirs", touchpoints=[at])
    words = seen(page(sign_in(cast.alice), cast.programme, "journey"))
    assert "Ours" in words
    assert "Theirs" not in words


def test_the_rest_of_the_journey_page(cast: Cast, sign_in: SignIn) -> None:
    at = make(Touchpoint, cast.programme, name="First bill")
    make(StageAssessment, cast.programme, interaction="partly", expectation="worse", note="The bill decides")
    make(EcosystemPart, cast.programme, name="Printing house", kind="partner", touchpoints=[at])
    words = seen(page(sign_in(cast.alice), cast.programme, "journey"))
    assert "Interaction partly" in words
    assert "worse than expected The bill decides" in words
    assert re.search(r"Partner 1 Printing house .*First bill", words)


def test_a_gap_lays_the_vision_beside_today_with_evidence_and_chain(cast: Cast, sign_in: SignIn) -> None:
    element = make(VisionElement, cast.programme, text="Always knows")
    at = make(Touchpoint, cast.programme, name="Outage")
    scored(cast, at, importance=5, expectation=4.3, effectiveness=2, ease=2, emotion=2)
    call = make(CustomerCall, cast.programme, quote="Nobody knew anything", caller=cast.carol)
    gap = make(
        Gap, cast.programme, title="In the dark", desired="In ten minutes", current="In 47", root_cause="By hand",
        severity=5, vision_elements=[element], touchpoints=[at], customer_calls=[call],
    )  # fmt: skip
    make(Pillar, cast.programme, gaps=[gap])
    html = page(sign_in(cast.alice), cast.programme, "gaps")
    words = seen(html)
    assert "Vision In ten minutes Today In 47" in words
    assert "Outage: expected 4.3, experienced 2.0 (−2.3). By hand" in words
    assert "Nobody knew anything customer, called by Carol Chief" in words
    assert "Always knows Outage 1 pillar Add an action Add a metric" in words
    assert f"/records/metric/new/?gaps={gap.pk}" in html
    assert "Furthest from what is expected: Outage" in words
    assert html.count('class="cx-chart"') == 2  # wide, and for a phone


def test_a_gap_without_links_shows_every_hole(cast: Cast, sign_in: SignIn) -> None:
    make(Gap, cast.programme, title="Bare")
    holes = "Link a vision element Link a touchpoint Link evidence Add a pillar Add an action Add a metric"
    assert holes in seen(page(sign_in(cast.alice), cast.programme, "gaps"))
    viewed = page(sign_in(cast.carol), cast.programme, "gaps")
    assert holes in seen(viewed)
    assert "/new/" not in viewed


def test_the_severest_gap_comes_first_and_an_unscored_one_last(cast: Cast, sign_in: SignIn) -> None:
    for title, severity in (("Unscored", None), ("Mild", 2), ("Severe", 5)):
        make(Gap, cast.programme, title=title, severity=severity)
    words = seen(page(sign_in(cast.alice), cast.programme, "gaps"))
    assert words.index("Severe ") < words.index("Mild ") < words.index("Unscored ")


# ------------------------------------------------------------------ a section alone


def test_a_section_comes_alone_for_htmx_and_with_its_page_for_a_browser(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.carol)
    url = f"/w/alpha/programmes/{cast.programme.pk}/records/touchpoint/"
    alone = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert alone.lstrip().startswith("<section")
    assert 'id="touchpoint-list"' in alone
    assert client.get(url)["Location"] == f"{address(cast.programme, 'journey')}#touchpoint-list"


def test_touchpoints_follow_their_stages_journeys_and_scores(cast: Cast, sign_in: SignIn) -> None:
    stage = make(Stage, cast.programme, name="Reach")
    url = f"/w/alpha/programmes/{cast.programme.pk}/records/stage/{stage.pk}/"
    sent = {f"stage-{stage.pk}-name": "Arrive", f"stage-{stage.pk}-version": stage.version}
    answer = sign_in(cast.bob).post(url, sent, headers={"HX-Request": "true"})
    assert "stage-changed" in answer["HX-Trigger-After-Settle"]
    assert "stage-changed from:body" in page(sign_in(cast.bob), cast.programme, "journey")


@pytest.mark.parametrize(
    ("slug", "trigger"),
    [
        ("sources", "finding-changed from:body"),
        ("vision", "vision-changed from:body, vision_element-changed from:body, vision_candidate-changed from:body"),
    ],
)
def test_sections_follow_what_changes_them(cast: Cast, sign_in: SignIn, slug: str, trigger: str) -> None:
    assert f'hx-trigger="{trigger}"' in page(sign_in(cast.bob), cast.programme, slug)


def test_a_new_vision_is_of_the_year_of_the_programme(cast: Cast, sign_in: SignIn) -> None:
    Programme.objects.filter(pk=cast.programme.pk).update(vision_year=2031)
    add = f"/w/alpha/programmes/{cast.programme.pk}/records/vision/new/"
    assert sign_in(cast.bob).get(add).context["form"]["year"].value() == 2031


# ------------------------------------------------------------------ the step itself


def test_a_lead_says_how_a_step_stands_and_others_read_it(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    url = address(cast.programme, "gaps")

    def stands(words: str) -> bool:
        words = words.replace("…", r"\d things? still open Open as a workshop")
        return bool(re.search(words, seen(page(client, cast.programme, "gaps"))))

    assert stands("Not started … Begin this step Mark as done")
    client.post(f"{url}state/", {"state": "done"})
    assert stands("Done … Take up again")
    make(VisionElement, cast.programme, by=cast.alice)
    assert stands("Check again … Take up again It still holds")
    client.post(f"{url}state/", {"state": "done"})
    assert stands("Done … Take up again")
    assert "Take up again" not in page(sign_in(cast.bob), cast.programme, "gaps")


def test_a_step_shows_what_grows_from_it_and_the_way_on(cast: Cast, sign_in: SignIn) -> None:
    gap = make(Gap, cast.programme)
    make(Pillar, cast.programme, gaps=[gap])
    words = seen(page(sign_in(cast.carol), cast.programme, "gaps"))
    assert "What grows from this 1 pillar 0 actions 0 metrics 1 gap has none" in words
    assert re.search(r"5. Map the journey What we know now .{1,40} 7. Write the pillars", words)


# ------------------------------------------------------------------ done when


def test_the_checklist_follows_the_records(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    before = client.get(address(cast.programme, "gaps") + "done-when/").content.decode()
    assert "Still open: Gaps are written down" in seen(before)
    make(Gap, cast.programme, by=cast.alice)
    after = seen(client.get(address(cast.programme, "gaps") + "done-when/").content.decode())
    assert "Done: Gaps are written down" in after
    assert "Still open: Every gap has a vision element, a touchpoint and evidence (1 missing)" in after


def test_a_step_says_at_its_state_what_is_still_open(cast: Cast, sign_in: SignIn) -> None:
    """Also once somebody called it done: the list itself stands far down the page."""
    client, path = sign_in(cast.alice), address(cast.programme, "gaps")
    steps.set_state(cast.programme, 6, "done", by=cast.alice)
    open_before = client.get(path).context["open_lines"]
    head = seen(client.get(path).content.decode()).partition("Done when")[0]
    assert f"{open_before} things still open" in head
    make(Gap, cast.programme, by=cast.alice)
    changed = client.get(path + "done-when/").content.decode()
    assert '<span id="open-lines" hx-swap-oob="true">' in changed
    assert 0 < client.get(path).context["open_lines"] < open_before


# ------------------------------------------------------------------ how much a page asks

#: Of a page whose overview is kept: the same with one record of each kind as with three.
QUERIES = {"sources": 8, "interviews": 8, "vision": 12, "today": 15, "journey": 15, "gaps": 15}


def grow(cast: Cast, slug: str) -> None:
    step = next(step for step in BY_NUMBER.values() if step.slug == slug)
    for name in step.kinds:
        model: Any = BY_NAME[name].model
        make_linked(model, cast.programme, by=cast.alice)
    if slug == "gaps":
        gap = Gap.objects.of(cast.programme).latest("pk")
        make(Metric, cast.programme, gaps=[gap])


def asked(client: Client, url: str) -> int:
    client.get(url)  # the overview is made and kept
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == HTTPStatus.OK
    return len(queries)


@pytest.mark.parametrize(("slug", "most"), QUERIES.items())
def test_a_page_asks_as_much_with_one_record_as_with_three(
    cast: Cast, sign_in: SignIn, fresh_cache: Callable[[], None], slug: str, most: int
) -> None:
    client = sign_in(cast.alice)
    grow(cast, slug)
    fresh_cache()
    one = asked(client, address(cast.programme, slug))
    grow(cast, slug)
    grow(cast, slug)
    assert (one, asked(client, address(cast.programme, slug))) == (most, most)
