"""Rubbish, forgeries and payloads at every address: refused in words, kept as plain text, shown to nobody else."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django import forms
from django.db import models, transaction
from django.template.backends.django import Template
from django.test import Client
from django.utils.safestring import SafeString
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from cxplan.workspaces.domain import demo
from cxplan.workspaces.models import Change, Member, Record
from roadmap import exchange
from roadmap.domain import alignment, records
from roadmap.domain.kinds import BY_NAME
from roadmap.domain.loading import load
from roadmap.exports.options import Options
from roadmap.exports.pdf import markup
from roadmap.forms import FORMS, RecordForm
from roadmap.models import PersonalPillar, Source
from tests.addresses import MISSING, Tenant, addresses, with_kinds, with_steps
from tests.cast import Cast
from tests.make import make, make_export, make_programme
from tests.test_permissions import REVIEWED, TRAIL, checksum

Response = Any  # the test client's own type has no name
Data = dict[str, Any]

NOWHERE = "https://evil.example/"
MARKUP = (
    "<script>zq9()</script>",
    '" hx-get="/zq9" hx-trigger="load" zq9="',
    "' autofocus onfocus=zq9() zq9='",
    '<img src=x onerror=zq9() hx-post="/zq9">',
    "{{ 7|add:42 }}{% now 'Y' %}zq9",
    "</textarea></title></script><zq9 hx-get=/zq9>",
    "javascript:zq9()",
    "]]></svg><script>zq9()</script>",
)
RUBBISH = (
    "\0",
    "zq9\0zq9",
    "%ED%A0%80",
    "\U0001f4a9\u202e\ufeff\r\n\x1b[31m",
    "z" * 100_000,
    "9" * 5_000,
    "-1",
    "0",
    "32768",
    "2147483648",
    "99999999999999999999",
    "-99999999999999999999",
    "1e400",
    "nan",
    "-inf",
    "٣",
    "²",
    "2026-02-30",
    "0000-00-00",
    "99999-12-31",
    "2026-W53",
    str(MISSING),
    "[]",
    "on",
    "approved",
    *MARKUP,
)
ADDED = "add", "edit"
#: Of the forms that belong to no kind of record.
PLAIN_FIELDS = {
    "name", "language", "vision_year", "organisation_name", "parts", "appendix", "mark", "state", "to", "version",
    "next", "theme", "person", "login", "password", "email", "remember", "cx_owner", "core_group", "focus_line",
    "business_case_low", "starts_on",
}  # fmt: skip


@pytest.fixture
def own(cast: Cast) -> Tenant:
    """The workspace with one linked record of every kind that has a form."""
    tenant = Tenant(cast.workspace, cast.programme, cast.alice)
    for name in FORMS:
        tenant.record(BY_NAME[name])
    return tenant


@pytest.fixture
def next_door(cast: Cast) -> Tenant:
    tenant = Tenant(cast.next_door, cast.programme_next_door, cast.charlie)
    for name in FORMS:
        tenant.record(BY_NAME[name])
    return tenant


@pytest.fixture
def unrendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the templates out where only what is kept is asked for."""
    monkeypatch.setattr(Template, "render", lambda *_, **__: SafeString("page"))


@pytest.fixture
def browser(sign_in: Callable[[Member], Client]) -> Callable[[Member], Client]:
    def of(member: Member) -> Client:
        client = sign_in(member)
        client.raise_request_exception = False
        return client

    return of


def url(tenant: Tenant, name: str, **parts: object) -> str:
    values = {"workspace": tenant.workspace.slug, "programme": tenant.programme.pk, **parts}
    (address,) = [one for one in addresses() if one.name == f"roadmap:{name}"]
    return address.path(values)


