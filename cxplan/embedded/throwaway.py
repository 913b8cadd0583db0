"""Runs one command on a throw-away stack: quick, private, gone afterwards. `make test` and `make bench` stand on it.

python -m cxplan.embedded.throwaway COMMAND [ARGUMENT …]
"""

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from cxplan.embedded import ROOT
from cxplan.embedded.keeper import Attention, Keeper, Stopped
from cxplan.embedded.postgres import Postgres
from cxplan.embedded.process import EmbeddedError, stop
from cxplan.embedded.valkey import Valkey


def directory(stack: ExitStack) -> Path:
    """A private directory, as Postgres may need one that another account owns; removed at the end."""
    path = Path(tempfile.mkdtemp(prefix="cxplan-"))
    stack.callback(shutil.rmtree, path, ignore_errors=True)
    return path


def run(command: list[str], stack: ExitStack, attention: Attention) -> int:
    keeper = Keeper(attention)
    postgres = Postgres(directory(stack), durable=False)
    valkey = Valkey(directory(stack))
    stack.callback(keeper.stop)
    keeper.add(postgres, valkey)
    keeper.ready((postgres, valkey))
    environment = os.environ | {"DATABASE_URL": postgres.url, "REDIS_URL": valkey.url}
    # In this terminal's process group: Ctrl-C reaches the command itself, and it may ask for input.
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        keeper.until(lambda: process.poll() is not None, every=60)
    finally:
        stop(process, seconds=20)
    return process.returncode


def main(command: list[str]) -> int:
    with ExitStack() as stack:
        attention = stack.enter_context(Attention())
        try:
            return run(command, stack, attention)
        except Stopped:
            return 130
        except EmbeddedError as error:
            print(f"cxplan: {error}", file=sys.stderr, flush=True)
            return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
