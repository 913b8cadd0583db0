"""What does not stay for ever goes when its time is over, once, and leaves no words behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from cxplan.workspaces.models import AuditEntry, AuditEvent, Change, Member
from journeys.models import Assessment, Journey, Touchpoint
from roadmap import tasks
from roadmap.domain import programmes, records, retention
from roadmap.domain.kinds import ALL, Kind
from roadmap.models import (
    Action,
    Export,
    Finding,
    Gap,
    Insight,
    Interview,
    InterviewAnswer,
    PersonalPillar,
    Programme,
    StoredFile,
)
from tests.cast import Cast
from tests.make import make, make_export

SignIn = Callable[[Member], Client]
Later = Callable[[timedelta], None]

DAY = timedelta(days=1)
SECRET = "zqsecret"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Move the clock onwards."""
    real = timezone.now

    def move(by: timedelta) -> None:
        def now() -> datetime:
            return real() + by

        monkeypatch.setattr(timezone, "now", now)

    return move


def kept_words() -> str:
    """Every value in the history, as one text."""
    return json.dumps(list(Change.objects.values_list("before", "after")))


def entries() -> list[dict[str, Any]]:
    return list(AuditEntry.objects.filter(details__how="for_good").order_by("pk").values_list("details", flat=True))


# Interviews


@pytest.fixture
def interview(cast: Cast) -> Interview:
    words = dict.fromkeys(("label", *retention.PERSONAL), SECRET)
    made: Any = make(
        Interview,
        cast.programme,
        by=cast.bob,
        **words,
        interviewer=cast.bob,
        consent=True,
        delete_on=timezone.localdate() + 10 * DAY,
    )
    InterviewAnswer.objects.create(interview=made, question="q1", text=SECRET)
    make(Insight, cast.programme, by=cast.bob, text="They wait in the dark", interviews=[made])
    return made  # type: ignore[no-any-return]


def test_an_interview_is_left_alone_before_its_day(interview: Interview, later: Later) -> None:
    later(9 * DAY)
    tasks.let_go()
    interview.refresh_from_db()
    assert (interview.label, interview.notes, interview.answers.count()) == (SECRET, SECRET, 1)
    assert entries() == []


def test_on_its_day_the_person_leaves_an_interview_and_the_findings_stay(
    cast: Cast, interview: Interview, later: Later
) -> None:
    make_export(cast.programme, cast.alice)
    later(10 * DAY)
    tasks.let_go()
    interview.refresh_from_db()
    assert interview.label == "Poistettu sovittuna päivänä"
    assert [getattr(interview, field) for field in retention.PERSONAL] == ["", "", "", ""]
    assert not InterviewAnswer.objects.exists()
    assert (interview.consent, interview.interviewer) == (True, cast.bob)
    assert [insight.text for insight in interview.insights.all()] == ["They wait in the dark"]
    assert SECRET not in kept_words()
    assert not Export.objects.exists()
    assert not StoredFile.objects.exists()
    assert entries() == [{"how": "for_good", "interviews": 1, "records": 0}]


def test_what_was_let_go_is_not_let_go_again(cast: Cast, interview: Interview, later: Later) -> None:
    later(10 * DAY)
    tasks.let_go()
    cast.programme.refresh_from_db()
    changes, revision = Change.objects.count(), cast.programme.revision
    later(400 * DAY)
    tasks.let_go()
    cast.programme.refresh_from_db()
    assert (Change.objects.count(), cast.programme.revision) == (changes, revision)
    assert len(entries()) == 1


def test_what_is_written_into_it_afterwards_goes_too(cast: Cast, interview: Interview, later: Later) -> None:
    later(10 * DAY)
    tasks.let_go()
    interview.refresh_from_db()
    records.change(interview, programme=cast.programme, by=cast.bob, values={"notes": SECRET})
    tasks.let_go()
    interview.refresh_from_db()
    assert interview.notes == ""
    assert SECRET not in kept_words()


def test_an_interview_in_the_trash_keeps_its_day(cast: Cast, interview: Interview, later: Later) -> None:
    records.trash(interview, programme=cast.programme, by=cast.bob)
    later(10 * DAY)
    tasks.let_go()
    interview.refresh_from_db()
    assert interview.notes == ""


def test_an_interview_without_a_day_stays(cast: Cast, later: Later) -> None:
    made = make(Interview, cast.programme, by=cast.bob, notes=SECRET)
    later(4000 * DAY)
    tasks.let_go()
    made.refresh_from_db()
    assert made.notes == SECRET


# The trash


