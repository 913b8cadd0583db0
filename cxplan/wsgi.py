"""Django over WSGI, for granian in production."""

import os

from django.core.wsgi import get_wsgi_application

from cxplan.kit import heap
from cxplan.kit.bodies import measured_wsgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxplan.settings")

application = measured_wsgi(get_wsgi_application())
heap.settle()
