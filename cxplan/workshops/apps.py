from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkshopsConfig(AppConfig):
    name = "cxplan.workshops"
    verbose_name = _("Workshops")

    def ready(self) -> None:
        from cxplan.workspaces.domain import listening  # noqa: PLC0415 - models exist only now

        from .domain import seats  # noqa: PLC0415 - models exist only now

        listening.STREAMS.extend([seats.rooms, seats.desks])
