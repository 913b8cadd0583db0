"""What the printed plan costs beside headless Chromium printing the very same page, and how the cost grows.

Both are cold processes whose code is compiled beforehand. CPU seconds are those of the whole tree of processes;
memory is the most that the proportional set sizes of the tree came to, sampled. The content is the demo 1, 5 and 20
times over: 20 is more than `roadmap.exports.limits` lets through, so the engine is called below that check.

Prints a line for each print and one JSON object at the end. ``cpu_ratio_1x`` and ``cpu_ratio_5x`` are the product's
CPU seconds over Chromium's, ``memory_ratio`` and ``size_ratio`` likewise at one demo; ``growth_20x`` is what twenty
demos cost the product over what one does; ``pictures_ms`` what all pictures of the demo take together.

    make bench
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django

django.setup()

import psutil
import pypdfium2
from django.core.management import call_command
from django.utils import translation

from bench.enlarge import demo
from cxplan.embedded.testing import find_browser
from cxplan.kit import charts
from roadmap.exports import pdf
from roadmap.exports.assets import SCHEME, assets
from roadmap.exports.document import document, line
from roadmap.exports.options import Options, Page

SIZES, ROUNDS = (1, 5, 20), 3
OPTIONS = Options(as_of=date(2026, 11, 4), language="fi")
#: The product's own last step, from the page and its assets to the file, in a process of its own.
PRINT = """
import sys
from pathlib import Path
from roadmap.exports import engine
kinds = {".css": "text/css", ".ttf": "font/ttf", ".svg": "image/svg+xml"}
page, out = Path(sys.argv[1]), Path(sys.argv[2])
found = {file.name: (file.read_bytes(), kinds[file.suffix]) for file in page.iterdir() if file.suffix in kinds}
out.write_bytes(engine.write((page / "plan.html").read_text(), found))
"""
CHROMIUM = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions"),
    *("--disable-background-networking", "--no-first-run", "--no-pdf-header-footer"),
    *("--export-tagged-pdf", "--generate-pdf-document-outline"),
)
PICTURES = ("journey", "dumbbells", "effort", "sweet_spots", "series", "timeline", "trace")
PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True)
class Cost:
    """What one print took."""

    cpu: float
    memory: float
    size: int
    pages: int

    def __str__(self) -> str:
        return f"{self.cpu:6.2f} CPU s, {self.memory / 1e6:5.0f} MB, {self.size / 1e3:6.0f} kB, {self.pages:4} pages"


def main() -> None:
    browser = os.environ.get("CXPLAN_BROWSER") or find_browser()
    if browser is None:
        raise SystemExit("The measure is Chromium, and none is here: install the package chromium.")
    call_command("build_assets", verbosity=0)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    ours: dict[int, Cost] = {}
    theirs: dict[int, Cost] = {}
    with tempfile.TemporaryDirectory(prefix="cxplan-bench-") as place:
        bytecode = Path(place) / "bytecode"
        for times in SIZES:
            folder = Path(place) / f"{times}x"
            _lay_out(folder, times)
            product = [sys.executable, "-c", PRINT, str(folder), str(folder / "cxplan.pdf")]
            chromium = [
                browser,
                *CHROMIUM,
                f"--user-data-dir={folder / 'profile'}",
                f"--print-to-pdf={folder / 'chromium.pdf'}",
                (folder / "one.html").as_uri(),
            ]
            if times == 1:
                _cost(product, folder / "cxplan.pdf", bytecode)  # compiles the code
            rounds = [
                (_cost(product, folder / "cxplan.pdf", bytecode), _cost(chromium, folder / "chromium.pdf", bytecode))
                for _ in range(ROUNDS if times == 1 else 1)
            ]
            ours[times], theirs[times] = (_median(costs) for costs in zip(*rounds, strict=True))
            print(f"{times:3}×  cxplan   {ours[times]}\n      Chromium {theirs[times]}", flush=True)
    print(f"pictures_ms {_pictures():.1f}")
    print(
        json.dumps(
            {
                "cpu_ratio_1x": round(ours[1].cpu / theirs[1].cpu, 2),
                "cpu_ratio_5x": round(ours[5].cpu / theirs[5].cpu, 2),
                "growth_20x": round(ours[20].cpu / ours[1].cpu, 1),
                "memory_ratio": round(ours[1].memory / theirs[1].memory, 2),
                "size_ratio": round(ours[1].size / theirs[1].size, 2),
            }
        )
    )


def _lay_out(folder: Path, times: int) -> None:
    """Write a plan's page with its assets beside it, and once more with everything in the one file."""
    folder.mkdir()
    plan = pdf.visible(demo(times))
    with translation.override(OPTIONS.language):
        html = pdf.markup(plan, OPTIONS)
    found = assets(Page.PLAN, *line(plan))
    (folder / "plan.html").write_text(html)
    for name, (body, _kind) in found.items():
        (folder / name).write_bytes(body)

    def within(text: str) -> str:
        return re.sub(rf"{SCHEME}([\w.-]+)", lambda name: _data(*found[name[1]]), text)

    def style(name: re.Match[str]) -> str:
        return f"<style>{within(found[name[1]][0].decode())}</style>"

    (folder / "one.html").write_text(re.sub(rf'<link rel="stylesheet" href="{SCHEME}([\w.-]+)">', style, html))


def _data(body: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(body).decode()}"


def _cost(command: list[str], out: Path, bytecode: Path) -> Cost:
    """Run one print to its end: its own processes, and those they left to us."""
    out.unlink(missing_ok=True)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPYCACHEPREFIX": str(bytecode), "PYTHONPATH": sys.path[0]}
    subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    cpu, most = 0.0, 0.0
    while True:
        try:
            ended, _status, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            break
        if ended:
            cpu += usage.ru_utime + usage.ru_stime
            continue
        most = max(most, _memory())
        time.sleep(0.05)
    if not out.exists():
        raise SystemExit(f"{Path(command[0]).name} printed nothing")
    return Cost(cpu, most, out.stat().st_size, len(pypdfium2.PdfDocument(out)))


def _memory() -> float:
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        try:
            total += process.memory_full_info().pss
        except psutil.Error:  # it has just ended
            continue
    return total


def _median(costs: tuple[Cost, ...]) -> Cost:
    last = costs[-1]
    return Cost(
        statistics.median(cost.cpu for cost in costs),
        statistics.median(cost.memory for cost in costs),
        last.size,
        last.pages,
    )


def _pictures() -> float:
    """Milliseconds that drawing takes while the demo becomes a document: the median of some rounds."""
    spent = 0.0

    def timed(draw: Callable[..., Any]) -> Callable[..., Any]:
        def drawn(*given: Any) -> Any:
            nonlocal spent
            start = time.process_time()
            picture = draw(*given)
            spent += time.process_time() - start
            return picture

        return drawn

    for name in PICTURES:
        setattr(charts, name, timed(getattr(charts, name)))
    plan, rounds = demo(), []
    with translation.override(OPTIONS.language):
        for _ in range(10):
            spent = 0.0
            document(plan, OPTIONS)
            rounds.append(spent * 1000)
    return statistics.median(rounds)


if __name__ == "__main__":
    main()
