"""Read a whole programme from the database into a ``Plan``, in a fixed number of queries.

One query a kind; the ids of many-to-many links come along as arrays. What was trashed is left out,
and so are the links that point at it. A private personal pillar comes without its words: they are
their owner's alone, and everything that reads a plan is for more eyes than one.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef, Prefetch

from journeys.models import Assessment, Journey, Stage, StageAssessment, Touchpoint
from roadmap.models import (
    AgendaItem,
    CallAnswer,
    InterviewAnswer,
    Measurement,
    PersonalPillar,
    Programme,
    ReadinessAnswer,
    ReadinessRound,
    ReadinessStatement,
    StepStatus,
    Theme,
    Tie,
    Vision,
)
from roadmap.models.programme import TIED

from . import plan as shapes
from .kinds import BY_NAME, Kind

S = TypeVar("S")

#: The evidence of a record is stored in one typed field for each kind it may point at.
EVIDENCE = ("findings", "interviews", "customer_calls", "insights")
BUILT_ON = ("built_on_findings", "built_on_interviews")


@shapes.record
class LoadedPlan(shapes.Plan):
    """A plan that knows the database keys of its records: exchange id to primary key."""

    keys: Mapping[str, int]


def load(programme: Programme) -> LoadedPlan:
    """The programme as one tree; about 45 queries, however large it is."""
    return _Reading(programme).plan()


def weights(programme: Programme) -> shapes.Weights | None:
    """The programme's own weights of experience, where it has some: all three are stored, or none."""
    if programme.weight_emotion is None:
        return None
    return shapes.Weights(
        effectiveness=programme.weight_effectiveness or 0,
        ease=programme.weight_ease or 0,
        emotion=programme.weight_emotion,
    )


def scored() -> Prefetch[Any, Any, Any]:
    """What brings touchpoints with their latest scores, a list of one or none."""
    return Prefetch("assessments", Assessment.objects.alive().filter(latest=True), to_attr="scored")


