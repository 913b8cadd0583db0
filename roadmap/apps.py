from django.apps import AppConfig


class RoadmapConfig(AppConfig):
    name = "roadmap"

    def ready(self) -> None:
        from cxplan.workshops.domain import commands  # noqa: PLC0415 - models exist only now
        from cxplan.workspaces.domain import listening  # noqa: PLC0415 - models exist only now

        from .domain import programmes, workshops  # noqa: PLC0415 - models exist only now

        listening.STREAMS.append(programmes.streams)
        commands.TOLD.append(workshops.tell)
