from .history import Change
from .member import Member, Role
from .record import Record, RecordQuerySet
from .user import User
from .workspace import Team, Workspace

__all__ = [
    "Change",
    "Member",
    "Record",
    "RecordQuerySet",
    "Role",
    "Team",
    "User",
    "Workspace",
]
