from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    name = "cxplan.workspaces"
    label = "workspaces"
    verbose_name = "Workspaces"

    def ready(self) -> None:
        from .models import history  # noqa: PLC0415 - models exist only now

        history.register_triggers()
