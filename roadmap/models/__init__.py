from .actions import Action, Lever
from .base import FromNote, ProgrammeRecord, ProgrammeRecordQuerySet
from .decisions import Comment, Decision
from .evidence import Finding, Interview, InterviewAnswer, Source, Theme
from .exports import Export, StoredFile
from .gaps import Gap
from .metrics import ContingencyTask, Measurement, Metric
from .pillars import Pillar, Promise
from .programme import Programme, PutAway, StepStatus, Tie
from .readiness import ReadinessAnswer, ReadinessRound, ReadinessStatement
from .rollout import PersonalPillar, RolloutItem
from .sweetspots import SweetSpot, TouchpointIdea
from .today import CallAnswer, CustomerCall, Insight, KeyQuestion
from .vision import Vision, VisionCandidate, VisionCheck, VisionElement
from .workshops import AgendaItem, HeldWorkshop, Opening

__all__ = [
    "Action",
    "AgendaItem",
    "CallAnswer",
    "Comment",
    "ContingencyTask",
    "CustomerCall",
    "Decision",
    "Export",
    "Finding",
    "FromNote",
    "Gap",
    "HeldWorkshop",
    "Insight",
    "Interview",
    "InterviewAnswer",
    "KeyQuestion",
    "Lever",
    "Measurement",
    "Metric",
    "Opening",
    "PersonalPillar",
    "Pillar",
    "Programme",
    "ProgrammeRecord",
    "ProgrammeRecordQuerySet",
    "Promise",
    "PutAway",
    "ReadinessAnswer",
    "ReadinessRound",
    "ReadinessStatement",
    "RolloutItem",
    "Source",
    "StepStatus",
    "StoredFile",
    "SweetSpot",
    "Theme",
    "Tie",
    "TouchpointIdea",
    "Vision",
    "VisionCandidate",
    "VisionCheck",
    "VisionElement",
]
