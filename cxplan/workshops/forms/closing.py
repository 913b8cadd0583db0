"""Where to send what somebody wrote."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .room import CommandForm


class AddressForm(CommandForm):
    """A guest's address, for one mail."""

    address = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("Used for this one mail, and not stored."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # the room's own are passed on
        self.fields["address"].error_messages["invalid"] = str(_("Write an address such as anna@example.com."))
