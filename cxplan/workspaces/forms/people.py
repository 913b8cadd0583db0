"""Forms of the people page, and those by which people come in."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm
from django import forms
from django.contrib.auth import password_validation
from django.db import transaction
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cxplan.kit.forms import name_the_blank, put_plainly
from cxplan.workspaces.domain import accounts, founding
from cxplan.workspaces.domain.teams import Way
from cxplan.workspaces.models import Member, Team, User, Workspace

EMAIL_MOST = 254


def speak(fields: dict[str, forms.Field], required: dict[str, Any]) -> None:
    """Label fields as sentences begin, and let them say what to do."""
    for name, field in fields.items():
        field.label = capfirst(field.label or "")
        put_plainly(field, required=required.get(name, ""))
        if isinstance(field, forms.EmailField):
            field.error_messages["invalid"] = str(_("Write the whole address, for example aino@company.com."))


class PersonForm(forms.ModelForm[Member]):
    """Who somebody is, and what they may do in the workspace."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Member
        fields = ("name", "title", "team", "role", "is_approver")
        labels = {"title": _("job title")}
        help_texts = {
            "role": _(
                "A viewer reads, comments and prints. A member adds and edits. A CX lead also decides and starts "
                "programmes. An owner also takes care of people and teams."
            ),
            "is_approver": _("Management’s right to approve the vision, the pillars, the promises and the summary."),
        }

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team: Any = self.fields["team"]
        team.queryset = Team.objects.of(workspace).in_order()
        name_the_blank(team, _("No team"))
        if self.instance.pk:
            self.initial["version"] = self.instance.version
        speak(self.fields, {"name": _("Write the name, for example “Aino Kettula”.")})

    def values(self) -> dict[str, Any]:
        """The columns to write."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}


class NewPersonForm(PersonForm):
    """A person to name on records; with an address they are invited at once."""

    email = forms.EmailField(
        label=_("e-mail"),
        required=False,
        max_length=EMAIL_MOST,
        help_text=_("With an address we send an invitation. Without one the person can be named, but not sign in."),
    )

    field_order = ("name", "email", "title", "team", "role", "is_approver", "version")


class InvitationForm(forms.Form):
    """Where to send the link that lets somebody in."""

    email = forms.EmailField(label=_("e-mail"), max_length=EMAIL_MOST)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speak(self.fields, {"email": _("Write the address to send the invitation to.")})


class TeamForm(forms.ModelForm[Team]):
    class Meta:
        model = Team
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speak(self.fields, {"name": _("Write the name of the team, for example “Customer service”.")})


class MoveTeamForm(forms.Form):
    to = forms.TypedChoiceField(choices=[(way, way) for way in Way], coerce=Way)


class JoinForm(forms.Form):
    """An account for somebody who was invited: the link has told their address."""

    name = forms.CharField(label=_("name"), max_length=300, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters. A few words one after the other are easy to remember."),
    )
    language = forms.ChoiceField(label=_("language"), choices=User._meta.get_field("language").choices or ())

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        speak(self.fields, {"name": _("Write your name."), "password": _("Choose a password.")})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "password" in cleaned:
            try:
                password_validation.validate_password(
                    cleaned["password"], User(email=self.email, name=cleaned.get("name", ""))
                )
            except forms.ValidationError as weak:
                self.add_error("password", weak)
        return cleaned


class WorkspaceForm(forms.ModelForm[Workspace]):
    class Meta:
        model = Workspace
        fields = ("name",)
        labels = {"name": _("name of the organisation")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speak(self.fields, {"name": _("Write the name, for example “Suvantola Energy”.")})


class SignUpForm(SignupForm):  # type: ignore[misc]  # allauth is untyped
    """An account and a workspace of its own, for somebody whom nobody invited."""

    name = forms.CharField(label=_("your name"), max_length=300, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    workspace = forms.CharField(
        label=_("name of the organisation"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        help_text=_("The workspace gets this name. You will own it and can invite the others."),
    )

    field_order = ("workspace", "name", "email", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("e-mail")
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["password1"].help_text = JoinForm.base_fields["password"].help_text
        self.fields["password1"].label = _("password")
        required = {
            "workspace": _("Write the name, for example “Suvantola Energy”."),
            "name": _("Write your name."),
            "email": _("Write your address."),
            "password1": _("Choose a password."),
        }
        speak(self.fields, required)

    def try_save(self, request: HttpRequest) -> Any:
        """The account and its workspace, both or neither; one person after the other."""
        with founding.one_at_a_time():
            if not founding.sign_up_is_open():  # somebody was first meanwhile
                raise founding.Closed
            is_first = founding.is_empty()
            user, response = super().try_save(request)
            if user is not None and is_first:
                accounts.trust_address(user)  # whoever sets the installation up may have no mail to confirm by yet
            return user, response

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth's hook, once it has made the account."""
        user.name, user.language = self.cleaned_data["name"], (get_language() or "en")[:2]
        with transaction.atomic():
            user.save(update_fields=["name", "language"])
            founding.found(name=self.cleaned_data["workspace"], owner=user)