@pytest.mark.parametrize("kind", [kind for kind in ALL if kind.is_record], ids=lambda kind: kind.name)
def test_what_lies_in_the_trash_goes_after_thirty_days(cast: Cast, later: Later, kind: Kind) -> None:
    model: Any = kind.model
    words = {name: SECRET for name in ("text", "statement", "notes", "title", "name") if hasattr(model, name)}
    own = {"person": cast.bob, "visibility": "programme"} if model is PersonalPillar else {}
    record = make(model, cast.programme, by=cast.bob, **words, **own)
    records.trash(record, programme=cast.programme, by=cast.bob)
    later(30 * DAY - timedelta(minutes=1))
    tasks.let_go()
    assert model.objects.filter(pk=record.pk).exists()
    later(30 * DAY + timedelta(minutes=1))
    tasks.let_go()
    assert not model.objects.filter(pk=record.pk).exists()
    gone = Change.objects.filter(table=model._meta.db_table, record_id=record.pk)
    assert {(change.before, change.after) for change in gone} == {(None, None)}
    (entry,) = entries()
    assert entry["records"] == 1


def test_what_was_restored_or_never_thrown_away_stays(cast: Cast, later: Later) -> None:
    stays, restored = make(Gap, cast.programme, by=cast.bob), make(Gap, cast.programme, by=cast.bob)
    records.trash(restored, programme=cast.programme, by=cast.bob)
    records.restore(restored, programme=cast.programme, by=cast.bob)
    later(40 * DAY)
    tasks.let_go()
    assert set(Gap.objects.all()) == {stays, restored}
    assert entries() == []


def test_what_a_record_stood_on_goes_and_what_stood_beside_it_stays(cast: Cast, later: Later) -> None:
    gap = make(Gap, cast.programme, by=cast.bob)
    action = make(Action, cast.programme, by=cast.bob, gaps=[gap])
    journey = make(Journey, cast.programme, by=cast.bob)
    touchpoint = make(Touchpoint, cast.programme, by=cast.bob, journey=journey)
    make(Assessment, cast.programme, by=cast.bob, touchpoint=touchpoint)
    for thrown in (gap, journey):
        records.trash(thrown, programme=cast.programme, by=cast.bob)
    later(31 * DAY)
    tasks.let_go()
    assert list(action.gaps.all()) == []
    assert not Touchpoint.objects.exists()
    assert not Assessment.objects.exists()
    left = Change.objects.filter(table__in=("journeys_touchpoint", "journeys_assessment"))
    assert not left.exclude(before=None, after=None).exists()


def test_a_programme_in_the_trash_goes_with_everything_it_holds(cast: Cast, later: Later) -> None:
    make(Finding, cast.programme, by=cast.bob, text=SECRET)
    make_export(cast.programme, cast.bob)
    programmes.trash(cast.programme, by=cast.alice)
    later(31 * DAY)
    tasks.let_go()
    assert not Programme.objects.filter(pk=cast.programme.pk).exists()
    assert not Finding.objects.exists()
    assert not StoredFile.objects.exists()
    assert SECRET not in kept_words()
    assert Programme.objects.filter(pk=cast.programme_next_door.pk).exists()


def test_each_workspace_is_told_of_its_own(cast: Cast, later: Later, sign_in: SignIn) -> None:
    for programme, count in ((cast.programme, 2), (cast.programme_next_door, 1)):
        for _ in range(count):
            records.trash(make(Gap, programme), programme=programme, by=None)
    later(31 * DAY)
    tasks.let_go()
    told = AuditEntry.objects.filter(event=AuditEvent.DELETED, details__how="for_good")
    assert dict(told.values_list("workspace__slug", "details__records")) == {"alpha": 2, "beta": 1}
    page = sign_in(cast.olga).get("/w/alpha/audit/").content.decode()
    assert "2 records" in page


# Sessions, and the schedule


def test_sessions_that_ended_go(cast: Cast, sign_in: SignIn, later: Later) -> None:
    sign_in(cast.bob)
    tasks.let_go()
    assert Session.objects.count() == 1
    later(15 * DAY)
    tasks.let_go()
    assert not Session.objects.exists()


def test_where_somebody_was_signed_in_goes_with_the_session(cast: Cast, sign_in: SignIn) -> None:
    alive = sign_in(cast.bob).session.session_key
    for key in (alive, "ended"):
        UserSession.objects.update_or_create(
            session_key=key, defaults={"user": cast.bob.user, "ip": "192.0.2.7", "user_agent": "Lynx", "data": {}}
        )
    tasks.let_go()
    assert [visit.session_key for visit in UserSession.objects.all()] == [alive]


def test_beat_runs_it(settings: Any) -> None:
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert tasks.let_go.name in scheduled