def rows_of(tenant: Tenant) -> Any:
    """What a tenant's rows come to: every write leaves a row in the history."""
    versions = [
        BY_NAME[name].objects().of(tenant.workspace).order_by("pk").values_list("pk", "version") for name in FORMS
        if issubclass(BY_NAME[name].model, Record) and not hasattr(BY_NAME[name].model, "programme")
    ]  # fmt: skip
    return Change.objects.of(tenant.workspace).count(), [list(found) for found in versions]


def attempt(client: Client, method: str, path: str, *, keep: bool = False, **extra: Any) -> Response:
    """One request; what it wrote is taken back."""
    visit = transaction.savepoint()
    response = getattr(client, method)(path, **extra)
    (transaction.savepoint_commit if keep else transaction.savepoint_rollback)(visit)
    return response


def fault(response: Response) -> str:
    """What went wrong in an answer that nobody should ever see."""
    if response.status_code < 500:
        return ""
    raised = getattr(response, "exc_info", None)
    return f"{response.status_code} {raised[0].__name__}: {str(raised[1])[:120]}" if raised else "500"


# What a form takes


def form_of(tenant: Tenant, name: str, record: Any = None) -> RecordForm:
    prefix = f"{name}-{record.pk if record else 'new'}"
    given: Data = {"programme": tenant.programme, "member": tenant.member}
    return FORMS[name](instance=record, prefix=prefix, **given)


def filled(form: Any) -> Data:
    """What a browser sends of a form in which nothing was changed."""
    sent: Data = {}
    for bound in form:
        value = bound.value()
        if isinstance(bound.field, forms.ModelMultipleChoiceField):
            sent[bound.html_name] = [str(getattr(one, "pk", one)) for one in value or ()]
        elif value is not None and value is not False:
            sent[bound.html_name] = value.isoformat() if isinstance(value, date) else str(value)
    return sent


def sendings(form: Any, start: int) -> Iterator[Data]:
    """All fields rubbish, each time another; then one field after another, in what is right otherwise."""
    names = [bound.html_name for bound in form]
    right = filled(form)
    for turn in range(start, start + 2):
        yield {name: RUBBISH[(turn * 5 + place) % len(RUBBISH)] for place, name in enumerate(names)}
    for turn in range(start, start + 2):
        word = RUBBISH[turn * 5 % len(RUBBISH)]
        yield {**right, names[turn % len(names)]: [word, RUBBISH[turn]] if turn % 2 else word}


# 1 Rubbish in what is posted


@pytest.mark.usefixtures("unrendered")
def test_rubbish_in_a_form_is_refused(own: Tenant, next_door: Tenant, browser: Callable[[Member], Client]) -> None:
    client, before, faults = browser(own.member), rows_of(next_door), set()
    for place, name in enumerate(FORMS):
        record = own.record(BY_NAME[name])
        for start, (of, path) in enumerate(
            ((None, url(own, "add", kind=name)), (record, url(own, "edit", kind=name, pk=record.pk)))
        ):
            for sent in sendings(form_of(own, name, of), place % 7 + start * 6):
                broken = fault(attempt(client, "post", path, data=sent))
                faults |= {f"{name}: {broken}"} if broken else set()
    assert not faults
    assert rows_of(next_door) == before


@pytest.mark.usefixtures("unrendered")
def test_rubbish_at_the_other_addresses_is_refused(
    own: Tenant, cast: Cast, browser: Callable[[Member], Client], settings: Settings
) -> None:
    """Programmes, exports, states, places, sign-in and the switches: every address that takes a POST."""
    settings.DEMO = True
    export = make_export(own.programme, cast.alice)
    clients = {"in": browser(cast.alice), "out": Client(raise_request_exception=False)}
    faults = set()
    for place, address in enumerate(one for each in addresses() for one in with_kinds(each, ("gap", "pillar"))):
        if "/" in address.name or address.name.startswith("admin:") or address.kind in ADDED:
            continue
        values = own.values(address) | ({"export": export.pk} if "export" in address.parameters else {})
        for turn in (place, place + 11):
            sent = {name: RUBBISH[(turn * 3 + at) % len(RUBBISH)] for at, name in enumerate(sorted(PLAIN_FIELDS))}
            client = clients["out" if address.is_open else "in"]
            faults.add(fault(attempt(client, "post", address.path(values), data=sent)))
    assert faults == {""}


