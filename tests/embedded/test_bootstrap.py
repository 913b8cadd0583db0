from pathlib import Path

import pytest

from cxplan.embedded import bootstrap


@pytest.fixture
def locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    paths = {"runtime": tmp_path / "requirements.txt", "dev": tmp_path / "requirements-dev.txt"}
    for kind, path in paths.items():
        path.write_text(f"one=={kind}")
    monkeypatch.setattr(bootstrap, "LOCKS", paths)
    return paths


def test_an_environment_is_current_until_its_lock_changes(tmp_path: Path, locks: dict[str, Path]) -> None:
    stamp = tmp_path / "stamp"
    assert not bootstrap.is_current("runtime", stamp)
    stamp.write_text(bootstrap.fingerprint("runtime"))
    assert bootstrap.is_current("runtime", stamp)
    assert not bootstrap.is_current("dev", stamp)
    locks["runtime"].write_text("two==2")
    assert not bootstrap.is_current("runtime", stamp)


def test_the_development_environment_serves_to_run(tmp_path: Path, locks: dict[str, Path]) -> None:
    stamp = tmp_path / "stamp"
    stamp.write_text(bootstrap.fingerprint("dev"))
    assert bootstrap.is_current("runtime", stamp)


def test_an_environment_without_its_python_is_not_current(
    tmp_path: Path, locks: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp = tmp_path / "stamp"
    stamp.write_text(bootstrap.fingerprint("dev"))
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / "gone")
    assert not bootstrap.is_current("dev", stamp)


def test_missing_pango_names_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(bootstrap, "has_pango", lambda: False)
    monkeypatch.setattr("shutil.which", lambda name: name if name == "apt-get" else None)
    bootstrap.ensure_pango(may_install=False)
    assert "sudo apt-get install libpango-1.0-0" in capsys.readouterr().err


def test_locks_name_no_address() -> None:
    for lock in (*bootstrap.LOCKS.values(), bootstrap.UV_LOCK):
        assert "://" not in lock.read_text()
