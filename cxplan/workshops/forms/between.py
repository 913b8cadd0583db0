"""Until when something is open between meetings."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .room import CommandForm

#: Whatever is open longer is forgotten by everybody.
LONGEST: Final = timedelta(days=90)
#: How a browser writes a day and a time.
LOCAL: Final = "%Y-%m-%dT%H:%M"


class DeadlineField(forms.DateTimeField):
    """A day and a time to come, in the house's own time zone."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(format=LOCAL, attrs={"type": "datetime-local"})
        kwargs = {"label": gettext_lazy("Open until"), "input_formats": [LOCAL], "widget": widget, **kwargs}
        super().__init__(**kwargs)

    def clean(self, value: Any) -> datetime | None:
        self.error_messages["invalid"] = _("Write the day and the time, for example 2026-11-04T13:00.")
        until: datetime | None = super().clean(value)
        if until is not None and until <= timezone.now():
            raise forms.ValidationError(_("Choose a time that is still to come."))
        if until is not None and until > timezone.now() + LONGEST:
            days = LONGEST.days
            raise forms.ValidationError(
                _("Choose a time within %(days)d days: people forget what is open longer.") % {"days": days}
            )
        return until


class DeadlineForm(CommandForm):
    deadline = DeadlineField()
