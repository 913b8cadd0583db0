"""The way in for a person who stands in a workspace and has no account yet, or who left it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import Stamped

from .member import Member
from .workspace import Workspace

OPEN = models.Q(accepted_at=None, revoked_at=None)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def of(self, workspace: Workspace) -> InvitationQuerySet:
        return self.filter(workspace=workspace)

    def open(self) -> InvitationQuerySet:
        """Neither accepted nor withdrawn; it may have run out."""
        return self.filter(OPEN)

    def in_order(self) -> InvitationQuerySet:
        return self.order_by("created_at", "pk")


class Invitation(Stamped):
    """Invites one member by e-mail. The token stands in the mail alone: kept is only what it hashes to.

    The address is kept for as long as the invitation is open.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="invitations")
    member = models.ForeignKey(Member, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    language = models.CharField(max_length=2)
    token_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001 - unique, or none
    invited_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                "workspace", Lower("email"), condition=OPEN, name="workspaces_invitation_address_once"
            ),
            models.UniqueConstraint(fields=["member"], condition=OPEN, name="workspaces_invitation_member_once"),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(revoked_at=None),
                name="workspaces_invitation_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def has_run_out(self) -> bool:
        return self.expires_at <= timezone.now()
