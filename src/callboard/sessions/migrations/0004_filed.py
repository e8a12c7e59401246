"""When a file last said that a session is, so that who moved it can be told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("callboard_sessions", "0003_roles_in_the_index_of_participants")]

    operations = [
        migrations.AddField("session", "filed_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("session", "filed_until", models.DateTimeField(blank=True, null=True)),
    ]
