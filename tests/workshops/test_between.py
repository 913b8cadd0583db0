"""Sessions that stay open for days: votes until a deadline, notes before a meeting, and their mails."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from cxplan.workshops import tasks
from cxplan.workshops.domain import between, board, facilitate, scores, seats
from cxplan.workshops.domain.board import Target
from cxplan.workshops.domain.commands import Closed, TimeIsUp
from cxplan.workshops.domain.facilitate import Brought, PhasePlan
from cxplan.workshops.models import Asked, Ballot, Mode, Note, Participant, Session, State
from cxplan.workspaces.models import Member
from tests.cast import Cast
from tests.workshops.rooms import guest, phase, planned
from tests.workshops.test_room import HTMX, to

pytestmark = pytest.mark.django_db

SEVERITY: Sequence[PhasePlan] = (
    PhasePlan(Mode.SCORE, "Severity", question="How severe?", scales=({"key": "severity", "label": "Severity"},)),
)
DOTS: Sequence[PhasePlan] = (PhasePlan(Mode.VOTE, "Dots", dots=3, most_per_note=2),)
DAYS = timedelta(days=3)


def asking(
    by: Member, phases: Sequence[PhasePlan] = SEVERITY, *, asked: Sequence[Member] = (), left: timedelta = DAYS
) -> Session:
    """A vote on two gaps that is open."""
    session = planned(by, phases, brought=[Brought("Bills", "gap:1"), Brought("Queues", "gap:2")])
    return between.open_until(session, timezone.now() + left, asked)


def collecting(by: Member, *, asked: Sequence[Member] = ()) -> Session:
    return between.open_until(planned(by), timezone.now() + DAYS, asked)


def pass_deadline(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(deadline=timezone.now() - timedelta(seconds=1))
    session.refresh_from_db()


def give(session: Session, participant: Participant, text: str, value: int) -> None:
    note = Note.objects.of(session).get(text=text)
    board.give_score(
        session, phase(session, Mode.SCORE), participant, Target(note=note.pk), scale="severity", value=value
    )


# ------------------------------------------------------------------ a vote


def test_a_vote_is_open_until_its_deadline_and_no_later(cast: Cast) -> None:
    session = asking(cast.alice)
    seat = seats.take_as_member(session, cast.bob).participant
    give(session, seat, "Bills", 4)
    pass_deadline(session)
    with pytest.raises(TimeIsUp):  # nobody has ended it yet
        give(session, seat, "Bills", 1)
    assert between.end_overdue() == 1
    session.refresh_from_db()
    assert session.state == State.CLOSED
    with pytest.raises(TimeIsUp):
        give(session, seat, "Bills", 1)
    assert [each.target.text for each in scores.in_order(session, phase(session, Mode.SCORE))] == ["Bills", "Queues"]  # type: ignore[union-attr]
    assert Ballot.objects.get().value == 4
    assert between.end_overdue() == 0


def test_a_late_vote_is_refused_in_words(cast: Cast, client: Client) -> None:
    assert cast.bob.user
    session = asking(cast.alice)
    seat = seats.take_as_member(session, cast.bob).participant
    give(session, seat, "Bills", 4)
    client.force_login(cast.bob.user)
    note = Note.objects.of(session).get(text="Bills")
    sent = {"phase": phase(session, Mode.SCORE).pk, "note": note.pk, "scale": "severity", "value": 1}
    pass_deadline(session)
    refused = client.post(to(session, "score"), {**sent, "command": str(uuid4())}, headers=HTMX)
    assert refused.status_code == 409
    assert "The time is over, so this was not stored" in refused.content.decode()
    page = client.get(to(session, "room")).content.decode()
    assert "The vote is over" in page
    assert "Load the page again in a minute" in page
    between.end_overdue()
    page = client.get(to(session, "room")).content.decode()
    assert "What you gave" in page
    assert "4.0" in page


def test_totals_are_hidden_while_it_is_open(cast: Cast, client: Client) -> None:
    assert cast.alice.user
    session = asking(cast.alice, asked=[cast.alice, cast.bob])
    for member, value in ((cast.bob, 5), (cast.carol, 4)):
        give(session, seats.take_as_member(session, member).participant, "Bills", value)
    client.force_login(cast.alice.user)
    desk = client.get(to(session, "desk")).content.decode()
    assert "2 people have voted" in desk
    assert "2 were asked" in desk
    assert ">4.5<" not in desk
    room = client.get(to(session, "room")).content.decode()
    assert "Vote when it suits you" in room
    seats.take_as_member(session, cast.alice)
    room = client.get(to(session, "room")).content.decode()
    assert "Open until" in room
    assert "cx-clock" not in room
    assert "I am ready" not in room
    assert ">4.5<" not in room
    between.end(session)
    assert ">4.5<" in client.get(to(session, "room")).content.decode()
    assert ">4.5<" in client.get(to(session, "desk")).content.decode()


@pytest.mark.parametrize("is_over", [False, True], ids=["open", "over"])
def test_the_desk_of_a_vote_has_nothing_of_a_meeting(cast: Cast, client: Client, is_over: bool) -> None:
    assert cast.alice.user
    session = asking(cast.alice)
    if is_over:
        between.end(session)
    client.force_login(cast.alice.user)
    desk = client.get(to(session, "desk")).content.decode()
    for part in ("data-sound", to(session, "screen"), 'id="course"', 'id="people"'):
        assert part not in desk, part
    way_in = f'data-join="http://testserver{to(session, "room")}"'
    assert (way_in in desk, session.token in desk) == (not is_over, False)


def test_the_desk_of_a_workshop_that_collects_notes_has_its_course(cast: Cast, client: Client) -> None:
    assert cast.alice.user
    session = collecting(cast.alice)
    client.force_login(cast.alice.user)
    desk = client.get(to(session, "desk")).content.decode()
    for part in ("data-sound", to(session, "screen"), 'id="course"', 'id="people"', session.token):
        assert part in desk, part


def test_dots_between_meetings_keep_their_quota_and_show_at_the_end(cast: Cast, client: Client) -> None:
    assert cast.bob.user
    session = asking(cast.alice, DOTS)
    seat = seats.take_as_member(session, cast.bob).participant
    target = Target(note=Note.objects.of(session).get(text="Queues").pk)
    for _dot in range(2):
        board.give_dot(session, phase(session, Mode.VOTE), seat, target)
    with pytest.raises(board.NoDotsLeft):
        board.give_dot(session, phase(session, Mode.VOTE), seat, target)
    client.force_login(cast.bob.user)
    assert "1 dot left" in client.get(to(session, "room")).content.decode()
    between.end(session)
    page = client.get(to(session, "room")).content.decode()
    assert "What you gave" in page
    assert "2 dots" in page


def test_no_phase_is_turned_and_no_clock_is_set_between_meetings(cast: Cast) -> None:
    session = collecting(cast.alice)
    for refused in (
        lambda: facilitate.turn(session, phase(session, Mode.GROUP)),
        lambda: facilitate.extend(session, 5),
        lambda: facilitate.pause(session),
        lambda: between.open_until(session, timezone.now() + DAYS, []),
    ):
        with pytest.raises(Closed):
            refused()


def test_a_vote_that_is_over_opens_again_with_another_deadline(cast: Cast, client: Client) -> None:
    assert cast.alice.user
    session = asking(cast.alice, asked=[cast.bob])
    between.end(session)
    with pytest.raises(Closed):
        facilitate.open_session(session)
    client.force_login(cast.alice.user)
    soon = timezone.localtime(timezone.now() + DAYS)
    refused = client.post(to(session, "move_deadline"), {"deadline": "2020-01-01T10:00"})
    assert refused.status_code == 409
    assert "still to come" in refused.content.decode()
    client.post(to(session, "move_deadline"), {"deadline": f"{soon:%Y-%m-%dT%H:%M}"})
    session.refresh_from_db()
    assert session.is_open
    give(session, seats.take_as_member(session, cast.bob).participant, "Bills", 3)
    client.post(to(session, "end"))
    session.refresh_from_db()
    assert session.state == State.CLOSED


def test_only_leads_move_and_end(cast: Cast, client: Client) -> None:
    assert cast.bob.user
    session = asking(cast.alice)
    client.force_login(cast.bob.user)
    for name in ("move_deadline", "end", "begin"):
        assert client.post(to(session, name)).status_code == 403
    session.refresh_from_db()
    assert session.is_open


# ------------------------------------------------------------------ notes before a meeting


def test_notes_collected_beforehand_stay_hidden_until_the_reveal(cast: Cast, client: Client) -> None:
    assert cast.alice.user
    session = collecting(cast.alice)
    ann = guest(session, "Ann")
    writing = phase(session, Mode.WRITE)
    board.write_note(session, writing, ann, text="Left in the dark")
    client.force_login(cast.alice.user)
    desk = client.get(to(session, "desk")).content.decode()
    assert "1 person has written" in desk
    assert "Left in the dark" not in desk
    assert "still hidden" not in desk, "from how many, and no more"
    pass_deadline(session)
    assert between.end_overdue() == 1
    session.refresh_from_db()
    assert (session.state, session.phase, session.deadline, session.opened_at) == (State.PLANNED, None, None, None)
    with pytest.raises(Closed):
        board.write_note(session, writing, ann, text="Too late")
    client.post(to(session, "open"))
    session.refresh_from_db()
    assert session.phase == phase(session, Mode.READ)
    assert "Left in the dark" not in client.get(to(session, "desk")).content.decode()
    facilitate.turn(session, phase(session, Mode.WRITE))
    board.write_note(session, phase(session, Mode.WRITE), ann, text="In the meeting")
    assert not Note.objects.of(session).on_the_wall().exists()
    facilitate.turn(session, phase(session, Mode.REVEAL))
    on_wall = [note.text for note in Note.objects.of(session).on_the_wall().in_order()]
    assert on_wall == ["Left in the dark", "In the meeting"]


def test_the_meeting_begins_before_the_deadline(cast: Cast, client: Client) -> None:
    assert cast.alice.user
    session = collecting(cast.alice)
    client.force_login(cast.alice.user)
    desk = client.get(to(session, "desk")).content.decode()
    for part in ("conduct", "decided", "board", "course", "join", "people"):  # what the meeting's desk comes into
        assert f'id="{part}"' in desk
    client.post(to(session, "begin"))
    session.refresh_from_db()
    assert session.is_open
    assert not session.is_between
    assert session.phase == phase(session, Mode.READ)
    assert len(session.code) == 6


def test_whoever_wrote_beforehand_reads_that_the_workshop_is_still_to_come(cast: Cast) -> None:
    session, ann, ben = collecting(cast.alice), Client(), Client()
    for client in (ann, ben):
        client.post(f"/join/{session.token}/")
    note = {"phase": phase(session, Mode.WRITE).pk, "text": "Left in the dark"}
    assert ann.post(to(session, "write"), note, headers=HTMX).status_code == 200
    between.end(session)
    shown = {client: client.get(to(session, "room")).content.decode() for client in (ann, ben)}
    assert all("The workshop has not begun yet." in page for page in shown.values())
    assert "We begin soon" not in shown[ann]
    assert "Yours are kept, and hidden until the workshop." in shown[ann]
    assert "Yours are kept" not in shown[ben]
    assert ann.get(to(session, "room")).status_code == 200, "the same link leads back"


def test_a_guest_comes_by_the_link_while_notes_are_collected(cast: Cast, client: Client) -> None:
    session = collecting(cast.alice)
    joined = client.post(f"/join/{session.token}/", {"nickname": "Ann"}, follow=True).content.decode()
    assert "Open until" in joined
    assert "Where does the experience fall short most?" in joined
    pass_deadline(session)
    assert Client().get(f"/join/{session.token}/").status_code == 410


# ------------------------------------------------------------------ mails


def test_everybody_asked_gets_the_way_in_once(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert cast.bob.user
    cast.bob.user.language = "fi"
    cast.bob.user.save()
    session = asking(cast.alice, asked=[cast.bob, cast.carol])
    with django_capture_on_commit_callbacks(execute=False) as later:
        tasks.send(session)
    assert len(later) == 1
    for asked in Asked.objects.of(session):
        for _again in range(2):
            tasks.mail_asked(asked=asked.pk)
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted([cast.bob.user.email, cast.carol.user.email])  # type: ignore[union-attr]
    letters = {letter.to[0]: str(letter.body) for letter in mail.outbox}
    assert f"/room/{session.pk}/" in letters[cast.bob.user.email]
    assert "How severe?" in letters[cast.bob.user.email]
    assert "Hei Bob Builder" in letters[cast.bob.user.email]
    assert "Hello Carol Chief" in letters[cast.carol.user.email]  # type: ignore[union-attr]
    assert not between.letters_to_send()


def test_a_mail_that_did_not_leave_is_looked_for(cast: Cast) -> None:
    session = asking(cast.alice, asked=[cast.bob])
    assert not between.letters_to_send(), "it is on its way"
    Asked.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    assert len(between.letters_to_send()) == 1
    between.end(session)
    assert not between.letters_to_send()


def test_a_mail_that_fails_counts_as_unsent(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    asking(cast.alice, asked=[cast.bob])
    asked = Asked.objects.get()

    def away(*_given: object) -> None:
        raise OSError("the mail server is away")

    monkeypatch.setattr(tasks, "send_mail", away)
    with pytest.raises(OSError, match="away"):
        tasks.mail_asked(asked=asked.pk)
    asked.refresh_from_db()
    assert asked.mailed_at is None


def test_whoever_has_not_voted_is_reminded_once_a_day_before(cast: Cast) -> None:
    session = asking(cast.alice, asked=[cast.bob, cast.carol, cast.olga])
    for asked in Asked.objects.of(session):
        tasks.mail_asked(asked=asked.pk)
    mail.outbox.clear()
    assert not between.reminders_to_send(), "three days are left"
    give(session, seats.take_as_member(session, cast.carol).participant, "Bills", 2)
    Session.objects.update(deadline=timezone.now() + timedelta(hours=23))
    Asked.objects.update(mailed_at=timezone.now() - timedelta(days=2))
    Asked.objects.filter(member=cast.olga).update(mailed_at=timezone.now())
    due = between.reminders_to_send()
    assert [Asked.objects.get(pk=pk).member for pk in due] == [cast.bob], "Carol has voted, Olga was asked just now"
    for _again in range(2):
        tasks.mail_asked(asked=due[0], again=True)
    assert [letter.subject for letter in mail.outbox] == ["A day left: Gap workshop"]
    assert "You have not voted yet" in str(mail.outbox[0].body)
    assert not between.reminders_to_send()


def test_a_reminder_on_its_way_is_dropped_when_the_vote_came(cast: Cast) -> None:
    session = asking(cast.alice, asked=[cast.bob], left=timedelta(hours=23))
    Asked.objects.update(mailed_at=timezone.now() - timedelta(days=2))
    (due,) = between.reminders_to_send()
    give(session, seats.take_as_member(session, cast.bob).participant, "Bills", 2)
    tasks.mail_asked(asked=due, again=True)
    assert not mail.outbox


def test_beat_keeps_the_deadlines(cast: Cast, settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    session = asking(cast.alice, asked=[cast.bob], left=timedelta(hours=23))
    over = asking(cast.alice)
    pass_deadline(over)
    Asked.objects.update(mailed_at=timezone.now() - timedelta(days=2))
    sent: list[dict[str, object]] = []
    monkeypatch.setattr(tasks.mail_asked, "delay", lambda **given: sent.append(given))
    tasks.keep_deadlines()
    over.refresh_from_db()
    assert over.state == State.CLOSED
    assert sent == [{"asked": Asked.objects.of(session).get().pk, "again": True}]
    schedule = settings.CELERY_BEAT_SCHEDULE  # type: ignore[attr-defined]
    assert tasks.keep_deadlines.name in {entry["task"] for entry in schedule.values()}
