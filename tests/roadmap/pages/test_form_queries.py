"""How many queries a form's page asks: one for each list of links, however long, besides the frame's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxplan.workspaces.models import Member
from roadmap.domain.kinds import BY_NAME
from roadmap.forms import FORMS
from tests.addresses import Tenant
from tests.cast import Cast
from tests.make import make, make_linked
from tests.test_queries import grow

SignIn = Callable[[Member], Client]

#: Of the page that adds a record of the kind, and of the one that edits it, which reads the record and,
#: at once, its links.
ASKED: dict[str, tuple[int, int]] = {
    "action": (8, 10),
    "assessment": (5, 6),
    "contingency_task": (6, 7),
    "customer_call": (7, 9),
    "decision": (5, 6),
    "ecosystem_part": (5, 7),
    "finding": (6, 7),
    "gap": (10, 12),
    "insight": (7, 9),
    "interview": (6, 8),
    "journey": (6, 8),
    "key_question": (4, 5),
    "lever": (7, 9),
    "measurement": (5, 7),
    "metric": (11, 13),
    "persona": (4, 5),
    "personal_pillar": (6, 8),
    "pillar": (6, 8),
    "promise": (8, 10),
    "readiness_statement": (4, 7),
    "rollout_item": (7, 9),
    "source": (6, 5),
    "stage": (4, 5),
    "stage_assessment": (6, 7),
    "sweet_spot": (6, 8),
    "touchpoint": (9, 11),
    "touchpoint_idea": (4, 5),
    "vision": (6, 8),
    "vision_candidate": (4, 5),
    "vision_check": (4, 5),
    "vision_element": (4, 5),
    "workshop": (5, 7),
}

pytestmark = pytest.mark.django_db


def test_forms_ask_few_queries_however_much_there_is_to_choose_from(cast: Cast, sign_in: SignIn) -> None:
    tenant, alice = Tenant(cast.workspace, cast.programme, cast.alice), sign_in(cast.alice)
    base = f"/w/{cast.workspace.slug}/programmes/{cast.programme.pk}/records"
    edited = {name: _linked(cast, name) for name in FORMS}

    def asked() -> dict[str, tuple[int, int]]:
        return {
            name: (_count(alice, f"{base}/{name}/new/"), _count(alice, f"{base}/{name}/{record.pk}/"))
            for name, record in edited.items()
        }

    asked()  # the first visit keeps what all of them share
    grow(tenant)
    few = asked()
    for _ in range(2):
        grow(tenant)
    assert asked() == few
    assert few == ASKED


def _linked(cast: Cast, name: str) -> Any:
    model: Any = BY_NAME[name].model
    if name == "personal_pillar":
        return make(model, cast.programme, by=cast.alice, person=cast.alice)
    return make_linked(model, cast.programme, by=cast.alice)


def _count(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)
