"""An organisation and its teams."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import Positioned, Stamped

from .user import User


class WorkspaceQuerySet(models.QuerySet["Workspace"]):
    def of(self, user: User) -> WorkspaceQuerySet:
        """The workspaces where the user is a present member."""
        return self.filter(members__user=user, members__left_at=None)


class Workspace(Stamped):
    slug = models.SlugField(_("address"), unique=True, max_length=64)
    name = models.CharField(_("name"), max_length=300)
    requires_mfa = models.BooleanField(
        _("members sign in with a second step"),
        default=False,
        help_text=_("Whoever has none sets one up before they come in: an authenticator app or a passkey."),
    )

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("workspace")
        verbose_name_plural = _("workspaces")

    def __str__(self) -> str:
        return self.name


class TeamQuerySet(models.QuerySet["Team"]):
    def of(self, workspace: Workspace) -> TeamQuerySet:
        return self.filter(workspace=workspace)

    def in_order(self) -> TeamQuerySet:
        return self.order_by("position", "pk")


class Team(Stamped, Positioned):
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="teams")
    name = models.CharField(_("name"), max_length=300)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.name
