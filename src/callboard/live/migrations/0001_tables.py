"""The event log, the engine's leases and state, its rules, and what is kept of closed sessions."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import callboard.lib.clock
import callboard.lib.tenancy
from callboard.lib.tables import CreateTables
from callboard.lib.tenancy import SecureTable

EVENT_LOG = """
REVOKE UPDATE, DELETE, TRUNCATE ON callboard_live_event FROM callboard_app;
GRANT INSERT ON callboard_live_event TO callboard_ingest;
CREATE POLICY engine ON callboard_live_event FOR SELECT TO callboard_engine USING (true);
"""
"""The log is append-only. Ingest may only insert; the engine reads the partitions of all organizations."""

RETENTION = """
CREATE FUNCTION callboard_live_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.kind = 'connection.report' AND OLD.received_at < now() - interval '14 days' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the log is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER kept BEFORE DELETE ON callboard_live_event
    FOR EACH ROW EXECUTE FUNCTION callboard_live_kept();
GRANT DELETE ON callboard_live_event TO callboard_engine;
"""
"""The engine may delete from the log what retention names, and a trigger sees to it that it is no more."""

NO_RETENTION = """
REVOKE DELETE ON callboard_live_event FROM callboard_engine;
DROP TRIGGER kept ON callboard_live_event;
DROP FUNCTION callboard_live_kept();
"""


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("callboard_live", "0001_initial"),
        ("callboard_live", "0002_row_level_security"),
        ("callboard_live", "0003_overseeing"),
        ("callboard_live", "0004_fewer_indexes"),
        ("callboard_live", "0005_retention"),
        ("callboard_live", "0006_enginesnapshot_epoch"),
        ("callboard_live", "0007_rules_and_signals"),
    ]

    dependencies = [
        ("callboard_people", "0001_tables"),
        ("callboard_sessions", "0001_tables"),
    ]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="Event",
                fields=[
                    ("seq", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "organization",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="callboard_people.organization",
                        ),
                    ),
                    ("partition", models.SmallIntegerField()),
                    ("session", models.CharField(max_length=200)),
                    ("event_id", models.CharField(max_length=200)),
                    ("kind", models.CharField(max_length=40)),
                    ("participant", models.CharField(max_length=200, null=True)),
                    ("at", models.DateTimeField()),
                    ("received_at", models.DateTimeField(default=callboard.lib.clock.now)),
                    ("mark", models.CharField(default="", max_length=8)),
                    ("data", models.TextField(default="{}")),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["organization", "session", "seq"], name="event_by_session")
                    ],
                },
            ),
            migrations.CreateModel(
                name="PartitionLease",
                fields=[
                    ("partition", models.SmallIntegerField(primary_key=True, serialize=False)),
                    ("epoch", models.BigIntegerField(default=0)),
                    ("owner", models.CharField(blank=True, max_length=100)),
                    ("held_until", models.DateTimeField(blank=True, null=True)),
                    ("position", models.BigIntegerField(default=0)),
                    (
                        "judged_until",
                        models.BigIntegerField(default=0, help_text="in microseconds since 1970"),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="EngineTick",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("partition", models.SmallIntegerField()),
                    ("position", models.BigIntegerField()),
                    ("at", models.BigIntegerField()),
                ],
                options={
                    "indexes": [models.Index(fields=["partition", "id"], name="tick_by_partition")],
                },
            ),
            migrations.CreateModel(
                name="Sighting",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("partition", models.SmallIntegerField()),
                    ("data", models.BinaryField()),
                ],
            ),
            migrations.CreateModel(
                name="EngineSnapshot",
                fields=[
                    ("partition", models.SmallIntegerField(primary_key=True, serialize=False)),
                    ("epoch", models.BigIntegerField(default=0)),
                    ("position", models.BigIntegerField()),
                    ("taken_at", models.DateTimeField(default=callboard.lib.clock.now)),
                    ("state", models.BinaryField()),
                ],
            ),
            migrations.CreateModel(
                name="LivePolicy",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    ("version", models.PositiveIntegerField()),
                    ("scope", models.CharField(default="organization", max_length=16)),
                    ("target", models.CharField(blank=True, default="", max_length=100)),
                    ("restored", models.PositiveIntegerField(blank=True, null=True)),
                    ("values", models.JSONField(default=dict)),
                    (
                        "created_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("created_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            fields=["organization", "scope", "target", "-version"], name="live_policy_newest"
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("organization", "version"), name="live_policy_version"
                        )
                    ],
                },
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
                    ("closed_at", models.DateTimeField()),
                    ("position", models.BigIntegerField()),
                    ("again_at", models.DateTimeField(blank=True, null=True)),
                    ("data", models.BinaryField()),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["organization", "-closed_at"], name="signals_by_time"),
                        models.Index(
                            condition=models.Q(("again_at__isnull", False)),
                            fields=["organization", "again_at"],
                            name="signals_again",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Backtest",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    (
                        "asked_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("asked_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                    ("started_at", models.DateTimeField(blank=True, null=True)),
                    ("ended_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "indexes": [models.Index(fields=["organization", "-asked_at"], name="backtest_by_time")],
                },
            ),
            migrations.CreateModel(
                name="LiveState",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    (
                        "session",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="callboard_sessions.session",
                        ),
                    ),
                    ("state", models.JSONField(default=dict)),
                    ("last_event_at", models.DateTimeField(blank=True, null=True)),
                    ("changed_at", models.DateTimeField(default=callboard.lib.clock.now)),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Attendance",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    (
                        "session",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="callboard_sessions.session",
                        ),
                    ),
                    ("participant", models.CharField(max_length=200)),
                    ("role", models.CharField(blank=True, max_length=16)),
                    ("joined_at", models.DateTimeField(blank=True, null=True)),
                    ("left_at", models.DateTimeField(blank=True, null=True)),
                    ("joins", models.PositiveIntegerField(default=0)),
                    ("present_s", models.FloatField(default=0)),
                    ("talk_s", models.FloatField(default=0)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("organization", "session", "participant"), name="attendance_once"
                        )
                    ],
                },
            ),
        ),
        SecureTable("Event", referable=False),
        SecureTable("LivePolicy"),
        SecureTable("Signals"),
        SecureTable("Backtest"),
        SecureTable("LiveState"),
        SecureTable("Attendance"),
        migrations.RunSQL(EVENT_LOG, migrations.RunSQL.noop),
        migrations.RunSQL(RETENTION, NO_RETENTION),
    ]
