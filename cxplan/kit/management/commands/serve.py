"""The web process of the try-it shape."""

import socket
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections
from django.utils.module_loading import import_string


class Command(BaseCommand):
    help = "Prepare, then serve the site on a listening socket that the parent process opened."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fd", type=int, required=True, help="the file descriptor of the socket")

    def handle(self, *, fd: int, **options: Any) -> None:
        """In one process, for each start of Django takes more than a second."""
        call_command("prepare")
        connections.close_all()
        config = uvicorn.Config(
            import_string(settings.ASGI_APPLICATION),
            lifespan="off",
            proxy_headers=False,
            access_log=False,
            log_config=None,
            timeout_graceful_shutdown=5,
        )
        uvicorn.Server(config).run(sockets=[socket.socket(fileno=fd)])
