"""Makes `.venv` from the hashed locks, then runs a module in it. Nothing but the standard library is at hand here.

python3 -m cxplan.embedded.bootstrap [--dev] [MODULE [ARGUMENT …]]
"""

import ctypes
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
UV_LOCK = ROOT / "requirements-uv.txt"
LOCKS = {"runtime": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}

PANGO = {
    "darwin": ("libpango-1.0.0.dylib", "libpangoft2-1.0.0.dylib"),
    "linux": ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"),
}
PANGO_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")


def say(message: str) -> None:
    print(f"cxplan: {message}", file=sys.stderr, flush=True)


def succeeds(*arguments: "str | Path") -> bool:
    try:
        return subprocess.run(arguments, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0
    except OSError:
        return False


def fingerprint(kind: str) -> str:
    """Changes with the lock and with the Python that the environment was made by."""
    return f"{kind} {hashlib.sha256(LOCKS[kind].read_bytes() + sys.version.encode()).hexdigest()}"


def is_current(kind: str, stamp: Path) -> bool:
    """The development environment contains the runtime one."""
    try:
        found = stamp.read_text()
    except FileNotFoundError:
        return False
    return found in {fingerprint(kind), fingerprint("dev")} and succeeds(PYTHON, "-c", "")


def make_venv(uv: "str | None") -> None:
    """A `.venv` that another Python made, or whose Python is gone, is made anew."""
    if succeeds(PYTHON, "-c", f"import sys; sys.exit(sys.version != {sys.version!r})"):
        return
    if uv:
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV], check=True)
        return
    if not succeeds(sys.executable, "-c", "import ensurepip, venv"):
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if not install_packages(package):
            sys.exit(f"cxplan: this Python has no venv module. Run: sudo apt-get install {package}")
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)


def install(kind: str, uv: "str | None") -> None:
    """With uv, from the path or from its own lock; pip, which knows the person's own mirrors, where uv fails."""
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r"]
    if uv is None and succeeds(*pip, UV_LOCK):
        uv = str(VENV / "bin" / "uv")
    if uv:
        locked = ["--require-hashes", "-r", str(LOCKS[kind])]
        # An organisation's own proxy is known to the platform's certificates, not to those that uv brings
        environment = {"UV_SYSTEM_CERTS": "1", **os.environ}
        command = [uv, "pip", "install", "--quiet", "--python", str(PYTHON), *locked]
        if subprocess.run(command, env=environment).returncode == 0:
            return
        say("uv could not install everything; trying pip")
    if subprocess.run([*pip, str(LOCKS[kind])]).returncode:
        sys.exit("cxplan: the packages could not be installed: the reason stands above.")


def install_packages(*names: str) -> bool:
    """Debian packages, where that may be done without asking anybody."""
    apt = shutil.which("apt-get")
    if not apt:
        return False
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if sudo and not (shutil.which("sudo") and succeeds(*sudo, "true")):
        return False
    command = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", apt]
    say(f"installing {' '.join(names)}")
    succeeds(*command, "update", "-qq")
    return succeeds(*command, "install", "-y", "-qq", "--no-install-recommends", *names)


def has_pango() -> bool:
    try:
        for name in PANGO.get(sys.platform, ()):
            ctypes.CDLL(name)
    except OSError:
        return False
    return True


def ensure_pango(*, may_install: bool) -> None:
    """The PDF's typesetting library comes from the system. Without it all else works, and the export says so."""
    if has_pango():
        return
    if shutil.which("apt-get"):
        command = "sudo apt-get install " + " ".join(PANGO_PACKAGES)
        installed = may_install and install_packages(*PANGO_PACKAGES)
    elif shutil.which("brew"):
        command = "brew install pango"
        installed = may_install and succeeds("brew", "install", "pango")
    else:
        command = "dnf install pango, apk add pango or pacman -S pango"
        installed = False
    if not (installed and has_pango()):
        say(f"the PDF export needs Pango, which is not here. Run: {command}")


def ensure(kind: str) -> None:
    private = ROOT / ".local"
    private.mkdir(mode=0o700, exist_ok=True)
    with (private / "bootstrap.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = VENV / ".cxplan"
        current = is_current(kind, stamp)
        if not current:
            began = time.monotonic()
            say("setting up .venv")
            uv = shutil.which("uv")
            make_venv(uv)
            install(kind, uv)
        ensure_pango(may_install=not current)
        if not current:
            stamp.write_text(fingerprint(kind))
            say(f"environment ready after {time.monotonic() - began:.0f} s")


def main() -> None:
    if sys.version_info < OLDEST:
        sys.exit(f"cxplan needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: make PYTHON=python3.11 …")
    arguments = sys.argv[1:]
    kind = "dev" if arguments[:1] == ["--dev"] else "runtime"
    ensure(kind)
    module = arguments[kind == "dev" :]
    if module:
        os.chdir(ROOT)
        os.execv(PYTHON, [str(PYTHON), "-m", *module])


if __name__ == "__main__":
    main()
