"""Routes by region and provider, and queues whose cases only their own people take."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("callboard_cases", "0001_tables")]

    operations = [
        migrations.AddField("queue", "strict", models.BooleanField(default=False)),
        migrations.AddField("route", "regions", models.JSONField(default=list)),
        migrations.AddField("route", "providers", models.JSONField(default=list)),
    ]
