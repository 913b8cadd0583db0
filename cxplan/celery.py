"""The Celery application; every setting of it is a CELERY_… setting of Django."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxplan.settings")

app = Celery("cxplan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
