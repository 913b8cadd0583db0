from .board import Ballot, Group, Hands, Note, Paper, Pulse, Regrouping
from .session import BALLOTS, Asked, Authors, Mode, Participant, Phase, Session, State

__all__ = [
    "BALLOTS",
    "Asked",
    "Authors",
    "Ballot",
    "Group",
    "Hands",
    "Mode",
    "Note",
    "Paper",
    "Participant",
    "Phase",
    "Pulse",
    "Regrouping",
    "Session",
    "State",
]
