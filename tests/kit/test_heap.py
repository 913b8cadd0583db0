"""Serving processes keep what they loaded out of the collector's sight."""

from __future__ import annotations

import subprocess
import sys

#: Fewer objects than Django alone loads.
LOADED = 50_000

BOTH_DOORS = """
import gc
import cxplan.wsgi
print(gc.get_freeze_count())
gc.unfreeze()
import cxplan.asgi
print(gc.get_freeze_count())
"""


def test_pages_and_streams_are_served_with_their_code_out_of_the_collectors_sight() -> None:
    done = subprocess.run([sys.executable, "-c", BOTH_DOORS], capture_output=True, text=True, check=True)
    assert all(int(count) > LOADED for count in done.stdout.split())
    assert len(done.stdout.split()) == 2
