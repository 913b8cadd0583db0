"""Between meetings: ask the team to vote on records, collect notes for a workshop, take a vote into the plan."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cxplan.workshops import tasks
from cxplan.workshops.domain import between
from cxplan.workshops.domain.commands import Closed
from cxplan.workshops.models import State
from cxplan.workspaces.models import Role
from roadmap.access import ProgrammeRequest, programme
from roadmap.domain import polls as verbs
from roadmap.domain import workshops
from roadmap.domain.harvest import NothingChosen
from roadmap.domain.kinds import BY_NAME
from roadmap.forms.polls import AskForm, PeopleForm, VerdictForm
from roadmap.models import Opening
from roadmap.models.workshops import Poll
from roadmap.steps import BY_NUMBER
from roadmap.steps.polls import POLLS, of_step

from . import frame
from .links import Links

#: So many votes can be written down at most.
MOST_VOTES = 10_000


@programme(Role.LEAD)
@require_http_methods(["GET", "POST"])
def ask(request: ProgrammeRequest, poll: str) -> HttpResponse:
    """Ask the team about the gaps or the pillars, until a deadline."""
    if poll not in Poll.values:
        raise Http404
    asking = POLLS[Poll(poll)]
    language = request.programme.language
    form = AskForm(
        request.POST if request.method == "POST" else None,
        programme=request.programme,
        model=BY_NAME[asking.kind].model,
        initial={"question": workshops.asked(asking.agenda.phases[0], request.programme)},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with transaction.atomic():
            opening = verbs.ask(
                request.programme,
                asking.poll,
                asking.agenda,
                asking.number,
                by=request.member,
                question=given["question"],
                about=list(given["about"]),
                deadline=given["deadline"],
                asked=given["asked"],
            )
            tasks.send(opening.session)
        messages.success(request, _("The vote is open. The mails are on their way."))
        return redirect("roadmap:workshop", request.workspace.slug, request.programme.pk, opening.pk)
    context = {
        **frame.of_programme(request),
        "here": _("Ask the team"),
        "step": BY_NUMBER[asking.number],
        "form": form,
        "asking": asking,
        "ways": of_step(asking.number),
        "instruction": asking.agenda.phases[0].instruction.in_(language),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "roadmap/polls/ask.html", context, status=status)


@programme(Role.LEAD)
@require_http_methods(["GET", "POST"])
def collect(request: ProgrammeRequest, opening: int) -> HttpResponse:
    """Open a workshop's silent writing before its meeting."""
    own = _own(request, opening)
    phase = between.phase_alone(own.session)
    form = PeopleForm(
        request.POST if request.method == "POST" else None,
        programme=request.programme,
        initial={"deadline": own.starts_at} if own.starts_at else {},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                between.open_until(own.session, given["deadline"], given["asked"])
                tasks.send(own.session)
        except Closed:
            form.add_error(None, _("The workshop has begun already, so nothing was changed."))
        else:
            messages.success(request, _("People can write from now on. The mails are on their way."))
            return redirect("workshops:desk", own.session_id)
    context = {
        **frame.of_programme(request),
        "here": _("Collect notes beforehand"),
        "opening": own,
        "step": BY_NUMBER[own.step],
        "form": form,
        "phase": phase if own.session.state == State.PLANNED else None,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "roadmap/polls/collect.html", context, status=status)


def harvest(request: ProgrammeRequest, opening: Opening) -> HttpResponse:
    """A vote's answer beside what the records say now; what the lead ticks is written into them."""
    asking = POLLS[Poll(opening.poll)]
    proposals = verbs.proposals(opening, asking.agenda)
    most = 5 if asking.poll == Poll.SEVERITY else MOST_VOTES
    form = VerdictForm(request.POST if request.method == "POST" else None, proposals=proposals, most=most)
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"].strip()
            verbs.accept(opening, asking.agenda, form.accepted(), reason=reason, by=request.member)
        except NothingChosen:
            form.add_error(None, _("What was ticked is not there any more, so nothing was changed."))
        else:
            messages.success(request, _("The plan follows the vote now, and the reason is kept."))
            where = [request.workspace.slug, request.programme.pk, opening.pk]
            return redirect(reverse("roadmap:workshop", args=where))
    links = Links(request)
    context = {
        **frame.of_programme(request),
        "here": _("Take into the plan"),
        "opening": opening,
        "asking": asking,
        "step": BY_NUMBER[opening.step],
        "form": form,
        "rows": [
            {"proposal": each, "take": take, "value": value, "url": links.record(each.record)}
            for each, take, value in form.rows()
        ],
        "is_over": opening.session.state == State.CLOSED,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "roadmap/polls/harvest.html", context, status=status)


def _own(request: ProgrammeRequest, pk: int) -> Opening:
    found = Opening.objects.of(request.programme).select_related("session").filter(pk=pk).first()
    if found is None or found.poll:
        raise Http404
    return found
