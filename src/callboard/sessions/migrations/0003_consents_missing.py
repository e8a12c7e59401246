"""A recording that was asked for and is off for want of consent says so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("callboard_sessions", "0002_row_level_security")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="consents_missing",
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
