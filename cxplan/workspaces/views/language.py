"""The switch between languages."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views import i18n
from django.views.decorators.http import require_POST

from cxplan.workspaces.access import Who, access
from cxplan.workspaces.domain import accounts
from cxplan.workspaces.middleware import SPOKEN
from cxplan.workspaces.models import User


@access(Who.ANYONE)
@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Django's switch, remembered in the profile of whoever is signed in."""
    response = i18n.set_language(request)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES) and isinstance(request.user, User):
        request.session[SPOKEN] = language
        accounts.speak(request.user, language)
    return response
