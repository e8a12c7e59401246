"""Promises by subject and by session, and whose version took up which again."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("callboard_expectations", "0001_tables")]

    operations = [
        migrations.AddField(
            model_name="expectationpolicy",
            name="scope",
            field=models.CharField(default="organization", max_length=16),
        ),
        migrations.AddField(
            model_name="expectationpolicy",
            name="target",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddField(
            model_name="expectationpolicy",
            name="restored",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="expectationpolicy",
            index=models.Index(
                fields=["organization", "scope", "target", "-version"], name="expectation_policy_newest"
            ),
        ),
    ]
