"""The chain of a record as a page and in a dialog: for every reader, with nothing that is not for their eyes."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxplan.kit.templatetags.ui import MARKS as SILHOUETTES
from cxplan.workspaces.models import Member
from journeys.models import Assessment, Touchpoint
from roadmap.domain import kinds
from roadmap.domain.hops import KINDS as CHAINED
from roadmap.domain.kinds import BY_NAME
from roadmap.forms import FORMS
from roadmap.models import (
    Action,
    CustomerCall,
    Gap,
    Measurement,
    Metric,
    PersonalPillar,
    Pillar,
    Programme,
    Vision,
    VisionElement,
)
from tests.cast import Cast
from tests.make import make, make_linked

pytestmark = pytest.mark.django_db
SignIn = Callable[[Member], Client]
HTMX = {"HX-Request": "true"}
WAYS = [pytest.param({}, id="plain"), pytest.param({"headers": HTMX}, id="htmx")]


def url(programme: Programme, kind: str, pk: int, rest: str = "chain/") -> str:
    return f"/w/{programme.workspace.slug}/programmes/{programme.pk}/records/{kind}/{pk}/{rest}"


def chain(client: Client, programme: Programme, kind: str, pk: int, **way: Any) -> str:
    """The words of a chain, white space as a reader sees it."""
    response = client.get(url(programme, kind, pk), **way)
    assert response.status_code == 200
    return " ".join(unescape(response.content.decode()).split())


def some(cast: Cast, name: str) -> Any:
    """A record with a link of every sort, which everyone may see."""
    model: Any = BY_NAME[name].model
    if name == "personal_pillar":
        pillar = make(Pillar, cast.programme)
        return make(model, cast.programme, person=cast.alice, visibility="programme", pillars=[pillar])
    return make_linked(model, cast.programme, by=cast.alice)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", sorted(FORMS))
def test_the_chain_of_every_kind_opens_for_management(
    cast: Cast, sign_in: SignIn, name: str, way: dict[str, Any]
) -> None:
    record = some(cast, name)
    shown = chain(sign_in(cast.carol), cast.programme, name, record.pk, **way)
    assert ("<!doctype html>" in shown) is not bool(way)
    assert ("<dialog" in shown.partition("</header>")[2] or "<dialog" in shown) if way else "<h1" in shown
    assert f"#{name}-{record.pk}" in shown
    assert "/new/" not in shown


@pytest.mark.parametrize("name", sorted(FORMS))
def test_the_chip_stands_on_every_record_of_the_chain(cast: Cast, sign_in: SignIn, name: str) -> None:
    record = some(cast, name)
    section = f"/w/alpha/programmes/{cast.programme.pk}/records/{name}/"
    listed = sign_in(cast.carol).get(section, headers=HTMX).content.decode()
    chip = f'href="{url(cast.programme, name, record.pk)}" hx-get="{url(cast.programme, name, record.pk)}"'
    assert (chip in listed) is (name in CHAINED)


def test_every_kind_has_its_silhouette() -> None:
    assert {kind.name for kind in kinds.ALL} == set(kinds.MARKS)
    assert set(kinds.MARKS.values()) | {"never", "always"} == set(SILHOUETTES)


def test_one_walks_from_the_vision_to_a_person_and_back(cast: Cast, sign_in: SignIn) -> None:
    vision = make(Vision, cast.programme, statement="In 2031 our customers know", is_current=True)
    element = make(VisionElement, cast.programme, text="Calm", vision=vision)
    call = make(CustomerCall, cast.programme, quote="Nobody knew.")
    gap = make(Gap, cast.programme, title="Silence", vision_elements=[element], customer_calls=[call])
    pillar = make(Pillar, cast.programme, statement="We never hide", state="chosen", gaps=[gap])
    own = make(
        PersonalPillar,
        cast.programme,
        person=cast.alice,
        statement="I always tell",
        visibility="programme",
        pillars=[pillar],
    )
    shown = chain(sign_in(cast.carol), cast.programme, "gap", gap.pk)
    for kind, record, words in (
        ("vision_element", element, "It is the difference from the vision element “"),
        ("vision", vision, "It belongs to the vision “"),
        ("customer_call", call, "A customer said: “"),
        ("pillar", pillar, "The pillar “"),
        ("personal_pillar", own, "does differently: “"),
    ):
        assert f'{words}<a href="{url(cast.programme, kind, record.pk)}"' in shown, kind
    assert 'href="' + url(cast.programme, "gap", gap.pk) in chain(
        sign_in(cast.carol), cast.programme, "personal_pillar", own.pk
    )


def test_a_missing_link_leads_whoever_may_write_to_the_form(cast: Cast, sign_in: SignIn) -> None:
    gap = make(Gap, cast.programme, title="Silence")
    member, reader = (chain(sign_in(who), cast.programme, "gap", gap.pk) for who in (cast.bob, cast.carol))
    form, adding = url(cast.programme, "gap", gap.pk, ""), f"records/metric/new/?gaps={gap.pk}"
    for label in ("Link a vision element", "Link a touchpoint", "Link evidence"):
        assert f"{label}</a>" in member
        assert f'<span class="trace-hole">{label}</span>' in reader
    assert f'class="trace-hole" href="{form}"' in member
    assert adding in member
    assert form not in reader.replace(f"{form}chain/", "")
    assert adding not in reader
    assert "Gap “Silence” has no metric." in reader


@pytest.mark.parametrize("visibility", ["private", "team"])
def test_personal_pillars_that_are_not_for_everyone_are_only_counted(
    cast: Cast, sign_in: SignIn, visibility: str
) -> None:
    pillar = make(Pillar, cast.programme, state="chosen")
    secret = make(
        PersonalPillar,
        cast.programme,
        person=cast.alice,
        statement="I never tell",
        visibility=visibility,
        pillars=[pillar],
    )
    for who in (cast.alice, cast.bob, cast.carol, cast.olga):
        shown = chain(sign_in(who), cast.programme, "pillar", pillar.pk)
        assert "I never tell" not in shown
        assert url(cast.programme, "personal_pillar", secret.pk) not in shown
        assert "1 personal pillar that is not for everyone serves it." in shown
    assert "I never tell" in chain(sign_in(cast.alice), cast.programme, "personal_pillar", secret.pk)
    for who in (cast.carol, cast.olga):
        refused = sign_in(who).get(url(cast.programme, "personal_pillar", secret.pk))
        assert refused.status_code == 404
        assert b"I never tell" not in refused.content


def test_what_has_no_place_of_its_own_shows_the_chain_of_what_it_speaks_of(cast: Cast, sign_in: SignIn) -> None:
    touchpoint = make(Touchpoint, cast.programme, name="Phone call")
    scored = make(Assessment, cast.programme, touchpoint=touchpoint)
    gap = make(Gap, cast.programme, title="Silence", touchpoints=[touchpoint])
    metric = make(Metric, cast.programme, name="NPS", kind="value")
    measured = make(Measurement, cast.programme, metric=metric, period="2026-10", value=1.0)
    carol = sign_in(cast.carol)
    assert url(cast.programme, "gap", gap.pk) in chain(carol, cast.programme, "assessment", scored.pk)
    assert "It says how the metric “" in chain(carol, cast.programme, "measurement", measured.pk)
    earlier = make(Vision, cast.programme, statement="Once", is_current=False)
    assert "It leans on nothing" in chain(carol, cast.programme, "vision", earlier.pk)


@pytest.mark.parametrize(("way", "expected"), [({}, 47), ({"headers": HTMX}, 45)])
def test_the_chain_asks_the_same_at_one_record_and_at_three(
    cast: Cast, sign_in: SignIn, way: dict[str, Any], expected: int
) -> None:
    alice, counts = sign_in(cast.alice), []
    first = make_linked(Gap, cast.programme, by=cast.alice)
    for _ in range(3):
        for model in (Gap, Pillar, Action, Metric, PersonalPillar):
            make_linked(model, cast.programme, by=cast.alice)
        with CaptureQueriesContext(connection) as asked:
            chain(alice, cast.programme, "gap", first.pk, **way)
        counts.append(len(asked))
    assert counts == [expected] * 3
