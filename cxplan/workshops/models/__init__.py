from .board import Ballot, Group, Note, Paper, Pulse
from .session import Authors, Mode, Participant, Phase, Session, State

__all__ = [
    "Authors",
    "Ballot",
    "Group",
    "Mode",
    "Note",
    "Paper",
    "Participant",
    "Phase",
    "Pulse",
    "Session",
    "State",
]
