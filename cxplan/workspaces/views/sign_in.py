"""The door: signing in with a password, and looking around the demo without one."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import LoginView
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from cxplan.kit.http import next_page
from cxplan.workspaces.access import Who, access
from cxplan.workspaces.domain import demo, founding
from cxplan.workspaces.middleware import SPOKEN


class SignIn(LoginView):  # type: ignore[misc]  # allauth is untyped
    """allauth's own page; in the demo it also offers the people to look around as."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["providers"] = [
            {"name": provider.name, "url": provider.get_login_url(self.request, **_onward(context))}
            for provider in get_social_adapter().list_providers(self.request)
        ]
        context["may_sign_up"] = founding.sign_up_is_open()
        context["is_first"] = context["may_sign_up"] and founding.is_empty()
        if settings.DEMO:
            context["look_around"] = [
                {
                    "key": person.key,
                    "name": person.name.partition(" ")[0],
                    "full_name": person.name,
                    "role": person.part,
                    "about": person.about,
                }
                for person in demo.people()
            ]
        return context


def _onward(context: dict[str, Any]) -> dict[str, str]:
    """The page that somebody wanted, handed on through the provider's."""
    value = context.get("redirect_field_value")
    return {REDIRECT_FIELD_NAME: value} if value else {}


sign_in = access(Who.ANYONE)(SignIn.as_view())


@access(Who.ANYONE)
@require_POST
def look_around(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's people, in the language that the visitor has just been reading."""
    user = demo.user(request.POST.get("person", "")) if settings.DEMO else None
    if user is None:
        raise Http404
    get_adapter().login(request, user)
    request.session[SPOKEN] = get_language()
    return HttpResponseRedirect(next_page(request, otherwise=resolve_url(settings.LOGIN_REDIRECT_URL)))
