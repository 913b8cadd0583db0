"""The real Postgres and Valkey, started, killed and started again."""

import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import psycopg
import pytest
import redis

from cxplan.embedded import ROOT
from cxplan.embedded.keeper import Attention, Keeper
from cxplan.embedded.postgres import Postgres
from cxplan.embedded.process import EmbeddedError
from cxplan.embedded.valkey import Valkey

KILLED_HOLDER = """
import os, sys, psycopg, redis
from pathlib import Path
from cxplan.embedded.keeper import Attention, Keeper
from cxplan.embedded.postgres import Postgres
from cxplan.embedded.valkey import Valkey

with Attention() as attention:
    keeper = Keeper(attention)
    postgres, valkey = Postgres(Path(sys.argv[1])), Valkey(Path(sys.argv[2]))
    keeper.add(postgres, valkey)
    keeper.ready([postgres, valkey])
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'a note' AS text")
    redis.Redis.from_url(valkey.url).lpush("queue", "a job")
    if sys.argv[3] == "servers":
        postgres.process.kill()
        valkey.process.kill()
    os.kill(os.getpid(), 9)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A short path that another account may reach, as the cluster needs where root has no user namespace."""
    path = Path(tempfile.mkdtemp(prefix="cx-"))
    yield path
    rmtree(path)


@pytest.fixture
def queue_home(tmp_path: Path) -> Path:
    return tmp_path / "valkey"


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    with Attention() as attention:
        keeper = Keeper(attention)
        yield keeper
        keeper.stop()


@pytest.mark.parametrize("victim", ["supervisor", "servers"])
def test_what_was_acknowledged_survives_a_kill(keeper: Keeper, home: Path, queue_home: Path, victim: str) -> None:
    arguments = [sys.executable, "-c", KILLED_HOLDER, str(home), str(queue_home), victim]
    assert subprocess.run(arguments, cwd=ROOT, check=False).returncode == -signal.SIGKILL

    postgres, valkey = Postgres(home), Valkey(queue_home)
    keeper.add(postgres, valkey)
    keeper.ready([postgres, valkey])
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT text FROM kept").fetchone() == ("a note",)
        assert connection.info.parameter_status("is_superuser") == "off"
    with redis.Redis.from_url(valkey.url) as client:
        assert client.lrange("queue", 0, -1) == [b"a job"]


def test_a_cluster_of_another_major_is_refused_in_words(home: Path) -> None:
    postgres = Postgres(home)
    postgres.data.mkdir(parents=True)
    (postgres.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedError, match="made by PostgreSQL 12") as caught:
        postgres.start()
    assert str(postgres.home) in str(caught.value)
