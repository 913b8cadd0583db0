"""The try-it shape: a private Postgres and Valkey, web and worker under one supervisor, without Docker.

Nothing here imports Django; `bootstrap` and `state` get by with the standard library, for they run before anything
is installed.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
