from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roadmap", "0003_put_away"),
    ]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="gate_approved_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
