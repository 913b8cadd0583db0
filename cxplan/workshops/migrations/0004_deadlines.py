import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workshops", "0003_show_of_hands"),
        ("workspaces", "0004_invitations"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="deadline",
            field=models.DateTimeField(editable=False, null=True, verbose_name="open until"),
        ),
        migrations.CreateModel(
            name="Asked",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("mailed_at", models.DateTimeField(null=True)),
                ("reminded_at", models.DateTimeField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workspaces.member"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="asked", to="workshops.session"
                    ),
                ),
            ],
            options={
                "verbose_name": "asked",
                "verbose_name_plural": "asked",
                "constraints": [models.UniqueConstraint(fields=("session", "member"), name="workshops_asked_once")],
            },
        ),
    ]
