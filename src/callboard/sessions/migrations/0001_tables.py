"""Booked sessions, their series, rooms and servers, links to them, recordings, and what was asked of rooms."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import callboard.lib.clock
import callboard.lib.ids
import callboard.lib.tenancy
from callboard.lib.tables import CreateTables
from callboard.lib.tenancy import SecureTable


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("callboard_sessions", "0001_initial"),
        ("callboard_sessions", "0002_row_level_security"),
        ("callboard_sessions", "0003_consents_missing"),
        ("callboard_sessions", "0004_servers_and_links"),
        ("callboard_sessions", "0005_moved_from"),
        ("callboard_sessions", "0006_deeds"),
        ("callboard_sessions", "0007_recordings_kept"),
    ]

    dependencies = [
        ("callboard_people", "0001_tables"),
    ]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="RecordingPolicy",
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
                    (
                        "own",
                        models.CharField(
                            choices=[("off", "Off"), ("spare", "As the spare"), ("beside", "Beside")],
                            default="spare",
                            max_length=16,
                        ),
                    ),
                    ("screen", models.BooleanField(default=False)),
                    ("kept_days", models.PositiveIntegerField(default=365)),
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
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("organization", "version"), name="recording_policy_version"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Series",
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
                    ("key", models.CharField(default=callboard.lib.ids.series_key, max_length=40)),
                    ("title", models.CharField(max_length=200)),
                    ("created_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("organization", "key"), name="series_key_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Session",
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
                    ("key", models.CharField(default=callboard.lib.ids.session_key, max_length=40)),
                    ("title", models.CharField(max_length=200)),
                    ("subject", models.CharField(blank=True, max_length=100)),
                    ("level", models.CharField(blank=True, max_length=40)),
                    ("starts_at", models.DateTimeField()),
                    ("ends_at", models.DateTimeField()),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("scheduled", "Scheduled"),
                                ("ready", "Room ready"),
                                ("live", "Live"),
                                ("ended", "Ended"),
                                ("cancelled", "Cancelled"),
                            ],
                            default="scheduled",
                            max_length=16,
                        ),
                    ),
                    ("provider", models.CharField(default="simulator", max_length=40)),
                    (
                        "series",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="callboard_sessions.series",
                        ),
                    ),
                    ("region", models.CharField(blank=True, max_length=40)),
                    ("recording_wanted", models.BooleanField(default=False)),
                    ("consents_missing", models.PositiveSmallIntegerField(default=0)),
                    ("version", models.PositiveIntegerField(default=1)),
                    ("started_at", models.DateTimeField(blank=True, null=True)),
                    ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ("moved_from", models.DateTimeField(blank=True, null=True)),
                    ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                    ("cancel_reason", models.CharField(blank=True, max_length=500)),
                    ("created_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            fields=["organization", "starts_at"], name="callboard_s_organiz_cdbd84_idx"
                        ),
                        models.Index(
                            condition=models.Q(("status__in", ["scheduled", "ready", "live"])),
                            fields=["organization", "status", "starts_at"],
                            name="session_not_over",
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("organization", "key"), name="session_key_once"),
                        models.CheckConstraint(
                            condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                            name="session_ends_after_start",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RecordingWish",
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
                    ("request", models.CharField(max_length=120)),
                    (
                        "by",
                        models.CharField(
                            choices=[("provider", "The provider"), ("own", "Our own recorder")], max_length=16
                        ),
                    ),
                    ("why", models.CharField(max_length=16)),
                    ("recorder", models.CharField(blank=True, max_length=60)),
                    ("screen", models.BooleanField(default=False)),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("wanted", "Wanted"),
                                ("running", "Running"),
                                ("ended", "Ended"),
                                ("filed", "Filed"),
                                ("refused", "Refused"),
                            ],
                            default="wanted",
                            max_length=16,
                        ),
                    ),
                    ("wanted_at", models.DateTimeField(default=callboard.lib.clock.now)),
                    ("began_at", models.DateTimeField(blank=True, null=True)),
                    ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ("problem", models.CharField(blank=True, max_length=200)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            fields=["organization", "session", "wanted_at"],
                            name="callboard_s_organiz_2691ea_idx",
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("organization", "request"), name="recording_wish_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="RecordingLease",
                fields=[
                    ("wish", models.BigIntegerField(primary_key=True, serialize=False)),
                    ("tenant", models.BigIntegerField()),
                    ("epoch", models.PositiveIntegerField(default=0)),
                    ("owner", models.CharField(blank=True, max_length=100)),
                    ("held_until", models.DateTimeField(blank=True, null=True)),
                ],
            ),
            migrations.CreateModel(
                name="Recording",
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
                            related_name="recordings",
                            to="callboard_sessions.session",
                        ),
                    ),
                    ("recorder", models.CharField(max_length=200)),
                    ("status", models.CharField(default="running", max_length=16)),
                    ("started_at", models.DateTimeField(blank=True, null=True)),
                    ("stopped_at", models.DateTimeField(blank=True, null=True)),
                    ("seconds", models.FloatField(default=0)),
                    ("file_at", models.DateTimeField(blank=True, null=True)),
                    ("file_seconds", models.FloatField(blank=True, null=True)),
                    ("file_bytes", models.BigIntegerField(blank=True, null=True)),
                    ("file_silent", models.BooleanField(blank=True, null=True)),
                    ("quiet_since", models.DateTimeField(blank=True, null=True)),
                    ("location", models.CharField(blank=True, max_length=300)),
                    ("deleted_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(
                                ("deleted_at", None), models.Q(("location", ""), _negated=True)
                            ),
                            fields=["organization", "file_at"],
                            name="recording_kept",
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("organization", "session", "recorder"), name="recorder_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="RecordingView",
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
                        "recording",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="callboard_sessions.recording",
                        ),
                    ),
                    (
                        "member",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="callboard_people.member",
                        ),
                    ),
                    ("asker", models.CharField(blank=True, max_length=100)),
                    ("asked_at", models.DateTimeField(default=callboard.lib.clock.now)),
                    ("played_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            fields=["organization", "recording", "asked_at"],
                            name="callboard_s_organiz_0b068d_idx",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Server",
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
                    ("slug", models.SlugField(max_length=40)),
                    ("name", models.CharField(max_length=100)),
                    ("kind", models.CharField(max_length=40)),
                    ("region", models.CharField(blank=True, max_length=40)),
                    ("zones", models.JSONField(default=list)),
                    ("settings", models.JSONField(default=dict)),
                    ("sealed", models.TextField(blank=True)),
                    ("enabled", models.BooleanField(default=True)),
                    ("position", models.PositiveSmallIntegerField(default=0)),
                    ("created_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                    ("tested_at", models.DateTimeField(blank=True, null=True)),
                    ("test_words", models.CharField(blank=True, max_length=300)),
                    ("test_failed", models.BooleanField(default=False)),
                    ("polled_at", models.DateTimeField(blank=True, null=True)),
                    ("down_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("organization", "slug"), name="server_slug_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Participant",
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
                            related_name="participants",
                            to="callboard_sessions.session",
                        ),
                    ),
                    (
                        "person",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="callboard_people.person",
                        ),
                    ),
                    (
                        "role",
                        models.CharField(
                            choices=[("instructor", "Instructor"), ("learner", "Learner")], max_length=16
                        ),
                    ),
                    ("busy", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                    ("active", models.BooleanField(default=True)),
                    ("marked_absent_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            fields=["organization", "person", "session"],
                            name="callboard_s_organiz_72eda0_idx",
                        )
                    ],
                    "constraints": [
                        django.contrib.postgres.constraints.ExclusionConstraint(
                            condition=models.Q(("active", True)),
                            expressions=[("organization", "="), ("person", "="), ("busy", "&&")],
                            name="participant_in_one_place",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("active", True)),
                            fields=("organization", "session", "person"),
                            name="participant_once",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("active", True), ("role", "instructor")),
                            fields=("organization", "session"),
                            name="participant_one_instructor",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Room",
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
                            related_name="room",
                            to="callboard_sessions.session",
                        ),
                    ),
                    ("provider", models.CharField(max_length=40)),
                    (
                        "status",
                        models.CharField(
                            choices=[("wanted", "Wanted"), ("ready", "Ready"), ("closed", "Closed")],
                            default="wanted",
                            max_length=16,
                        ),
                    ),
                    (
                        "server",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="callboard_sessions.server",
                        ),
                    ),
                    ("generation", models.PositiveIntegerField(default=1)),
                    ("former", models.JSONField(default=list)),
                    ("external_id", models.CharField(blank=True, max_length=200)),
                    ("url", models.CharField(blank=True, max_length=500)),
                    ("region", models.CharField(blank=True, max_length=40)),
                    ("node", models.CharField(blank=True, max_length=40)),
                    ("attempts", models.PositiveIntegerField(default=0)),
                    ("problem", models.CharField(blank=True, max_length=200)),
                    ("wanted_at", models.DateTimeField(default=callboard.lib.clock.now)),
                    ("ready_at", models.DateTimeField(blank=True, null=True)),
                    ("closed_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="JoinLink",
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
                        "person",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="callboard_people.person",
                        ),
                    ),
                    (
                        "series",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="callboard_sessions.series",
                        ),
                    ),
                    (
                        "session",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="callboard_sessions.session",
                        ),
                    ),
                    ("generation", models.PositiveIntegerField(default=1)),
                    ("created_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                    ("replaced_at", models.DateTimeField(blank=True, null=True)),
                    ("used_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("session", None)),
                            fields=("organization", "person", "series"),
                            name="join_link_once_a_series",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("series", None)),
                            fields=("organization", "person", "session"),
                            name="join_link_once_a_session",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("series", None), ("session", None), _connector="XOR"),
                            name="join_link_leads_somewhere",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ConfirmedDevice",
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
                        "person",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="callboard_people.person",
                        ),
                    ),
                    ("token_hash", models.CharField(max_length=64, unique=True)),
                    ("label", models.CharField(blank=True, max_length=100)),
                    ("confirmed_at", models.DateTimeField(default=callboard.lib.clock.now)),
                    ("seen_at", models.DateTimeField(blank=True, null=True)),
                    ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="DeviceCode",
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
                        "person",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="callboard_people.person",
                        ),
                    ),
                    ("code_hash", models.CharField(max_length=64)),
                    ("created_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                    ("expires_at", models.DateTimeField()),
                    ("attempts", models.PositiveSmallIntegerField(default=0)),
                    ("used_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            fields=["organization", "person", "created_at"],
                            name="callboard_s_organiz_d3be7c_idx",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="RoomPolicy",
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
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("organization", "version"), name="room_policy_version"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Deed",
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
                    ("name", models.CharField(max_length=40)),
                    (
                        "state",
                        models.CharField(
                            choices=[("asked", "Asked"), ("confirmed", "Confirmed"), ("failed", "Failed")],
                            default="asked",
                            max_length=16,
                        ),
                    ),
                    (
                        "member",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="callboard_people.member",
                        ),
                    ),
                    ("entry", models.BigIntegerField(default=0)),
                    ("asked_at", models.DateTimeField(default=callboard.lib.clock.now)),
                    ("usual_s", models.PositiveIntegerField(default=0)),
                    ("settled_at", models.DateTimeField(blank=True, null=True)),
                    ("words", models.CharField(blank=True, max_length=300)),
                    ("text", models.TextField(blank=True)),
                    ("data", models.JSONField(default=dict)),
                    ("evidence", models.JSONField(default=list)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            fields=["organization", "session", "asked_at"],
                            name="callboard_s_organiz_f61832_idx",
                        )
                    ],
                },
            ),
        ),
        SecureTable("RecordingPolicy", referable=False),
        SecureTable("Series"),
        SecureTable("Session"),
        SecureTable("RecordingWish", referable=False),
        SecureTable("Recording"),
        SecureTable("RecordingView", referable=False),
        SecureTable("Server"),
        SecureTable("Participant"),
        SecureTable("Room"),
        SecureTable("JoinLink", referable=False),
        SecureTable("ConfirmedDevice", referable=False),
        SecureTable("DeviceCode", referable=False),
        SecureTable("RoomPolicy", referable=False),
        SecureTable("Deed", referable=False),
    ]
