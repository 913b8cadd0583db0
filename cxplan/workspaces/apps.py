from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    name = "cxplan.workspaces"
    label = "workspaces"
    verbose_name = "Workspaces"

    def ready(self) -> None:
        from .models import history

        history.register_triggers()
