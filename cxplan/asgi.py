"""Django over ASGI, for the one uvicorn of `make up`."""

import os

from django.core.asgi import get_asgi_application

from cxplan.kit.bodies import measured_asgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxplan.settings")

application = measured_asgi(get_asgi_application())
