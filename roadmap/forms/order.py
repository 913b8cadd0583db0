"""Where a record goes among those it stands with."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roadmap.domain.order import Standing, Way


class MoveForm(forms.Form):
    """A way, or the key of the record to stand before; ``undo`` marks the way back."""

    to = forms.RegexField(rf"^({'|'.join(Way)}|\d{{1,18}})$", label=gettext_lazy("New place"), widget=forms.Select)
    undo = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def offer(self, row: Sequence[Standing], pk: int) -> None:
        """Name every place but the one where the record stands."""
        here = next((at for at, one in enumerate(row) if one.pk == pk), 0)
        others = [one for at, one in enumerate(row) if at not in (0, here, here + 1)]
        self.fields["to"].widget.choices = [
            *([(Way.FIRST, _("First"))] if here else []),
            *((one.pk, _("Before “%(name)s”") % {"name": one.name}) for one in others),
            *([(Way.LAST, _("Last"))] if here + 1 < len(row) else []),
        ]

    def goal(self) -> Way | int:
        """What the command understands."""
        to: str = self.cleaned_data["to"]
        return int(to) if to.isdigit() else Way(to)
