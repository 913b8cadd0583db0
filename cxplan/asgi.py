"""Django over ASGI, for the one uvicorn of `make up`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxplan.settings")

application = get_asgi_application()
