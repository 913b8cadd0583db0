"""A gateway that the tests of a module share, and its own for those that break something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from cxplan.embedded.valkey import Valkey
from cxplan.live.models import Stream
from tests.faults.rig import until

from .rig import Gateway


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    made = Valkey(tmp_path_factory.mktemp("valkey"))
    made.start()
    until(made.ready)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def shared(django_db_setup: None, valkey: Valkey, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    made = Gateway(tmp_path_factory.mktemp("gateway"), valkey)
    yield made
    made.stop()
    print(made.log.read_text())


@pytest.fixture
def gateway(transactional_db: None, shared: Gateway, settings: Settings) -> Gateway:
    """The gateway, and what the test itself writes is told to it."""
    settings.REDIS_URL = shared.valkey.url
    return shared


@pytest.fixture
def own(transactional_db: None, settings: Settings, tmp_path: Path) -> Iterator[Gateway]:
    """A gateway and a Valkey that the test may kill."""
    valkey = Valkey(tmp_path / "valkey")
    valkey.start()
    until(valkey.ready)
    settings.REDIS_URL = valkey.url
    made = Gateway(tmp_path, valkey)
    yield made
    made.stop()
    valkey.stop()
    print(made.log.read_text())


@pytest.fixture
def stream(db: None) -> Stream:
    return Stream.objects.create()
