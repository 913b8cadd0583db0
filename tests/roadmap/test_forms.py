"""What a form lets through, a file can carry."""

from __future__ import annotations

from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
from annotated_types import MaxLen
from django import forms
from django.core.validators import MaxLengthValidator
from django.template import Context, Template
from django.utils import timezone
from django.utils.translation import override

from cxplan.workspaces.models import Member
from roadmap.domain import details, plan
from roadmap.forms import FORMS, RecordForm
from roadmap.models import Action, Gap, HeldWorkshop, Measurement, Metric, Pillar, Programme, Tie
from tests.cast import Cast
from tests.make import make


def shape(kind: str) -> Any:
    return getattr(plan, "".join(word.title() for word in kind.split("_")))


def longest(hint: Any) -> int | None:
    """How many characters the format allows, where it allows a text."""
    if get_origin(hint) is Annotated:
        return next((item.max_length for item in hint.__metadata__ if isinstance(item, MaxLen)), None)
    return next((most for most in map(longest, get_args(hint)) if most), None)


@pytest.mark.parametrize("kind", sorted(FORMS))
def test_no_text_is_longer_than_the_format_allows(kind: str, cast: Cast) -> None:
    form = FORMS[kind](programme=cast.programme, member=cast.alice)
    hints = get_type_hints(shape(kind), include_extras=True)
    texts = {name: field for name, field in form.fields.items() if isinstance(field, forms.CharField)}
    for name, field in texts.items():
        most = longest(hints.get(name))
        limits = [one.limit_value for one in field.validators if isinstance(one, MaxLengthValidator)]
        assert most is None or min(limits, default=most + 1) <= most, name


def test_whoever_is_in_the_workspace_can_be_named(cast: Cast) -> None:
    def person(name: str, **values: Any) -> Member:
        return Member.objects.create(workspace=cast.workspace, name=name, **values)

    joined, _gone = person("Joined Later"), person("Gone Before", left_at=timezone.now())
    example = Programme.objects.create(workspace=cast.workspace, name="Example", language="en", is_example=True)
    Tie.objects.create(programme=example, exchange_id="p1", person=person("Made Up"))
    owner: Any = FORMS["action"](programme=cast.programme, member=cast.alice).fields["owner"]
    named = {choice.name for choice in owner.queryset}
    assert joined.name in named
    assert named.isdisjoint({"Gone Before", "Made Up", cast.charlie.name})


def test_a_metric_with_measurements_keeps_its_kind(cast: Cast) -> None:
    metric = make(Metric, cast.programme, name="NPS", kind="nps")
    make(Measurement, cast.programme, metric=metric, period="2026-10", promoters=1)
    form = FORMS["metric"](
        {"name": "NPS", "kind": "csat", "direction": "up", "version": "1"},
        instance=metric,
        programme=cast.programme,
        member=cast.alice,
    )
    assert not form.is_valid()
    assert list(form.errors) == ["kind"]


def test_a_measurement_asks_only_for_what_its_metric_counts(cast: Cast) -> None:
    nps = make(Metric, cast.programme, name="NPS", kind="nps")
    csat = make(Metric, cast.programme, name="CSAT", kind="csat")
    known: dict[str, Any] = {"programme": cast.programme, "member": cast.alice, "prefix": "measurement-new"}
    typed = {"metric": str(nps.pk), "period": "2026-10", "promoters": "41", "score_1": "3"}
    asked = FORMS["measurement"](initial={f"measurement-new-{name}": said for name, said in typed.items()}, **known)
    assert (asked["period"].value(), asked["promoters"].value()) == ("2026-10", "41")
    assert set(asked.fields) == {"metric", "period", "version", "promoters", "passives", "detractors"}
    refused = FORMS["measurement"]({"measurement-new-metric": str(csat.pk)}, **known)
    assert not refused.is_valid()
    assert [name for name in refused.fields if name.startswith("score_")] == [f"score_{n}" for n in range(1, 6)]
    assert "promoters" not in refused.fields


#: What Django says of its own accord, in either language.
DJANGOS = ("This field is required", "Tämä kenttä vaaditaan", "Enter a", "Syötä", "Ensure this value", "Select a valid")


