"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from cxplan.workspaces.models import Record
from cxplan.workspaces.models.history import recorded_models
from tests.addresses import addresses

APPS = ("workspaces", "journeys", "roadmap")


# Who comes in without signing in

#: Every view that lets in whoever has not signed in, and why. Read this list again when it grows.
OPEN = {
    "account_login": "the door",
    "account_logout": "asks nothing and tells nothing",
    "account_signup": "the first to come, or everybody where the host says so",
    "account_inactive": "says that an account is closed",
    "account_email_verification_sent": "says that an e-mail was sent",
    "account_confirm_email": "the key in the e-mail is the right",
    "account_confirm_login_code": "wants a sign-in that has begun",
    "account_reset_password": "sends an e-mail, and says the same to everyone",
    "account_reset_password_done": "says that an e-mail was sent",
    "account_reset_password_from_key": "the key in the e-mail is the right",
    "account_reset_password_from_key_done": "says that the password was changed",
    "mfa_authenticate": "wants a sign-in that has begun",
    "mfa_login_webauthn": "the passkey is the right",
    "openid_connect_login": "leads to the provider, where there is one",
    "openid_connect_callback": "what the provider signed is the right",
    "socialaccount_login_cancelled": "says that nobody was signed in",
    "socialaccount_signup": "says that nobody signs up uninvited",
    "admin:login": "leads to the door",
    "kit:alive": "says that the process is there; the proxy lets it not out",
    "kit:ready": "says whether the database and Redis are there; the proxy lets it not out",
    "kit:metrics": "the token in its header is the right; without one there is nothing",
    "kit:components": "the gallery of components, only while debugging",
    "kit:theme": "light or dark, in a cookie",
    "set_language": "the language, in a cookie",
    "workshops:join": "the six digits on the screen are the right; wrong ones are counted",
    "workshops:join_by_token": "the token in the QR code is the right",
    "workspaces:invitation": "the token in the mail is the right",
    "workspaces:look_around": "the demo's people, only in the demo",
}


def test_the_views_open_to_everyone_are_known() -> None:
    found = {
        address.name for address in addresses() if address.is_open and not (address.access and address.access.guests)
    }
    assert found == OPEN.keys()


def test_guests_come_in_where_the_room_says_so() -> None:
    """The key of their seat opens these to them, and nothing else in the house."""
    found = {address.name for address in addresses() if address.access and address.access.guests}
    assert found == {f"workshops:{name}" for name in GUESTS}


#: What a guest of a workshop may open and send.
GUESTS = {
    "room", "take_seat", "write", "edit_note", "throw_away", "be_ready", "give_dot", "take_dot", "score", "rank",
    "pulse", "propose", "calm", "send_notes",
}  # fmt: skip


# No query without a workspace

#: How a query may begin in a view, a form or a task: within something, or with something new.
BEGINNINGS = {"of", "create", "bulk_create", "none"}
#: Where queries belong. Everything else asks these.
ROOMS_OF_QUERIES = {"models", "access.py", "domain", "exchange", "management", "migrations"}
#: Queries that only follow the links of rows that were found already: read, and found right.
FOLLOWING = {
    "roadmap/views/sections.py": {
        "manager.filter": "the far side of a link, for a Prefetch",
        "field.remote_field.through._default_manager.filter": "how many links an outer row has",
    },
}


def sources() -> Iterator[Path]:
    for package in ("cxplan", "journeys", "roadmap"):
        for path in sorted((settings.BASE_DIR / package).rglob("*.py")):
            if not ROOMS_OF_QUERIES & set(path.relative_to(settings.BASE_DIR).parts):
                yield path.relative_to(settings.BASE_DIR)


