"""Roles beside who is in a session, so that learners are counted by the index alone."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("callboard_sessions", "0002_barred")]

    operations = [
        migrations.RemoveConstraint(model_name="participant", name="participant_once"),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("active", True)),
                fields=("organization", "session", "person"),
                include=("role",),
                name="participant_once",
            ),
        ),
    ]
