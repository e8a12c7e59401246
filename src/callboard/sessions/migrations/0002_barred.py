"""Since when a session is not recorded any more for want of somebody's consent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("callboard_sessions", "0001_tables")]

    operations = [
        migrations.AddField("session", "barred_at", models.DateTimeField(blank=True, null=True)),
    ]
