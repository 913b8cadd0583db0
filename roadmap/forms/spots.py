"""The form of the sweet spots."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from journeys.models import Touchpoint
from roadmap.models import SweetSpot

from .base import RecordForm


class SweetSpotForm(RecordForm):
    rank = forms.IntegerField(
        label=_("rank"), min_value=1, max_value=32_767, required=False, help_text=_("Left empty, it comes last.")
    )

    class Meta:
        model = SweetSpot
        fields = ("touchpoint", "rank", "reason", "actions")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["rank"].required, self.fields["rank"].help_text = True, ""

    def clean_touchpoint(self) -> Touchpoint | None:
        """A touchpoint is a sweet spot once."""
        found: Touchpoint | None = self.cleaned_data["touchpoint"]
        same = SweetSpot.objects.of(self.programme).alive().filter(touchpoint=found).exclude(pk=self.instance.pk)
        if found is not None and same.exists():
            raise ValidationError(_("This touchpoint is a sweet spot already. Edit that one."))
        return found

    def values(self) -> dict[str, Any]:
        """Without a rank a new one takes the place after the last."""
        values = super().values()
        return values if values["rank"] is not None else {key: values[key] for key in values.keys() - {"rank"}}
