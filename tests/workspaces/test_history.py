"""The history is written by the database: nothing escapes it, and nothing private enters it."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import IntegrityError, models, transaction
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from cxplan.workspaces.domain import history
from cxplan.workspaces.domain.history import Act, FieldChange
from cxplan.workspaces.models import Change, Record
from journeys.models import Journey, Touchpoint
from roadmap.domain import records
from roadmap.domain.kinds import ALL, Kind
from roadmap.domain.order import Way
from roadmap.models import Action, Gap, Metric, PersonalPillar, Pillar, SweetSpot, Tie
from tests.cast import Cast, assemble
from tests.make import make, make_programme

SECRET = "I never let the phone ring twice"
RECORDS = [kind for kind in ALL if kind.is_record]


def changes(record: models.Model) -> list[Change]:
    return list(Change.objects.filter(table=record._meta.db_table, record_id=record.pk).order_by("pk"))


def kept() -> str:
    """Every value in the history, as one text."""
    return json.dumps(list(Change.objects.values_list("before", "after")))


# What is recorded


def test_a_new_record_is_told_with_its_values_and_its_maker(cast: Cast) -> None:
    gap = make(Gap, cast.programme, by=cast.bob, title="Left in the dark twice")
    (change,) = changes(gap)
    assert (change.operation, change.before, change.actor) == ("INSERT", None, cast.bob)
    assert (change.workspace, change.programme_id) == (cast.workspace, cast.programme.pk)
    assert change.after is not None
    assert change.after["title"] == "Left in the dark twice"


def test_a_change_is_told_with_before_and_after(cast: Cast) -> None:
    gap = make(Gap, cast.programme, by=cast.bob, title="Dark")
    records.change(gap, programme=cast.programme, by=cast.alice, values={"title": "Left in the dark"})
    change = changes(gap)[-1]
    assert (change.operation, change.before, change.after, change.actor) == (
        "UPDATE",
        {"title": "Dark"},
        {"title": "Left in the dark"},
        cast.alice,
    )


def test_a_write_that_changes_nothing_is_not_told(cast: Cast) -> None:
    gap = make(Gap, cast.programme, title="Dark")
    records.change(gap, programme=cast.programme, by=cast.bob, values={"title": "Dark"})
    assert len(changes(gap)) == 1


def test_a_deletion_is_told_with_what_was_there(cast: Cast) -> None:
    gap = make(Gap, cast.programme, title="Dark")
    pk = gap.pk
    gap.delete()
    change = Change.objects.filter(table="roadmap_gap", record_id=pk).latest("pk")
    assert (change.operation, change.after) == ("DELETE", None)
    assert change.before is not None
    assert change.before["title"] == "Dark"


def test_links_are_told_as_part_of_their_record(cast: Cast) -> None:
    gap = make(Gap, cast.programme, title="Dark")
    action = make(Action, cast.programme, title="Ring at once")
    records.change(action, programme=cast.programme, by=cast.bob, values={}, links={"gaps": [gap]})
    records.change(action, programme=cast.programme, by=cast.alice, values={}, links={"gaps": []})
    linked, unlinked = Change.objects.filter(table="roadmap_action_gaps", record_id=action.pk).order_by("pk")
    assert (linked.operation, linked.actor) == ("INSERT", cast.bob)
    assert (unlinked.operation, unlinked.actor) == ("DELETE", cast.alice)
    assert linked.after is not None
    assert linked.after["gap_id"] == gap.pk


def test_a_bulk_write_is_told_too(cast: Cast) -> None:
    gap = make(Gap, cast.programme, title="Dark")
    Gap.objects.of(cast.programme).update(title="Darker")
    assert changes(gap)[-1].after == {"title": "Darker"}


def test_nobody_is_named_for_what_no_member_did(cast: Cast) -> None:
    assert changes(make(Gap, cast.programme))[0].actor is None


@pytest.mark.django_db(transaction=True)
def test_the_name_of_one_member_ends_with_their_transaction() -> None:
    cast = assemble()
    make(Gap, cast.programme, by=cast.bob)
    gap = Gap.objects.create(programme=cast.programme, workspace=cast.workspace, exchange_id="g99", title="Dark")
    assert changes(gap)[0].actor is None


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.name)
def test_every_kind_is_recorded(cast: Cast, kind: Kind) -> None:
    assert issubclass(kind.model, Record)
    record = make(kind.model, cast.programme, by=cast.bob)
    (change,) = changes(record)
    assert (change.operation, change.actor, change.workspace) == ("INSERT", cast.bob, cast.workspace)


# What is private


def write_pillar(cast: Cast, visibility: str) -> PersonalPillar:
    return make(PersonalPillar, cast.programme, by=cast.bob, person=cast.bob, statement=SECRET, visibility=visibility)


def test_private_words_never_enter_the_history(cast: Cast) -> None:
    pillar = write_pillar(cast, "private")
    records.change(pillar, programme=cast.programme, by=cast.bob, values={"statement": SECRET + "!"})
    records.trash(pillar, programme=cast.programme, by=cast.bob)
    pillar.delete()
    assert SECRET not in kept()


def test_words_that_become_private_leave_the_history(cast: Cast) -> None:
    pillar = write_pillar(cast, "programme")
    assert SECRET in kept()
    records.change(pillar, programme=cast.programme, by=cast.bob, values={"visibility": "private"})
    assert SECRET not in kept()


def test_words_that_were_private_stay_out_when_shared(cast: Cast) -> None:
    pillar = write_pillar(cast, "private")
    shared = {"visibility": "team", "statement": "I always answer"}
    records.change(pillar, programme=cast.programme, by=cast.bob, values=shared)
    assert SECRET not in kept()
    assert changes(pillar)[-1].after == shared


# What may not be linked


def test_a_link_out_of_the_workspace_is_refused(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="points out of its workspace"), transaction.atomic():
        make(SweetSpot, cast.programme, touchpoint=make(Touchpoint, cast.programme_next_door))
    with pytest.raises(IntegrityError, match="points out of its workspace"), transaction.atomic():
        make(Metric, cast.programme, owner=cast.charlie)


def test_a_link_into_another_programme_is_refused(cast: Cast) -> None:
    other = make(Gap, make_programme(cast.workspace, "Second"))
    with pytest.raises(IntegrityError, match="points out of its programme"), transaction.atomic():
        make(Pillar, cast.programme, gaps=[other])


def test_an_existing_link_cannot_be_turned_outwards(cast: Cast) -> None:
    journey, elsewhere = make(Journey, cast.programme), make(Journey, cast.programme_next_door)
    touchpoint = make(Touchpoint, cast.programme, journey=journey)
    with pytest.raises(IntegrityError, match="points out of its workspace"), transaction.atomic():
        Touchpoint.objects.of(cast.workspace).filter(pk=touchpoint.pk).update(journey=elsewhere)


def test_a_link_to_many_out_of_the_workspace_is_refused(cast: Cast) -> None:
    touchpoint = make(Touchpoint, cast.programme)
    with pytest.raises(IntegrityError, match="points out of its workspace"), transaction.atomic():
        touchpoint.meets.add(cast.charlie)
    with pytest.raises(IntegrityError, match="points out of its workspace"), transaction.atomic():
        make(Action, cast.programme, touchpoints=[make(Touchpoint, cast.programme_next_door)])


def test_a_tie_out_of_the_workspace_is_refused(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="points out of its workspace"), transaction.atomic():
        Tie.objects.create(programme=cast.programme, exchange_id="x1", person=cast.charlie)


# Reading it


def test_the_history_of_a_record_reads_in_words(cast: Cast) -> None:
    gap = make(Gap, cast.programme, by=cast.bob, title="Dark")
    action = make(Action, cast.programme, by=cast.bob, title="Ring", bucket="acute")
    records.change(
        action,
        programme=cast.programme,
        by=cast.alice,
        values={"title": "Ring at once", "owner": cast.bob, "bucket": "product"},
        links={"gaps": [gap]},
    )
    records.trash(action, programme=cast.programme, by=cast.olga)
    trashed, linked, changed, added = history.of_record(cast.workspace, "roadmap_action", action.pk)
    assert (trashed.act, trashed.who, trashed.fields) == (Act.TRASHED, cast.olga, ())
    assert (linked.act, linked.fields) == (Act.LINKED, (FieldChange("Gaps", "", "Dark"),))
    assert (changed.act, changed.who, changed.what, changed.kind) == (
        Act.CHANGED,
        cast.alice,
        "Ring at once",
        "Key action",
    )
    assert set(changed.fields) == {
        FieldChange("Action", "Ring", "Ring at once"),
        FieldChange("Owner", "", "Bob Builder"),
        FieldChange("Bucket", "acute now", "product development"),
    }
    assert (added.act, added.who) == (Act.ADDED, cast.bob)
    assert FieldChange("Action", "", "Ring") in added.fields


def test_days_and_figures_read_as_people_write_them(cast: Cast) -> None:
    metric = make(Metric, cast.programme, kind="value", name="Waiting", target=9.5, target_date=date(2026, 11, 4))
    with override("fi"):
        (added,) = history.of_record(cast.workspace, "roadmap_metric", metric.pk)
    words = {change.after for change in added.fields}
    assert {"9,5", "4.11.2026"} <= words
    assert not words & {"9.5", "2026-11-04", "value"}


def test_a_move_is_told_without_figures_and_is_no_news(cast: Cast) -> None:
    first, second = (make(Gap, cast.programme, by=cast.bob, title=title) for title in ("First", "Second"))
    records.move(second, programme=cast.programme, by=cast.alice, to=Way.FIRST)
    moved, _added = history.of_record(cast.workspace, "roadmap_gap", second.pk)
    assert (moved.act, moved.who, moved.fields) == (Act.MOVED, cast.alice, ())
    assert [(entry.act, entry.what) for entry in history.latest(cast.programme.pk, 2)] == [
        (Act.ADDED, "Second"),
        (Act.ADDED, "First"),
    ]
    assert first.pk in {change.record_id for change in Change.objects.filter(actor=cast.alice)}


def test_the_history_of_another_workspace_is_not_read(cast: Cast) -> None:
    gap = make(Gap, cast.programme)
    assert history.of_record(cast.next_door, "roadmap_gap", gap.pk) == []


def test_the_latest_changes_are_few_queries_however_many_records(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    gap = make(Gap, cast.programme, by=cast.bob)
    for number in range(20):
        make(Action, cast.programme, by=cast.bob, title=f"Action {number}", gaps=[gap], owner=cast.bob)
    with django_assert_max_num_queries(4):
        entries = history.latest(cast.programme.pk, 30)
    assert len(entries) == 30
    assert all(entry.who == cast.bob for entry in entries)
