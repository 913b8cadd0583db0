"""How many questions a page asks the database: few, and no more when the programme grows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxplan.workspaces.models import Member
from tests.addresses import RECORDS, Address, Tenant, addresses, with_kinds, with_steps
from tests.cast import Cast
from tests.make import make_linked

#: No page may ask more, but those that read the whole plan while its summary is not cached.
MOST = 40
MORE = {
    "roadmap:programme": 70,
    "roadmap:step": 70,
    "roadmap:done_when": 70,
    "roadmap:alignment": 70,
    "roadmap:gate": 70,
    "roadmap:chain": 60,
}

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


def test_pages_ask_few_queries_however_large_the_programme(tenant: Tenant, sign_in: Callable[[Member], Client]) -> None:
    client = sign_in(tenant.member)
    paths = {str(address): (address, address.path(tenant.values(address))) for address in PAGES}
    small = {name: asked(client, path) for name, (_, path) in paths.items()}
    for _ in range(3):
        grow(tenant)
    large = {name: asked(client, path) for name, (_, path) in paths.items()}

    def most(address: Address) -> int:
        return MORE.get(address.name, MOST)

    growing = [f"{name}: {small[name]} queries became {large[name]}" for name in paths if small[name] != large[name]]
    many = [f"{name}: {large[name]}" for name, (address, _) in paths.items() if (large[name] or 0) > most(address)]
    print("\n".join(f"{count} {name}" for name, count in large.items()))
    assert not growing, "\n".join(growing)
    assert not many, "\n".join(many)
