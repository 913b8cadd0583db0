"""The colour switch, the gallery, and what is said when something fails."""

import re
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from django.conf import LazySettings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django_htmx.middleware import HtmxDetails

from cxplan.kit import views
from cxplan.kit.middleware import fragments
from cxplan.workspaces.models import Member
from tests.cast import Cast

pytestmark = pytest.mark.django_db  # the door looks whether anybody has been here


class TestTheme:
    def test_is_kept_and_the_page_comes_back(self, client: Client) -> None:
        answer = client.post("/theme/", {"theme": "dark", "next": "/accounts/login/?next=/w/"})
        assert answer.status_code == 302
        assert answer["Location"] == "/accounts/login/?next=/w/"
        assert answer.cookies["theme"].value == "dark"
        assert answer.cookies["theme"]["httponly"]

    @pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "", "javascript:alert(1)"])
    def test_comes_back_to_this_site_only(self, client: Client, elsewhere: str) -> None:
        assert client.post("/theme/", {"theme": "auto", "next": elsewhere})["Location"] == "/"

    def test_refuses_other_colours(self, client: Client) -> None:
        answer = client.post("/theme/", {"theme": '"><script>'})
        assert answer.status_code == 400
        assert "theme" not in answer.cookies

    @pytest.mark.parametrize(("cookie", "shown"), [("dark", 'data-theme="dark"'), ("light", 'data-theme="light"')])
    def test_stands_in_the_first_byte_of_the_page(self, client: Client, cookie: str, shown: str) -> None:
        client.cookies["theme"] = cookie
        assert shown in client.get("/accounts/login/").content.decode()

    @pytest.mark.parametrize("cookie", ["auto", "pink", '"><b>'])
    def test_is_the_systems_otherwise(self, client: Client, cookie: str) -> None:
        client.cookies["theme"] = cookie
        assert "data-theme=" not in client.get("/accounts/login/").content.decode()


class TestLanguage:
    def test_is_switched_and_the_page_stays(self, client: Client) -> None:
        page = client.get("/accounts/login/?next=/w/", headers={"Accept-Language": "fi"}).content.decode()
        assert '<html lang="fi">' in page
        assert '<input type="hidden" name="next" value="/accounts/login/?next=/w/">' in page
        answer = client.post("/i18n/setlang/", {"language": "en", "next": "/accounts/login/?next=/w/"})
        assert answer["Location"] == "/accounts/login/?next=/w/"
        assert '<html lang="en">' in client.get("/accounts/login/", headers={"Accept-Language": "fi"}).content.decode()

    def test_each_is_named_in_itself(self, client: Client) -> None:
        page = client.get("/accounts/login/", headers={"Accept-Language": "en"}).content.decode()
        assert re.search(r'<button [^>]*lang="fi">.*Suomeksi</button>', page)


class TestGallery:
    def test_is_for_developers(self, client: Client) -> None:
        assert client.get("/dev/components/").status_code == 404

    def test_shows_every_component(self, client: Client, settings: LazySettings) -> None:
        settings.DEBUG = True
        answer = client.get("/dev/components/")
        assert answer.status_code == 200
        templates = {template.name for template in answer.templates}
        tags = (settings.BASE_DIR / "cxplan/kit/templatetags/ui.py").read_text(encoding="utf-8")
        asked_for = client.get("/dev/components/", headers={"HX-Request": "true"})
        templates |= {template.name for template in asked_for.templates}
        assert set(re.findall(r'"(ui/\w+\.html)"', tags)) <= templates
        assert asked_for.content.decode().lstrip().startswith("<cx-dialog>")


def failed(handler: Callable[..., HttpResponse], *args: Any) -> HttpResponse:
    return handler(RequestFactory().post("/w/x/"), *args)


