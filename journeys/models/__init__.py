from .assessment import Assessment, StageAssessment
from .ecosystem import EcosystemPart
from .journey import Journey, Stage, StageSet
from .persona import Persona
from .touchpoint import Touchpoint

__all__ = [
    "Assessment",
    "EcosystemPart",
    "Journey",
    "Persona",
    "Stage",
    "StageAssessment",
    "StageSet",
    "Touchpoint",
]
