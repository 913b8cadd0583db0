import os
import subprocess
import sys
from pathlib import Path

import pytest

from cxplan.embedded import ROOT, state
from cxplan.embedded.process import EmbeddedError


@pytest.fixture(autouse=True)
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CXPLAN_LOCAL", str(tmp_path / "local"))
    return tmp_path / "local"


def test_nothing_runs_in_a_new_checkout() -> None:
    with pytest.raises(state.NotRunning, match="run `make up` first"):
        state.running()


def test_others_join_the_stack_that_was_published() -> None:
    with state.held():
        with pytest.raises(state.NotRunning, match="still starting"):
            state.running()
        state.publish({"DATABASE_URL": "postgresql://here"})
        assert state.running() == {"DATABASE_URL": "postgresql://here"}
    with pytest.raises(state.NotRunning, match="run `make up` first"):
        state.running()


def test_a_killed_holder_leaves_no_lock_and_no_stale_address() -> None:
    script = (
        "import os; from cxplan.embedded import state\n"
        "with state.held(): state.publish({'A': '1'}); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == -9
    with pytest.raises(state.NotRunning, match="run `make up` first"):
        state.running()
    with state.held():
        state.publish({"A": "2"})
        assert state.running() == {"A": "2"}


def test_one_supervisor_at_a_time() -> None:
    with state.held(), pytest.raises(EmbeddedError, match="already runs"), state.held():
        pass


def test_the_key_is_made_once_and_for_its_owner(private: Path) -> None:
    private.mkdir()
    key = state.secret_key_file().read_text()
    assert len(key) > 50
    assert state.secret_key_file().read_text() == key
    assert state.secret_key_file().stat().st_mode & 0o777 == 0o600


def test_sockets_stay_below_the_limit_of_the_kernel(private: Path) -> None:
    private.mkdir()
    assert state.socket_directory(private) == private
    deep = private / ("x" * 100)
    sockets = state.socket_directory(deep)
    assert len(os.fsencode(sockets)) < 80
    assert sockets.stat().st_mode & 0o777 == 0o700
    state.remove_sockets(sockets, deep)
    assert not sockets.exists()


def test_a_command_without_a_database_says_what_to_do(private: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "run `make up` first" in done.stderr
    assert "Traceback" not in done.stderr
