"""What happened at the doors: who came in, was turned away, was given a right, took a plan away, threw something out.

Written once: the database refuses to change or delete an entry. So no entry holds a person's name or address as text.
People are named by key alone, without a constraint: when a person is erased, or a workspace goes, the entries stay as
they are and the keys lead nowhere.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cxplan.kit.models import one_of, short_text

from .member import Member
from .user import User
from .workspace import Workspace


class AuditEvent(models.TextChoices):
    SIGNED_IN = "signed_in", _("sign-in")
    SIGN_IN_REFUSED = "sign_in_refused", _("refused sign-in")
    SIGNED_OUT = "signed_out", _("sign-out")
    ACCESS_REFUSED = "access_refused", _("refused access")
    INVITED = "invited", _("invitation")
    JOINED = "joined", _("somebody joined")
    ROLE_CHANGED = "role_changed", _("changed role")
    MEMBER_REMOVED = "member_removed", _("somebody was removed")
    EXPORTED = "exported", _("export")
    DELETED = "deleted", _("deletion")
    SETTINGS_CHANGED = "settings_changed", _("changed settings")
    CREDENTIALS_CHANGED = "credentials_changed", _("changed way of signing in")
    ERASED = "erased", _("erased personal data")
    MODERATED = "moderated", _("moderated workshop")


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def of(self, workspace: Workspace) -> AuditEntryQuerySet:
        """What happened in a workspace, and what its people did at the door while they belonged to it."""
        belonged = Member.objects.of(workspace).filter(
            Q(left_at=None) | Q(left_at__gte=OuterRef("at")), user=OuterRef("user_id"), created_at__lte=OuterRef("at")
        )
        return self.filter(Q(workspace=workspace.pk) | Q(Exists(belonged), workspace=None))

    def latest_first(self) -> AuditEntryQuerySet:
        return self.order_by("-pk")


class AuditEntry(models.Model):
    """One thing that happened. ``actor`` did it as a member; ``user`` is the account that did it, or that it befell."""

    at = models.DateTimeField(db_default=Now(), editable=False)
    event = models.CharField(_("event"), max_length=32, choices=AuditEvent)
    workspace = models.ForeignKey(Workspace, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    actor = models.ForeignKey(Member, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    user = models.ForeignKey(User, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    #: What it was about, where that is no person: a programme's name, a record's id, an address of the site.
    about = short_text()
    details = models.JSONField(default=dict)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        constraints = [one_of("event", AuditEvent)]
        indexes = [models.Index(F("workspace"), F("id").desc(), name="workspaces_auditentry_latest")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.about}".strip()
