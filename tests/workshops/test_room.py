"""The phone's commands as forms: once each, for a seat alone, in few queries; what cannot be done keeps the text."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cxplan.live.models import Event
from cxplan.workshops.access import cookie_name
from cxplan.workshops.domain import board, facilitate, seats
from cxplan.workshops.domain.facilitate import Brought, PhasePlan
from cxplan.workshops.models import Authors, Ballot, Mode, Note, Participant, Pulse, Session
from cxplan.workspaces.models import AuditEntry, AuditEvent, Member
from tests.cast import Cast
from tests.workshops.rooms import go_to, opened, phase

HTMX = {"HX-Request": "true"}


@pytest.fixture
def session(cast: Cast) -> Session:
    return opened(cast.alice, brought=[Brought(text, text) for text in ("Bills", "Outages", "Queues")])


def phone(session: Session, nickname: str = "") -> Client:
    """A guest's browser."""
    client, seat = Client(), seats.take_as_guest(session, nickname)
    client.cookies[cookie_name(session.pk)] = seat.key
    return client


def to(session: Session, name: str, *more: int) -> str:
    return reverse(f"workshops:{name}", args=[session.pk, *more])


def seen(client: Client, session: Session) -> str:
    """What a phone shows, without the hour."""
    page = client.get(to(session, "room"), headers=HTMX).content.decode()
    return re.sub(r'data-now="[^"]+"|\d\d[.:]\d\d|<progress[^>]+>|csrfmiddlewaretoken" value="\w+"', "", page)


def test_a_note_is_written_once_however_often_it_is_sent(session: Session) -> None:
    ann, writing = phone(session), go_to(session, Mode.WRITE)
    sent = {"text": "Nobody tells why", "phase": writing.pk, "command": str(uuid4())}
    for _again in range(3):
        assert ann.post(to(session, "write"), sent, headers=HTMX).status_code == 200
    assert ann.post(to(session, "write"), sent).headers["Location"] == to(session, "room")
    assert Note.objects.of(session).filter(text="Nobody tells why").count() == 1


