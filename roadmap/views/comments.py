"""What people say of a record: everyone in the workspace may, and its writer or a lead may take it back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from cxplan.kit.http import fragment, is_htmx
from cxplan.workspaces.models import Record, Role
from roadmap import places
from roadmap.access import CommentRequest, ProgrammeRequest, commented, programme
from roadmap.access import comment as of_comment
from roadmap.domain import comments, records
from roadmap.domain.kinds import BY_MODEL
from roadmap.forms.comments import CommentForm
from roadmap.models import Comment
from roadmap.steps import BY_NUMBER

from . import conflicts, frame


@programme(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def thread(request: ProgrammeRequest, kind: str, pk: int) -> HttpResponse:
    """What was said of a record, and a place to say more."""
    record = commented(request, kind, pk)
    form = _form(request)
    if request.method != "POST":
        return _show(request, record, form)
    if not form.is_valid():
        return _show_form(request, record, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    made = comments.add(record, programme=request.programme, by=request.member, text=form.cleaned_data["text"])
    messages.success(request, _("Your comment is there."))
    return _done(request, record, made)


@of_comment()
@require_http_methods(["GET", "POST"])
def edit(request: CommentRequest) -> HttpResponse:
    """A comment in other words, written only if nobody else wrote it since the page was opened."""
    form = _form(request, request.comment)
    if request.method != "POST":
        return _show_form(request, request.record, form)
    if not form.is_valid():
        return _show_form(request, request.record, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        records.change(
            request.comment,
            programme=request.programme,
            by=request.member,
            values=form.values(),
            version=form.cleaned_data["version"],
        )
    except records.Stale as stale:
        both = conflicts.sides(request, form, stale.current)
        return _show_form(request, request.record, form, status=HTTPStatus.CONFLICT, **both)
    messages.success(request, _("Saved."))
    return _done(request, request.record, request.comment)


@of_comment()
@require_POST
def trash(request: CommentRequest) -> HttpResponse:
    """Take a comment away; the message offers to bring it back."""
    records.trash(request.comment, programme=request.programme, by=request.member)
    messages.success(
        request, _("The comment is deleted."), extra_tags=_url(request, "restore_comment", request.comment)
    )
    return _done(request, request.record)


@of_comment(trashed=True)
@require_POST
def restore(request: CommentRequest) -> HttpResponse:
    """Bring a comment back."""
    records.restore(request.comment, programme=request.programme, by=request.member)
    messages.success(request, _("Restored."))
    return _done(request, request.record, request.comment)


def _form(request: ProgrammeRequest, comment: Comment | None = None) -> CommentForm:
    return CommentForm(
        request.POST if request.method == "POST" else None,
        instance=comment,
        programme=request.programme,
        member=request.member,
        prefix=f"comment-{comment.pk if comment else 'new'}",
    )


def _context(request: ProgrammeRequest, record: Record) -> dict[str, Any]:
    kind = BY_MODEL[type(record)]
    in_log = kind.name in places.IN_LOG
    return {
        **({} if is_htmx(request) else frame.of_programme(request)),
        "kind": kind,
        "record": record,
        "step": None if in_log else BY_NUMBER[kind.step],
        "verbose_name": kind.model._meta.verbose_name,
        "back": places.record(record, workspace=request.workspace.slug, programme=request.programme.pk),
        "back_name": _("Workshops and decisions") if in_log else BY_NUMBER[kind.step].name,
    }


def _show(request: ProgrammeRequest, record: Record, form: CommentForm) -> HttpResponse:
    context = {**_context(request, record), "comments": comments.about(request.programme, record), "form": form}
    if is_htmx(request):
        return fragment(request, "roadmap/comment/thread/_part.html", context)
    return render(request, "roadmap/comment/thread/page.html", context)


def _show_form(
    request: ProgrammeRequest, record: Record, form: CommentForm, *, status: int = HTTPStatus.OK, **extra: Any
) -> HttpResponse:
    context = {**_context(request, record), "form": form, "comment": form.instance if form.instance.pk else None}
    if is_htmx(request):
        return fragment(request, "roadmap/comment/form/_part.html", {**context, **extra}, status=status)
    return render(request, "roadmap/comment/form/page.html", {**context, **extra}, status=status)


def _done(request: ProgrammeRequest, record: Record, comment: Record | None = None) -> HttpResponse:
    """The comments as they stand now; for a plain browser their page."""
    if not is_htmx(request):
        anchor = f"#comments-{comment.pk}" if comment else ""
        return redirect(_url(request, "comments", record) + anchor)
    context = {**_context(request, record), "comments": comments.about(request.programme, record)}
    blank = CommentForm(programme=request.programme, member=request.member, prefix="comment-new")
    response = fragment(request, "roadmap/comment/thread/_part.html", {**context, "form": blank})
    return retarget(reswap(response, "outerHTML"), "#comments")


def _url(request: ProgrammeRequest, name: str, of: Record) -> str:
    """The address of a record's comments, or of something done to one of them."""
    parts: dict[str, Any] = {"workspace": request.workspace.slug, "programme": request.programme.pk}
    record = request.record if isinstance(of, Comment) and hasattr(request, "record") else of
    parts |= {"kind": BY_MODEL[type(record)].name, "pk": record.pk}
    return reverse(f"roadmap:{name}", kwargs=parts | ({"comment": of.pk} if isinstance(of, Comment) else {}))
