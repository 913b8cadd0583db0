#!/usr/bin/env python
"""Django's commands. Without DATABASE_URL they use the stack that `make up` started."""

import os
import sys

from django.core.management import execute_from_command_line

from cxplan.embedded import state


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxplan.settings")
    if not {"DATABASE_URL", "DATABASE_URL_FILE"} & os.environ.keys():
        try:
            stack = state.running()
        except state.NotRunning as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(2)
        os.environ.update(stack | os.environ)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
