from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workshops", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="phase",
            name="workshops_phase_authors_known",
        ),
        migrations.AlterField(
            model_name="phase",
            name="authors",
            field=models.CharField(
                choices=[
                    ("hidden", "nothing before the reveal, and no names after it"),
                    ("anonymous", "the note at once, without a name"),
                    ("named", "the note at once, with a name"),
                    ("private", "nothing, ever: what is written is its writer's own"),
                ],
                default="hidden",
                max_length=9,
                verbose_name="what others see",
            ),
        ),
        migrations.AddConstraint(
            model_name="phase",
            constraint=models.CheckConstraint(
                condition=models.Q(("authors__in", ["hidden", "anonymous", "named", "private"])),
                name="workshops_phase_authors_known",
            ),
        ),
    ]
