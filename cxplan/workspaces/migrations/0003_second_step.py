from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def trust_addresses(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """So far every account was made by somebody who knew its address: nobody is asked to confirm theirs now."""
    address = apps.get_model("account", "EmailAddress")
    for user in apps.get_model("workspaces", "User").objects.all():
        mine = address.objects.filter(user=user)
        mine.exclude(email=user.email).delete()
        mine.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("workspaces", "0002_audit_trail"),
    ]

    operations = [
        migrations.AddField(
            model_name="workspace",
            name="requires_mfa",
            field=models.BooleanField(
                default=False,
                help_text="Whoever has none sets one up before they come in: an authenticator app or a passkey.",
                verbose_name="members sign in with a second step",
            ),
        ),
        migrations.RunPython(trust_addresses, migrations.RunPython.noop),
    ]