@pytest.mark.parametrize("language", ["en", "fi"])
@pytest.mark.parametrize("kind", sorted(FORMS))
def test_what_is_missing_or_wrong_is_asked_for_in_our_own_words(kind: str, language: str, cast: Cast) -> None:
    with override(language):
        given: dict[str, Any] = {"programme": cast.programme, "member": cast.alice}
        empty = FORMS[kind]({}, **given)
        wrong = FORMS[kind](dict.fromkeys(FORMS[kind](**given).fields, "x" * 2001), **given)
        said = [message for form in (empty, wrong) for messages in form.errors.values() for message in messages]
        assert said
        assert not [message for message in said if str(message).startswith(DJANGOS)]


@pytest.mark.parametrize("kind", sorted(FORMS))
def test_nothing_chosen_is_said_in_words(kind: str, cast: Cast) -> None:
    html = str(FORMS[kind](programme=cast.programme, member=cast.alice))
    assert "---" not in html
    assert ">Unknown<" not in html


def test_a_number_off_its_scale_is_told_the_scale(cast: Cast) -> None:
    form = FORMS["gap"]({"title": "x", "severity": "7"}, programme=cast.programme, member=cast.alice)
    assert form.errors == {"severity": ["Write a number from 1 to 5."]}


def test_what_must_be_written_comes_with_an_example(cast: Cast) -> None:
    form = FORMS["gap"]({}, programme=cast.programme, member=cast.alice)
    assert form.errors == {
        "title": ["Write what is missing, for example “The outage leaves the customer in the dark”."]
    }


def test_answers_by_score_are_asked_for_where_they_are_given(cast: Cast) -> None:
    metric = make(Metric, cast.programme, name="CSAT", kind="csat")
    form = FORMS["measurement"](
        {"metric": str(metric.pk), "period": "2026-10"}, programme=cast.programme, member=cast.alice
    )
    assert list(form.errors) == ["score_1"]


def shown(form: RecordForm, name: str) -> str:
    return Template("{% field bound %}").render(Context({"bound": form[name]}))


def test_a_picker_says_why_and_puts_the_good_ones_first(cast: Cast) -> None:
    gaps = [make(Gap, cast.programme, title=f"Gap {number}", severity=1) for number in range(6)]
    make(Action, cast.programme, gaps=gaps)
    pillar = make(Pillar, cast.programme, gaps=[gaps[4]])
    form = FORMS["action"](initial={"pillars": str(pillar.pk)}, programme=cast.programme, member=cast.alice)
    html = shown(form, "gaps")
    assert html.index("Good candidates") < html.index("Gap 4") < html.index("The others") < html.index("Gap 0")
    assert "of the pillar you chose" in html
    assert html.count('type="checkbox"') == 6


def test_a_long_select_can_be_searched_and_says_why_without_a_script(cast: Cast) -> None:
    for number in range(8):
        make(Metric, cast.programme, name=f"Metric {number}", kind="value")
    measured = Metric.objects.of(cast.programme).in_order().first()
    make(Measurement, cast.programme, metric=measured, period="2026-10", value=1.0)
    html = shown(FORMS["measurement"](programme=cast.programme, member=cast.alice), "metric")
    assert "<cx-select" in html
    assert '<optgroup label="Good candidates">' in html
    assert 'data-why="not measured yet"' in html
    assert ">Metric 1 – not measured yet</option>" in html
    assert html.index("Metric 1") < html.index("Metric 0")


def test_an_agenda_is_written_in_the_words_of_the_page(cast: Cast) -> None:
    given: dict[str, Any] = {"programme": cast.programme, "member": cast.alice}
    typed = {
        "title": "Gaps",
        "step": "6",
        "agenda": "15 | Hiljainen kirjoittaminen | Kuilut\n5 | vote | One | 1\n9 | own | x",
    }
    form = FORMS["workshop"](typed, **given)
    assert form.is_valid(), form.errors
    assert [line.mode for line in form.cleaned_data["agenda"]] == ["write_hidden", "vote", "own"]
    workshop = make(HeldWorkshop, cast.programme)
    details.set_agenda(workshop, agenda=form.cleaned_data["agenda"])
    for language, first in (("en", "15 | silent writing | Kuilut"), ("fi", "15 | hiljainen kirjoittaminen | Kuilut")):
        with override(language):
            assert FORMS["workshop"](instance=workshop, **given)["agenda"].value().splitlines()[0] == first


def test_an_agenda_without_minutes_is_shown_how(cast: Cast) -> None:
    typed = {"title": "Gaps", "step": "6", "agenda": "voting"}
    with override("fi"):
        form = FORMS["workshop"](typed, programme=cast.programme, member=cast.alice)
        assert "15 | äänestys | Valitkaa yksi | 1" in form.errors["agenda"][0]
