from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    name = "cxplan.workspaces"
    label = "workspaces"
    verbose_name = "Workspaces"

    def ready(self) -> None:
        from . import signals  # noqa: F401, PLC0415 - models exist only now
        from .models import history  # noqa: PLC0415 - models exist only now

        history.register_triggers()
