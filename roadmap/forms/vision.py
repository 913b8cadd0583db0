"""The form of the vision."""

from __future__ import annotations

from typing import Any

from roadmap.domain import approvals
from roadmap.models import (
    Vision,
)

from .base import STATEMENT, RecordForm, limit


class VisionForm(RecordForm):
    class Meta:
        model = Vision
        fields = ("statement", "year", "built_on_findings", "built_on_interviews")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit(self.fields["statement"], STATEMENT)
        if not self.instance.pk and self.initial.get("year") is None:
            self.initial["year"] = self.programme.vision_year

    def values(self) -> dict[str, Any]:
        """An approval is given to words: other words are a draft again."""
        values = super().values()
        if "statement" in self.changed_data and self.instance.pk and approvals.is_approved(self.instance):
            values |= approvals.BY_MODEL[Vision].no_values()
        return values