def test_a_guest_s_note_takes_few_queries(session: Session, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ann, writing = phone(session), go_to(session, Mode.WRITE)
    sent = {"text": "Few", "phase": writing.pk}
    with django_assert_num_queries(6):  # the seat, the event, the session, the note; a savepoint around them
        ann.post(to(session, "write"), sent)


@pytest.mark.parametrize(
    ("mode", "name", "sent", "queries"),
    [
        (Mode.VOTE, "give_dot", {}, 9),  # the seat; the command's four and its savepoint's two; the dots that are given
        (Mode.SCORE, "score", {"scale": "ease", "value": 4}, 8),
        (Mode.DECIDE, "be_ready", {"ready": "on"}, 6),
    ],
)
def test_a_tap_takes_few_queries_and_is_answered_with_little(
    session: Session, mode: Mode, name: str, sent: dict[str, object], queries: int
) -> None:
    ann, there = phone(session), go_to(session, mode)
    bills = Note.objects.of(session).in_order()[0]
    with CaptureQueriesContext(connection) as asked:
        answer = ann.post(to(session, name), {"phase": there.pk, "note": bills.pk, **sent}, headers=HTMX)
    assert answer.status_code in (200, 204)
    assert len(asked) == queries
    assert len(answer.content) < 6_000


def test_a_note_too_long_or_empty_says_so_and_stays(session: Session) -> None:
    ann, writing = phone(session), go_to(session, Mode.WRITE)
    for text in ("", "x" * 281):
        page = ann.post(to(session, "write"), {"text": text, "phase": writing.pk}, headers=HTMX)
        assert page.status_code == 422
        assert text in page.content.decode()
    assert not Note.objects.of(session).exclude(participant=None).exists()


def test_what_comes_too_late_is_told_and_kept_in_the_field(session: Session) -> None:
    ann = phone(session)
    writing = phase(session, Mode.WRITE)
    page = ann.post(to(session, "write"), {"text": "Early bird", "phase": writing.pk}, headers=HTMX)
    assert page.status_code == 409
    assert "not stored" in page.content.decode()
    facilitate.close_session(session)
    assert ann.post(to(session, "write"), {"text": "Late", "phase": writing.pk}).status_code == 409


def test_nobody_opens_or_changes_another_s_note(session: Session) -> None:
    ann, ben, writing = phone(session), phone(session), go_to(session, Mode.WRITE)
    ann.post(to(session, "write"), {"text": "Mine", "phase": writing.pk})
    note = Note.objects.get(text="Mine")
    assert "Mine" not in ben.get(to(session, "room")).content.decode()
    for client in (ben, Client()):
        for method in ("get", "post"):
            answer = getattr(client, method)(to(session, "edit_note", note.pk), {"text": "Theirs", "version": 1})
            assert answer.status_code in (302, 404)
        assert client.post(to(session, "throw_away", note.pk)).status_code in (302, 404)
    note.refresh_from_db()
    assert note.text == "Mine"


def test_one_s_own_note_is_edited_and_taken_back(session: Session) -> None:
    ann, writing = phone(session), go_to(session, Mode.WRITE)
    ann.post(to(session, "write"), {"text": "First", "phase": writing.pk})
    note = Note.objects.get(text="First")
    assert "First" in ann.get(to(session, "edit_note", note.pk), headers=HTMX).content.decode()
    ann.post(to(session, "edit_note", note.pk), {"text": "Second", "version": 1})
    stale = ann.post(to(session, "edit_note", note.pk), {"text": "Third", "version": 1}, headers=HTMX)
    assert stale.status_code == 409
    assert "Second" in stale.content.decode()
    assert "Third" in stale.content.decode()
    ann.post(to(session, "throw_away", note.pk))
    assert not Note.objects.filter(pk=note.pk).exists()


def test_dots_are_given_and_taken_back(session: Session) -> None:
    ann, voting = phone(session), go_to(session, Mode.VOTE)
    bills, outages, _queues = Note.objects.of(session).in_order()
    for note in (bills, bills, outages):
        ann.post(to(session, "give_dot"), {"phase": voting.pk, "note": note.pk}, headers=HTMX)
    full = ann.post(to(session, "give_dot"), {"phase": voting.pk, "note": outages.pk}, headers=HTMX)
    assert full.status_code == 409
    assert Ballot.objects.of(voting).count() == 3
    ann.post(to(session, "take_dot"), {"phase": voting.pk}, headers=HTMX)
    assert list(Ballot.objects.of(voting).values_list("note", flat=True)) == [bills.pk, bills.pk]


def test_a_tie_is_called_one_everywhere(cast: Cast, session: Session, sign_in: Callable[[Member], Client]) -> None:
    ann, alice, voting = phone(session), sign_in(cast.alice), go_to(session, Mode.VOTE)
    for note in Note.objects.of(session).in_order()[:2]:
        ann.post(to(session, "give_dot"), {"phase": voting.pk, "note": note.pk})
    go_to(session, Mode.DECIDE)
    for client, screen in ((ann, "room"), (alice, "desk"), (alice, "screen")):
        assert client.get(to(session, screen)).content.decode().count("1. <small>tie</small>") == 2, screen


def test_nobody_sees_what_others_voted_before_the_vote_is_closed(session: Session) -> None:
    ann, ben, voting = phone(session), phone(session), go_to(session, Mode.VOTE)
    bills = Note.objects.of(session).in_order()[0]
    before = seen(ben, session)
    for _dot in range(2):
        ann.post(to(session, "give_dot"), {"phase": voting.pk, "note": bills.pk})
    assert seen(ben, session) == before


def test_scores_and_readiness_and_how_it_was(session: Session) -> None:
    ann, scoring = phone(session), go_to(session, Mode.SCORE)
    bills = Note.objects.of(session).in_order()[0]
    sent = {"phase": scoring.pk, "note": bills.pk, "scale": "ease", "value": 4}
    ann.post(to(session, "score"), sent)
    assert ann.post(to(session, "score"), {**sent, "value": 6}).status_code == 409
    assert [ballot.value for ballot in Ballot.objects.of(scoring)] == [4]
    ann.post(to(session, "be_ready"), {"phase": scoring.pk, "ready": "on"})
    assert facilitate.ready_counts(session) == (1, 1)
    go_to(session, Mode.CLOSE)
    ann.post(to(session, "pulse"), {"value": "5", "word": "Calm"})
    assert [(pulse.value, pulse.word) for pulse in Pulse.objects.all()] == [(5, "Calm")]


def test_whoever_has_no_seat_is_told_to_take_one(
    cast: Cast, session: Session, sign_in: Callable[[Member], Client]
) -> None:
    bob, writing = sign_in(cast.bob), go_to(session, Mode.WRITE)
    answer = bob.post(to(session, "write"), {"text": "Seatless", "phase": writing.pk}, headers=HTMX)
    assert answer.status_code == 409
    bob.post(to(session, "take_seat"))
    assert bob.post(to(session, "write"), {"text": "Seated", "phase": writing.pk}, headers=HTMX).status_code == 200
    facilitate.remove(session, Participant.objects.of(session).get())
    bob.post(to(session, "take_seat"))
    assert bob.post(to(session, "write"), {"text": "Out", "phase": writing.pk}, headers=HTMX).status_code == 409
    assert [note.text for note in Note.objects.of(session).exclude(participant=None)] == ["Seated"]


@pytest.mark.parametrize("mode", list(Mode))
def test_every_phase_has_its_page_on_every_screen(
    cast: Cast, session: Session, sign_in: Callable[[Member], Client], mode: Mode
) -> None:
    ann, alice = phone(session, "Ann"), sign_in(cast.alice)
    first = phase(session, Mode.READ)
    first.mode = mode
    first.save()
    board.make_group(session, Note.objects.of(session)[:2])
    for name, client in (("room", ann), ("desk", alice), ("screen", alice)):
        for headers in ({}, HTMX):
            page = client.get(to(session, name), headers=headers)
            assert page.status_code == 200, name
            if name == "room" and mode not in (Mode.WRITE, Mode.DECIDE, Mode.ASSIGN, Mode.CLOSE):
                assert "Bills" in page.content.decode()


def test_the_facilitator_types_what_somebody_says_aloud(
    cast: Cast, session: Session, sign_in: Callable[[Member], Client]
) -> None:
    alice, writing = sign_in(cast.alice), go_to(session, Mode.WRITE)
    assert 'name="text"' in alice.get(to(session, "desk")).content.decode()
    sent = {"text": "Said aloud", "phase": writing.pk, "command": str(uuid4())}
    for _again in range(2):
        assert alice.post(to(session, "write_for_room"), sent, headers=HTMX).status_code == 200
    assert [note.participant for note in Note.objects.filter(text="Said aloud")] == [None]
    assert alice.post(to(session, "write_for_room"), {**sent, "text": ""}, headers=HTMX).status_code == 409


def test_the_answer_to_a_note_brings_one_s_own_and_not_the_wall(cast: Cast) -> None:
    openly = opened(cast.alice, (PhasePlan(Mode.WRITE, "Together", authors=Authors.ANONYMOUS),))
    ann, ben, writing = phone(openly), phone(openly), phase(openly, Mode.WRITE)
    ben.post(to(openly, "write"), {"text": "By Ben", "phase": writing.pk}, headers=HTMX)
    answer = ann.post(to(openly, "write"), {"text": "By Ann", "phase": writing.pk}, headers=HTMX).content.decode()
    assert 'id="own"' in answer
    assert "By Ann" in answer
    assert "By Ben" not in answer


def test_hidden_words_are_on_no_other_screen(cast: Cast, session: Session, sign_in: Callable[[Member], Client]) -> None:
    ann, ben, alice, writing = phone(session), phone(session), sign_in(cast.alice), go_to(session, Mode.WRITE)
    ann.post(to(session, "write"), {"text": "zqsecret", "phase": writing.pk})
    pages = [client.get(to(session, name)) for name, client in (("room", ben), ("desk", alice), ("screen", alice))]
    assert all(page.status_code == 200 and b"zqsecret" not in page.content for page in pages)
    assert b"zqsecret" in ann.get(to(session, "room")).content


def test_a_phone_asks_few_queries_however_much_lies_on_the_wall(session: Session) -> None:
    ann = phone(session, "Ann")

    def asked() -> dict[str, int]:
        found = {}
        for mode in (Mode.READ, Mode.WRITE, Mode.GROUP, Mode.VOTE, Mode.SCORE, Mode.DECIDE, Mode.CLOSE):
            go_to(session, mode)
            with CaptureQueriesContext(connection) as queries:
                assert ann.get(to(session, "room"), headers=HTMX).status_code == 200
            found[str(mode)] = len(queries)
        return found

    board.make_group(session, Note.objects.of(session)[:1])
    asked()  # each phase has been left once: what it shows of that stays the same
    few = asked()
    writing = go_to(session, Mode.WRITE)
    for number in range(12):
        who = seats.take_as_guest(session, f"Guest {number}").participant
        board.write_note(session, writing, who, text=f"Note {number}")
    go_to(session, Mode.GROUP)
    for number in range(3):
        board.make_group(session, Note.objects.of(session).filter(text__endswith=str(number)))
    assert asked() == few
    assert max(few.values()) <= 15


def test_a_choice_of_nothing_is_refused_in_words(
    cast: Cast, session: Session, sign_in: Callable[[Member], Client]
) -> None:
    alice, bills = sign_in(cast.alice), Note.objects.of(session).in_order()[0]
    assert alice.post(to(session, "choose"), {"chosen": "on"}, headers=HTMX).status_code == 409
    assert alice.post(to(session, "choose"), {"note": bills.pk, "chosen": "on"}, headers=HTMX).status_code == 200
    assert [note.text for note in Note.objects.of(session).filter(is_chosen=True)] == ["Bills"]


def test_the_facilitator_enters_hands_and_nobody_sees_them_before_the_vote_is_closed(
    cast: Cast, session: Session, sign_in: Callable[[Member], Client]
) -> None:
    alice, ann, voting = sign_in(cast.alice), phone(session), go_to(session, Mode.VOTE)
    bills = Note.objects.of(session).in_order()[0]
    before = seen(ann, session)
    sent = {"phase": voting.pk, "note": bills.pk, "count": "7"}
    assert "7 hands" in alice.post(to(session, "enter_hands"), sent, headers=HTMX).content.decode()
    assert seen(ann, session) == before
    assert alice.post(to(session, "enter_hands"), {**sent, "count": "1000"}, headers=HTMX).status_code == 409
    assert alice.post(to(session, "enter_hands"), {**sent, "note": ""}, headers=HTMX).status_code == 409
    assert ann.post(to(session, "enter_hands"), sent).status_code in (302, 404)
    ann.post(to(session, "give_dot"), {"phase": voting.pk, "note": bills.pk})
    go_to(session, Mode.DECIDE)
    late = alice.post(to(session, "enter_hands"), sent, headers=HTMX)
    assert late.status_code == 409
    for name, client in (("room", ann), ("desk", alice), ("screen", alice)):
        page = " ".join(client.get(to(session, name)).content.decode().split())
        assert "1 dot from one person, 7 hands" in page, name


def test_what_was_scored_shows_everywhere_once_the_scoring_is_closed(
    cast: Cast, session: Session, sign_in: Callable[[Member], Client]
) -> None:
    alice, ann, ben, scoring = sign_in(cast.alice), phone(session), phone(session), go_to(session, Mode.SCORE)
    bills = Note.objects.of(session).in_order()[0]
    empty = seen(ben, session)
    for who, value in ((ann, 1), (ben, 4)):
        who.post(to(session, "score"), {"phase": scoring.pk, "note": bills.pk, "scale": "ease", "value": value})
    desk = alice.get(to(session, "desk")).content.decode()
    assert 'id="answered"' in desk
    assert "2.5" not in desk
    Ballot.objects.filter(participant=Participant.objects.of(session).in_order()[1]).delete()
    assert seen(ben, session) == empty  # nothing of what another gave
    ben.post(to(session, "score"), {"phase": scoring.pk, "note": bills.pk, "scale": "ease", "value": 4})
    for mode in (Mode.DECIDE, Mode.SCORE):
        go_to(session, mode)
        for name, client in (("room", ann), ("desk", alice), ("screen", alice)):
            page = client.get(to(session, name)).content.decode()
            assert "2.5" in page, (mode, name)
            assert "(spread 1.5, n = 2)" in page


def test_what_participants_tick_goes_together_and_the_facilitator_takes_it_back(
    cast: Cast, session: Session, sign_in: Callable[[Member], Client]
) -> None:
    alice, ann, grouping = sign_in(cast.alice), phone(session, "Ann"), go_to(session, Mode.GROUP)
    bills, outages, _queues = Note.objects.of(session).in_order()
    sent = {"phase": grouping.pk, "notes": [bills.pk, outages.pk], "command": str(uuid4())}
    assert ann.post(to(session, "propose"), sent, headers=HTMX).status_code == 409
    assert 'id="tie"' not in ann.get(to(session, "room")).content.decode()
    alice.post(to(session, "let_group"), {"phase": grouping.pk, "everybody": "on"}, headers=HTMX)
    assert 'id="tie"' in ann.get(to(session, "room")).content.decode()
    assert ann.post(to(session, "propose"), {**sent, "notes": [bills.pk]}, headers=HTMX).status_code == 409
    for _again in range(2):
        assert ann.post(to(session, "propose"), sent, headers=HTMX).status_code == 200
    assert ann.post(to(session, "propose"), {**sent, "command": ""}).headers["Location"] == to(session, "room")
    desk = alice.get(to(session, "desk")).content.decode()
    assert 'id="take-back-grouping"' in desk
    assert bills.pk in {note.pk for note in Note.objects.of(session).exclude(group=None)}
    assert alice.post(to(session, "take_back_grouping"), {}, headers=HTMX).status_code == 200
    assert alice.post(to(session, "take_back_grouping"), {}, headers=HTMX).status_code == 409


def test_a_grouping_that_would_cost_votes_is_refused_in_words(
    cast: Cast, session: Session, sign_in: Callable[[Member], Client]
) -> None:
    alice, ann, voting = sign_in(cast.alice), phone(session, "Ann"), go_to(session, Mode.VOTE)
    bills, outages, *_rest = Note.objects.of(session).in_order()
    group = board.make_group(session, [bills, outages])
    ann.post(to(session, "give_dot"), {"phase": voting.pk, "group": group.pk})
    grouping = go_to(session, Mode.GROUP)
    facilitate.let_group(session, grouping, everybody=True)
    refused = alice.post(to(session, "dissolve", group.pk), headers=HTMX)
    assert refused.status_code == 409
    assert "no vote is lost" in refused.content.decode()
    for client, name in ((alice, "take_back_grouping"), (ann, "propose")):
        sent = {"phase": grouping.pk, "notes": [bills.pk, outages.pk]}
        refused = client.post(to(session, name), sent, headers=HTMX)
        assert refused.status_code == 409
        assert "no vote is lost" in refused.content.decode()
    assert board.tally(voting)[0].count == 1


def test_the_desk_offers_grouping_when_there_is_something_to_group(
    cast: Cast, session: Session, sign_in: Callable[[Member], Client]
) -> None:
    alice, ann = sign_in(cast.alice), phone(session, "Ann")

    def offered() -> tuple[bool, bool]:
        page = alice.get(to(session, "desk")).content.decode()
        assert 'id="set-aside"' in page
        return 'id="make-group"' in page, 'draggable="true"' in page

    assert offered() == (False, False), "in the reading"
    for mode in (Mode.REVEAL, Mode.GROUP, Mode.VOTE):
        voting = go_to(session, mode)
        assert offered() == (True, True), mode
    bills = Note.objects.of(session).in_order()[0]
    ann.post(to(session, "give_dot"), {"phase": voting.pk, "note": bills.pk})
    assert offered() == (False, False), "once somebody has voted"


def test_the_projector_and_the_desk_count_the_same(
    cast: Cast, session: Session, sign_in: Callable[[Member], Client]
) -> None:
    alice, ann, writing = sign_in(cast.alice), phone(session, "Ann"), go_to(session, Mode.WRITE)

    def counted() -> set[str]:
        pages = [alice.get(to(session, name)).content.decode() for name in ("desk", "screen")]
        return {"".join(re.findall(r"<b>(\d+)</b> notes?|>(\d+) notes?", page)[0]) for page in pages}

    for text in ("One", "Two"):
        ann.post(to(session, "write"), {"phase": writing.pk, "text": text})
    assert counted() == {"2"}, "while they are hidden"
    go_to(session, Mode.GROUP)
    assert counted() == {str(2 + Note.objects.of(session).exclude(ref="").count())}, "with what was brought"
    facilitate.set_aside(session, Note.objects.of(session).filter(text="One"))
    assert counted() == {str(1 + Note.objects.of(session).exclude(ref="").count())}


def test_whoever_looks_through_hidden_notes_is_written_down_and_nobody_else_sees_of_it(
    cast: Cast, session: Session, sign_in: Callable[[Member], Client]
) -> None:
    alice, bob, ann, ben = sign_in(cast.alice), sign_in(cast.bob), phone(session), phone(session)
    writing = go_to(session, Mode.WRITE)
    ann.post(to(session, "write"), {"text": "zqsecret", "phase": writing.pk})
    note = Note.objects.get(text="zqsecret")

    def logged() -> list[str]:
        entries = AuditEntry.objects.filter(event=AuditEvent.MODERATED, actor=cast.alice, about=session.title)
        return [entry.details.get("how", "") for entry in entries.order_by("pk")]

    def others() -> list[str]:
        screen = alice.get(to(session, "screen"), headers=HTMX).content.decode()
        screen = re.sub(r'data-now="[^"]+"|\d\d[.:]\d\d|<progress[^>]+>', "", screen)
        heard = Event.objects.filter(stream=session.room_id).values_list("kind", flat=True)
        return [seen(ben, session), seen(ann, session), screen, *heard]

    before = others()
    assert bob.post(to(session, "look"), {"phase": writing.pk}).status_code == 403
    assert "zqsecret" in alice.post(to(session, "look"), {"phase": writing.pk}, headers=HTMX).content.decode()
    assert "zqsecret" in alice.post(to(session, "look"), {"phase": writing.pk}).content.decode()
    alice.post(to(session, "aside_hidden"), {"notes": note.pk}, headers=HTMX)
    assert logged() == ["", "", "set_aside"]
    assert "zqsecret" not in alice.get(to(session, "desk")).content.decode()
    assert others() == before
    edited = {"text": "zqsecret, better", "version": Note.objects.get(pk=note.pk).version}
    assert ann.post(to(session, "edit_note", note.pk), edited).status_code == 302  # its writer notices nothing
    go_to(session, Mode.REVEAL)
    assert "zqsecret" not in ben.get(to(session, "room")).content.decode()
    assert alice.post(to(session, "look"), {"phase": writing.pk}, headers=HTMX).status_code == 302
    assert logged() == ["", "", "set_aside"]


def test_what_is_private_is_not_looked_through(cast: Cast, sign_in: Callable[[Member], Client]) -> None:
    private = opened(cast.alice, (PhasePlan(Mode.WRITE, "Mine", authors=Authors.PRIVATE),))
    phone(private).post(to(private, "write"), {"text": "zqprivate", "phase": phase(private, Mode.WRITE).pk})
    answer = sign_in(cast.alice).post(to(private, "look"), {"phase": phase(private, Mode.WRITE).pk}, follow=True)
    assert "zqprivate" not in answer.content.decode()
    assert not AuditEntry.objects.filter(event=AuditEvent.MODERATED).exists()


def test_calm_shows_the_time_in_words_to_everybody_or_to_oneself(
    cast: Cast, session: Session, sign_in: Callable[[Member], Client]
) -> None:
    alice, ann, ben = sign_in(cast.alice), phone(session), phone(session)

    def is_calm(client: Client, name: str) -> bool:
        page = client.get(to(session, name), headers=HTMX).content.decode()
        assert ("data-calm" in page) == ("Plenty of time" in page)
        assert ("data-calm" in page) == ('aria-hidden="true"></progress>' not in page) or name == "desk"
        return "data-calm" in page

    assert ann.post(to(session, "calm"), {"calm": "on"}, headers=HTMX).status_code == 200
    assert [is_calm(ann, "room"), is_calm(ben, "room"), is_calm(alice, "screen")] == [True, False, False]
    assert ann.post(to(session, "calm"), {}).headers["Location"] == to(session, "room")
    assert not is_calm(ann, "room")
    assert alice.post(to(session, "calm_room"), {"calm": "on"}, headers=HTMX).status_code == 200
    assert all([is_calm(ann, "room"), is_calm(ben, "room"), is_calm(alice, "screen"), is_calm(alice, "desk")])
    alice.post(to(session, "calm_room"), {}, headers=HTMX)
    assert not is_calm(ben, "room")


@pytest.mark.parametrize("name", ["room", "desk", "screen"])
def test_a_page_knows_how_far_its_streams_had_come_before_it_read_anything_else(
    cast: Cast, session: Session, sign_in: Callable[[Member], Client], name: str
) -> None:
    """A version that is read after the notes would pass over a note that came in between."""
    go_to(session, Mode.GROUP)
    browser = phone(session) if name == "room" else sign_in(cast.alice)
    with CaptureQueriesContext(connection) as queries:
        assert b"data-since" in browser.get(to(session, name)).content
    about_streams = [at for at, each in enumerate(queries) if "live_stream" in each["sql"]]
    about_the_room = [at for at, each in enumerate(queries) if "workshops_session" in each["sql"]]
    assert about_streams
    assert about_streams == about_the_room[: len(about_streams)]