def wide_queries(source: str) -> Iterator[str]:
    """Queries that begin with every row of a table: `Model.objects.<verb>` and its like."""
    tree = ast.parse(source)
    managers = {
        ast.unparse(target)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and _is_manager(node.value)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr not in BEGINNINGS:
            if _is_manager(node.value) or ast.unparse(node.value) in managers:
                yield ast.unparse(node)
        elif isinstance(node, ast.Name) and node.id in ("get_object_or_404", "get_list_or_404"):
            yield node.id
        elif isinstance(node, ast.Call):
            handed_on = (*node.args, *(keyword.value for keyword in node.keywords))
            yield from (ast.unparse(each) for each in handed_on if _is_manager(each))


def _is_manager(node: ast.AST) -> bool:
    """`Model.objects`, `model._default_manager` or `kind.objects()`."""
    if isinstance(node, ast.Call):
        node = node.func
    return isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager")


@pytest.mark.parametrize("path", list(sources()), ids=str)
def test_no_query_begins_with_a_whole_table(path: Path) -> None:
    found = set(wide_queries((settings.BASE_DIR / path).read_text(encoding="utf-8")))
    assert found == FOLLOWING.get(str(path), {}).keys()


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("Gap.objects.of(programme).filter(pk=1)", 0),
        ("Gap.objects.create(programme=programme)", 0),
        ("Gap.objects.filter(pk=1)", 1),
        ("Gap.objects.all()", 1),
        ("get_object_or_404(Gap, pk=1)", 1),
        ("choices = Gap.objects\nchoices.filter(pk=1)", 1),
        ("choices = Gap.objects\nchoices.of(programme)", 0),
        ("choose(Gap.objects)", 1),
        ("kind.objects().filter(pk=1)", 1),
        ("kind.objects().of(programme).filter(pk=1)", 0),
        ("kind.model._default_manager.get(pk=1)", 1),
    ],
)
def test_a_wide_query_is_seen(source: str, count: int) -> None:
    assert len(list(wide_queries(source))) == count


# What the database itself keeps watch over

#: What is no record, so has no trash, no version and no history, and why.
NO_RECORDS = {
    "workspaces.AuditEntry": "written once; nobody changes it",
    "workspaces.Change": "the history itself",
    "workspaces.Invitation": "a way in; kept with who and when",
    "workspaces.Member": "people; annotated by what they did",
    "workspaces.Team": "names of teams",
    "workspaces.User": "accounts",
    "workspaces.Workspace": "the boundary itself",
    "roadmap.AgendaItem": "a line of a held workshop",
    "roadmap.CallAnswer": "a line of a customer call",
    "roadmap.InterviewAnswer": "a line of an interview",
    "roadmap.ReadinessAnswer": "one anonymous answer",
    "roadmap.Export": "a job and what came of it",
    "roadmap.Opening": "a live workshop of a programme; what it makes are records",
    "roadmap.StoredFile": "bytes under their own hash",
    "roadmap.PutAway": "what one member does not want to be told now",
    "roadmap.StepStatus": "keeps who said it, and when",
    "roadmap.Tie": "the place of something in a programme",
}


def triggers(table: str) -> set[str]:
    """The triggers that stand and fire, by the name before the hash that pgtrigger adds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled = 'O'",
            [table],
        )
        return {name.removeprefix("pgtrigger_").rpartition("_")[0] for (name,) in cursor.fetchall()}


def own_models() -> list[type[models.Model]]:
    return [model for label in APPS for model in apps.get_app_config(label).get_models()]


def test_what_is_no_record_is_known() -> None:
    assert {model._meta.label for model in own_models() if not issubclass(model, Record)} == NO_RECORDS.keys()


def test_every_record_and_its_links_are_recorded() -> None:
    recorded = set(recorded_models())
    for model in own_models():
        if issubclass(model, Record):
            assert {model, *(field.remote_field.through for field in model._meta.local_many_to_many)} <= recorded


@pytest.mark.django_db
@pytest.mark.parametrize("model", list(recorded_models()), ids=lambda model: model._meta.db_table)
def test_the_triggers_stand(model: type[models.Model]) -> None:
    links = [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
    wanted = {"history"}
    if any(field.name not in ("workspace", "programme") for field in links) or model._meta.auto_created:
        wanted.add("boundary")
    assert triggers(model._meta.db_table) >= wanted


@pytest.mark.django_db
def test_the_database_role_is_no_superuser() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser')")
        assert cursor.fetchone() == ("off",)
