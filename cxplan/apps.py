"""The roof as a Django app: what must hold in every process that sets Django up."""

from typing import Any

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.signals import connection_created


def refuse_superuser(*, connection: Any, **_: Any) -> None:
    """A superuser passes every row rule and trigger switch, so the app must never be one.

    The server reports `is_superuser` while connecting: asking costs no query.
    """
    if connection.vendor == "postgresql" and connection.connection.info.parameter_status("is_superuser") == "on":
        raise ImproperlyConfigured(
            "DATABASE_URL names a database superuser. Give cxplan an ordinary role that owns its database."
        )


class ProjectConfig(AppConfig):
    name = "cxplan"
    label = "cxplan"
    default = True

    def ready(self) -> None:
        connection_created.connect(refuse_superuser, dispatch_uid="cxplan.refuse_superuser")
        # @shared_task binds to the current app: every process must have made it.
        import cxplan.celery  # noqa: F401, PLC0415  # Django must be set up first


class SiteFilesConfig(StaticFilesConfig):
    """The plan's style sheets are read by the renderer, which knows `cxplan-asset:`; no browser asks for them."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "css/pdf/*"]