class _Reading:
    """One reading of one programme: remembers which exchange id each row goes by."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.ids: dict[type[Model], dict[int, str]] = defaultdict(dict)
        self.ties: dict[str, list[Tie]] = defaultdict(list)

    def plan(self) -> LoadedPlan:
        self._read_ties()
        programme = self.programme
        organisation = self._organisation()
        own = self._programme()
        teams = tuple(
            shapes.Team(id=tie.exchange_id, name=tie.team.name) for tie in self.ties["team"] if tie.team is not None
        )
        people = tuple(self._person(tie) for tie in self.ties["person"])
        personas = self._tied("persona", shapes.Persona)
        readiness = self._readiness()
        sources = self._sources()
        findings = self._findings()
        interviews = self._interviews()
        vision = self._vision()
        key_questions = self._records("key_question", shapes.KeyQuestion)
        customer_calls = self._customer_calls()
        insights = self._records("insight", shapes.Insight, evidence=EVIDENCE[:3])
        stages = self._tied("stage", shapes.Stage)
        journeys = self._journeys()
        ecosystem = self._ecosystem()
        stage_assessments = self._stage_assessments()
        gaps = self._records("gap", shapes.Gap, evidence=EVIDENCE)
        step_status = {
            status.number: status.state for status in StepStatus.objects.filter(programme=programme).order_by("number")
        }
        pillars = self._records("pillar", shapes.Pillar)
        promises = self._records("promise", shapes.Promise)
        actions = self._records("action", shapes.Action)
        levers = self._records("lever", shapes.Lever)
        sweet_spots = self._records("sweet_spot", shapes.SweetSpot)
        ideas = self._records("touchpoint_idea", shapes.TouchpointIdea)
        metrics = self._records("metric", shapes.Metric)
        measurements = self._measurements()
        tasks = tuple(task for task in self._records("contingency_task", shapes.ContingencyTask) if task.metric)
        rollout = self._records("rollout_item", shapes.RolloutItem)
        personal_pillars = self._personal_pillars()
        return LoadedPlan(
            languages=tuple(programme.languages) or (programme.language,),  # type: ignore[arg-type]  # kept by a constraint
            default_language=programme.language,  # type: ignore[arg-type]
            organisation=organisation,
            programme=own,
            teams=teams,
            people=people,
            readiness=readiness,
            sources=sources,
            findings=findings,
            interviews=interviews,
            vision=vision,
            personas=personas,
            key_questions=key_questions,
            customer_calls=customer_calls,
            insights=insights,
            stages=stages,
            journeys=journeys,
            ecosystem=ecosystem,
            stage_assessments=stage_assessments,
            gaps=gaps,
            pillars=pillars,
            promises=promises,
            actions=actions,
            levers=levers,
            sweet_spots=sweet_spots,
            new_touchpoint_ideas=ideas,
            metrics=metrics,
            measurements=measurements,
            contingency_tasks=tasks,
            rollout=rollout,
            personal_pillars=personal_pillars,
            workshops=self._workshops(),
            decisions=self._records("decision", shapes.Decision),
            comments=self._records("comment", shapes.Comment),
            step_status=step_status,  # type: ignore[arg-type]
            keys=self._keys(),
        )

    # -------------------------------------------------------------- the general case

    def _records(
        self,
        name: str,
        shape: type[S],
        *,
        evidence: tuple[str, ...] = (),
        **given: Mapping[int, Any],
    ) -> tuple[S, ...]:
        """Every living record of a kind, as its shape.

        ``given`` holds, by attribute, what comes from elsewhere: primary key to value.
        """
        rows = self._rows(BY_NAME[name], shape, extra=evidence, skip=tuple(given))
        made = []
        for row in rows:
            values = self._values(row, BY_NAME[name].model, shape, skip=given)
            if evidence:
                values["evidence"] = self._united(row, BY_NAME[name].model, evidence)
            values |= {attribute: by_row[row["pk"]] for attribute, by_row in given.items() if row["pk"] in by_row}
            made.append(shape(**values))
        return tuple(made)

    def _rows(
        self, kind: Kind, shape: type, *, extra: Iterable[str] = (), skip: Iterable[str] = ()
    ) -> list[dict[str, Any]]:
        """The columns of a kind that its shape names, living rows in their order; remembers their ids."""
        fields = _stored(kind.model)
        names = [name for name in (*shapes.names(shape), *extra) if name in fields and name not in ("id", *skip)]
        links = [name for name in names if fields[name].many_to_many]
        plain = [fields[name].attname for name in names if name not in links]
        queryset = kind.objects().alive().in_order()
        if kind.tied:
            places = {getattr(tie, f"{kind.name}_id"): tie for tie in self.ties[kind.name]}
            queryset = queryset.of(self.programme.workspace).filter(pk__in=places)
        else:
            queryset = queryset.of(self.programme)
            plain.append("exchange_id")
        queryset = queryset.annotate(**{f"{name}_ids": _far_keys(kind.model, name) for name in links})
        rows = list(queryset.values("pk", *plain, *(f"{name}_ids" for name in links)))
        if kind.tied:
            for row in rows:
                row["exchange_id"] = places[row["pk"]].exchange_id
            rows.sort(key=lambda row: (places[row["pk"]].position, row["pk"]))
        self.ids[kind.model] = {row["pk"]: row["exchange_id"] for row in rows}
        return rows

    def _values(
        self, row: Mapping[str, Any], model: type[Model], shape: type, *, skip: Iterable[str] = ()
    ) -> dict[str, Any]:
        """A row's columns as the attributes of a shape: keys become exchange ids."""
        values: dict[str, Any] = {"id": row["exchange_id"]} if "id" in shapes.names(shape) else {}
        fields = _stored(model)
        for name in shapes.names(shape):
            field = fields.get(name)
            if field is None or name in ("id", *skip):
                continue
            if field.many_to_many:
                values[name] = self._named(field.related_model, row[f"{name}_ids"])
            elif field.many_to_one:
                values[name] = self._name(field.related_model, row[f"{name}_id"])
            else:
                value = row[name]
                values[name] = tuple(value) if isinstance(value, list) else value
        return _without_blanks(values, shape)

    def _united(self, row: Mapping[str, Any], model: type[Model], links: Iterable[str]) -> tuple[str, ...]:
        """The ids of several link fields as one list."""
        return tuple(
            identity
            for link in links
            for identity in self._named(model._meta.get_field(link).related_model, row[f"{link}_ids"])
        )

    def _name(self, model: Any, key: int | None) -> str | None:
        return None if key is None else self.ids[model].get(key)

    def _named(self, model: Any, keys: Iterable[int]) -> tuple[str, ...]:
        known = self.ids[model]
        return tuple(known[key] for key in keys if key in known)

    def _keys(self) -> dict[str, int]:
        return {identity: key for known in self.ids.values() for key, identity in known.items()}

    # -------------------------------------------------------------- what the workspace owns

    def _read_ties(self) -> None:
        ties = Tie.objects.of(self.programme).in_order().select_related("team", "person")
        for tie in ties:
            kind = next(kind for kind in TIED if getattr(tie, f"{kind}_id") is not None)
            self.ties[kind].append(tie)
            if kind in ("team", "person"):
                self.ids[BY_NAME[kind].model][getattr(tie, f"{kind}_id")] = tie.exchange_id

    def _tied(self, name: str, shape: type[S]) -> tuple[S, ...]:
        model = BY_NAME[name].model
        return tuple(shape(**self._values(row, model, shape)) for row in self._rows(BY_NAME[name], shape))

    def _person(self, tie: Tie) -> shapes.Person:
        person = tie.person
        if person is None:
            raise TypeError("the tie holds no person")
        team = self._name(BY_NAME["team"].model, person.team_id)
        return shapes.Person(id=tie.exchange_id, name=str(person), team=team, role=tie.part, title=person.title)

    # -------------------------------------------------------------- the programme itself

    def _organisation(self) -> shapes.Organisation | None:
        programme = self.programme
        if not programme.organisation_name:
            return None
        return shapes.Organisation(
            id=programme.organisation_key or "organisation",
            name=programme.organisation_name,
            sector=programme.organisation_sector,
            description=programme.organisation_description,
            brand_promise=programme.organisation_brand_promise,
        )

    def _programme(self) -> shapes.Programme:
        row = self.programme
        member = BY_NAME["person"].model
        case: str | shapes.BusinessCase = row.business_case
        if row.business_case_low is not None or row.business_case_high is not None or row.business_case_assumptions:
            case = shapes.BusinessCase(
                text=row.business_case,
                low=row.business_case_low,
                high=row.business_case_high,
                assumptions=tuple(row.business_case_assumptions),
            )
        gate = None
        if row.gate_approved_by_id or row.gate_approved_on or row.gate_note:
            gate = shapes.Gate(
                approved_by=self._name(member, row.gate_approved_by_id),
                approved_on=row.gate_approved_on,
                note=row.gate_note,
            )
        group = row.core_group.through.objects.filter(programme=row).order_by("pk").values_list("member_id", flat=True)
        return shapes.Programme(
            id=row.exchange_id,
            name=row.name,
            purpose=row.purpose,
            starts_on=row.starts_on,
            vision_year=row.vision_year,
            cx_owner=self._name(member, row.cx_owner_id),
            sponsor=self._name(member, row.sponsor_id),
            core_group=self._named(member, group),
            development_stage=row.development_stage or None,  # type: ignore[arg-type]  # kept by a constraint
            development_stage_reason=row.development_stage_reason,
            business_case=case,
            weights=weights(row),
            gate=gate,
            focus_line=row.focus_line,
        )

    def _readiness(self) -> shapes.Readiness | None:
        rounds = list(ReadinessRound.objects.of(self.programme).alive().in_order())
        answers: dict[int, dict[str, list[int]]] = defaultdict(lambda: {"management": [], "staff": []})
        for answer in ReadinessAnswer.objects.filter(statement__programme=self.programme).order_by("position"):
            answers[answer.statement_id][answer.group].append(answer.value)
        statements: dict[int, list[shapes.ReadinessStatement]] = defaultdict(list)
        for statement in ReadinessStatement.objects.of(self.programme).alive().in_order():
            self.ids[ReadinessStatement][statement.pk] = statement.exchange_id
            given = answers[statement.pk]
            statements[statement.round_id].append(
                shapes.ReadinessStatement(
                    id=statement.exchange_id,
                    theme=statement.theme,
                    text=statement.text,
                    answers=shapes.ReadinessAnswers(management=tuple(given["management"]), staff=tuple(given["staff"])),
                )
            )
        made: dict[int, dict[str, Any]] = {
            asked.pk: {
                "asked_on": asked.asked_on,
                "scale": shapes.Scale(
                    min=asked.scale_min, max=asked.scale_max, low=asked.scale_low, high=asked.scale_high
                ),
                "statements": tuple(statements[asked.pk]),
            }
            for asked in rounds
        }
        latest = next((asked for asked in rounds if asked.is_latest), None)
        if latest is None:
            return None
        earlier = tuple(shapes.ReadinessRound(**made[asked.pk]) for asked in rounds if asked is not latest)
        return shapes.Readiness(**made[latest.pk], rounds=earlier)

    # -------------------------------------------------------------- kinds with a shape of their own

    def _sources(self) -> tuple[shapes.Source, ...]:
        files = {
            key: shapes.File(name=name, hash=digest)
            for key, name, digest in BY_NAME["source"]
            .objects()
            .of(self.programme)
            .exclude(file_name="")
            .values_list("pk", "file_name", "file_hash")
        }
        return self._records("source", shapes.Source, file=files)

    def _findings(self) -> tuple[shapes.Finding, ...]:
        themes = {
            theme.pk: (theme.name, theme.exchange_id) for theme in Theme.objects.of(self.programme).alive().in_order()
        }
        self.ids[Theme] = {key: name for key, (name, _) in themes.items()}
        findings = self._records("finding", shapes.Finding)
        self.ids[Theme] = {key: identity for key, (_, identity) in themes.items()}
        return tuple(dataclasses.replace(finding, theme=finding.theme or "") for finding in findings)

    def _interviews(self) -> tuple[shapes.Interview, ...]:
        answers: dict[int, dict[str, str]] = defaultdict(dict)
        for answer in InterviewAnswer.objects.filter(interview__programme=self.programme).order_by("position", "pk"):
            answers[answer.interview_id][answer.question] = answer.text
        return self._records("interview", shapes.Interview, answers=answers)

    def _vision(self) -> shapes.Vision | None:
        current = BY_NAME["vision"]
        rows = [
            row
            for row in self._rows(
                current, shapes.Vision, extra=(*BUILT_ON, "is_current"), skip=("elements", "checks", "candidates")
            )
            if row["is_current"]
        ]
        if not rows:
            return None
        row = rows[0]
        parts = (
            ("vision_element", shapes.VisionElement),
            ("vision_check", shapes.VisionCheck),
            ("vision_candidate", shapes.VisionCandidate),
        )
        elements, checks, candidates = (self._parts_of_vision(name, shape, row["pk"]) for name, shape in parts)
        values = self._values(row, Vision, shapes.Vision, skip=("elements", "checks", "candidates"))
        return shapes.Vision(
            **values,
            built_on=self._united(row, Vision, BUILT_ON),
            elements=elements,
            checks=checks,
            candidates=candidates,
        )

    def _parts_of_vision(self, name: str, shape: type[Any], vision: int) -> tuple[Any, ...]:
        kind = BY_NAME[name]
        rows = [row for row in self._rows(kind, shape, extra=("vision",)) if row["vision_id"] == vision]
        self.ids[kind.model] = {row["pk"]: row["exchange_id"] for row in rows}  # links to earlier visions are left out
        return tuple(shape(**self._values(row, kind.model, shape)) for row in rows)

    def _customer_calls(self) -> tuple[shapes.CustomerCall, ...]:
        answers: dict[int, dict[str, str]] = defaultdict(dict)
        rows = CallAnswer.objects.filter(call__programme=self.programme).order_by("position", "pk")
        for answer in rows:
            question = self._name(BY_NAME["key_question"].model, answer.question_id)
            if question:
                answers[answer.call_id][question] = answer.text
        return self._records("customer_call", shapes.CustomerCall, answers=answers)

    def _journeys(self) -> tuple[shapes.Journey, ...]:
        skip = ("touchpoints",)
        rows = self._rows(BY_NAME["journey"], shapes.Journey, extra=("score_min", "score_max"), skip=skip)
        points = self._touchpoints(frozenset(row["pk"] for row in rows))
        made = []
        for row in rows:
            values = self._values(row, Journey, shapes.Journey, skip=skip)
            scale = None
            if row["score_min"] is not None:
                scale = shapes.ScoreScale(min=row["score_min"], max=row["score_max"])
            made.append(shapes.Journey(**values, score_scale=scale, touchpoints=tuple(points[row["pk"]])))
        return tuple(made)

    def _touchpoints(self, journeys: frozenset[int]) -> dict[int, list[shapes.Touchpoint]]:
        """The touchpoints of each journey, with their assessments."""
        rounds: dict[int, list[Assessment]] = defaultdict(list)
        assessments = Assessment.objects.of(self.programme.workspace).alive().in_order()
        for assessment in assessments.filter(touchpoint__journey__in=journeys):
            rounds[assessment.touchpoint_id].append(assessment)
        points: dict[int, list[shapes.Touchpoint]] = defaultdict(list)
        scores = ("importance", "expectation", "effectiveness", "ease", "emotion", "n")
        rows = [
            row
            for row in self._rows(BY_NAME["touchpoint"], shapes.Touchpoint, extra=("journey",), skip=scores)
            if row["journey_id"] in journeys
        ]
        self.ids[Touchpoint] = {row["pk"]: row["exchange_id"] for row in rows}
        for row in rows:
            own = rounds[row["pk"]]
            latest = next((given for given in own if given.latest), None)
            values = self._values(row, Touchpoint, shapes.Touchpoint, skip=(*scores, "assessments"))
            if latest is not None:
                values |= {score: getattr(latest, score) for score in scores}
                values |= {"assessed_on": latest.on, "assessed_from": latest.source, "spread": latest.spread}
            values["assessments"] = tuple(_assessment(given) for given in own if not given.latest)
            points[row["journey_id"]].append(shapes.Touchpoint(**values))
        return points

    def _ecosystem(self) -> tuple[shapes.EcosystemPart, ...]:
        kind = BY_NAME["ecosystem_part"]
        made = []
        for row in self._rows(kind, shapes.EcosystemPart):
            changes = tuple(
                shapes.EcosystemChange(
                    on=date.fromisoformat(change["on"]) if change.get("on") else None, text=change["text"]
                )
                for change in row["changes"]
            )
            values = self._values(row, kind.model, shapes.EcosystemPart, skip=("changes",))
            made.append(shapes.EcosystemPart(**values, changes=changes))
        return tuple(made)

    def _stage_assessments(self) -> tuple[shapes.StageAssessment, ...]:
        rows = StageAssessment.objects.of(self.programme.workspace).alive().filter(stage__in=self.ids[Stage]).in_order()
        return tuple(
            shapes.StageAssessment(
                **_without_blanks(
                    {
                        "stage": self.ids[Stage][row.stage_id],
                        "journey": self._name(Journey, row.journey_id),
                        **{
                            name: getattr(row, name)
                            for name in ("interaction", "content", "special", "expectation", "note", "on")
                        },
                    },
                    shapes.StageAssessment,
                )
            )
            for row in rows
        )

    def _measurements(self) -> tuple[shapes.Measurement, ...]:
        kind = BY_NAME["measurement"]
        made = []
        for row in self._rows(kind, shapes.Measurement):
            values = self._values(row, Measurement, shapes.Measurement, skip=("counts",))
            if values["metric"] is None:  # the metric lies in the trash
                continue
            counts = row["counts"]
            values["counts"] = None if counts is None else {int(score): n for score, n in counts.items()}
            made.append(shapes.Measurement(**values))
        return tuple(made)

    def _personal_pillars(self) -> tuple[shapes.PersonalPillar, ...]:
        kind = BY_NAME["personal_pillar"]
        made = []
        for row in self._rows(kind, shapes.PersonalPillar):
            if row["visibility"] == "private":
                row["statement"] = ""
            made.append(shapes.PersonalPillar(**self._values(row, PersonalPillar, shapes.PersonalPillar)))
        return tuple(made)

    def _workshops(self) -> tuple[shapes.Workshop, ...]:
        agendas: dict[int, list[shapes.AgendaItem]] = defaultdict(list)
        for item in AgendaItem.objects.filter(workshop__programme=self.programme).order_by("position"):
            agendas[item.workshop_id].append(
                shapes.AgendaItem(minutes=item.minutes, mode=item.mode, text=item.text, votes_each=item.votes_each)
            )
        ready = {key: tuple(items) for key, items in agendas.items()}
        return self._records("workshop", shapes.Workshop, agenda=ready)


