from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workshops", "0006_calm"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="reason",
            field=models.CharField(blank=True, default="", editable=False, max_length=600, verbose_name="decision"),
        ),
    ]
