"""Coming in: a code from the screen, and a name for oneself, or none."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cxplan.kit.forms import put_plainly


class SeatForm(forms.Form):
    """One field; left empty, nobody's name is stored."""

    nickname = forms.CharField(
        label=_("Nickname"),
        max_length=40,
        required=False,
        help_text=_("Leave it empty to stay anonymous. We store your notes and votes, nothing else."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own are passed on
        for field in self.fields.values():
            put_plainly(field)


class CodeForm(SeatForm):
    """The code that stands on the screen; spaces and dashes do not matter."""

    code = forms.CharField(
        label=_("Six-digit code"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code-input"}),
    )
    field_order = ("code", "nickname")

    def clean_code(self) -> str:
        code = "".join(each for each in self.cleaned_data["code"] if each in "0123456789")
        if len(code) != 6:
            raise forms.ValidationError(_("Write the six digits that stand on the screen."))
        return code
