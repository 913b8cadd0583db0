"""The bottom floor as a Django app."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "cxplan.kit"
    label = "kit"