LINKS = [
    (name, field)
    for name, form in FORMS.items()
    for field, shown in form.base_fields.items()
    if isinstance(shown, forms.ModelChoiceField)
]


@pytest.mark.usefixtures("unrendered")
def test_nothing_of_another_tenant_can_be_linked(
    own: Tenant, next_door: Tenant, cast: Cast, browser: Callable[[Member], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: dict[str, set[str]] = {}
    seen = RecordForm.full_clean

    def full_clean(form: RecordForm) -> None:
        seen(form)
        refused["last"] = set(form.errors)

    monkeypatch.setattr(RecordForm, "full_clean", full_clean)
    other = Tenant(cast.workspace, make_programme(cast.workspace, "Another"), cast.alice)
    client, before, taken = browser(own.member), rows_of(next_door), []
    for name, field in LINKS:
        form = form_of(own, name)
        model: Any = FORMS[name].base_fields[field].queryset.model  # type: ignore[attr-defined]
        home = next_door.programme if hasattr(model, "programme") else next_door.workspace
        strangers = [model._default_manager.of(home).first() or cast.charlie]
        if hasattr(model, "programme"):
            strangers.append(make(model, other.programme))
        if field not in form.fields:
            continue
        for stranger in strangers:
            refused.clear()
            sent = {**filled(form), form.add_prefix(field): str(stranger.pk)}
            response = attempt(client, "post", url(own, "add", kind=name), data=sent)
            if response.status_code != 422 or field not in refused.get("last", set()):
                taken.append(f"{name}.{field}: {response.status_code}")
    assert not taken
    assert rows_of(next_door) == before


FORGED = ("workspace", "programme", "exchange_id", "id", "pk", "position", "order", "rank", "trashed_at", "state",
          "status", "approved_by", "approved_on", "selected_by", "is_current", "latest", "person", "team", "vision",
          "round", "stage_set", "revision", "numbers", "file_name", "score_max", "created_at")  # fmt: skip


@pytest.mark.usefixtures("unrendered")
def test_a_field_that_the_form_does_not_have_changes_nothing(
    own: Tenant, cast: Cast, browser: Callable[[Member], Client]
) -> None:
    client = browser(cast.bob)
    for name in FORMS:
        record = own.record(BY_NAME[name])
        if isinstance(record, PersonalPillar):
            record = make(PersonalPillar, own.programme, by=cast.bob, person=cast.bob)
        form = form_of(own, name, record)
        sent = filled(form)
        foreign = {"programme": cast.programme_next_door.pk}
        forged = {
            key: str(foreign.get(field, cast.charlie.pk))
            for field in FORGED
            for key in (field, form.add_prefix(field))
            if field not in form.fields
        }
        written = {*form.fields, "updated_at", "channels", "counts", "theme"}
        kept = [one.attname for one in record._meta.concrete_fields if one.name not in written]
        before = {one: getattr(record, one) for one in kept}
        path = url(own, "edit", kind=name, pk=record.pk)
        response = attempt(client, "post", path, keep=True, data={**sent, **forged})
        record.refresh_from_db()
        assert response.status_code in (302, 422), name
        assert {one: getattr(record, one) for one in kept} == before, name


@pytest.mark.usefixtures("unrendered")
def test_a_member_gives_no_state_that_is_not_theirs(
    own: Tenant, cast: Cast, browser: Callable[[Member], Client]
) -> None:
    for name, column, states in (("pillar", "state", ("chosen", "approved")), ("promise", "status", ("selected",))):
        record = own.record(BY_NAME[name])
        form = form_of(own, name, record)
        for state in states:
            for query in ("", f"?{form.add_prefix(column)}={state}&{column}={state}"):
                path = url(own, "edit", kind=name, pk=record.pk) + query
                sent = {**filled(form), form.add_prefix(column): state}
                assert attempt(browser(cast.bob), "post", path, keep=True, data=sent).status_code == 422
        record.refresh_from_db()
        assert getattr(record, column) == "proposed"


@pytest.mark.usefixtures("unrendered")
def test_no_game_with_the_version_overwrites_another(own: Tenant, browser: Callable[[Member], Client]) -> None:
    record = own.record(BY_NAME["gap"])
    form, path = form_of(own, "gap", record), url(own, "edit", kind="gap", pk=record.pk)
    for version in ("-1", "0", "9" * 30, "1e0", "\0", "nan", ["1", "0"]):
        sent = {**filled(form), form.add_prefix("title"): "Mine", form.add_prefix("version"): version}
        assert attempt(browser(own.member), "post", path, keep=True, data=sent).status_code in (409, 422), version
    record.refresh_from_db()
    assert record.title != "Mine"


@pytest.mark.usefixtures("unrendered")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(list(FORMS)), st.lists(st.text(max_size=40) | st.sampled_from(RUBBISH), min_size=1, max_size=9))
def test_no_text_breaks_a_form(own: Tenant, sign_in: Callable[[Member], Client], name: str, words: list[str]) -> None:
    client, names = sign_in(own.member), [bound.html_name for bound in form_of(own, name)]
    body = "&".join(f"{key}={quote(words[at % len(words)], errors='surrogatepass')}" for at, key in enumerate(names))
    path = url(own, "add", kind=name)
    attempt(client, "post", path, data=body, content_type="application/x-www-form-urlencoded")


# The ends of every scale


def extreme(form: Any, *, high: bool) -> Data:
    """As far as a form lets anybody go."""
    sent = filled(form)
    for bound in form:
        field = bound.field
        if isinstance(field, forms.DateField):
            sent[bound.html_name] = "9999-12-31" if high else "0001-01-01"
        elif isinstance(field, forms.IntegerField | forms.FloatField) and bound.name != "version":
            most, least = bound.field.widget.attrs.get("max"), bound.field.widget.attrs.get("min")
            far = 1.7e308 if isinstance(field, forms.FloatField) else getattr(field, "max_value", None) or 2_000_000_000
            sent[bound.html_name] = str((most if most is not None else far) if high else least or 0)
        elif bound.name == "period":
            sent[bound.html_name] = "9999-W53" if high else "0000"
    return sent


def every_page(tenant: Tenant) -> Iterator[str]:
    """The pages that show records."""
    for address in addresses():
        if address.name in ("roadmap:programme", "roadmap:step", "roadmap:log", "roadmap:alignment", "roadmap:trash",
                            "roadmap:workspace", "roadmap:exports", "roadmap:edit_programme"):  # fmt: skip
            yield from (one.path(tenant.values(one)) for one in with_steps(address))


@pytest.mark.parametrize("high", [False, True], ids=["least", "most"])
def test_the_ends_of_every_scale_can_be_shown(
    own: Tenant, browser: Callable[[Member], Client], monkeypatch: pytest.MonkeyPatch, *, high: bool
) -> None:
    client, kept = browser(own.member), set()
    for name in FORMS:
        record = own.record(BY_NAME[name])
        path = url(own, "edit", kind=name, pk=record.pk)
        answer = attempt(client, "post", path, keep=True, data=extreme(form_of(own, name, record), high=high))
        if answer.status_code == 302:
            kept.add(name)
    assert len(kept) > len(FORMS) - 5, set(FORMS) - kept
    answers = {path: fault(client.get(path)) for path in every_page(own)}
    assert {path: said for path, said in answers.items() if said} == {}
    own.programme.refresh_from_db()
    markup(load(own.programme), Options(as_of=date(2026, 11, 4)))


# 2 Rubbish in addresses, parameters and headers


def any_words(chance: random.Random) -> str:
    """Rubbish of the list, or letters of every script, controls and lone surrogates among them."""
    if chance.random() < 0.6:
        return chance.choice(RUBBISH)
    return "".join(chr(chance.choice((chance.randrange(128), chance.randrange(0x110000)))) for _ in range(9))


def body_of(chance: random.Random, names: Sequence[str]) -> str:
    """Some fields with any words in them, some twice, as a browser would encode them if it sent such a thing."""
    chosen = chance.sample(names, min(len(names), chance.randint(1, 8))) + chance.sample(names, 1)
    return "&".join(f"{name}={quote(any_words(chance), errors='surrogatepass')}" for name in chosen)


@pytest.mark.slow
@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize("method", [*["post"] * 10, *["get"] * 5])
def test_a_thousand_requests_at_every_address(
    own: Tenant, cast: Cast, browser: Callable[[Member], Client], settings: Settings, method: str
) -> None:
    """Anything in every field that any form has: 10,000 forms and 5,000 pages in all, and never a 500."""
    settings.DEMO = True
    chance = random.Random(seed := random.randrange(2**32))
    export = make_export(own.programme, cast.alice)
    every = [one for each in addresses() for one in with_kinds(each, tuple(FORMS)) for one in with_steps(one)]
    # What has no name only leads to another
    every = [one for one in every if not ("/" in one.name or one.name.startswith("admin:"))]
    paths = [one.path(own.values(one) | ({"export": export.pk} if "export" in one.parameters else {})) for one in every]
    names = sorted({name for form in FORMS.values() for name in form.base_fields} | PLAIN_FIELDS)
    of_kind = {name: [bound.html_name for bound in form_of(own, name)] for name in FORMS}
    clients = [browser(cast.alice), browser(cast.olga), Client(raise_request_exception=False)]
    sessions = [{name: morsel.value for name, morsel in client.cookies.items()} for client in clients]
    faults: Counter[str] = Counter()
    statuses: Counter[int] = Counter()
    for turn in range(1_000):
        place = chance.randrange(len(paths))
        fields = of_kind.get(every[place].kind, names) if turn % 3 else names
        who = chance.choice((0, 0, 0, 1, 2))
        clients[who].cookies = SimpleCookie(sessions[who])  # the one before may have signed out
        way = {"HX-Request": "true"} if chance.random() < 0.3 else {}
        sent = body_of(chance, fields)
        if method == "post":
            form = "application/x-www-form-urlencoded"
            answer = attempt(clients[who], "post", paths[place], data=sent, content_type=form, headers=way)
        else:
            answer = attempt(clients[who], "get", f"{paths[place]}?{sent}", headers=way)
        statuses[answer.status_code] += 1
        if said := fault(answer):
            faults[f"{every[place]}: {said}"] += 1
    print(f"{method}, seed {seed}, {len(paths)} addresses, answers {dict(sorted(statuses.items()))}")
    assert not faults, seed
    assert statuses.total() - statuses[404] - statuses[405] > 500  # most of it came in


def test_rubbish_in_what_an_address_fills_in_is_refused(own: Tenant, browser: Callable[[Member], Client]) -> None:
    client, faults = browser(own.member), set()
    words = ["9" * 5_000, *RUBBISH[:4], *RUBBISH[6:]]
    for place, name in enumerate(FORMS):
        names = [*form_of(own, name).fields, "version"]
        for turn in (0, place):
            given = {field: words[(turn * (at + 1) * 7) % len(words)] for at, field in enumerate(names)}
            headers = {"HX-Request": "true"} if turn else {}
            broken = fault(client.get(url(own, "add", kind=name), data=given, headers=headers))
            faults |= {f"{name}: {broken}"} if broken else set()
    assert not faults


def test_odd_addresses_are_not_there(own: Tenant, browser: Callable[[Member], Client]) -> None:
    client, home = browser(own.member), url(own, "programme")
    odd = ("\0", "%00", "%ED%A0%80", "9" * 5_000, "-1", "..%2f..", "%2e%2e", "zq9'\"<b>", "a" * 8_000, "٣", "²", "%FF")
    paths = [f"{before}{word}{after}" for word in odd for before, after in (
        ("/w/", "/"), ("/w/alpha/programmes/", "/"), (f"{home}steps/", "/"), (f"{home}records/", "/"),
        (f"{home}records/gap/", "/"), (f"{home}exports/", "/plan.pdf"), ("/static/", ""), ("/", ""),
        ("/accounts/confirm-email/", "/"), ("/accounts/password/reset/key/", "-zq9/"),
        ("/accounts/login/?next=", ""), (f"{home}?page=", ""), (f"{home}trash/?", "=1"),
    )]  # fmt: skip
    faults = {path[:80]: said for path in paths if (said := fault(client.get(path)))}
    assert not faults


ODD_HEADERS = (
    {"cookie": 'session="abcdefgh\\000"'},
    {"cookie": 'session=%00; theme="<script>"; language=' + "x" * 600},
    {"cookie": 'language="\\000"; messages=zq9:zq9; csrf=zq9'},
    {"accept-language": "x" * 3_000 + ",fi;q=nan,*;q=9e999"},
    {"hx-request": "true", "hx-current-url": "http://["},
    {"hx-request": "true", "hx-current-url": "//evil.example/", "hx-target": "%", "hx-trigger": "\xff"},
    {"content-type": "application/x-www-form-urlencoded; charset=unicode-escape"},
    {"content-type": 'application/x-www-form-urlencoded; charset="\\0"'},
    {"x-forwarded-for": "zq9, ::ffff", "x-forwarded-host": "evil.example"},
    {"host": "evil.example"},
    {"range": "bytes=9-1,-", "if-modified-since": "Sat, 99 Foo 99999", "if-none-match": '"'},
)


@pytest.mark.parametrize("headers", ODD_HEADERS, ids=lambda headers: next(iter(headers)))
def test_odd_headers_break_nothing(own: Tenant, browser: Callable[[Member], Client], headers: dict[str, str]) -> None:
    meta = {"CONTENT_TYPE" if key == "content-type" else "HTTP_" + key.upper().replace("-", "_"): value
            for key, value in headers.items()}  # fmt: skip
    for client in (Client(raise_request_exception=False), browser(own.member)):
        if "cookie" in headers:
            client.cookies.clear()
        for path in (url(own, "programme") + "?x=1", "/accounts/login/?next=x"):
            assert fault(client.get(path, **meta)) == ""  # type: ignore[arg-type]  # what a server puts there


@pytest.mark.parametrize("charset", ["unicode-escape", "utf-7", "utf-16"])
def test_a_form_in_another_encoding_is_refused(own: Tenant, browser: Callable[[Member], Client], charset: str) -> None:
    """Some would let lone surrogates through, which no database keeps."""
    form = form_of(own, "finding")
    body = "".join(
        f'--zq9\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n\\ud800+2AA-zq9\r\n' for name in
        (form.add_prefix("text"), form.add_prefix("theme_name"))
    )  # fmt: skip
    kind = f"multipart/form-data; boundary=zq9; charset={charset}"
    answer = browser(own.member).post(
        url(own, "add", kind="finding"), data=f"{body}--zq9--\r\n".encode(), content_type=kind
    )
    assert fault(answer) == ""


ASTRAY = (
    NOWHERE, "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "http:evil.example",
    "https:///evil.example", "javascript:zq9()", "\x01//evil.example", " //evil.example", "/\t/evil.example",
    "data:text/html,zq9", "http://testserver@evil.example/", "http://[", "/\r\nLocation: https://evil.example/",
    "/" + "x" * 9_000, "\0",
)  # fmt: skip


@pytest.mark.parametrize("wanted", ASTRAY)
def test_nobody_is_led_off_the_site(
    cast: Cast, settings: Settings, fresh_cache: Callable[[], None], wanted: str
) -> None:
    settings.DEMO = True
    demo.get_or_create_user(demo.DEMO_PEOPLE[0])
    for path, sent in (
        ("/look-around/", {"person": demo.DEMO_PEOPLE[0].key}),
        ("/i18n/setlang/", {"language": "fi"}),
        ("/theme/", {"theme": "dark"}),
        ("/accounts/login/", {"login": "alice@example.com", "password": "twelve steps, one chain"}),
        ("/accounts/logout/", {}),
    ):
        for query, next_ in (("", wanted), (f"?next={quote(wanted)}", "")):
            client = Client(raise_request_exception=False)
            if path.endswith("logout/"):
                client.force_login(cast.alice.user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
            answer = client.post(path + query, {**sent, **({"next": next_} if next_ else {})}, headers={
                "referer": NOWHERE})  # fmt: skip
            assert fault(answer) == ""
            to = urlsplit(answer.headers.get("Location", "/"))
            assert answer.status_code in (302, 400), path
            assert (to.scheme, to.netloc, to.path[:2] == "//") == ("", "", False), path


# 3 Payloads that were stored


class Live(HTMLParser):
    """What of a page a browser would act upon although it came from data."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            acts = name.startswith(("hx-", "on")) or tag == "script"
            leads = name in ("href", "src", "action", "formaction") and (value or "").lower().startswith("javascript:")
            if "zq9" in name or leads or (acts and "zq9" in (value or "")):
                self.found.append(f"<{tag} {name}={value}>")
        if tag == "zq9" or (tag == "script" and not dict(attrs).get("src")):
            self.found.append(f"<{tag}>")


def live(page: str) -> list[str]:
    parser = Live()
    parser.feed(re.sub(r"[A-Za-z0-9]{64}", "", page))  # a token may hold any three letters
    return parser.found + ["{{ }} was evaluated"] * ("49" + "zq9" in page)


def test_stored_payloads_stay_text(own: Tenant, cast: Cast, browser: Callable[[Member], Client]) -> None:
    poison = " ".join(word for word in MARKUP if word != "javascript:zq9()")
    poisoned: list[models.Model] = [cast.workspace, cast.team, cast.alice, cast.bob, own.programme]
    poisoned += [own.record(BY_NAME[name]) for name in FORMS]
    bins = [make(BY_NAME[name].model, own.programme, by=cast.alice) for name in ("gap", "pillar", "action")]  # type: ignore[type-var]
    own.programme.refresh_from_db()
    for record in (*poisoned, *bins):
        for field in record._meta.concrete_fields:
            free = isinstance(field, models.CharField | models.TextField) and not field.choices
            if free and field.name not in ("exchange_id", "slug", "period", "language", "url", "currency"):
                setattr(record, field.name, poison[: field.max_length or 10_000])
        record.save()
    for bad in ("javascript:zq9()", " JaVaScRiPt:zq9()", "data:text/html,zq9", "vbscript:zq9"):
        make(Source, own.programme, url=bad)
    for record in bins:
        records.trash(record, programme=own.programme, by=cast.alice)  # type: ignore[arg-type]  # all are records
    client = browser(cast.alice)
    paths = list(every_page(own))
    for name in FORMS:
        pk = own.record(BY_NAME[name]).pk
        paths += [url(own, "edit", kind=name, pk=pk), url(own, "history", kind=name, pk=pk)]
    found = {path: client.get(path) for path in paths}
    assert {path: fault(answer) for path, answer in found.items() if fault(answer)} == {}
    assert {path: got for path, answer in found.items() if (got := live(answer.content.decode()))} == {}
    assert sum("zq9" in answer.content.decode() for answer in found.values()) > len(FORMS)
    own.programme.refresh_from_db()
    assert not live(markup(load(own.programme), Options(as_of=date(2026, 11, 4))))


# 4 Forged requests, and reading that writes


def test_no_address_takes_a_post_without_its_token(own: Tenant, cast: Cast) -> None:
    own.made["export", False] = make_export(own.programme, cast.alice)
    taken: list[str] = []
    posted = [
        (address, address.path(own.values(address)))
        for address in (one for each in addresses() for one in with_kinds(each, tuple(FORMS)))
        if not ("/" in address.name or address.name.startswith("admin:"))
    ]
    for signed_in in (True, False):
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        if signed_in:
            client.force_login(cast.olga.user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
        before = checksum()
        for address, path in posted:
            if not (address.access or address.name in REVIEWED) or (not signed_in and not address.is_open):
                continue
            for origin in ({}, {"origin": NOWHERE.rstrip("/")}):
                answer = client.post(path, headers=origin)
                if answer.status_code != 403:
                    taken.append(f"{address}: {answer.status_code}")
        assert checksum() == before
    assert not taken


def test_reading_writes_nothing(own: Tenant, cast: Cast, browser: Callable[[Member], Client]) -> None:
    own.made["export", False] = make_export(own.programme, cast.alice)
    client = browser(cast.alice)
    opened = [one for each in addresses() if each.access for of in with_kinds(each, tuple(FORMS))
              for one in with_steps(of)]  # fmt: skip
    paths = [one.path(own.values(one, trashed="programme" if "restore_prog" in one.name else "")) for one in opened]
    before = checksum()
    assert {fault(client.get(path)) for path in paths} == {""}
    after = checksum()
    assert {table for table in after if after[table] != before[table]} <= {TRAIL}  # who was turned away, who took what


# 5 What is private


def test_private_words_are_told_to_nobody(own: Tenant, cast: Cast, browser: Callable[[Member], Client]) -> None:
    secret, shared_once = "zq9 my own words", "zq9 taken back"
    serves = own.record(BY_NAME["pillar"])
    private = make(PersonalPillar, own.programme, by=cast.bob, person=cast.bob, statement=secret, pillars=[serves])
    once = make(PersonalPillar, own.programme, by=cast.bob, person=cast.bob, statement=shared_once,
                visibility="programme", pillars=[serves])  # fmt: skip
    binned = make(PersonalPillar, own.programme, by=cast.bob, person=cast.bob, statement=secret)
    records.change(once, programme=own.programme, by=cast.bob, values={"visibility": "private"})
    records.trash(binned, programme=own.programme, by=cast.bob)
    every = [*every_page(own), url(own, "history", kind="pillar", pk=serves.pk)]
    every += [url(own, "edit", kind="pillar", pk=serves.pk), url(own, "section", kind="personal_pillar")]
    for pk in (private.pk, once.pk, binned.pk):
        every += [url(own, "edit", kind="personal_pillar", pk=pk), url(own, "history", kind="personal_pillar", pk=pk)]
    for member in (cast.alice, cast.carol, cast.olga):
        client = browser(member)
        pages = {path: client.get(path, headers=headers) for path in every for headers in ({}, {"HX-Request": "true"})}
        # With its space: three letters alone are at times among the random ones of a token.
        assert [path for path, answer in pages.items() if "zq9 " in answer.content.decode()] == [], member
    assert "zq9 " in browser(cast.bob).get(url(own, "step", step="rollout")).content.decode()
    rows = list(Change.objects.of(cast.workspace).values_list("before", "after"))
    assert "zq9" not in str(rows)
    own.programme.refresh_from_db()
    plan = load(own.programme)
    findings = alignment.check(plan, date(2026, 11, 4))
    for told in (repr(plan), repr(findings), exchange.to_yaml(plan), exchange.to_json(plan),
                 markup(plan, Options(as_of=date(2026, 11, 4)))):  # fmt: skip
        assert "zq9" not in told