def _stored(model: type[Model]) -> dict[str, Any]:
    """A model's own fields by name, links to many among them, reverse relations not."""
    return {field.name: field for field in (*model._meta.concrete_fields, *model._meta.many_to_many)}


def linked(record: Model, names: Iterable[str]) -> dict[str, list[int]]:
    """The keys on the far side of a record's many-to-many fields, in one query for all of them."""
    model = type(record)
    asked = {name: _far_keys(model, name) for name in names}
    if not asked:
        return {}
    found = model._default_manager.filter(pk=record.pk).values_list(*asked.values()).first() or ()
    return dict(zip(asked, found, strict=False))


def _far_keys(model: type[Model], name: str) -> ArraySubquery:
    """The keys on the far side of a many-to-many field, in the order they were linked."""
    field: Any = model._meta.get_field(name)
    through = field.remote_field.through
    near, far = field.m2m_field_name(), field.m2m_reverse_field_name()
    return ArraySubquery(through.objects.filter(**{near: OuterRef("pk")}).order_by("pk").values(f"{far}_id"))


def _without_blanks(values: dict[str, Any], shape: type) -> dict[str, Any]:
    """Leave an empty choice to the shape's own default, which is ``None``."""
    optional = {item.name for item in dataclasses.fields(shape) if item.default is None}
    return {name: None if value == "" and name in optional else value for name, value in values.items()}


def _assessment(row: Assessment) -> shapes.Assessment:
    return shapes.Assessment(**{name: getattr(row, name) for name in shapes.names(shapes.Assessment)})
