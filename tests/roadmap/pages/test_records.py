"""Every kind of record through its forms: added, edited, refused, contested, thrown away and brought back.

Each kind runs twice, as htmx asks and as a browser without script does.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.forms import DateField, DecimalField, FloatField, IntegerField, ModelChoiceField
from django.test import Client

from cxplan.workspaces.models import Member
from journeys.models import Touchpoint
from roadmap.domain.kinds import BY_NAME, Kind
from roadmap.domain.order import ORDERED
from roadmap.forms import FORMS, RecordForm
from roadmap.models import Measurement, Metric, PersonalPillar, Pillar, Programme, Source, SweetSpot
from tests.cast import Cast
from tests.make import make

KINDS = sorted(FORMS)
WAYS = [pytest.param({}, id="plain"), pytest.param({"headers": {"HX-Request": "true"}}, id="htmx")]
SignIn = Callable[[Member], Client]

pytestmark = pytest.mark.django_db


def url(programme: Programme, kind: str, rest: str = "") -> str:
    return f"/w/{programme.workspace.slug}/programmes/{programme.pk}/records/{kind}/{rest}"


def record_of(cast: Cast, name: str, **values: Any) -> Any:
    """A record that Alice may change."""
    model: Any = BY_NAME[name].model
    own: dict[str, Any] = {"person": cast.alice, "visibility": "programme"} if name == "personal_pillar" else {}
    if name == "measurement":
        own = {"metric": make(Metric, cast.programme, kind="value"), "value": 12.0, "n": 15, "period": "2026-10"}
    return make(model, cast.programme, by=cast.alice, **own, **values)


def filled(cast: Cast, kind: Kind, record: Any = None, **typed: Any) -> dict[str, Any]:
    """What a browser would send: the form as it came, every empty field that asks for something filled in."""
    prefix = f"{kind.name}-{record.pk if record else 'new'}"
    form: RecordForm = FORMS[kind.name](
        instance=record, programme=cast.programme, member=cast.alice, prefix=prefix, initial={}
    )
    sent = {}
    for bound in form:
        value = typed.get(bound.name, bound.value())
        if value in (None, "", []) and bound.field.required:
            value = _something(cast, kind, bound.field)
        if value not in (None, "") and value is not False:
            sent[bound.html_name] = value
    sent.update({f"{prefix}-{name}": value for name, value in _needed_by_rules(kind).items() if not record})
    return sent | {f"{prefix}-{name}": value for name, value in typed.items()}


def _something(cast: Cast, kind: Kind, field: Any) -> Any:
    if isinstance(field, ModelChoiceField):
        model: Any = field.queryset.model if field.queryset is not None else None
        return (make(Metric, cast.programme, kind="value") if model is Metric else make(model, cast.programme)).pk
    if choices := [key for key, _label in getattr(field, "choices", ()) if key]:
        return choices[0]
    if isinstance(field, IntegerField | FloatField | DecimalField):
        return 1
    return "2026-11-04" if isinstance(field, DateField) else "2026-10" if field.max_length == 8 else "Some words"


def _needed_by_rules(kind: Kind) -> dict[str, str]:
    return {"value": "12", "n": "15"} if kind.model is Measurement else {}


def only(kind: Kind, cast: Cast) -> Any:
    """The newest record of a kind."""
    return kind.objects().filter(workspace=cast.workspace).latest("pk")


def text_field(kind: Kind) -> str:
    """A field to change: the first that takes free text."""
    names = ("text", "title", "name", "label", "statement", "focus", "question", "note", "quote", "reason", "source")
    return next((name for name in names if name in FORMS[kind.name].base_fields), "")


def changed(kind: Kind) -> dict[str, Any]:
    name = text_field(kind)
    return {name: "Other words"} if name else {"value": "34"}


def value(record: Any, change: dict[str, Any]) -> str:
    (name,) = change
    return str(getattr(record, name)).removesuffix(".0")


def is_page(response: Any) -> bool:
    return b"<!doctype html>" in response.content


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", KINDS)
def test_adding(cast: Cast, sign_in: SignIn, name: str, way: dict[str, Any]) -> None:
    kind, alice = BY_NAME[name], sign_in(cast.alice)
    asked = alice.get(url(cast.programme, name, "new/"), **way)
    assert asked.status_code == HTTPStatus.OK
    assert is_page(asked) is not bool(way)

    made = alice.post(url(cast.programme, name, "new/"), filled(cast, kind), **way)

    record = only(kind, cast)
    if way:
        assert made.status_code == HTTPStatus.OK, made.content.decode()
        assert made["HX-Retarget"] == f"#{name}-list"
        content = made.content.decode()
        assert f'id="{name}-list"' in content
        assert f'id="{name}-new"' in content
        assert "cx-toast" in content
    else:
        assert made.status_code == HTTPStatus.FOUND, made.content.decode()
        assert made["Location"].endswith(f"#{name}-{record.pk}")
        page = alice.get(made["Location"]).content.decode()
        assert "Added." in page
    assert history_acts(alice, cast, name, record) == ["added"]


def history_acts(client: Client, cast: Cast, name: str, record: Any) -> list[str]:
    response = client.get(url(cast.programme, name, f"{record.pk}/history/"))
    return [entry.act for entry in response.context["entries"] if entry.fields or entry.act != "linked"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", KINDS)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    cast: Cast, sign_in: SignIn, name: str, way: dict[str, Any]
) -> None:
    kind, alice = BY_NAME[name], sign_in(cast.alice)
    required = [field for field, made in FORMS[name].base_fields.items() if made.required]
    if not required:
        pytest.skip("nothing is required")
    sent = filled(cast, kind)
    for field in required:
        sent.pop(f"{name}-new-{field}", None)
    kept = {key: text for key, text in sent.items() if text == "Some words"}

    refused = alice.post(url(cast.programme, name, "new/"), sent, **way)

    content = refused.content.decode()
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert is_page(refused) is not bool(way)
    assert 'class="errors"' in content
    assert all(text in content for text in kept.values())
    if not way:
        assert "<title>Error:" in content


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", KINDS)
def test_editing(cast: Cast, sign_in: SignIn, name: str, way: dict[str, Any]) -> None:
    kind, alice, record = BY_NAME[name], sign_in(cast.alice), record_of(cast, name)
    change = changed(kind)

    asked = alice.get(url(cast.programme, name, f"{record.pk}/"), **way)
    saved = alice.post(url(cast.programme, name, f"{record.pk}/"), filled(cast, kind, record, **change), **way)

    assert asked.status_code == HTTPStatus.OK
    assert saved.status_code == (HTTPStatus.OK if way else HTTPStatus.FOUND), saved.content.decode()
    record.refresh_from_db()
    assert value(record, change) == next(iter(change.values()))
    assert "changed" in history_acts(alice, cast, name, record)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", KINDS)
def test_two_people_edit_at_once(cast: Cast, sign_in: SignIn, name: str, way: dict[str, Any]) -> None:
    kind, alice, record = BY_NAME[name], sign_in(cast.alice), record_of(cast, name)
    theirs, mine = changed(kind), {key: "My words" if text_field(kind) else "56" for key in changed(kind)}
    stale = filled(cast, kind, record, **mine)
    alice.post(url(cast.programme, name, f"{record.pk}/"), filled(cast, kind, record, **theirs))

    contested = alice.post(url(cast.programme, name, f"{record.pk}/"), stale, **way)

    content = contested.content.decode()
    assert contested.status_code == HTTPStatus.CONFLICT
    assert is_page(contested) is not bool(way)
    assert 'class="conflict"' in content
    (_label, there, here) = next(iter(contested.context["compared"]))
    assert (there, here) == (
        next(iter(theirs.values())) + ("" if text_field(kind) else ".0"),
        next(iter(mine.values())),
    )
    record.refresh_from_db()
    assert value(record, theirs) == next(iter(theirs.values()))

    version = contested.context["form"]["version"].value()
    kept = alice.post(url(cast.programme, name, f"{record.pk}/"), {**stale, f"{name}-{record.pk}-version": version})

    assert kept.status_code == HTTPStatus.FOUND
    record.refresh_from_db()
    assert value(record, mine) == next(iter(mine.values()))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", KINDS)
def test_throwing_away_and_bringing_back(cast: Cast, sign_in: SignIn, name: str, way: dict[str, Any]) -> None:
    kind, alice, record = BY_NAME[name], sign_in(cast.alice), record_of(cast, name)

    thrown = alice.post(url(cast.programme, name, f"{record.pk}/trash/"), **way)

    record.refresh_from_db()
    assert record.trashed_at is not None
    undo = url(cast.programme, name, f"{record.pk}/restore/")
    said = thrown if way else alice.get(thrown["Location"])
    assert f'action="{undo}"' in said.content.decode()
    assert f'id="{name}-{record.pk}"' not in said.content.decode()
    assert alice.get(url(cast.programme, name, f"{record.pk}/")).status_code == HTTPStatus.NOT_FOUND
    listed = alice.get(f"/w/alpha/programmes/{cast.programme.pk}/trash/").context["trashed"]
    assert (kind.name, record.pk) in [(thing["kind"].name, thing["pk"]) for thing in listed]

    back = alice.post(undo, **way)

    assert back.status_code == (HTTPStatus.OK if way else HTTPStatus.FOUND)
    record.refresh_from_db()
    assert record.trashed_at is None
    assert {"restored", "trashed"} <= set(history_acts(alice, cast, name, record))
    assert alice.post(undo, **way).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("way", WAYS)
def test_what_is_written_while_its_record_is_thrown_away_is_not_lost(
    cast: Cast, sign_in: SignIn, way: dict[str, Any]
) -> None:
    alice, gap = sign_in(cast.alice), record_of(cast, "gap")
    mine = filled(cast, BY_NAME["gap"], gap, title="My words")
    alice.post(url(cast.programme, "gap", f"{gap.pk}/trash/"))

    answer = alice.post(url(cast.programme, "gap", f"{gap.pk}/"), mine, **way)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert answer.context["form"].non_field_errors()
    assert answer.context["form"]["title"].value() == "My words"
    gap.refresh_from_db()
    assert gap.trashed_at is not None
    assert gap.title != "My words"


def test_a_sweet_spot_stands_last_and_its_touchpoint_once(cast: Cast, sign_in: SignIn) -> None:
    alice, spot = (
        sign_in(cast.alice),
        make(SweetSpot, cast.programme, rank=4, touchpoint=make(Touchpoint, cast.programme)),
    )
    add, prefix = url(cast.programme, "sweet_spot", "new/"), "sweet_spot-new-"

    alice.post(add, {f"{prefix}reason": "It leaks"})
    zero = alice.post(add, {f"{prefix}rank": "0"})
    again = alice.post(add, {f"{prefix}touchpoint": spot.touchpoint_id})

    assert only(BY_NAME["sweet_spot"], cast).rank == 5
    assert [zero.context["form"].errors.keys(), again.context["form"].errors.keys()] == [{"rank"}, {"touchpoint"}]


@pytest.mark.parametrize("name", KINDS)
def test_management_reads_and_changes_nothing(cast: Cast, sign_in: SignIn, name: str) -> None:
    carol, record = sign_in(cast.carol), record_of(cast, name)
    address = url(cast.programme, name)

    section = carol.get(address, headers={"HX-Request": "true"}).content.decode()

    assert f'id="{name}-list"' in section
    assert f"{address}new/" not in section
    assert f"{address}{record.pk}/trash/" not in section
    for path in ("new/", f"{record.pk}/", f"{record.pk}/trash/", f"{record.pk}/restore/"):
        assert carol.post(address + path, {}).status_code == HTTPStatus.FORBIDDEN


def test_links_filled_in_beforehand_are_kept(cast: Cast, sign_in: SignIn) -> None:
    alice, pillar = sign_in(cast.alice), make(Pillar, cast.programme)
    form = alice.get(url(cast.programme, "action", f"new/?pillars={pillar.pk}")).context["form"]
    assert form["pillars"].value() == str(pillar.pk)

    kind = BY_NAME["action"]
    alice.post(url(cast.programme, "action", "new/"), filled(cast, kind, pillars=[pillar.pk]))

    assert list(only(kind, cast).pillars.all()) == [pillar]


def test_a_form_asked_for_with_nonsense_is_a_form(cast: Cast, sign_in: SignIn) -> None:
    alice = sign_in(cast.alice)
    for name in KINDS:
        nonsense = "&".join(f"{field}=no%00such" for field in FORMS[name].base_fields)
        assert alice.get(url(cast.programme, name, f"new/?{nonsense}")).status_code == HTTPStatus.OK, name


def test_a_place_that_was_taken_meanwhile(cast: Cast, sign_in: SignIn) -> None:
    """The database refuses to bring back a second measurement of the same period; the message says so."""
    alice = sign_in(cast.alice)
    metric = make(Metric, cast.programme, kind="value")
    first = make(Measurement, cast.programme, metric=metric, period="2026-10", value=1.0)
    alice.post(url(cast.programme, "measurement", f"{first.pk}/trash/"))
    make(Measurement, cast.programme, metric=metric, period="2026-10", value=2.0)

    response = alice.post(url(cast.programme, "measurement", f"{first.pk}/restore/"), headers={"HX-Request": "true"})

    assert "It stays in the trash" in response.content.decode()
    first.refresh_from_db()
    assert first.trashed_at is not None


# Personal pillars


def own_pillar(cast: Cast, member: Member, visibility: str) -> PersonalPillar:
    return make(PersonalPillar, cast.programme, person=member, statement=f"I never {visibility}", visibility=visibility)


@pytest.mark.parametrize(
    ("visibility", "seen_by"),
    [("private", {"alice"}), ("team", {"alice", "bob"}), ("programme", {"alice", "bob", "carol", "olga"})],
)
def test_a_personal_pillar_is_shown_to_whom_its_writer_chose(
    cast: Cast, sign_in: SignIn, visibility: str, seen_by: set[str]
) -> None:
    pillar = own_pillar(cast, cast.alice, visibility)
    for name in ("alice", "bob", "carol", "olga"):
        client = sign_in(getattr(cast, name))
        page = client.get(f"/w/alpha/programmes/{cast.programme.pk}/steps/rollout/").content.decode()
        history = client.get(url(cast.programme, "personal_pillar", f"{pillar.pk}/history/"))
        assert (pillar.statement in page) is (name in seen_by), name
        assert (history.status_code == HTTPStatus.OK) is (name in seen_by), name


def test_nobody_writes_the_personal_pillar_of_another(cast: Cast, sign_in: SignIn) -> None:
    shared = own_pillar(cast, cast.alice, "programme")
    bob, address = sign_in(cast.bob), url(cast.programme, "personal_pillar", f"{shared.pk}/")
    page = bob.get(f"/w/alpha/programmes/{cast.programme.pk}/steps/rollout/").content.decode()
    assert bob.get(address).status_code == HTTPStatus.FORBIDDEN
    assert bob.post(f"{address}trash/").status_code == HTTPStatus.FORBIDDEN
    assert address not in page.replace(f"{address}history/", "").replace(f"{address}chain/", "")


@pytest.mark.parametrize("visibility", ["private", "team", "programme"])
def test_the_trash_shows_only_own_personal_pillars(cast: Cast, sign_in: SignIn, visibility: str) -> None:
    pillar = own_pillar(cast, cast.alice, visibility)
    sign_in(cast.alice).post(url(cast.programme, "personal_pillar", f"{pillar.pk}/trash/"))
    address = f"/w/alpha/programmes/{cast.programme.pk}/trash/"
    assert pillar.statement in sign_in(cast.alice).get(address).content.decode()
    for member in (cast.bob, cast.carol, cast.olga):
        assert pillar.statement not in sign_in(member).get(address).content.decode()


def test_words_that_were_for_the_team_stay_with_the_team(cast: Cast, sign_in: SignIn) -> None:
    """Shown to everyone later, the pillar tells everyone what it says since then, and nothing that it said before."""
    pillar, alice = own_pillar(cast, cast.alice, "team"), sign_in(cast.alice)
    address = url(cast.programme, "personal_pillar", f"{pillar.pk}/")
    kind = BY_NAME["personal_pillar"]
    for words in (
        {"statement": "I never shout"},
        {"statement": "I never sigh", "visibility": "programme"},
        {"statement": "I always smile"},
        {"statement": "I always grin", "visibility": "team"},
        {"visibility": "programme"},
    ):
        pillar.refresh_from_db()
        saved = alice.post(address, filled(cast, kind, pillar, **words))
        assert saved.status_code == HTTPStatus.FOUND, saved.content.decode()

    said = {"I never team", "I never shout", "I never sigh", "I always smile", "I always grin"}
    for name, known in (
        ("alice", said),
        ("bob", said),
        ("carol", {"I never sigh", "I always smile", "I always grin"}),  # the heading says the last of them
        ("olga", {"I never sigh", "I always smile", "I always grin"}),
    ):
        shown = sign_in(getattr(cast, name)).get(f"{address}history/")
        told = "\n".join(field.before + field.after for entry in shown.context["entries"] for field in entry.fields)
        assert {one for one in said if one in shown.content.decode()} == known, name
        assert ("I always grin" in told) is (name in ("alice", "bob")), name


# Moving


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", sorted(ORDERED))
def test_what_has_an_order_is_moved_by_the_menu_and_back(
    cast: Cast, sign_in: SignIn, name: str, way: dict[str, Any]
) -> None:
    """The page shows the order that the command wrote, and the message leads back."""
    first = record_of(cast, name)
    same = {"journey": first.journey, "stage": first.stage} if name == "touchpoint" else {}
    second = record_of(cast, name, **same)
    alice, address = sign_in(cast.alice), url(cast.programme, name, f"{second.pk}/move/")

    def order(answer: Any) -> tuple[str, bool]:
        shown = (answer if way else alice.get(answer["Location"])).content.decode()
        return shown, shown.index(f'id="{name}-{second.pk}"') < shown.index(f'id="{name}-{first.pk}"')

    shown, is_before = order(alice.post(address, {"to": "earlier"}, **way))
    assert is_before
    before = 5 if name == "vision_check" else 0  # a vision brings five of its own
    assert f"Moved to place {before + 1} of {before + 2}" in shown
    undo = f"{address}?to=last&amp;undo=on"
    assert f'hx-post="{undo}"' in shown

    shown, is_before = order(alice.post(undo.replace("&amp;", "&"), **way))
    assert not is_before
    assert "Back in its place." in shown
    assert "data-undo" not in shown


@pytest.mark.parametrize("way", WAYS)
def test_a_record_is_put_before_a_chosen_one(cast: Cast, sign_in: SignIn, way: dict[str, Any]) -> None:
    found = [make(Source, cast.programme, title=f"Source {letter}") for letter in "ABCD"]
    alice, address = sign_in(cast.alice), url(cast.programme, "source", f"{found[3].pk}/move/")

    asked = alice.get(address, **way)
    assert is_page(asked) is not bool(way)
    offered = [(str(key), str(label)) for key, label in asked.context["form"].fields["to"].widget.choices]
    assert offered == [
        ("first", "First"),
        (str(found[1].pk), "Before “Source B”"),
        (str(found[2].pk), "Before “Source C”"),
    ]

    moved = alice.post(address, {"to": found[1].pk}, **way)
    if way:
        assert "cx:close" in moved["HX-Trigger"]
    assert list(Source.objects.of(cast.programme).in_order()) == [found[0], found[3], found[1], found[2]]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("to", ["", "nowhere", "-1", "9" * 30])
def test_a_place_that_is_none_is_refused_with_the_form(
    cast: Cast, sign_in: SignIn, to: str, way: dict[str, Any]
) -> None:
    source, alice = make(Source, cast.programme), sign_in(cast.alice)
    refused = alice.post(url(cast.programme, "source", f"{source.pk}/move/"), {"to": to}, **way)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert is_page(refused) is not bool(way)


def test_what_stands_there_already_stays_and_says_so(cast: Cast, sign_in: SignIn) -> None:
    source, alice = make(Source, cast.programme), sign_in(cast.alice)
    address = url(cast.programme, "source", f"{source.pk}/move/")
    answer = alice.post(address, {"to": "first"}, headers={"HX-Request": "true"})
    assert "It stands there already." in answer.content.decode()


@pytest.mark.parametrize("name", sorted(FORMS.keys() - ORDERED.keys()))
def test_what_is_ordered_by_its_figures_is_not_moved(cast: Cast, sign_in: SignIn, name: str) -> None:
    record, alice = record_of(cast, name), sign_in(cast.alice)
    address = url(cast.programme, name, f"{record.pk}/move/")
    answer = alice.post(address, {"to": "first"}, headers={"HX-Request": "true"}).content.decode()
    assert "an order that follows from their figures" in answer
    assert address not in answer
