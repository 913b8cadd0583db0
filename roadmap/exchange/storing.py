"""From a plan to the database: new records, all or nothing, a few queries a kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Now

from cxplan.workspaces.models import Member, Role, Team, Workspace
from cxplan.workspaces.models.history import act_as
from journeys.models import (
    Assessment,
    EcosystemPart,
    Journey,
    Persona,
    Stage,
    StageAssessment,
    StageSet,
    Touchpoint,
)
from journeys.models.assessment import SCORES
from roadmap.domain import plan as shapes
from roadmap.domain.kinds import BY_NAME
from roadmap.domain.plan import Plan
from roadmap.models import (
    AgendaItem,
    CallAnswer,
    Finding,
    HeldWorkshop,
    Interview,
    InterviewAnswer,
    Programme,
    ReadinessAnswer,
    ReadinessRound,
    ReadinessStatement,
    Source,
    StepStatus,
    Theme,
    Tie,
    Vision,
)

from .shape import identities

#: The rights that a part in the programme brings along; everyone else may add and edit.
ROLES = {"cx_lead": Role.LEAD, "facilitator": Role.LEAD, "sponsor": Role.VIEWER}
APPROVING_PARTS = frozenset({"sponsor"})

_NUMBERED = re.compile(r"(.*?)([0-9]+)")


def store(plan: Plan, workspace: Workspace, by: Member | None = None, *, is_example: bool = False) -> Programme:
    """Make a programme of a plan that was read from a document, in the plan's language.

    Everything becomes a new record; nothing that stands in the workspace is touched.
    """
    with transaction.atomic():
        act_as(by)
        return _Storing(plan, workspace, by, is_example=is_example).programme()


class _Storing:
    """One import: remembers the row that each exchange id became."""

    def __init__(self, plan: Plan, workspace: Workspace, by: Member | None, *, is_example: bool) -> None:
        self.plan = plan
        self.is_example = is_example
        self.workspace = workspace
        self.by = by
        self.rows: dict[str, models.Model] = {}
        self.made: Programme

    def programme(self) -> Programme:
        plan = self.plan
        teams = self._make(Team, plan.teams)
        self._make(Member, plan.people, _rights)
        self.made = self._programme()
        personas = self._make(Persona, plan.personas)
        stages = self._stages()
        journeys = self._make(Journey, plan.journeys, self._journey)
        points = [(journey, point) for journey in plan.journeys for point in journey.touchpoints]
        owners = [{"journey": self.rows[journey.id]} for journey, _point in points]
        touchpoints = self._make(Touchpoint, [point for _journey, point in points], owners)
        self._link(plan.journeys, Journey, ("supports",))
        ecosystem = self._make(EcosystemPart, plan.ecosystem, _changes)
        people = [self.rows[person.id] for person in plan.people]
        self._tie("team", teams)
        self._tie("person", people, [person.role for person in plan.people])
        self._tie("persona", personas)
        self._tie("stage", stages)
        self._tie("journey", journeys)
        self._tie("touchpoint", touchpoints)
        self._tie("ecosystem_part", ecosystem)
        self._assessments([point for _journey, point in points])
        self._stage_assessments()
        self._readiness()
        self._make(Source, plan.sources, _file)
        themes = self._themes()
        self._make(Finding, plan.findings, lambda finding: {"theme": themes.get(finding.theme)})
        self._make(Interview, plan.interviews)
        self._vision()
        self._make(BY_NAME["key_question"].model, plan.key_questions)
        self._make(BY_NAME["customer_call"].model, plan.customer_calls)
        self._answers()
        self._make(BY_NAME["insight"].model, plan.insights)
        self._make(BY_NAME["gap"].model, plan.gaps)
        self._make(BY_NAME["pillar"].model, plan.pillars, self._pillar_state)
        self._make(BY_NAME["promise"].model, plan.promises)
        self._make(BY_NAME["action"].model, plan.actions)
        self._make(BY_NAME["lever"].model, plan.levers)
        self._make(BY_NAME["sweet_spot"].model, plan.sweet_spots)
        self._make(BY_NAME["touchpoint_idea"].model, plan.new_touchpoint_ideas)
        self._make(BY_NAME["metric"].model, plan.metrics)
        self._make(BY_NAME["measurement"].model, plan.measurements, _counts)
        self._make(BY_NAME["contingency_task"].model, plan.contingency_tasks)
        self._make(BY_NAME["rollout_item"].model, plan.rollout)
        self._make(BY_NAME["personal_pillar"].model, plan.personal_pillars)
        self._workshops()
        self._make(BY_NAME["decision"].model, plan.decisions)
        self._make(BY_NAME["comment"].model, plan.comments)
        self._step_statuses()
        self._gate_time()
        self.made.save(update_fields=["numbers"])
        return self.made

    # -------------------------------------------------------------- the general case

    def _make(self, model: type[models.Model], records: Sequence[Any], more: Any = None) -> list[models.Model]:
        """Make a row of each record, with its links; ``more`` gives what only this kind has."""
        rows = []
        for position, record in enumerate(records):
            values = self._values(model, record)
            if more is not None:
                values |= more(record) if callable(more) else more[position]
            rows.append(model(**self._place(model, record, position), **values))
        made = model._default_manager.bulk_create(rows)
        for record, row in zip(records, made, strict=True):
            if hasattr(record, "id"):
                self.rows[record.id] = row
        if records:
            shape = type(records[0])
            links = [field.name for field in model._meta.many_to_many if field.name in shapes.names(shape)]
            links = [name for name in links if name != "supports"]
            self._link(records, model, links, made)
            self._link_evidence(records, model, made)
        return made

    def _place(self, model: type[models.Model], record: Any, position: int) -> dict[str, Any]:
        """Where a row stands: in the workspace, and in the programme where it belongs to one."""
        fields = {field.name for field in model._meta.concrete_fields}
        place: dict[str, Any] = {"workspace": self.workspace}
        if "position" in fields:
            place["position"] = position
        if "programme" in fields:
            place["programme"] = self.made
            place["exchange_id"] = record.id if hasattr(record, "id") else self._next_id(model)
        return place

    def _values(self, model: type[models.Model], record: Any) -> dict[str, Any]:
        """A record's values as columns: ids become rows, and what is absent is left to the model."""
        values: dict[str, Any] = {}
        fields = {field.name: field for field in model._meta.concrete_fields}
        for name in shapes.names(type(record)):
            field, value = fields.get(name), getattr(record, name)
            if field is None or name == "id" or value is None:
                continue
            if isinstance(field, models.ForeignKey):
                values[name] = self.rows.get(value)
            else:
                values[name] = list(value) if isinstance(value, tuple) else value
        return values

    def _link(self, records: Sequence[Any], model: type[models.Model], names: Iterable[str], rows: Any = None) -> None:
        """Fill the link tables, in the order of the document."""
        sources = rows if rows is not None else [self.rows[record.id] for record in records]
        for name in names:
            pairs = [
                (source, self.rows[identity])
                for source, record in zip(sources, records, strict=True)
                for identity in getattr(record, name)
            ]
            self._connect(model, name, pairs)

    def _connect(
        self, model: type[models.Model], name: str, pairs: Iterable[tuple[models.Model, models.Model]]
    ) -> None:
        field: Any = model._meta.get_field(name)
        through = field.remote_field.through
        near, far = field.m2m_field_name(), field.m2m_reverse_field_name()
        links = [through(**{f"{near}_id": source.pk, f"{far}_id": target.pk}) for source, target in pairs]
        if links:
            through._default_manager.bulk_create(links)

    def _link_evidence(self, records: Sequence[Any], model: type[models.Model], rows: Sequence[models.Model]) -> None:
        """One list of ids in the document is one typed link table a kind here."""
        for attribute, prefix in (("evidence", ""), ("built_on", "built_on_")):
            if attribute not in shapes.names(type(records[0])):
                continue
            for field in model._meta.many_to_many:
                if not field.name.startswith(prefix) or field.name in shapes.names(type(records[0])):
                    continue
                self._connect(
                    model,
                    field.name,
                    [
                        (row, self.rows[identity])
                        for row, record in zip(rows, records, strict=True)
                        for identity in getattr(record, attribute)
                        if isinstance(self.rows[identity], field.related_model)
                    ],
                )

    def _next_id(self, model: type[models.Model]) -> str:
        """An id for a record that the format knows without one."""
        prefix = next(kind.prefix for kind in BY_NAME.values() if kind.model is model)
        return self.made.next_id(prefix)

    # -------------------------------------------------------------- the programme and what the workspace owns

    def _programme(self) -> Programme:
        plan, own = self.plan, self.plan.programme
        case = own.business_case
        if isinstance(case, str):
            case = shapes.BusinessCase(text=case)
        values = self._values(Programme, own) | {
            "business_case": case.text,
            "business_case_low": case.low,
            "business_case_high": case.high,
            "business_case_assumptions": list(case.assumptions),
        }
        if own.weights is not None:
            values |= {f"weight_{name}": getattr(own.weights, name) for name in shapes.names(shapes.Weights)}
        if own.gate is not None:
            values |= {
                "gate_approved_by": self.rows.get(own.gate.approved_by or ""),
                "gate_approved_on": own.gate.approved_on,
                "gate_note": own.gate.note,
            }
        if plan.organisation is not None:
            values |= {
                "organisation_key": plan.organisation.id,
                **{
                    f"organisation_{name}": getattr(plan.organisation, name)
                    for name in shapes.names(shapes.Organisation)
                    if name != "id"
                },
            }
        made = Programme.objects.create(
            workspace=self.workspace,
            exchange_id=own.id,
            language=plan.default_language,
            languages=list(plan.languages),
            is_example=self.is_example,
            numbers=_numbers(plan),
            **values,
        )
        self.rows[own.id] = made
        self._connect(Programme, "core_group", [(made, self.rows[person]) for person in own.core_group])
        return made

    def _tie(self, kind: str, rows: Sequence[models.Model], parts: Sequence[str] = ()) -> None:
        ids = {row.pk: identity for identity, row in self.rows.items() if isinstance(row, BY_NAME[kind].model)}
        Tie.objects.bulk_create(
            Tie(
                programme=self.made,
                exchange_id=ids[row.pk],
                position=position,
                part=parts[position] if parts else "",
                **{kind: row},
            )
            for position, row in enumerate(rows)
        )

    def _stages(self) -> list[models.Model]:
        """The stages of the document, as one set that its journeys share."""
        self.stage_set: StageSet | None = None
        if not self.plan.stages:
            return []
        self.stage_set = StageSet.objects.create(workspace=self.workspace, name=self.plan.programme.name)
        return self._make(Stage, self.plan.stages, lambda _stage: {"stage_set": self.stage_set})

    def _journey(self, journey: shapes.Journey) -> dict[str, Any]:
        staged = journey.kind == "customer" or any(point.stage for point in journey.touchpoints)
        values: dict[str, Any] = {"stage_set": self.stage_set if staged else None}
        if journey.score_scale is not None:
            values |= {"score_min": journey.score_scale.min, "score_max": journey.score_scale.max}
        return values

    def _assessments(self, points: Iterable[shapes.Touchpoint]) -> None:
        rounds: list[Assessment] = []
        for point in points:
            key = self.rows[point.id].pk
            for given in point.assessments:
                rounds.append(Assessment(touchpoint_id=key, latest=False, **self._round(given, len(rounds))))
            latest = {name: getattr(point, name) for name in (*SCORES, "n", "spread")}
            latest |= {"on": point.assessed_on, "source": point.assessed_from}
            if any(value not in (None, "") for value in latest.values()):
                place = {"workspace": self.workspace, "position": len(rounds)}
                rounds.append(Assessment(touchpoint_id=key, latest=True, **place, **latest))
        Assessment.objects.bulk_create(rounds)

    def _round(self, given: shapes.Assessment, position: int) -> dict[str, Any]:
        return {"workspace": self.workspace, "position": position, **self._values(Assessment, given)}

    def _stage_assessments(self) -> None:
        self._make(StageAssessment, self.plan.stage_assessments)

    # -------------------------------------------------------------- kinds with parts of their own

    def _readiness(self) -> None:
        latest = self.plan.readiness
        if latest is None:
            return
        asked: list[shapes.ReadinessRound | shapes.Readiness] = [*latest.rounds, latest]
        rows = ReadinessRound.objects.bulk_create(
            ReadinessRound(
                workspace=self.workspace,
                programme=self.made,
                exchange_id=self._next_id(ReadinessRound),
                position=position,
                asked_on=one.asked_on,
                scale_min=one.scale.min,
                scale_max=one.scale.max,
                scale_low=one.scale.low,
                scale_high=one.scale.high,
                is_latest=one is latest,
            )
            for position, one in enumerate(asked)
        )
        statements = [(row, statement) for row, one in zip(rows, asked, strict=True) for statement in one.statements]
        self._make(
            ReadinessStatement,
            [statement for _row, statement in statements],
            [{"round": row} for row, _statement in statements],
        )
        groups = shapes.names(shapes.ReadinessAnswers)
        ReadinessAnswer.objects.bulk_create(
            ReadinessAnswer(statement_id=self.rows[statement.id].pk, group=group, position=position, value=value)
            for _row, statement in statements
            for group in groups
            for position, value in enumerate(getattr(statement.answers, group))
        )

    def _themes(self) -> Mapping[str, Theme]:
        names = dict.fromkeys(finding.theme for finding in self.plan.findings if finding.theme)
        themes = Theme.objects.bulk_create(
            Theme(
                workspace=self.workspace,
                programme=self.made,
                exchange_id=self._next_id(Theme),
                position=position,
                name=name,
            )
            for position, name in enumerate(names)
        )
        return {theme.name: theme for theme in themes}

    def _vision(self) -> None:
        vision = self.plan.vision
        if vision is None:
            return
        row = self._make(Vision, [vision])[0]
        for name, parts in (
            ("vision_element", vision.elements),
            ("vision_check", vision.checks),
            ("vision_candidate", vision.candidates),
        ):
            self._make(BY_NAME[name].model, parts, [{"vision": row}] * len(parts))

    def _answers(self) -> None:
        InterviewAnswer.objects.bulk_create(
            InterviewAnswer(interview_id=self.rows[interview.id].pk, question=question, text=text, position=position)
            for interview in self.plan.interviews
            for position, (question, text) in enumerate(interview.answers.items())
        )
        CallAnswer.objects.bulk_create(
            CallAnswer(call_id=self.rows[call.id].pk, question_id=self.rows[question].pk, text=text, position=position)
            for call in self.plan.customer_calls
            for position, (question, text) in enumerate(call.answers.items())
        )

    def _pillar_state(self, pillar: shapes.Pillar) -> dict[str, Any]:
        return {"state": pillar.state or pillar_state(self.plan)}

    def _workshops(self) -> None:
        self._make(HeldWorkshop, self.plan.workshops)
        AgendaItem.objects.bulk_create(
            AgendaItem(
                workshop_id=self.rows[workshop.id].pk,
                position=position,
                minutes=item.minutes,
                mode=item.mode,
                text=item.text,
                votes_each=item.votes_each,
            )
            for workshop in self.plan.workshops
            for position, item in enumerate(workshop.agenda)
        )

    def _gate_time(self) -> None:
        """An approval of the gate was given to what the document holds."""
        if _given(self.plan.programme.gate):
            Programme.objects.of(self.workspace).filter(pk=self.made.pk).update(gate_approved_at=Now())

    def _step_statuses(self) -> None:
        """Last of all, so that no step looks older than what it builds on."""
        StepStatus.objects.bulk_create(
            StepStatus(
                programme=self.made,
                number=number,
                state=state,
                by=self.by,
                at=Now(),
            )
            for number, state in sorted(self.plan.step_status.items())
        )


