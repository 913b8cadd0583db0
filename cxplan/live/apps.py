"""The floor of live streams as a Django app."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "cxplan.live"
    label = "live"
