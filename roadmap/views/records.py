"""Add, edit, move, trash and restore a record of any kind; the trash, and the log of workshops and decisions.

Every view answers a plain browser with a page or a redirect, and htmx with the same form or the
kind's section. A refused form comes back with what was typed: 422 for what needs mending, 409 where
somebody else was faster.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import CharField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import reswap, retarget, trigger_client_event

from cxplan.kit.http import fragment, is_htmx
from cxplan.workspaces.domain import history
from cxplan.workspaces.models import Record, Role
from roadmap import places
from roadmap.access import ProgrammeRequest, programme
from roadmap.access import record as record_of
from roadmap.domain import hanging, naming, order, personal
from roadmap.domain import records as verbs
from roadmap.domain.kinds import ALL, BY_NAME, Kind
from roadmap.forms import FORMS, MANY, ManyForm, RecordForm
from roadmap.forms.order import MoveForm
from roadmap.forms.trash import TrashForm
from roadmap.models import PersonalPillar
from roadmap.steps import BY_NUMBER

from . import conflicts, frame, sections
from .labels import ADD, AMONG

MOST_IN_TRASH = 200


@programme(Role.VIEWER)
@require_GET
def section(request: ProgrammeRequest, kind: str) -> HttpResponse:
    """The records of a kind alone, for a page on which others of its records changed; else the step's page."""
    of = _kind(kind)
    if not is_htmx(request):
        return redirect(f"{_place(request, of)}#{of.name}-list")
    return fragment(request, sections.template(of), {**_context(request, of), **sections.context(request, of)})