def _given(gate: shapes.Gate | None) -> bool:
    return gate is not None and (gate.approved_by is not None or gate.approved_on is not None)


def pillar_state(plan: Plan) -> str:
    """What a pillar's absent ``state`` means."""
    return "approved" if plan.step_status.get(7) == "done" else "chosen"


def _numbers(plan: Plan) -> dict[str, int]:
    """The largest number under each prefix of the document's ids."""
    numbers: dict[str, int] = {}
    for identity in identities(plan):
        numbered = _NUMBERED.fullmatch(identity)
        if numbered:
            prefix, number = numbered[1], int(numbered[2])
            numbers[prefix] = max(numbers.get(prefix, 0), number)
    return numbers


def _rights(person: shapes.Person) -> dict[str, Any]:
    return {"role": ROLES.get(person.role, Role.MEMBER), "is_approver": person.role in APPROVING_PARTS}


def _changes(part: shapes.EcosystemPart) -> dict[str, Any]:
    return {
        "changes": [
            {"on": change.on.isoformat() if change.on else None, "text": change.text} for change in part.changes
        ]
    }


def _file(source: shapes.Source) -> dict[str, Any]:
    return {"file_name": source.file.name, "file_hash": source.file.hash} if source.file else {}


def _counts(measurement: shapes.Measurement) -> dict[str, Any]:
    counts = measurement.counts
    return {} if counts is None else {"counts": {str(score): count for score, count in counts.items()}}
