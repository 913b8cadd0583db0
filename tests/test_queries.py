"""How many questions a page asks the database: few, and no more when the programme grows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxplan.workspaces.models import Member
from tests.addresses import RECORDS, Tenant, addresses, with_kinds, with_steps
from tests.cast import Cast
from tests.make import make_linked

#: What each page asks once its programme's summary is kept.
ASKED: dict[str, int] = {
    "workspaces:account": 5,
    "workspaces:second_step": 3,
    "workspaces:new_workspace": 2,
    "workspaces:people": 5,
    "workshops:desk": 12,
    "workshops:rename_group": 6,
    "workshops:screen": 11,
    "roadmap:own_data": 3,
    "roadmap:download_own_data": 40,
    "roadmap:erase": 4,
    "roadmap:workspace": 9,
    "roadmap:create_programme": 3,
    "roadmap:programme": 8,
    "roadmap:edit_programme": 8,
    "roadmap:step (1)": 8,
    "roadmap:step (2)": 8,
    "roadmap:step (3)": 12,
    "roadmap:step (4)": 15,
    "roadmap:step (5)": 15,
    "roadmap:step (6)": 15,
    "roadmap:step (7)": 12,
    "roadmap:step (8)": 10,
    "roadmap:step (9)": 9,
    "roadmap:step (10)": 9,
    "roadmap:step (11)": 14,
    "roadmap:step (12)": 12,
    "roadmap:done_when (1)": 4,
    "roadmap:done_when (2)": 4,
    "roadmap:done_when (3)": 4,
    "roadmap:done_when (4)": 4,
    "roadmap:done_when (5)": 4,
    "roadmap:done_when (6)": 4,
    "roadmap:done_when (7)": 4,
    "roadmap:done_when (8)": 4,
    "roadmap:done_when (9)": 4,
    "roadmap:done_when (10)": 4,
    "roadmap:done_when (11)": 4,
    "roadmap:done_when (12)": 4,
    "roadmap:open_workshop (1)": 5,
    "roadmap:open_workshop (2)": 5,
    "roadmap:open_workshop (3)": 5,
    "roadmap:open_workshop (4)": 5,
    "roadmap:open_workshop (5)": 5,
    "roadmap:open_workshop (6)": 5,
    "roadmap:open_workshop (7)": 5,
    "roadmap:open_workshop (8)": 5,
    "roadmap:open_workshop (9)": 5,
    "roadmap:open_workshop (10)": 5,
    "roadmap:open_workshop (11)": 5,
    "roadmap:open_workshop (12)": 5,
    "roadmap:ask": 9,
    "roadmap:collect": 9,
    "roadmap:workshops": 6,
    "roadmap:workshop": 12,
    "roadmap:harvest": 12,
    "roadmap:minutes_csv": 12,
    "roadmap:minutes_json": 13,
    "roadmap:add (gap)": 10,
    "roadmap:add (touchpoint)": 9,
    "roadmap:add_many (source)": 4,
    "roadmap:add_many (finding)": 6,
    "roadmap:add_many (vision_element)": 4,
    "roadmap:add_many (vision_candidate)": 4,
    "roadmap:add_many (key_question)": 4,
    "roadmap:add_many (insight)": 4,
    "roadmap:add_many (touchpoint)": 6,
    "roadmap:add_many (gap)": 4,
    "roadmap:add_many (pillar)": 4,
    "roadmap:add_many (action)": 4,
    "roadmap:add_many (lever)": 4,
    "roadmap:add_many (touchpoint_idea)": 4,
    "roadmap:add_many (personal_pillar)": 5,
    "roadmap:add_many (readiness_statement)": 4,
    "roadmap:edit (gap)": 12,
    "roadmap:edit (touchpoint)": 11,
    "roadmap:move (gap)": 6,
    "roadmap:move (touchpoint)": 6,
    "roadmap:history (gap)": 7,
    "roadmap:history (touchpoint)": 8,
    "roadmap:paste_figures (metric)": 5,
    "roadmap:comments (gap)": 6,
    "roadmap:comments (touchpoint)": 8,
    "roadmap:comment (gap)": 6,
    "roadmap:comment (touchpoint)": 8,
    "roadmap:chain (gap)": 49,
    "roadmap:chain (touchpoint)": 49,
    "roadmap:present": 4,
    "roadmap:trash": 5,
    "roadmap:log": 8,
    "roadmap:gate": 4,
    "roadmap:alignment": 48,
    "roadmap:exports": 5,
    "roadmap:download": 7,
}

#: No page may ask more; those that read the whole plan, or every table: so many.
MOST, WHOLE_PLAN = 15, {"roadmap:alignment": 60, "roadmap:chain": 60, "roadmap:download_own_data": 40}

#: Nor more than this after a change, when nothing is kept.
COLD = 70

#: The rounds and parents of which a programme has one at a time, or which hold no list on a page.
SINGLE = {"readiness_round", "vision", "assessment"}

PAGES = [
    opened
    for address in addresses()
    if address.access and not address.is_open
    for of_kind in with_kinds(address)
    for opened in with_steps(of_kind)
]


@pytest.fixture
def tenant(cast: Cast) -> Tenant:
    tenant = Tenant(cast.workspace, cast.programme, cast.alice)
    for address in PAGES:
        tenant.values(address)
    grow(tenant)
    return tenant


def grow(tenant: Tenant) -> None:
    """One more of every kind."""
    for kind in RECORDS:
        if kind.name not in SINGLE:
            model: type = kind.model
            make_linked(model, tenant.programme, by=tenant.member)


def asked(client: Client, path: str) -> int | None:
    """How many queries a page takes; nothing for an address that shows no page."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    return len(queries) if response.status_code == 200 else None


def test_pages_ask_few_queries_however_large_the_programme(
    tenant: Tenant, sign_in: Callable[[Member], Client], fresh_cache: Callable[[], None]
) -> None:
    client = sign_in(tenant.member)
    paths = {str(address): address.path(tenant.values(address)) for address in PAGES}

    def count() -> tuple[dict[str, int], dict[str, int]]:
        """What each page asks when nothing is kept, and when it is opened again."""
        cold, warm = {}, {}
        for name, path in paths.items():
            fresh_cache()
            first, again = asked(client, path), asked(client, path)
            if first is not None and again is not None:
                cold[name], warm[name] = first, again
        return cold, warm

    small = count()
    for _ in range(3):
        grow(tenant)
    cold, warm = count()
    assert (cold, warm) == small
    assert warm == ASKED
    assert max(cold.values()) <= COLD
    assert not {name: queries for name, queries in warm.items() if queries > WHOLE_PLAN.get(name.split(" ")[0], MOST)}
