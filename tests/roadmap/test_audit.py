"""What the plan's own commands write into the audit trail, and that no words of a record stand there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cxplan.workspaces.models import AuditEntry, AuditEvent, Member
from roadmap import tasks
from roadmap.domain import programmes, records
from roadmap.domain.kinds import ALL, Kind
from roadmap.models import Gap
from tests.cast import Cast
from tests.make import make, make_export

SignIn = Callable[[Member], Client]


def entry() -> tuple[str, Member | None, str, Any]:
    """The one entry beside those of people signing in."""
    found = AuditEntry.objects.exclude(event=AuditEvent.SIGNED_IN).select_related("actor").get()
    return found.event, found.actor, found.about, found.details["how"]


@pytest.mark.parametrize("kind", [kind for kind in ALL if kind.is_record], ids=lambda kind: kind.name)
def test_a_deletion_is_written_by_the_id_and_without_the_words(cast: Cast, kind: Kind) -> None:
    model: Any = kind.model
    record = make(model, cast.programme, by=cast.bob)
    records.trash(record, programme=cast.programme, by=cast.alice)
    about = getattr(record, "exchange_id", "")
    assert entry() == (AuditEvent.DELETED, cast.alice, about, "trash")
    assert AuditEntry.objects.get().details.keys() == {"how", "model", "programme"}


def test_bringing_a_record_back_deletes_nothing(cast: Cast) -> None:
    gap = make(Gap, cast.programme, by=cast.bob)
    records.trash(gap, programme=cast.programme, by=cast.alice)
    records.restore(gap, programme=cast.programme, by=cast.alice)
    assert AuditEntry.objects.count() == 1


def test_the_deletion_of_a_programme_is_written(cast: Cast) -> None:
    programmes.trash(cast.programme, by=cast.alice)
    assert entry() == (AuditEvent.DELETED, cast.alice, "Alongside", "trash")


def test_who_asked_for_the_plan_is_written(cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.make_export, "apply_async", lambda **_: None)
    exports = f"/w/alpha/programmes/{cast.programme.pk}/exports/"
    sign_in(cast.carol).post(exports, {"language": "fi", "parts": "full"})
    assert entry() == (AuditEvent.EXPORTED, cast.carol, "Alongside", "asked")


def test_who_took_the_plan_along_is_written(cast: Cast, sign_in: SignIn) -> None:
    made = make_export(cast.programme, cast.alice)
    assert not AuditEntry.objects.exists()
    sign_in(cast.carol).get(f"/w/alpha/programmes/{cast.programme.pk}/exports/{made.pk}/plan.pdf")
    assert entry() == (AuditEvent.EXPORTED, cast.carol, "Alongside", "downloaded")


def test_owners_read_it_in_words(cast: Cast, sign_in: SignIn) -> None:
    gap = make(Gap, cast.programme, by=cast.bob, title="Left in the dark")
    records.trash(gap, programme=cast.programme, by=cast.alice)
    page = sign_in(cast.olga).get("/w/alpha/audit/").content.decode()
    assert "Alice Leader moved a record to the trash" in page
    assert f"gap · {gap.exchange_id}" in page
    assert "Left in the dark" not in page
