"""Opening a live workshop for a step: its agenda, in the programme's language, and what is brought in."""

from __future__ import annotations

from typing import Any

import pytest

from cxplan.workshops.domain import facilitate
from cxplan.workshops.models import Note, Session
from journeys.models import Assessment, Journey, Stage, Touchpoint
from roadmap.domain import workshops
from roadmap.models import Finding, Gap, Insight, Opening, Pillar, VisionElement
from roadmap.steps import BY_NUMBER, STEPS, Step
from tests.cast import Cast
from tests.make import make

pytestmark = pytest.mark.django_db


def open_for(cast: Cast, number: int, title: str = "Gap workshop") -> Opening:
    return workshops.open_workshop(
        cast.programme, number, BY_NUMBER[number].agenda, facilitator=cast.alice, title=title
    )


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.slug)
def test_every_agenda_becomes_a_session(cast: Cast, step: Step) -> None:
    session = open_for(cast, step.number).session
    phases = list(session.phases.in_order())
    assert [(phase.mode, phase.minutes) for phase in phases] == [
        (phase.mode, phase.minutes) for phase in step.agenda.phases
    ]
    for phase in phases:
        phase.full_clean()
        assert phase.script.endswith(step.agenda.phases[phases.index(phase)].watch.fi)
    assert session.state == "planned"
    assert session.workspace == cast.workspace
    facilitate.open_session(session)


def test_the_session_speaks_the_language_of_the_programme(cast: Cast) -> None:
    cast.programme.language, cast.programme.vision_year = "en", 2031
    cast.programme.save()
    session = open_for(cast, 3).session
    write = session.phases.in_order()[1]
    assert session.language == "en"
    assert write.question == "In 2031 our customers…"
    assert "Watch for: " in write.script
    cast.programme.language = "fi"
    cast.programme.save()
    assert open_for(cast, 3).session.phases.in_order()[1].question == "Vuonna 2031 asiakkaamme…"


def test_records_come_in_as_notes_that_name_them(cast: Cast) -> None:
    light = make(Finding, cast.programme, text="Light", weight=1)
    heavy = make(Finding, cast.programme, text="Heavy", weight=5)
    insight = make(Insight, cast.programme, text="An insight")
    make(Finding, cast.programme_next_door, text="Next door")
    notes = Note.objects.of(open_for(cast, 6).session).in_order()
    assert [(note.text, note.ref) for note in notes] == [
        ("Heavy", f"finding:{heavy.pk}"),
        ("Light", f"finding:{light.pk}"),
        ("An insight", f"insight:{insight.pk}"),
    ]
    assert not notes.exclude(participant=None).exists()


def test_long_words_are_cut_to_a_note(cast: Cast) -> None:
    make(Finding, cast.programme, text="word " * 200)
    note = Note.objects.get(session=open_for(cast, 6).session)
    assert len(note.text) == 280


def test_of_the_pillars_only_the_chosen_come_in_once_some_are(cast: Cast) -> None:
    make(Pillar, cast.programme, statement="We never guess")
    assert Note.objects.filter(session=open_for(cast, 12).session).count() == 1
    Pillar.objects.of(cast.programme).update(state="proposed")
    make(Pillar, cast.programme, statement="We always tell", state="chosen")
    assert [note.text for note in Note.objects.filter(session=open_for(cast, 12).session)] == ["We always tell"]


def test_touchpoints_come_in_by_priority_and_on_their_stages(cast: Cast) -> None:
    stage = make(Stage, cast.programme, name="Reach")
    journey = make(Journey, cast.programme)
    scores: Any = {"expectation": 4, "effectiveness": 3, "ease": 3, "emotion": 3}
    calm = make(Touchpoint, cast.programme, name="Calm", journey=journey, stage=stage)
    urgent = make(Touchpoint, cast.programme, name="Urgent", journey=journey, stage=stage)
    make(Assessment, cast.programme, touchpoint=calm, importance=2, **scores)
    make(Assessment, cast.programme, touchpoint=urgent, importance=5, **scores)
    session = open_for(cast, 5).session
    placing = next(phase for phase in session.phases.all() if phase.mode == "place")
    assert placing.lanes == [{"key": str(stage.pk), "label": "Reach"}]
    brought = Note.objects.filter(session=session, ref__startswith="touchpoint:").in_order()
    assert [(note.text, note.lane) for note in brought] == [("Urgent", str(stage.pk)), ("Calm", str(stage.pk))]


def test_what_a_workshop_chooses_from_is_voted_on_and_what_it_reads_is_not(cast: Cast) -> None:
    """A gap lies in the pillars' workshop to be read; the sweet spots' workshop chooses among the touchpoints."""
    make(Gap, cast.programme, title="A gap", severity=5)
    make(Touchpoint, cast.programme, name="Bill", journey=make(Journey, cast.programme))
    for number, ref, is_material in ((7, "gap:", True), (10, "touchpoint:", False)):
        brought = Note.objects.filter(session=open_for(cast, number).session, ref__startswith=ref)
        assert [note.is_material for note in brought] == [is_material]


def test_every_kind_that_is_brought_can_be(cast: Cast) -> None:
    make(Gap, cast.programme, title="A gap", severity=5)
    make(VisionElement, cast.programme, text="An element")
    texts = {note.text for note in Note.objects.filter(session=open_for(cast, 7).session)}
    assert texts == {"A gap", "An element"}
    assert {kind for step in STEPS for phase in step.agenda.phases for kind in phase.brings} == workshops.BRINGS.keys()


def test_opening_asks_few_questions(cast: Cast, django_assert_max_num_queries: object) -> None:
    for number in range(60):
        make(Finding, cast.programme, text=f"Finding {number}", weight=1)
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        opening = open_for(cast, 6)
    assert Note.objects.filter(session=opening.session).count() == workshops.MOST_BROUGHT
    assert Session.objects.of(cast.workspace).count() == 1
