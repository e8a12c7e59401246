"""Rules by subject and session, what is kept of closed sessions to judge them again, and backtests."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import callboard.lib.clock
import callboard.lib.tenancy
from callboard.lib.tenancy import SecureTable


class Migration(migrations.Migration):
    dependencies = [
        ("callboard_live", "0006_enginesnapshot_epoch"),
        ("callboard_people", "0003_cache"),
        ("callboard_sessions", "0007_recordings_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Backtest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scope", models.CharField(default="organization", max_length=16)),
                ("target", models.CharField(blank=True, default="", max_length=100)),
                ("values", models.JSONField(default=dict)),
                ("days", models.PositiveSmallIntegerField(default=30)),
                ("status", models.CharField(default="waiting", max_length=10)),
                ("total", models.PositiveIntegerField(default=0)),
                ("judged", models.PositiveIntegerField(default=0)),
                ("figures", models.JSONField(default=dict)),
                ("found", models.JSONField(default=list)),
                ("notes", models.JSONField(default=list)),
                ("asked_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        default=callboard.lib.tenancy.current_organization,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="callboard_people.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Signals",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("closed_at", models.DateTimeField()),
                ("position", models.BigIntegerField()),
                ("again_at", models.DateTimeField(blank=True, null=True)),
                ("data", models.BinaryField()),
                (
                    "organization",
                    models.ForeignKey(
                        default=callboard.lib.tenancy.current_organization,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="callboard_people.organization",
                    ),
                ),
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="callboard_sessions.session",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="livepolicy",
            name="restored",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="livepolicy",
            name="scope",
            field=models.CharField(default="organization", max_length=16),
        ),
        migrations.AddField(
            model_name="livepolicy",
            name="target",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddIndex(
            model_name="livepolicy",
            index=models.Index(
                fields=["organization", "scope", "target", "-version"], name="live_policy_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="backtest",
            index=models.Index(fields=["organization", "-asked_at"], name="backtest_by_time"),
        ),
        migrations.AddIndex(
            model_name="signals",
            index=models.Index(fields=["organization", "-closed_at"], name="signals_by_time"),
        ),
        migrations.AddIndex(
            model_name="signals",
            index=models.Index(
                condition=models.Q(("again_at__isnull", False)),
                fields=["organization", "again_at"],
                name="signals_again",
            ),
        ),
        SecureTable("Signals"),
        SecureTable("Backtest"),
    ]
