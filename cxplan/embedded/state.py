"""The private directory of the embedded stack, and how other processes find the stack that runs from it."""

import fcntl
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cxplan.embedded import ROOT
from cxplan.embedded.process import EmbeddedError


class NotRunning(EmbeddedError):
    """No embedded stack runs from this checkout."""


def directory() -> Path:
    """Everything the embedded stack keeps: the cluster, the queue, its key and its logs."""
    return Path(os.environ.get("CXPLAN_LOCAL") or ROOT / ".local").resolve()


def _lock_file() -> Path:
    return directory() / "lock"


def _description() -> Path:
    return directory() / "stack.json"


@contextmanager
def held() -> Iterator[None]:
    """Hold the private directory: one supervisor at a time. The kernel drops the lock however the holder ends."""
    directory().mkdir(mode=0o700, parents=True, exist_ok=True)
    with _lock_file().open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EmbeddedError(
                f"cxplan already runs from this checkout (its data is in {directory()}): stop it with Ctrl-C there."
            ) from None
        _description().unlink(missing_ok=True)
        try:
            yield
        finally:
            _description().unlink(missing_ok=True)


def publish(environment: Mapping[str, str]) -> None:
    """Let other processes of this checkout join the stack; called by the holder once the services answer."""
    draft = _description().with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(dict(environment)))
    draft.replace(_description())


def running() -> dict[str, str]:
    """The environment of the stack that runs now."""
    try:
        with _lock_file().open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        pass
    except BlockingIOError:
        try:
            environment: dict[str, str] = json.loads(_description().read_text())
        except FileNotFoundError:
            raise NotRunning("The embedded stack is still starting: try again when `make up` shows its URL.") from None
        return environment
    raise NotRunning("No database: run `make up` first (in another terminal), or set DATABASE_URL and REDIS_URL.")


def socket_directory(home: Path) -> Path:
    """Where a service of `home` puts its Unix socket: the kernel takes about a hundred bytes of path, no more."""
    return home if len(os.fsencode(home)) < 80 else Path(tempfile.mkdtemp(prefix="cxplan-"))


def remove_sockets(sockets: Path, home: Path) -> None:
    if sockets != home:
        shutil.rmtree(sockets, ignore_errors=True)


def secret_key_file() -> Path:
    """The key that signs this stack's sessions, made once and readable by its owner alone."""
    path = directory() / "secret_key"
    if not path.exists():
        draft = path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        draft.replace(path)
    return path
