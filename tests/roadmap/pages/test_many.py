"""Many cards at once: one on each line, all of them or none."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxplan.workspaces.models import Change, Member
from journeys.models import Journey, Stage, Touchpoint
from roadmap.domain.kinds import BY_NAME
from roadmap.forms import FORMS, MANY
from roadmap.forms.many import MOST_LINES
from roadmap.models import Finding, Gap, PersonalPillar, Pillar, Programme, Source, Theme
from tests.cast import Cast
from tests.make import make

WAYS = [pytest.param({}, id="plain"), pytest.param({"headers": {"HX-Request": "true"}}, id="htmx")]
SignIn = Callable[[Member], Client]

pytestmark = pytest.mark.django_db


def url(programme: Programme, kind: str, rest: str = "new/many/") -> str:
    return f"/w/{programme.workspace.slug}/programmes/{programme.pk}/records/{kind}/{rest}"


def sent(cast: Cast, kind: str, lines: str, **typed: Any) -> dict[str, Any]:
    """What a browser would send: the lines, and the first of every choice that has to be made."""
    form = FORMS[kind](programme=cast.programme, member=cast.alice)
    shared = {name: _choice(form.fields[name]) for name in MANY[kind].shared if form.fields[name].required}
    return {f"{kind}-many-{name}": value for name, value in {"lines": lines, **shared, **typed}.items()}


def _choice(field: Any) -> Any:
    return next(key.value if hasattr(key, "value") else key for key, _label in field.choices if key)


def words(kind: str, cast: Cast) -> list[str]:
    rows = BY_NAME[kind].objects().filter(workspace=cast.workspace).order_by("pk")
    return list(rows.values_list(MANY[kind].words, flat=True))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", sorted(MANY))
def test_every_line_becomes_a_card(cast: Cast, sign_in: SignIn, kind: str, way: dict[str, Any]) -> None:
    alice = sign_in(cast.alice)
    make(Journey, cast.programme)
    asked = alice.get(url(cast.programme, kind), **way)
    assert asked.status_code == HTTPStatus.OK
    assert b"-many-lines" in asked.content

    answer = alice.post(
        url(cast.programme, kind), sent(cast, kind, "  First one\r\n\r\n\u2022 Second\n- Third\n"), **way
    )

    assert answer.status_code == (HTTPStatus.OK if way else HTTPStatus.FOUND), answer.content.decode()
    assert words(kind, cast) == ["First one", "Second", "Third"]
    page = (answer if way else alice.get(answer["Location"])).content.decode()
    assert "3 were added." in page
    assert all(each in page for each in words(kind, cast))
    made = BY_NAME[kind].objects().filter(workspace=cast.workspace).order_by("pk")
    assert [row.position for row in made] == [1, 2, 3]
    written = Change.objects.filter(table=made.model._meta.db_table, record_id__in=made)
    assert [(change.actor_id, change.operation) for change in written] == [(cast.alice.pk, "INSERT")] * 3


@pytest.mark.parametrize("kind", sorted(MANY))
def test_the_section_offers_it_to_whom_it_lets_write(cast: Cast, sign_in: SignIn, kind: str) -> None:
    for member, offered in ((cast.bob, True), (cast.carol, False)):
        section = sign_in(member).get(url(cast.programme, kind, ""), headers={"HX-Request": "true"}).content.decode()
        assert (url(cast.programme, kind) in section) is offered
    assert sign_in(cast.carol).post(url(cast.programme, kind), {}).status_code == HTTPStatus.FORBIDDEN


def test_a_kind_that_is_more_than_a_line_is_added_one_by_one(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.alice).get(url(cast.programme, "metric")).status_code == HTTPStatus.NOT_FOUND


def test_what_all_of_them_share(cast: Cast, sign_in: SignIn) -> None:
    alice, source = sign_in(cast.alice), make(Source, cast.programme)
    alice.post(
        url(cast.programme, "finding"),
        sent(cast, "finding", "One\nTwo", source=source.pk, theme_name="Delivery", weight=4),
    )
    findings = Finding.objects.of(cast.programme).in_order()
    assert [(each.source, each.weight, each.exchange_id) for each in findings] == [(source, 4, "f1"), (source, 4, "f2")]
    assert {each.theme for each in findings} == {Theme.objects.of(cast.programme).get(name="Delivery")}

    journey, stage = make(Journey, cast.programme), make(Stage, cast.programme)
    alice.post(
        url(cast.programme, "touchpoint"), sent(cast, "touchpoint", "One\nTwo", journey=journey.pk, stage=stage.pk)
    )
    points = Touchpoint.objects.of(cast.workspace).in_order()
    assert [(each.journey, each.stage, each.order) for each in points] == [(journey, stage, 1), (journey, stage, 2)]
    assert list(points.values_list("ties__exchange_id", flat=True)) == ["tp1", "tp2"]

    pillar = make(Pillar, cast.programme)
    alice.post(
        url(cast.programme, "personal_pillar"),
        sent(cast, "personal_pillar", "One\nTwo", pillars=[pillar.pk], visibility="private"),
    )
    own = PersonalPillar.objects.of(cast.programme).in_order()
    assert [(each.person, each.visibility, list(each.pillars.all())) for each in own] == [
        (cast.alice, "private", [pillar])
    ] * 2


@pytest.mark.parametrize("way", WAYS)
def test_a_line_that_is_wrong_is_named_and_nothing_is_made(cast: Cast, sign_in: SignIn, way: dict[str, Any]) -> None:
    lines = "Good\n" + "x" * 301 + "\n\n" + "y" * 302
    refused = sign_in(cast.alice).post(url(cast.programme, "gap"), sent(cast, "gap", lines), **way)
    content = refused.content.decode()
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Line 2: Shorten this to 300 characters; now it has 301." in content
    assert "Line 4: Shorten this to 300 characters; now it has 302." in content
    assert lines in content
    assert not Gap.objects.of(cast.programme).exists()


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("", "Write what is missing, for example"),
        (" \n-\n", "Write what is missing, for example"),
        ("x\n" * (MOST_LINES + 1), "There are 201 lines; 200 fit at once."),
        ("x\0", "Take out the characters that cannot be shown."),
    ],
)
def test_lines_that_cannot_be_taken_are_explained(cast: Cast, sign_in: SignIn, lines: str, says: str) -> None:
    refused = sign_in(cast.alice).post(url(cast.programme, "gap"), sent(cast, "gap", lines))
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert says in refused.content.decode()
    assert not Gap.objects.of(cast.programme).exists()


def test_a_choice_that_was_not_made_is_asked_for(cast: Cast, sign_in: SignIn) -> None:
    refused = sign_in(cast.alice).post(url(cast.programme, "pillar"), {"pillar-many-lines": "We never wait"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Choose whether it is something we never or always do." in refused.content.decode()
    assert "We never wait" in refused.content.decode()


def test_what_the_database_refuses_leaves_none(cast: Cast, sign_in: SignIn) -> None:
    """A theme of the same name in other letters is found; one that is there twice breaks the command as a whole."""
    Gap.objects.create(workspace=cast.workspace, programme=cast.programme, title="In the way", exchange_id="g2")
    refused = sign_in(cast.alice).post(url(cast.programme, "gap"), sent(cast, "gap", "One\nTwo\nThree"))
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "One\nTwo\nThree" in refused.content.decode()
    assert words("gap", cast) == ["In the way"]


@pytest.mark.parametrize(
    ("kind", "queries"), [("gap", 12), ("touchpoint", 14), ("finding", 13), ("personal_pillar", 15)]
)
def test_two_hundred_cost_as_many_queries_as_one(cast: Cast, sign_in: SignIn, kind: str, queries: int) -> None:
    alice, counts = sign_in(cast.alice), []
    make(Journey, cast.programme)
    pillar = make(Pillar, cast.programme)
    shared: dict[str, Any] = {"finding": {"theme_name": "A"}, "personal_pillar": {"pillars": [pillar.pk]}}
    data = [
        sent(cast, kind, "\n".join(f"Line {n}" for n in range(many)), **shared.get(kind, {}))
        for many in (1, 1, MOST_LINES)
    ]
    for each in data:
        with CaptureQueriesContext(connection) as asked:
            assert alice.post(url(cast.programme, kind), each).status_code == HTTPStatus.FOUND
        counts.append(len(asked))
    assert counts[1:] == [queries, queries], [query["sql"][:150] for query in asked]