@programme(Role.MEMBER)
@require_http_methods(["GET", "POST"])
def add(request: ProgrammeRequest, kind: str) -> HttpResponse:
    """A new record of a kind; what the address names (``?metric=3``) is filled in."""
    of = _kind(kind)
    form = _form(request, of)
    if request.method != "POST":
        return _show(request, of, form)
    if not form.is_valid():
        return _show(request, of, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        made = verbs.add(
            of,
            programme=request.programme,
            by=request.member,
            values=form.values(),
            links=form.links(),
            finish=form.finish(),
        )
    except IntegrityError:
        return _refused(request, of, form)
    messages.success(request, _("Added."))
    return done(request, of, made)


@programme(Role.MEMBER)
@require_http_methods(["GET", "POST"])
def add_many(request: ProgrammeRequest, kind: str) -> HttpResponse:
    """Several records of a kind, one on each line that was pasted; all of them or none."""
    of = _kind(kind)
    form = _many_form(request, of)
    if request.method != "POST":
        return _show_many(request, of, form)
    if not form.is_valid():
        return _show_many(request, of, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        made = verbs.add_many(
            of,
            programme=request.programme,
            by=request.member,
            rows=form.rows(),
            shared=form.shared(),
            links=form.links(),
            prepare=form.prepare(),
        )
    except IntegrityError:
        form.add_error(None, _refusal())
        return _show_many(request, of, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, ngettext("One was added.", "%(count)s were added.", len(made)) % {"count": len(made)})
    return done(request, of, made[0])


@programme(Role.MEMBER)
@require_http_methods(["GET", "POST"])
def edit(request: ProgrammeRequest, kind: str, pk: int) -> HttpResponse:
    """An existing record, written only if nobody else wrote it since the page was opened."""
    of = _kind(kind)
    record = _edited(request, of, pk)
    form = _form(request, of, record)
    if request.method != "POST":
        return _show(request, of, form, record)
    if not form.is_valid():
        return _show(request, of, form, record, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        verbs.change(
            record,
            programme=request.programme,
            by=request.member,
            values=form.values(),
            links=form.links(),
            finish=form.finish(),
            version=form.cleaned_data["version"],
        )
    except verbs.Trashed:
        message = _("Somebody moved this to the trash meanwhile. Restore it there, then save what you wrote below.")
        form.add_error(None, message)
        return _show(request, of, form, record, status=HTTPStatus.CONFLICT)
    except verbs.Stale as stale:
        both = conflicts.sides(request, form, stale.current)
        return _show(request, of, form, stale.current, status=HTTPStatus.CONFLICT, **both)
    except IntegrityError:
        return _refused(request, of, form, record)
    messages.success(request, _("Saved."))
    return done(request, of, record)


@programme(Role.MEMBER)
@require_POST
def trash(request: ProgrammeRequest, kind: str, pk: int) -> HttpResponse:
    """Throw a record away; the message offers to take it back. Where others lean on it, first say so and ask."""
    of = _kind(kind)
    record = _own(request, of, pk)
    form = TrashForm(request.POST)
    sure = form.is_valid() and form.cleaned_data["sure"]
    if not sure and (found := hanging.on(record)):
        return _ask(request, of, record, form, found)
    verbs.trash(record, programme=request.programme, by=request.member)
    said = _("Moved to the trash: “%(name)s”") % {"name": naming.called(record)}
    messages.success(request, said, extra_tags=_url(request, "restore", kind=kind, pk=pk))
    response = done(request, of)
    return trigger_client_event(response, "cx:close") if sure and is_htmx(request) else response


@programme(Role.MEMBER)
@require_POST
def restore(request: ProgrammeRequest, kind: str, pk: int) -> HttpResponse:
    """Bring a record back from the trash, with its links and its place."""
    of = _kind(kind)
    record = _own(request, of, pk, trashed=True)
    try:
        verbs.restore(record, programme=request.programme, by=request.member)
    except IntegrityError:
        messages.error(
            request, _("It stays in the trash: its place was taken meanwhile. Delete what took it, then restore.")
        )
        return done(request, of)
    messages.success(request, _("Restored."))
    return done(request, of, record)


@programme(Role.MEMBER)
@require_http_methods(["GET", "POST"])
def move(request: ProgrammeRequest, kind: str, pk: int) -> HttpResponse:
    """Put a record in another place among those it stands with; the message offers to take it back."""
    of = _kind(kind)
    record = _own(request, of, pk)
    if of.name not in order.ORDERED:
        messages.error(request, _("These stand in an order that follows from their figures or dates."))
        return done(request, of, record)
    form = MoveForm({**request.GET.dict(), **request.POST.dict()} if request.method == "POST" else None)
    if not form.is_valid():
        row = order.row(of, request.programme, pk)
        form.offer(row, pk)
        context = {**_context(request, of), "form": form, "record": record, "row": row, "among": AMONG.get(of.name)}
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return _page(request, "roadmap/record/move", context, status=status)
    moved = verbs.move(record, programme=request.programme, by=request.member, to=form.goal())
    if moved is None:
        messages.info(request, _("It stands there already."))
    elif form.cleaned_data["undo"]:
        messages.success(request, _("Back in its place."))
    else:
        said = _("Moved to place %(place)d of %(count)d: “%(name)s”")
        way_back = f"{_url(request, 'move', kind=kind, pk=pk)}?{urlencode({'to': moved.back, 'undo': 'on'})}"
        told = {"place": moved.place, "count": moved.count, "name": naming.called(record)}
        messages.success(request, said % told, extra_tags=way_back)
    response = done(request, of, record)
    return trigger_client_event(response, "cx:close") if is_htmx(request) else response


@programme(Role.VIEWER)
@require_GET
def changes(request: ProgrammeRequest, kind: str, pk: int) -> HttpResponse:
    """Who changed a record, when, and what stood there before."""
    of = _kind(kind)
    record = _own(request, of, pk, to_write=False)
    forget = partial(personal.forget, pillar=record, member=request.member) if of.name == "personal_pillar" else None
    found = history.of_record(request.workspace, of.model._meta.db_table, pk, forget=forget)
    return _page(request, "roadmap/record/history", {**_context(request, of), "record": record, "entries": found})


@programme(Role.VIEWER)
@require_GET
def trashed(request: ProgrammeRequest) -> HttpResponse:
    """What was thrown away, newest first, each with its way back. One query over every kind."""
    first, *rest = (_in_trash(request, of) for of in ALL if of.name in FORMS)
    found = [
        {"kind": BY_NAME[name], "pk": pk, "at": at, "name": words, "noun": BY_NAME[name].model._meta.verbose_name}
        for name, pk, at, words in first.union(*rest, all=True).order_by("-trashed_at")[:MOST_IN_TRASH]
    ]
    context = {**frame.of_programme(request), "trashed": found, "here": _("Trash")}
    return render(request, "roadmap/trash/page.html", context)


@programme(Role.VIEWER)
@require_GET
def log(request: ProgrammeRequest) -> HttpResponse:
    """What was decided and in which workshops: about the whole programme, so on the page of no step."""
    context = {
        **frame.of_programme(request),
        "sections": {name: sections.context(request, BY_NAME[name]) for name in places.IN_LOG},
        "here": _("Workshops and decisions"),
    }
    return render(request, "roadmap/record/log.html", context)


# ------------------------------------------------------------------ what the views share


def _kind(name: str) -> Kind:
    if name not in FORMS:
        raise Http404
    return BY_NAME[name]


def _own(request: ProgrammeRequest, kind: Kind, pk: int, *, trashed: bool = False, to_write: bool = True) -> Any:
    """The record of a kind; what the reader may not see is not there, what they may not write is refused."""
    if not issubclass(kind.model, Record):
        raise Http404
    found = record_of(request, kind.model, pk, trashed=trashed)
    if to_write and isinstance(found, PersonalPillar) and not personal.may_write(found, request.member):
        raise PermissionDenied
    return found


def _edited(request: ProgrammeRequest, kind: Kind, pk: int) -> Any:
    """The record of a form; one that went to the trash while its form was written is known by the version sent."""
    try:
        return _own(request, kind, pk)
    except Http404:
        if f"{kind.name}-{pk}-version" not in request.POST:
            raise
        return _own(request, kind, pk, trashed=True)


def _in_trash(request: ProgrammeRequest, kind: Kind) -> QuerySet[Any, tuple[str, int, datetime, str]]:
    """What a kind has in the trash, as rows that those of other kinds can be joined to."""
    if kind.name in sections.PARENTS:
        parent = sections.PARENTS[kind.name]
        own = kind.objects().of(request.workspace).filter(**{f"{parent}__ties__programme": request.programme})
    elif kind.tied:
        own = kind.objects().of(request.workspace).filter(ties__programme=request.programme)
    else:
        own = kind.objects().of(request.programme)
    if kind.name == "personal_pillar":
        own = own.filter(Q(person=request.member) | Q(team__isnull=False, team=request.member.team_id))
    named = own.trashed().annotate(
        of_kind=Value(kind.name, CharField()), called=Cast(naming.name_of(kind.model), TextField())
    )
    rows: QuerySet[Any, tuple[str, int, datetime, str]] = named.values_list("of_kind", "pk", "trashed_at", "called")
    return rows


def _form(request: ProgrammeRequest, kind: Kind, record: Any = None) -> RecordForm:
    form = FORMS[kind.name](
        request.POST if request.method == "POST" else None,
        instance=record,
        initial=None if record else request.GET.dict(),
        programme=request.programme,
        member=request.member,
        prefix=f"{kind.name}-{record.pk if record else 'new'}",
    )
    if not form.is_bound and is_htmx(request):
        shown = [bound for bound in form if not bound.is_hidden]
        first = next((bound for bound in shown if record or not bound.value()), shown[0])
        first.field.widget.attrs["autofocus"] = True
    return form


def _many_form(request: ProgrammeRequest, kind: Kind) -> ManyForm:
    if kind.name not in MANY:
        raise Http404
    initial = request.GET.dict()
    return ManyForm(
        request.POST if request.method == "POST" else None,
        own=FORMS[kind.name](initial=initial, programme=request.programme, member=request.member),
        kind=kind,
        member=request.member,
        initial=initial,
        prefix=f"{kind.name}-many",
    )


def _context(request: ProgrammeRequest, kind: Kind) -> dict[str, Any]:
    return {
        **({} if is_htmx(request) else frame.of_programme(request)),
        "kind": kind,
        "step": None if kind.name in places.IN_LOG else BY_NUMBER[kind.step],
        "verbose_name": kind.model._meta.verbose_name,
        "add_label": ADD[kind.name],
        "back": _place(request, kind),
        "back_name": _("Workshops and decisions") if kind.name in places.IN_LOG else BY_NUMBER[kind.step].name,
    }


def _show(
    request: ProgrammeRequest,
    kind: Kind,
    form: RecordForm,
    record: Any = None,
    *,
    status: int = HTTPStatus.OK,
    **extra: Any,
) -> HttpResponse:
    context = {**_context(request, kind), "form": form, "record": record, **extra}
    return _page(request, "roadmap/record/form", context, status=status)


def _show_many(request: ProgrammeRequest, kind: Kind, form: ManyForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    return _page(request, "roadmap/record/many", {**_context(request, kind), "form": form}, status=status)


def _page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = HTTPStatus.OK) -> HttpResponse:
    """The page, or for htmx the part of it that the page includes."""
    if is_htmx(request):
        return fragment(request, f"{name}/_part.html", context, status=status)
    return render(request, f"{name}/page.html", context, status=status)


def _refused(request: ProgrammeRequest, kind: Kind, form: RecordForm, record: Any = None) -> HttpResponse:
    form.add_error(None, _refusal())
    return _show(request, kind, form, record, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _refusal() -> str:
    return _("The database refused this: it contradicts another record. What you wrote is below; change it and save.")


def done(request: ProgrammeRequest, kind: Kind, record: Any = None) -> HttpResponse:
    """Back to the step: the kind's section for htmx, the page at the record for a plain browser."""
    if not is_htmx(request):
        shown = f"?at={record.pk}#{kind.name}-{record.pk}" if record is not None else f"#{kind.name}-list"
        return redirect(_place(request, kind) + shown)
    also = record.pk if record is not None else None
    context = {**_context(request, kind), **sections.context(request, kind, also)}
    response = fragment(request, sections.template(kind), context)
    for event in ("plan-changed", f"{kind.name}-changed"):
        trigger_client_event(response, event, after="settle")
    return retarget(reswap(response, "outerHTML"), f"#{kind.name}-list")


def _ask(
    request: ProgrammeRequest, kind: Kind, record: Any, form: TrashForm, found: list[hanging.Hanging]
) -> HttpResponse:
    """What hangs on a record, and whether it is to be deleted all the same: in a dialog, or on a page of its own."""
    context = {
        **_context(request, kind),
        "name": naming.called(record),
        "form": form,
        "hangs": hanging.sentence(found),
        "total": sum(each.count for each in found),
        "hanging": found,
        "place": places.record(record, workspace=request.workspace.slug, programme=request.programme.pk),
    }
    response = _page(request, "roadmap/record/trash", context)
    return retarget(reswap(response, "innerHTML"), "#dialog") if is_htmx(request) else response


def _place(request: ProgrammeRequest, kind: Kind) -> str:
    return places.page(kind, workspace=request.workspace.slug, programme=request.programme.pk)


def _url(request: ProgrammeRequest, name: str, **parts: Any) -> str:
    return reverse(
        f"roadmap:{name}", kwargs={"workspace": request.workspace.slug, "programme": request.programme.pk, **parts}
    )
