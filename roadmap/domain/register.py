"""The register of personal data: every field of every table, reviewed, with what becomes of it when a person is erased.

`docs/personal-data.md` is made from it (`manage.py personal_data`). A field that is not here fails the suite, so that
nothing about a person is stored before somebody has thought of how it leaves again.

- Personal: tells of a person who signs in, is named or was interviewed, or is their own words.
- Content: the team's work. It stays when a person goes.
- Technical: keys, places, times and states that say nothing of anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Fate(Enum):
    """What becomes of the personal fields of a table when a person is erased."""

    NONE = ""
    DELETED = "The row is deleted."
    EMPTIED = "The row stays for what hangs on it; its personal fields are emptied."
    KEY = "Stays as a key to a member without a name: a former member."
    DANGLING = "Stays unchanged as a key that leads to nobody, or to a former member."
    OWN_WORDS = "What only its writer may read is deleted; what was shared is the team's, under a former member."
    RETIRED = "Emptied on the interview's own day of deletion; what was found in it stays."
    PRINTED = "The plans printed of the programmes where the person stands are deleted; they can be printed anew."


class Mark(Enum):
    PERSONAL = "personal"
    CONTENT = "content"
    TECHNICAL = "technical"


@dataclass(frozen=True)
class Held:
    """What one table holds. Fields are told by name, in one string each."""

    label: str
    personal: str = ""
    content: str = ""
    technical: str = ""
    fate: Fate = Fate.NONE

    def marks(self) -> Iterator[tuple[str, Mark]]:
        """Each field with its mark; a field marked twice comes twice."""
        for mark in Mark:
            fields: str = getattr(self, mark.value)
            yield from ((field, mark) for field in fields.split())


RECORD = "id created_at updated_at position version trashed_at workspace "
OF_PROGRAMME = RECORD + "programme exchange_id "

REGISTER: Final = (
    # Accounts
    Held(
        "workspaces.User",
        personal="email name language password last_login joined_at",
        technical="id is_active is_staff is_superuser groups user_permissions",
        fate=Fate.DELETED,
    ),
    Held("account.EmailAddress", personal="user email", technical="id verified primary", fate=Fate.DELETED),
    Held("account.EmailConfirmation", personal="email_address", technical="id created sent key", fate=Fate.DELETED),
    Held("mfa.Authenticator", personal="user data created_at last_used_at", technical="id type", fate=Fate.DELETED),
    Held(
        "usersessions.UserSession",
        personal="user created_at ip last_seen_at user_agent data",
        technical="id session_key",
        fate=Fate.DELETED,
    ),
    Held(
        "socialaccount.SocialAccount",
        personal="user uid last_login date_joined extra_data",
        technical="id provider",
        fate=Fate.DELETED,
    ),
    Held(
        "socialaccount.SocialToken",
        personal="account token token_secret",
        technical="id app expires_at",
        fate=Fate.DELETED,
    ),
    Held("socialaccount.SocialApp", technical="id provider provider_id name client_id secret key settings"),
    Held("sessions.Session", personal="session_data", technical="session_key expire_date", fate=Fate.DELETED),
    Held(
        "admin.LogEntry",
        personal="user object_repr change_message",
        technical="id action_time content_type object_id action_flag",
        fate=Fate.EMPTIED,
    ),
    Held("auth.Group", technical="id name permissions"),
    Held("auth.Permission", technical="id name content_type codename"),
    Held("contenttypes.ContentType", technical="id app_label model"),
    # Workshops: a guest's nickname leaves 90 days after the close, a member's name stands in the member alone
    Held(
        "workshops.Session",
        personal="facilitator",
        content="title language reason",
        technical="id created_at updated_at workspace state token code phase turned_at turned_from opened_at closed_at "
        "deadline is_calm room desk",
        fate=Fate.KEY,
    ),
    Held(
        "workshops.Asked",
        personal="member",
        technical="id session asked_at mailed_at reminded_at",
        fate=Fate.KEY,
    ),
    Held(
        "workshops.Phase",
        content="title question instruction script lanes scales",
        technical="id position session mode minutes authors dots most_per_note participants_group ends_at seconds_left "
        "revealed_at closed_at",
    ),
    Held(
        "workshops.Participant",
        personal="member nickname",
        technical="id session key_hash joined_at removed_at ready_for is_calm",
        fate=Fate.EMPTIED,
    ),
    Held(
        "workshops.Note",
        personal="participant",
        content="text lane group is_chosen",
        technical="id created_at updated_at position version session phase paper ref is_material set_aside_at",
        fate=Fate.KEY,
    ),
    Held(
        "workshops.Group",
        content="name lane is_chosen",
        technical="id created_at updated_at position version session",
    ),
    Held(
        "workshops.Ballot",
        personal="participant",
        content="note group slot value scale place",
        technical="id phase quota given_at",
        fate=Fate.KEY,
    ),
    Held("workshops.Regrouping", content="before", technical="id session at"),
    Held("workshops.Hands", content="note group count", technical="id phase entered_at"),
    Held(
        "workshops.Pulse",
        personal="participant",
        content="value word",
        technical="id given_at",
        fate=Fate.KEY,
    ),
    # Live streams; erasing somebody empties what the rooms that they were in have said
    Held("live.Stream", technical="id key version access"),
    Held("live.Event", content="html", technical="id stream version kind command created_at"),
    # Workspaces
    Held(
        "workspaces.Workspace",
        content="name",
        technical="id created_at updated_at slug requires_mfa",
    ),
    Held("workspaces.Team", content="name", technical="id created_at updated_at position workspace"),
    Held(
        "workspaces.Member",
        personal="user name title role is_approver",
        content="team",
        technical="id created_at updated_at workspace version left_at",
        fate=Fate.EMPTIED,
    ),
    Held(
        "workspaces.Invitation",
        personal="member email language invited_by",
        technical="id created_at updated_at workspace token_hash asked_at mailed_at expires_at accepted_at revoked_at",
        fate=Fate.DELETED,
    ),
    Held(
        "workspaces.AuditEntry",
        personal="actor user details",
        content="about",
        technical="id at event workspace",
        fate=Fate.DANGLING,
    ),
    Held(
        "workspaces.Change",
        personal="actor",
        content="before after",
        technical="id workspace programme_id table record_id operation at",
        fate=Fate.KEY,
    ),
    # Journeys
    Held("journeys.Persona", content="name age share goal fear channels", technical=RECORD),
    Held("journeys.StageSet", content="name", technical=RECORD),
    Held("journeys.Stage", content="stage_set order name meaning", technical=RECORD),
    Held(
        "journeys.Journey",
        content="kind name state stage_set customer_took_part score_min score_max personas supports",
        technical=RECORD,
    ),
    Held(
        "journeys.Touchpoint",
        personal="owner meets",
        content="journey stage order name channel team customer_aim needs emotion_target emotion_target_level "
        "moment_of_truth",
        technical=RECORD,
        fate=Fate.KEY,
    ),
    Held(
        "journeys.Assessment",
        content="touchpoint on source importance expectation effectiveness ease emotion n spread latest",
        technical=RECORD,
    ),
    Held(
        "journeys.StageAssessment",
        content="stage journey on interaction content special expectation note",
        technical=RECORD,
    ),
    Held("journeys.EcosystemPart", content="kind name visible changes touchpoints", technical=RECORD),
    # Programmes
    Held(
        "roadmap.Programme",
        personal="cx_owner sponsor core_group gate_approved_by",
        content="name purpose starts_on vision_year development_stage development_stage_reason business_case "
        "business_case_low business_case_high business_case_assumptions focus_line gate_approved_on gate_approved_at "
        "gate_note organisation_key organisation_name organisation_sector organisation_description "
        "organisation_brand_promise",
        technical=RECORD + "exchange_id language languages is_example revision stream numbers weight_effectiveness "
        "weight_ease weight_emotion",
        fate=Fate.KEY,
    ),
    Held("roadmap.StepStatus", personal="by", content="state", technical="id programme number at", fate=Fate.KEY),
    Held("roadmap.PutAway", personal="member standing", technical="id programme number", fate=Fate.DELETED),
    Held(
        "roadmap.Tie",
        personal="person part",
        technical="id programme exchange_id position team persona stage journey touchpoint ecosystem_part",
        fate=Fate.EMPTIED,
    ),
    # What was gathered
    Held("roadmap.Source", content="kind title dated text url file_name file_hash", technical=OF_PROGRAMME),
    Held("roadmap.Theme", content="name", technical=OF_PROGRAMME),
    Held("roadmap.Finding", content="source theme weight text page passage", technical=OF_PROGRAMME + "from_note"),
    Held(
        "roadmap.Interview",
        personal="label wish notes said did interviewer",
        content="kind held_on persona consent delete_on",
        technical=OF_PROGRAMME,
        fate=Fate.RETIRED,
    ),
    Held("roadmap.InterviewAnswer", personal="text", technical="id interview question position", fate=Fate.RETIRED),
    Held("roadmap.KeyQuestion", content="text", technical=OF_PROGRAMME),
    Held(
        "roadmap.CustomerCall",
        personal="caller",
        content="called_on persona experience quote",
        technical=OF_PROGRAMME,
        fate=Fate.KEY,
    ),
    Held("roadmap.CallAnswer", content="text", technical="id call question position"),
    Held(
        "roadmap.Insight", content="kind text findings interviews customer_calls", technical=OF_PROGRAMME + "from_note"
    ),
    # The vision and the gaps
    Held(
        "roadmap.Vision",
        personal="approved_by",
        content="year statement status approved_on is_current built_on_findings built_on_interviews",
        technical=OF_PROGRAMME,
        fate=Fate.KEY,
    ),
    Held("roadmap.VisionElement", content="vision text", technical=OF_PROGRAMME),
    Held("roadmap.VisionCheck", content="vision question answer note", technical=OF_PROGRAMME),
    Held("roadmap.VisionCandidate", content="vision text votes chosen", technical=OF_PROGRAMME + "from_note"),
    Held(
        "roadmap.Gap",
        content="title desired current root_cause severity vision_elements touchpoints findings interviews "
        "customer_calls insights",
        technical=OF_PROGRAMME + "from_note",
    ),
    # The plan of action
    Held(
        "roadmap.Pillar",
        personal="approved_by",
        content="kind order statement state approved_on votes gaps vision_elements",
        technical=OF_PROGRAMME + "from_note",
        fate=Fate.KEY,
    ),
    Held(
        "roadmap.Promise",
        personal="selected_by proposed_by",
        content="pillar touchpoint problem text behaviour metric target compensation reward status",
        technical=OF_PROGRAMME,
        fate=Fate.KEY,
    ),
    Held(
        "roadmap.Action",
        personal="owner",
        content="title bucket due status impact effort gaps pillars touchpoints",
        technical=OF_PROGRAMME + "from_note",
        fate=Fate.KEY,
    ),
    Held(
        "roadmap.Lever",
        personal="owner",
        content="kind name used_now harness supports_actions ecosystem",
        technical=OF_PROGRAMME + "from_note",
        fate=Fate.KEY,
    ),
    Held("roadmap.SweetSpot", content="touchpoint rank reason actions", technical=OF_PROGRAMME + "from_note"),
    Held("roadmap.TouchpointIdea", content="kind text chosen", technical=OF_PROGRAMME),
    Held(
        "roadmap.Metric",
        personal="owner",
        content="kind level name question success unit direction baseline target target_date cadence min_n contingency "
        "vision_elements gaps pillars touchpoints promises contingency_actions",
        technical=OF_PROGRAMME + "from_note",
        fate=Fate.KEY,
    ),
    Held(
        "roadmap.Measurement",
        content="metric period promoters passives detractors counts successes value n",
        technical=OF_PROGRAMME,
    ),
    Held(
        "roadmap.ContingencyTask",
        personal="owner",
        content="metric opened_on status done_on note",
        technical=OF_PROGRAMME,
        fate=Fate.KEY,
    ),
    # Into practice
    Held(
        "roadmap.RolloutItem",
        personal="owner",
        content="order focus starts ends how communication status audience pillars",
        technical=OF_PROGRAMME,
        fate=Fate.KEY,
    ),
    Held(
        "roadmap.PersonalPillar",
        personal="person kind statement visibility",
        content="team pillars touchpoints",
        technical=OF_PROGRAMME,
        fate=Fate.OWN_WORDS,
    ),
    Held(
        "roadmap.ReadinessRound",
        content="asked_on scale_min scale_max scale_low scale_high is_latest",
        technical=OF_PROGRAMME,
    ),
    Held("roadmap.ReadinessStatement", content="round theme text", technical=OF_PROGRAMME),
    Held("roadmap.ReadinessAnswer", content="group value", technical="id statement position"),  # anonymous
    # Across
    Held("roadmap.Decision", personal="by", content="text why made_on about", technical=OF_PROGRAMME, fate=Fate.KEY),
    Held("roadmap.Comment", personal="by text", content="on about", technical=OF_PROGRAMME, fate=Fate.OWN_WORDS),
    Held(
        "roadmap.HeldWorkshop",
        personal="facilitator",
        content="step title held_on participants customers minutes",
        technical=OF_PROGRAMME,
        fate=Fate.KEY,
    ),
    Held(
        "roadmap.Opening",
        content="starts_at harvested_at held decision assessments",
        technical="id programme step session poll",
    ),
    Held("roadmap.AgendaItem", content="minutes mode text votes_each", technical="id workshop position"),
    Held(
        "roadmap.Export",
        personal="requested_by",
        content="mark parts step opening appendix language",
        technical="id created_at updated_at workspace programme revision input_hash state attempt lease_until delivery "
        "progress page page_count error file finished_at",
        fate=Fate.PRINTED,
    ),
    Held(
        "roadmap.StoredFile",
        personal="data",
        technical="id sha256 content_type size pages created_at",
        fate=Fate.PRINTED,
    ),
)


def marks() -> dict[str, dict[str, Mark]]:
    """The mark of every field, by table."""
    return {held.label: dict(held.marks()) for held in REGISTER}


def to_markdown() -> str:
    """The register as people read it."""
    lines = [INTRODUCTION, "| table | personal | when the person is erased | content |", "|---|---|---|---|"]
    lines += [
        f"| {held.label} | {_list(held.personal)} | {held.fate.value} | {_list(held.content)} |"
        for held in REGISTER
        if held.personal
    ]
    others = ", ".join(held.label for held in REGISTER if not held.personal)
    return "\n".join([*lines, "", "Nothing of a person stands in: " + others + ".", ""])


def _list(fields: str) -> str:
    return ", ".join(fields.split())


INTRODUCTION: Final = """\
# Personal data

Made from `roadmap/domain/register.py` by `manage.py personal_data > docs/personal-data.md`; a test holds the two
together, and fails where a field of any table is not in the register.

- **Take it home**: under *Your data* (`/account/data/`) everybody signed in downloads a zip of JSON and CSV with
  everything personal about them, from every workspace that they belong or belonged to.
- **Be erased**: on the same page, after a confirmation. The account and its sessions go at once. The members that it
  acted as stay without a name, as a former member, so that the team's work still says that somebody owns it.
- **Interviews** know people by a pseudonym. On the day of deletion that an interview names, its pseudonym, notes and
  answers are emptied; the findings and insights drawn from it stay.
- **The trash** is emptied for good after 30 days, expired sessions every night.
- **The audit trail** names people by key alone and keeps no network address; nothing in it has to change when a
  person is erased.
- **Backups** made before an erasure still hold the person: keep them no longer than you have to, and erase again after
  restoring one.
"""
