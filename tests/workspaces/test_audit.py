"""The audit trail: written once, by every refusal exactly once, and read by the workspace's own owners."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from cxplan.workspaces.domain import audit, members
from cxplan.workspaces.models import AuditEntry, AuditEvent, Member
from cxplan.workspaces.views.audit import PAGE
from tests.cast import Cast

SignIn = Callable[[Member], Client]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def write(cast: Cast, event: AuditEvent = AuditEvent.JOINED, *, actor: Member | None = None, about: str = "") -> None:
    audit.write(event, workspace=cast.workspace, actor=actor or cast.bob, about=about)


def page(client: Client, query: str = "") -> str:
    answer = client.get(f"/w/alpha/audit/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def told(cast: Cast) -> list[str]:
    entries = AuditEntry.objects.of(cast.workspace).latest_first().select_related("actor", "user")
    return [entry.sentence for entry in audit.told(cast.workspace, entries)]


# Written once


def test_no_entry_is_changed_or_deleted(cast: Cast) -> None:
    write(cast, about="g1")
    entry = AuditEntry.objects.get()
    for alter in (
        lambda: AuditEntry.objects.update(about="g2"),
        lambda: AuditEntry.objects.all().delete(),
        entry.delete,
    ):
        with pytest.raises(ProgrammingError, match="Cannot update or delete rows"), transaction.atomic():
            alter()
    assert AuditEntry.objects.get().about == "g1"


def test_an_entry_falls_with_the_transaction_that_wrote_it(cast: Cast) -> None:
    with transaction.atomic():
        write(cast)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


def test_entries_outlive_the_people_and_the_workspace_that_they_name(cast: Cast) -> None:
    write(cast, actor=cast.charlie)
    before = AuditEntry.objects.values().get()
    assert cast.charlie.user is not None
    cast.charlie.user.delete()
    cast.charlie.delete()
    assert told(cast) == ["Former member joined the workspace"]
    cast.programme_next_door.delete()
    cast.next_door.delete()
    assert AuditEntry.objects.values().get() == before


# Whom it is shown to


def test_owners_read_what_happened_in_their_workspace(cast: Cast, sign_in: SignIn) -> None:
    write(cast)
    audit.write(AuditEvent.JOINED, workspace=cast.next_door, actor=cast.charlie)
    shown = page(sign_in(cast.olga))
    assert "Bob Builder joined the workspace" in shown
    assert "Charlie" not in shown


def test_owners_read_it_in_their_language(cast: Cast, sign_in: SignIn) -> None:
    write(cast)
    client = sign_in(cast.olga)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fi"
    assert "Bob Builder liittyi työtilaan" in page(client)


def test_owners_read_how_their_people_came_in_while_they_belonged(cast: Cast) -> None:
    for member in (cast.bob, cast.charlie):
        audit.write(AuditEvent.SIGNED_IN, workspace=None, user=member.user)
    assert told(cast) == ["Bob Builder signed in"]
    members.leave(cast.bob)
    audit.write(AuditEvent.SIGNED_OUT, workspace=None, user=cast.bob.user)
    with_earlier = AuditEntry.objects.of(cast.workspace)
    assert [entry.event for entry in with_earlier] == [AuditEvent.SIGNED_IN]


def test_nobody_reads_what_happened_before_they_belonged(cast: Cast) -> None:
    audit.write(AuditEvent.SIGNED_IN, workspace=None, user=cast.bob.user)
    Member.objects.filter(pk=cast.bob.pk).update(created_at=timezone.now() + timedelta(minutes=1))
    assert told(cast) == []


def test_people_concerned_are_named_by_key(cast: Cast) -> None:
    details = {"member": cast.bob.pk, "was": "member", "role": "lead"}
    audit.write(AuditEvent.ROLE_CHANGED, workspace=cast.workspace, actor=cast.olga, details=details)
    (entry,) = audit.told(cast.workspace, AuditEntry.objects.select_related("actor", "user"))
    assert entry.sentence == "Olga Owner changed what a person may do"
    assert entry.more == ("Bob Builder", "member → CX lead")


@pytest.mark.parametrize("event", AuditEvent)
def test_every_event_has_its_sentence_in_both_languages(cast: Cast, event: AuditEvent) -> None:
    write(cast, event)
    said = set()
    for language in ("en", "fi"):
        with translation.override(language):
            said.update(told(cast))
    assert len(said) == 2
    assert all(sentence.startswith("Bob Builder ") for sentence in said)


# Sorts and pages


def test_one_sort_of_entry_is_asked_for(cast: Cast, sign_in: SignIn) -> None:
    write(cast)
    write(cast, AuditEvent.EXPORTED)
    shown = page(sign_in(cast.olga), "?event=exported")
    assert "took data out" in shown
    assert "joined the workspace" not in shown


@pytest.mark.parametrize("query", ["?event=nonsense", "?before=-1", "?before=x&event=%00", "?before=" + "9" * 40])
def test_what_is_odd_in_the_address_is_passed_over(cast: Cast, sign_in: SignIn, query: str) -> None:
    write(cast)
    assert "joined the workspace" in page(sign_in(cast.olga), query)


def test_a_long_trail_is_read_page_by_page(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.olga)
    for number in range(PAGE + 1):
        write(cast, about=f"thing-{number:03}")
    first = page(client)
    assert "thing-050" in first
    assert "thing-000" not in first
    last_shown = AuditEntry.objects.get(about="thing-001")
    assert f"before={last_shown.pk}" in first
    second = page(client, f"?before={last_shown.pk}")
    assert "thing-000" in second
    assert "thing-001" not in second
    assert "Older" not in second


def test_the_page_asks_few_queries_however_long_the_trail(
    cast: Cast, sign_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in(cast.olga)
    audit.write(AuditEvent.INVITED, workspace=cast.workspace, actor=cast.olga, details={"member": cast.bob.pk})
    for _ in range(2):
        with django_assert_num_queries(5):
            page(client)
        for member in (cast.olga, cast.alice, cast.bob):
            audit.write(AuditEvent.SIGNED_IN, workspace=None, user=member.user)
            write(cast, actor=member)


# Refusals


def test_a_refusal_is_written_once_with_what_was_tried(cast: Cast, sign_in: SignIn) -> None:
    address = reverse("workspaces:audit", args=["alpha"])
    assert sign_in(cast.bob).get(address).status_code == 403
    entry = AuditEntry.objects.get(event=AuditEvent.ACCESS_REFUSED)
    assert (entry.event, entry.workspace, entry.actor, entry.user) == (
        AuditEvent.ACCESS_REFUSED,
        cast.workspace,
        cast.bob,
        cast.bob.user,
    )
    assert (entry.about, entry.details) == (address, {"method": "GET", "view": "workspaces:audit"})


def test_what_is_not_there_for_a_stranger_is_no_refusal(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.charlie).get("/w/alpha/audit/").status_code == 404
    assert [entry.event for entry in AuditEntry.objects.all()] == [AuditEvent.SIGNED_IN]
