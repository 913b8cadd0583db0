"""The reader's own language, once they have signed in."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import check_for_language

GetResponse = Callable[[HttpRequest], HttpResponse]

#: Where the session keeps the language: read on each request, and asks no query of its own.
SPOKEN: Final = "language"


def own_language(get_response: GetResponse) -> GetResponse:
    """Prefer the language of the reader's profile to the one their browser or a cookie asks for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = request.session.get(SPOKEN)
        if language and check_for_language(language):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return get_response(request)

    return middleware
