"""Sign-in at the organisation's own provider, against a small one of our own on the loopback interface."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from cxplan import settings as product
from cxplan.workspaces.models import User
from tests.make import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]

LOGIN, THERE, BACK = "/accounts/login/", "/accounts/oidc/own/login/", "/accounts/oidc/own/login/callback/"
EMAIL, ID, SECRET = "alice@example.com", "cxplan", "a secret between the two of us"


@dataclass
class Provider:
    """Says who somebody is, in the terms of OpenID Connect."""

    url: str = ""
    who: dict[str, Any] = field(default_factory=lambda: {"sub": "a1", "email": EMAIL, "email_verified": True})
    asked: list[dict[str, list[str]]] = field(default_factory=list)

    def answer(self, path: str, body: str) -> dict[str, Any]:
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.url,
                **{f"{name}_endpoint": f"{self.url}/{name}" for name in ("authorization", "token", "userinfo")},
                "jwks_uri": f"{self.url}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        if path == "/token":
            self.asked.append(parse_qs(body))
            claims = {"iss": self.url, "aud": ID, "iat": int(time.time()), "exp": int(time.time()) + 60, **self.who}
            return {
                "access_token": "open sesame",
                "token_type": "Bearer",
                "id_token": jwt.encode(claims, "k" * 32, algorithm="HS256"),
            }
        return self.who


@pytest.fixture
def provider(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            content = json.dumps(provider.answer(urlsplit(self.path).path, body)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name, value in (
        ("SERVER_URL", provider.url),
        ("NAME", "Own House"),
        ("CLIENT_ID", ID),
        ("CLIENT_SECRET", SECRET),
    ):
        monkeypatch.setenv(f"OIDC_{name}", value)
    settings.SOCIALACCOUNT_PROVIDERS = product.oidc()
    yield provider
    server.shutdown()
    server.server_close()


def come(client: Client, **changes: str) -> Any:
    """Go to the provider and come back from there."""
    sent = urlsplit(client.get(f"{THERE}?next=/account/").headers["Location"])
    asked = {name: values[0] for name, values in parse_qs(sent.query).items()}
    return client.get(BACK, {"code": "one", "state": asked["state"], **changes})


def is_inside(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_without_settings_there_is_no_provider(client: Client) -> None:
    assert product.oidc() == {}
    assert "/oidc/" not in client.get(LOGIN).content.decode()
    for address in (THERE, BACK):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404


def test_half_the_settings_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIDC_SERVER_URL", "https://login.example/")
    monkeypatch.setenv("OIDC_NAME", "Own House")
    with pytest.raises(ImproperlyConfigured, match="OIDC_CLIENT_ID, OIDC_CLIENT_SECRET must be too"):
        product.oidc()
    monkeypatch.setenv("OIDC_CLIENT_ID", ID)
    monkeypatch.setenv("OIDC_CLIENT_SECRET", SECRET)
    assert product.oidc()
    monkeypatch.setenv("OIDC_SERVER_URL", "http://login.example/")
    with pytest.raises(ImproperlyConfigured, match="OIDC_SERVER_URL must be https"):
        product.oidc()


def test_the_door_offers_it_by_its_name(provider: Provider, client: Client) -> None:
    make_user("Alice Leader")
    page = client.get(f"{LOGIN}?next=/w/alpha/").content.decode()
    assert "Sign in with Own House" in page
    assert f'href="{THERE}?next=%2Fw%2Falpha%2F"' in page


def test_a_verified_address_opens_the_account_that_has_it(provider: Provider, client: Client) -> None:
    alice = make_user("Alice Leader")
    assert come(client).headers["Location"] == "/account/"
    assert is_inside(client)
    assert SocialAccount.objects.get().user == alice
    (asked,) = provider.asked
    assert asked["client_secret"] == [SECRET]
    assert "code_verifier" in asked


def test_from_then_on_the_providers_own_id_does(provider: Provider, client: Client) -> None:
    make_user("Alice Leader")
    come(client)
    provider.who |= {"email": "alice@renamed.example"}
    again = Client()
    come(again)
    assert is_inside(again)


def untie(client: Client) -> Any:
    """Show who one is once more, and untie the provider."""
    address = f"/account/links/{SocialAccount.objects.get().pk}/end/"
    asked = client.post(address)
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    assert SocialAccount.objects.exists()
    return client.post(asked.headers["Location"], {"password": PASSWORD}, follow=True)


def test_a_link_is_untied_by_whoever_has_it(provider: Provider, client: Client) -> None:
    make_user("Alice Leader")
    come(client)
    assert "Untie “Own House”" in client.get("/account/").content.decode()
    answer = untie(client)
    assert "no longer opens this account" in answer.content.decode()
    assert not SocialAccount.objects.exists()
    provider.who |= {"email": "alice@renamed.example"}
    stranger = Client()
    come(stranger)
    assert not is_inside(stranger)


def test_nobody_unties_the_last_way_in_or_the_link_of_another(provider: Provider, client: Client) -> None:
    alice = make_user("Alice Leader")
    come(client)
    bob = Client()
    bob.force_login(make_user("Bob Builder"), backend="django.contrib.auth.backends.ModelBackend")
    bob.post("/accounts/reauthenticate/", {"password": PASSWORD})
    (link,) = SocialAccount.objects.all()
    assert bob.post(f"/account/links/{link.pk}/end/").status_code == 404
    alice.set_unusable_password()
    alice.save()
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(f"/account/links/{link.pk}/end/", follow=True)
    assert "choose a password first" in answer.content.decode()
    assert SocialAccount.objects.exists()


def test_an_address_that_is_not_verified_opens_nothing(provider: Provider, client: Client) -> None:
    make_user("Alice Leader")
    provider.who |= {"email_verified": False}
    come(client)
    assert not is_inside(client)
    assert not SocialAccount.objects.exists()


def test_nobody_comes_in_uninvited(provider: Provider, client: Client) -> None:
    make_user("Alice Leader")
    provider.who |= {"email": "eve@example.com"}
    come(client)
    client.post("/accounts/3rdparty/signup/", {"email": "eve@example.com"})
    assert not is_inside(client)
    assert not User.objects.filter(email="eve@example.com").exists()


def test_the_second_step_is_asked_for_all_the_same(provider: Provider, client: Client) -> None:
    alice = make_user("Alice Leader")
    Authenticator.objects.create(user=alice, type=Authenticator.Type.TOTP, data={"secret": "A" * 32})
    assert come(client).headers["Location"] == "/accounts/2fa/authenticate/"
    assert not is_inside(client)


def test_an_answer_to_another_question_opens_nothing(provider: Provider, client: Client) -> None:
    make_user("Alice Leader")
    answer = come(client, state="forged")
    assert "did not answer as it should" in answer.content.decode()
    assert not is_inside(client)


def test_a_provider_that_is_away_is_said(provider: Provider, client: Client, settings: Settings) -> None:
    make_user("Alice Leader")
    (app,) = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    app["settings"]["server_url"] = "http://127.0.0.1:1"
    answer = client.get(THERE)
    assert answer.status_code == 503
    assert "did not answer as it should" in answer.content.decode()
