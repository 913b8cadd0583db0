import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0001_initial"),
        ("roadmap", "0005_programme_is_example"),
        ("workshops", "0002_private_notes"),
    ]

    operations = [
        migrations.AddField(
            model_name="action",
            name="from_note",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="workshops.note",
            ),
        ),
        migrations.AddField(
            model_name="finding",
            name="from_note",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="workshops.note",
            ),
        ),
        migrations.AddField(
            model_name="gap",
            name="from_note",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="workshops.note",
            ),
        ),
        migrations.AddField(
            model_name="insight",
            name="from_note",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="workshops.note",
            ),
        ),
        migrations.AddField(
            model_name="lever",
            name="from_note",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="workshops.note",
            ),
        ),
        migrations.AddField(
            model_name="metric",
            name="from_note",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="workshops.note",
            ),
        ),
        migrations.AddField(
            model_name="pillar",
            name="from_note",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="workshops.note",
            ),
        ),
        migrations.AddField(
            model_name="sweetspot",
            name="from_note",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="workshops.note",
            ),
        ),
        migrations.AddField(
            model_name="visioncandidate",
            name="from_note",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="workshops.note",
            ),
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.PositiveSmallIntegerField(editable=False, verbose_name="step")),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="when")),
                ("harvested_at", models.DateTimeField(editable=False, null=True)),
                ("assessments", models.ManyToManyField(editable=False, related_name="+", to="journeys.assessment")),
                (
                    "decision",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="roadmap.decision",
                    ),
                ),
                (
                    "held",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="roadmap.heldworkshop",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="openings",
                        to="roadmap.programme",
                    ),
                ),
                (
                    "session",
                    models.OneToOneField(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="opening",
                        to="workshops.session",
                    ),
                ),
            ],
            options={
                "verbose_name": "workshop",
                "verbose_name_plural": "workshops",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("step__isnull", True), models.Q(("step__gte", 1), ("step__lte", 12)), _connector="OR"
                        ),
                        name="roadmap_opening_step_on_scale",
                    )
                ],
            },
        ),
    ]
