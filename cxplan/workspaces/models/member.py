"""Who belongs to a workspace, and what they may do there."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import Stamped, Versioned, one_of, short_text

from .user import User
from .workspace import Team, Workspace

#: What somebody is called who was erased, wherever a name would stand.
FORMER: Final = _("Former member")


class Role(models.TextChoices):
    """One role a member; each may do what those before it may."""

    VIEWER = "viewer", _("viewer")
    MEMBER = "member", _("member")
    LEAD = "lead", _("CX lead")
    OWNER = "owner", _("owner")

    def reaches(self, least: Role) -> bool:
        """Whether this role is the given one or above it."""
        order = list(Role)
        return order.index(self) >= order.index(least)


class MemberQuerySet(models.QuerySet["Member"]):
    def of(self, workspace: Workspace) -> MemberQuerySet:
        return self.filter(workspace=workspace)

    def present(self) -> MemberQuerySet:
        return self.filter(left_at=None)

    def in_order(self) -> MemberQuerySet:
        return self.order_by("name", "pk")


class Member(Stamped, Versioned):
    """A person in a workspace; may stand without an account, so that owners can be named early."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="members")
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("team"),
    )
    name = models.CharField(_("name"), max_length=300)
    title = short_text(verbose_name=_("title"))
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.MEMBER)
    is_approver = models.BooleanField(_("may approve"), default=False)
    left_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "user"],
                condition=models.Q(user__isnull=False),
                name="workspaces_member_once",
            ),
            one_of("role", Role),
        ]

    def __str__(self) -> str:
        return self.name or str(FORMER)

    def may(self, least: Role) -> bool:
        """Whether the member's role reaches the given one."""
        return Role(self.role).reaches(least)

    @property
    def can_edit(self) -> bool:
        return self.may(Role.MEMBER)

    @property
    def can_lead(self) -> bool:
        return self.may(Role.LEAD)
