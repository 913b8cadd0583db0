"""The ready agendas: whole in both languages, and no script asks for what its phase cannot do."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from django.db.models import CharField
from django.utils import translation

from cxplan.workshops.models import Mode
from journeys.models.assessment import SCORES
from roadmap.domain.agenda import MODES, STAGES, AgendaPhase, Words
from roadmap.domain.kinds import BY_NAME
from roadmap.models import Programme
from roadmap.steps import STEPS, Step
from roadmap.steps.agenda import AGENDAS
from roadmap.steps.polls import POLLS
from roadmap.templatetags.roadmap import with_year

PHASES = [(step, phase) for step in STEPS for phase in step.agenda.phases]
steps = pytest.mark.parametrize("step", STEPS, ids=lambda step: step.slug)
phases = pytest.mark.parametrize(
    ("step", "phase"), PHASES, ids=[f"{step.slug}-{phase.mode}-{phase.title.en}" for step, phase in PHASES]
)

#: What only some modes can do, and how people speak of it.
ONLY = {
    r"\b(dots?|pistettä)\b": {"vote"},
    r"\b(votes?|äänestä\w*)\b": {"vote", "decide"},
    r"\b(your own order|omaan järjestykseesi)\b": {"rank"},
    r"\bone to five\b|\byhdestä viiteen\b": {"score", "close"},
    r"\bto a note\b|\blapulle\b": {"write", "place"},
    r"\breveal\w*\b|\bpaljaste\w*\b": {"reveal", "write"},
    r"\bgroups? a name\b|\bryhmälle nimi\b": {"group"},
}


def texts(phase: AgendaPhase) -> dict[str, Words]:
    found = {field.name: getattr(phase, field.name) for field in fields(phase)}
    return {name: value for name, value in found.items() if isinstance(value, Words)}


@steps
def test_every_step_has_an_agenda_of_a_length_people_can_sit_through(step: Step) -> None:
    assert 4 <= len(step.agenda.phases) <= 8
    assert 30 <= step.agenda.minutes <= 120
    assert [phase.mode for phase in step.agenda.phases[-2:]] == ["decide", "close"]
    assert step.agenda is step.agenda, "read once"


def test_no_agenda_lies_about_unused() -> None:
    steps = {f"s{step.number:02}_{step.slug.replace('-', '_')}" for step in STEPS}
    polls = {f"poll_{poll}" for poll in POLLS}
    assert {path.stem for path in AGENDAS.iterdir()} == steps | polls | {"common"}


@phases
def test_a_phase_is_whole_in_both_languages(step: Step, phase: AgendaPhase) -> None:
    assert phase.mode in MODES
    assert phase.minutes > 0
    for name, words in texts(phase).items():
        assert words.fi, name
        assert words.en, name
        assert words.fi != words.en, name
        assert not re.search(r"\s\s|TODO", words.fi + words.en), name
        assert words.fi[-1] in ".?…!" or name == "title", words.fi
        assert words.en[-1] in ".?…!" or name == "title", words.en
    for language in ("fi", "en"):
        said = phase.script.in_(language)
        assert 2 <= len(re.findall(r"[.?!](?:\s|$)", said)) <= 6, said
        assert len(phase.question.in_(language)) <= 115, "big letters hold no more"
        assert len(phase.title.in_(language)) <= 28
        assert len(phase.instruction.in_(language)) <= 140, "a phone shows it without scrolling"


@phases
def test_a_script_asks_for_nothing_its_mode_cannot_do(step: Step, phase: AgendaPhase) -> None:
    for words, modes in ONLY.items():
        if phase.mode in modes:
            continue
        for name in ("question", "instruction", "script"):
            for language in ("fi", "en"):
                said = getattr(phase, name).in_(language)
                if name == "instruction" or not _of_the_past(said, words):
                    assert not re.search(words, said, re.IGNORECASE), said


def _of_the_past(said: str, words: str) -> bool:
    """A script may look back on a vote, and say that something is *not* revealed."""
    return bool(re.search(r"\bmost\b|saanut|saaneista|saaneet|ei paljasteta|not revealed", said)) and "dot" not in words


@phases
def test_only_a_vote_has_dots_and_only_some_phases_lanes(step: Step, phase: AgendaPhase) -> None:
    assert bool(phase.dots) is (phase.mode == "vote")
    assert bool(phase.most_per_note) is (phase.mode == "vote")
    if phase.mode == "vote":
        assert 1 <= (phase.most_per_note or 0) <= (phase.dots or 0)
        number = {3: ("kolme", "three"), 4: ("neljä", "four"), 5: ("viisi", "five")}[phase.dots or 0]
        for language, word in zip(("fi", "en"), number, strict=True):
            assert word in phase.instruction.in_(language).lower(), "the phone tells how many dots there are"
            assert word in phase.script.in_(language).lower(), "and so does the facilitator"
    if phase.lanes or phase.lanes_of:
        assert phase.mode in ("write", "place")
    if phase.mode == "place":
        assert phase.lanes or phase.lanes_of == STAGES
    assert bool(phase.scales) is (phase.mode == "score")


@steps
def test_a_vote_comes_before_favourites_are_discussed(step: Step) -> None:
    modes = [phase.mode for phase in step.agenda.phases]
    for asked in ("vote", "rank"):
        if asked in modes and "discuss" in modes[1:]:
            assert modes.index(asked) < modes.index("discuss", 1)
    if "write" in modes:
        assert "group" not in modes[: modes.index("write")]
        first = step.agenda.phases[modes.index("write")]
        assert first.authors == ("private" if step.slug == "rollout" else "hidden"), "writing is silent"
        assert (first.authors == "private") is ("reveal" not in modes), "what is one's own is never revealed"


@steps
def test_what_comes_of_a_workshop_has_a_place_in_the_plan(step: Step) -> None:
    agenda = step.agenda
    assert agenda.makes
    for made in agenda.makes:
        assert made.kind in {*step.kinds, "finding"}, "what interviews tell is kept as findings, with step 1"
        model = BY_NAME[made.kind].model
        names = {field.name for field in model._meta.get_fields()}
        filled = {made.text, made.group, made.lane, made.ref, made.votes, made.chosen, *made.scores} - {""}
        assert filled <= names
        if made.lane and isinstance(choices := model._meta.get_field(made.lane), CharField) and choices.choices:
            keys = {lane.key for phase in agenda.phases for lane in phase.lanes}
            assert keys
            assert keys <= {key for key, _label in choices.choices}
        scored = {lane.key for phase in agenda.phases for lane in phase.scales}
        if made.scores:
            assert set(made.scores) == scored


@pytest.mark.parametrize(("slug", "field"), [("pillars", "kind"), ("actions", "bucket"), ("today", "kind")])
def test_lanes_leave_out_no_choice(slug: str, field: str) -> None:
    step = next(step for step in STEPS if step.slug == slug)
    (made,) = step.agenda.makes
    (write,) = [phase for phase in step.agenda.phases if phase.mode == "write"]
    choices = BY_NAME[made.kind].model._meta.get_field(field).choices or ()  # type: ignore[union-attr]  # a column
    assert [lane.key for lane in write.lanes] == [key for key, _label in choices]


@phases
def test_what_is_brought_in_is_a_kind(step: Step, phase: AgendaPhase) -> None:
    assert set(phase.brings) <= BY_NAME.keys()
    if phase.brings:
        assert phase.mode in ("read", "place")


def test_the_journey_is_scored_on_the_five_dimensions() -> None:
    step = next(step for step in STEPS if step.slug == "journey")
    (score,) = [phase for phase in step.agenda.phases if phase.mode == "score"]
    assert tuple(scale.key for scale in score.scales) == SCORES


def test_the_gap_workshop_takes_fifty_four_minutes() -> None:
    step = next(step for step in STEPS if step.slug == "gaps")
    assert [(phase.mode, phase.minutes) for phase in step.agenda.phases] == [
        ("read", 8),
        ("write", 6),
        ("reveal", 3),
        ("group", 15),
        ("vote", 5),
        ("score", 4),
        ("decide", 10),
        ("close", 3),
    ]


def test_the_levers_are_ranked_since_they_are_taken_hold_of_one_at_a_time() -> None:
    step = next(step for step in STEPS if step.slug == "levers")
    modes = [phase.mode for phase in step.agenda.phases]
    assert modes == ["read", "write", "reveal", "group", "rank", "assign", "decide", "close"]


def test_every_mode_of_a_room_can_stand_in_an_agenda() -> None:
    assert set(MODES) == set(Mode.values)


def test_words_follow_the_reader() -> None:
    words = STEPS[5].agenda.phases[0].title
    with translation.override("fi"):
        assert str(words) == "Lue löydökset"
    with translation.override("en-gb"):
        assert str(words) == "Read the findings"
    assert Programme._meta.get_field("language").choices == [("fi", "suomi"), ("en", "English")]


@pytest.mark.parametrize(("language", "said"), [("fi", "Vuonna 2031 asiakkaamme…"), ("en", "In 2031 our customers…")])
def test_a_question_takes_the_year_of_the_vision(language: str, said: str) -> None:
    question = next(question for question in STEPS[2].questions if question.id == "q3.1")
    with translation.override(language):
        assert with_year(question, 2031) == said
