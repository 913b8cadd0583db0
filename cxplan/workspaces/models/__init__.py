from .audit import AuditEntry, AuditEvent
from .history import Change
from .invitation import Invitation
from .member import Member, Role
from .record import Record, RecordQuerySet
from .user import User
from .workspace import Team, Workspace

__all__ = [
    "AuditEntry",
    "AuditEvent",
    "Change",
    "Invitation",
    "Member",
    "Record",
    "RecordQuerySet",
    "Role",
    "Team",
    "User",
    "Workspace",
]