class TestFailures:
    def test_a_body_too_large_has_its_own_answer(self) -> None:
        answer = failed(views.bad_request, RequestDataTooBig())
        assert answer.status_code == 413
        assert "That is too large to send" in answer.content.decode()

    def test_any_other_bad_request(self) -> None:
        assert failed(views.bad_request, SuspiciousOperation()).status_code == 400

    def test_a_broken_page(self) -> None:
        answer = failed(views.server_error)
        assert answer.status_code == 500
        assert "What was saved before is safe" in answer.content.decode()

    def test_an_old_form(self) -> None:
        client = Client(enforce_csrf_checks=True)
        answer = client.post("/theme/", {"theme": "dark"})
        assert answer.status_code == 403
        assert "This page has grown old" in answer.content.decode()

    def test_an_address_of_nothing(self, client: Client) -> None:
        answer = client.get("/nothing/here/", headers={"Accept-Language": "fi"})
        assert answer.status_code == 404
        assert "Täällä ei ole mitään" in answer.content.decode()

    @pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "409", "413", "429", "500"])
    def test_every_page_stands_without_a_request(self, code: str) -> None:
        page = render_to_string(f"{code}.html")
        assert "data-error-page" in page
        assert page.count("<h1>") == 1
        assert len(re.findall(r"<p>", page)) >= 2  # what happened and whether the work is safe; what to do


class TestFromElsewhere:
    """A browser says where a form came from; one that says nothing is left to the token."""

    @pytest.mark.parametrize("site", ["cross-site", "same-site", "", "odd"])
    def test_a_form_of_another_site_is_refused_whatever_it_bears(self, client: Client, site: str) -> None:
        answer = client.post("/theme/", {"theme": "dark"}, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403
        assert "theme" not in answer.cookies

    @pytest.mark.parametrize("site", ["same-origin", "none", None])
    def test_our_own_is_taken(self, client: Client, site: str | None) -> None:
        headers = {"Sec-Fetch-Site": site} if site else {}
        assert client.post("/theme/", {"theme": "dark"}, headers=headers).status_code == 302

    def test_a_link_from_elsewhere_opens(self, client: Client) -> None:
        assert client.get("/accounts/login/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


class TestHeaders:
    EVERYWHERE: ClassVar = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Robots-Tag": "noindex, nofollow",
    }

    @pytest.mark.parametrize("path", ["/accounts/login/", "/nothing/here/", "/"])
    def test_stand_on_every_answer(self, client: Client, path: str) -> None:
        answer = client.get(path)
        assert {name: answer[name] for name in self.EVERYWHERE} == self.EVERYWHERE
        assert "camera=()" in answer["Permissions-Policy"]
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert "unsafe" not in answer["Content-Security-Policy"]

    def test_no_cache_between_keeps_the_page_of_who_has_signed_in(
        self, cast: Cast, sign_in: Callable[[Member], Client]
    ) -> None:
        answer = sign_in(cast.carol).get("/w/alpha/")
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "private, no-cache"


class TestFragments:
    def answer(self, response: HttpResponse, **headers: str) -> HttpResponse:
        request = RequestFactory().get("/w/x/form/", headers=headers)
        setattr(request, "htmx", HtmxDetails(request))  # noqa: B010  # as its middleware does
        return fragments(lambda request: response)(request)

    def test_an_expired_sign_in_moves_the_whole_page(self) -> None:
        answer = self.answer(
            HttpResponseRedirect("/accounts/login/?next=/w/x/form/"),
            **{"HX-Request": "true", "HX-Current-URL": "http://testserver/w/x/?a=1"},
        )
        assert answer["HX-Redirect"] == "/accounts/login/?next=%2Fw%2Fx%2F%3Fa%3D1"
        assert answer.status_code == 200

    def test_a_page_follows_the_redirect_itself(self) -> None:
        assert self.answer(HttpResponseRedirect("/accounts/login/")).status_code == 302

    def test_other_redirects_pass(self) -> None:
        answer = self.answer(HttpResponseRedirect("/w/x/"), **{"HX-Request": "true"})
        assert answer["Location"] == "/w/x/"

    def test_caches_keep_fragments_and_pages_apart(self) -> None:
        assert "HX-Request" in self.answer(HttpResponse())["Vary"]


def test_middleware_bears_a_request_without_htmx() -> None:
    request = HttpRequest()
    assert fragments(lambda request: HttpResponse("x"))(request).content == b"x"
