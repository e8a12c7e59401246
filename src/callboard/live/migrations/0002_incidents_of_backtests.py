"""The incidents that a backtest found to differ."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("callboard_live", "0001_tables")]

    operations = [migrations.AddField("backtest", "incidents", models.JSONField(default=list))]
