"""What every test stands on."""

import fcntl
import os
from pathlib import Path

import pytest
from django.conf import settings

from cxplan.kit import assets

pytest_plugins = ["tests.fixtures"]

# --- Built files ----------------------------------------------------------------------------------------------------


def pytest_sessionstart() -> None:
    """Style sheets, fonts and compiled translations, as `make up` has them; quick where nothing changed.

    Before the tests are collected: what a module translates while it is imported would leave the catalogue it found,
    or none, to the whole run. One worker at a time, under the lock of `manage.py prepare`: a file made twice would
    look changed, and the static files would be collected anew under a server that is serving them.
    """
    root = Path(settings.BASE_DIR)
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    with Path(root, "build", "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assets.build(root)


# --- The browser ----------------------------------------------------------------------------------------------------

NO_BROWSER = "no Chromium on this machine"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("CXPLAN_BROWSER"):
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """The last line of a run that left the browser out says so."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    skipped = [report for report in reports if NO_BROWSER in str(report.longrepr)]
    if skipped:
        print(f"{len(skipped)} browser tests skipped: install Chromium (sudo apt-get install chromium), then make test")
