"""Queues, cases and incidents, and what people did about them."""

import django.db.models.deletion
from django.db import migrations, models

import callboard.lib.clock
import callboard.lib.tenancy
from callboard.lib.tables import CreateTables
from callboard.lib.tenancy import SecureTable


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("callboard_cases", "0001_initial"),
        ("callboard_cases", "0002_row_level_security"),
        ("callboard_cases", "0003_case_by_cause"),
        ("callboard_cases", "0004_case_days"),
        ("callboard_cases", "0005_the_desk"),
    ]

    dependencies = [
        ("callboard_people", "0001_tables"),
        ("callboard_sessions", "0001_tables"),
    ]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="Queue",
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
                    ("slug", models.SlugField()),
                    ("name", models.CharField(max_length=100)),
                    ("kinds", models.JSONField(default=list)),
                    ("deadlines", models.JSONField(default=dict)),
                    ("is_default", models.BooleanField(default=False)),
                    ("position", models.PositiveSmallIntegerField(default=0)),
                    ("hours", models.JSONField(default=dict)),
                    (
                        "stand_in",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="callboard_cases.queue",
                        ),
                    ),
                    (
                        "escalate_to",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="callboard_cases.queue",
                        ),
                    ),
                    (
                        "escalate_member",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="callboard_people.member",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("organization", "slug"), name="queue_slug_once"),
                        models.UniqueConstraint(
                            condition=models.Q(("is_default", True)),
                            fields=("organization",),
                            name="queue_one_default",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="QueueMember",
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
                        "queue",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="members",
                            to="callboard_cases.queue",
                        ),
                    ),
                    (
                        "member",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="callboard_people.member",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("organization", "queue", "member"), name="queue_member_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Route",
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
                        "queue",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="routes",
                            to="callboard_cases.queue",
                        ),
                    ),
                    ("position", models.PositiveSmallIntegerField(default=0)),
                    ("kinds", models.JSONField(default=list)),
                    ("subjects", models.JSONField(default=list)),
                    ("severities", models.JSONField(default=list)),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Incident",
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
                    ("key", models.CharField(max_length=200)),
                    ("kind", models.CharField(max_length=40)),
                    ("raised_at", models.DateTimeField()),
                    ("cleared_at", models.DateTimeField(blank=True, null=True)),
                    ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                    ("closed_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "owner",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="callboard_people.member",
                        ),
                    ),
                    ("claimed_at", models.DateTimeField(blank=True, null=True)),
                    ("changed_at", models.DateTimeField(default=callboard.lib.clock.now)),
                ],
                options={
                    "indexes": [models.Index(fields=["organization", "raised_at"], name="incident_by_time")],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("organization", "key", "kind", "raised_at"), name="incident_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Case",
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
                    ("kind", models.CharField(max_length=40)),
                    (
                        "severity",
                        models.CharField(
                            choices=[("now", "now"), ("soon", "soon"), ("watch", "watch")], max_length=8
                        ),
                    ),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("open", "Open"),
                                ("claimed", "Claimed"),
                                ("snoozed", "Snoozed"),
                                ("resolved", "Resolved"),
                                ("cleared", "Cleared by itself"),
                                ("withdrawn", "Withdrawn"),
                            ],
                            default="open",
                            max_length=16,
                        ),
                    ),
                    (
                        "queue",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="callboard_cases.queue",
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
                    (
                        "person",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="callboard_people.person",
                        ),
                    ),
                    ("participant", models.CharField(blank=True, max_length=200)),
                    ("provider", models.CharField(blank=True, max_length=40)),
                    ("cause", models.CharField(max_length=400)),
                    ("occurrence", models.CharField(max_length=500)),
                    (
                        "previous",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="callboard_cases.case",
                        ),
                    ),
                    (
                        "incident",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="cases",
                            to="callboard_cases.incident",
                        ),
                    ),
                    ("why", models.TextField(blank=True)),
                    ("details", models.JSONField(default=dict)),
                    ("evidence", models.JSONField(default=list)),
                    ("raised_at", models.DateTimeField()),
                    ("noticed_at", models.DateTimeField()),
                    ("cleared_at", models.DateTimeField(blank=True, null=True)),
                    ("apart_at", models.DateTimeField(blank=True, null=True)),
                    ("minutes", models.JSONField(blank=True, null=True)),
                    ("escalated_at", models.DateTimeField(blank=True, null=True)),
                    ("claim_by", models.DateTimeField(blank=True, null=True)),
                    ("resolve_by", models.DateTimeField(blank=True, null=True)),
                    (
                        "owner",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="callboard_people.member",
                        ),
                    ),
                    ("claimed_at", models.DateTimeField(blank=True, null=True)),
                    ("snoozed_until", models.DateTimeField(blank=True, null=True)),
                    ("outcome", models.CharField(blank=True, max_length=40)),
                    ("over_at", models.DateTimeField(blank=True, null=True)),
                    ("version", models.PositiveIntegerField(default=1)),
                    ("changed_at", models.DateTimeField(default=callboard.lib.clock.now)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("over_at", None)),
                            fields=["organization", "queue", "status"],
                            name="case_not_over",
                        ),
                        models.Index(
                            fields=["organization", "session"], name="callboard_c_organiz_c9a3ed_idx"
                        ),
                        models.Index(
                            fields=["organization", "changed_at"], name="callboard_c_organiz_4ccd7e_idx"
                        ),
                        models.Index(fields=["organization", "cause"], name="case_by_cause"),
                        models.Index(fields=["organization", "raised_at"], name="case_by_day"),
                        models.Index(fields=["organization", "over_at"], name="case_by_end"),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("organization", "occurrence"), name="case_occurrence_once"
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("over_at", None)),
                            fields=("organization", "cause"),
                            name="case_cause_once_open",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CaseEntry",
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
                        "case",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="entries",
                            to="callboard_cases.case",
                        ),
                    ),
                    ("at", models.DateTimeField(default=callboard.lib.clock.now)),
                    ("kind", models.CharField(max_length=40)),
                    (
                        "actor",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="callboard_people.member",
                        ),
                    ),
                    ("action", models.CharField(blank=True, max_length=40)),
                    ("text", models.TextField(blank=True)),
                    ("data", models.JSONField(default=dict)),
                    ("before", models.JSONField(blank=True, null=True)),
                    ("undone_at", models.DateTimeField(blank=True, null=True)),
                    ("batch", models.CharField(blank=True, max_length=40)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            fields=["organization", "case", "at"], name="callboard_c_organiz_1e97d0_idx"
                        ),
                        models.Index(
                            condition=models.Q(("actor__isnull", False)),
                            fields=["organization", "at"],
                            name="entry_by_person",
                        ),
                        models.Index(
                            condition=models.Q(("batch", ""), _negated=True),
                            fields=["organization", "batch"],
                            name="entry_batch",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Mention",
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
                        "case",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="callboard_cases.case",
                        ),
                    ),
                    (
                        "entry",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="callboard_cases.caseentry",
                        ),
                    ),
                    (
                        "member",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="callboard_people.member",
                        ),
                    ),
                    (
                        "reason",
                        models.CharField(
                            choices=[
                                ("note", "You were mentioned"),
                                ("escalation", "Nobody took it in time"),
                                ("handed", "Handed over to you"),
                            ],
                            default="note",
                            max_length=16,
                        ),
                    ),
                    ("at", models.DateTimeField(default=callboard.lib.clock.now)),
                    ("read_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["organization", "member", "at"], name="mention_by_member")
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("organization", "entry", "member"), name="mention_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="CaseReading",
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
                        "case",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="callboard_cases.case",
                        ),
                    ),
                    (
                        "member",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="callboard_people.member",
                        ),
                    ),
                    ("at", models.DateTimeField(default=callboard.lib.clock.now)),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["organization", "at"], name="reading_by_time"),
                        models.Index(fields=["organization", "case", "member", "at"], name="reading_of_case"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="SavedFilter",
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
                        "member",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="callboard_people.member",
                        ),
                    ),
                    ("name", models.CharField(max_length=60)),
                    ("query", models.JSONField(default=dict)),
                    ("shared", models.BooleanField(default=False)),
                    ("created_at", models.DateTimeField(default=callboard.lib.clock.now)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("organization", "member", "name"), name="saved_filter_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="HandOver",
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
                        "giver",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="callboard_people.member",
                        ),
                    ),
                    (
                        "taker",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="callboard_people.member",
                        ),
                    ),
                    ("at", models.DateTimeField(default=callboard.lib.clock.now)),
                    ("text", models.TextField(blank=True)),
                    ("cases", models.JSONField(default=list)),
                    ("batch", models.CharField(blank=True, max_length=40)),
                ],
                options={
                    "indexes": [models.Index(fields=["organization", "at"], name="hand_over_by_time")],
                },
            ),
            migrations.CreateModel(
                name="TouchDay",
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
                    ("day", models.DateField()),
                    ("kind", models.CharField(blank=True, max_length=40)),
                    ("touches", models.PositiveIntegerField(default=0)),
                    ("cases", models.PositiveIntegerField(default=0)),
                    ("sessions", models.PositiveIntegerField(default=0)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("organization", "day", "kind"), name="touch_day_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="CaseDay",
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
                    ("day", models.DateField()),
                    ("kind", models.CharField(max_length=40)),
                    ("kept", models.PositiveIntegerField(default=0)),
                    ("late", models.PositiveIntegerField(default=0)),
                    ("missed", models.PositiveIntegerField(default=0)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("organization", "day", "kind"), name="case_day_once")
                    ],
                },
            ),
        ),
        SecureTable("Queue"),
        SecureTable("QueueMember"),
        SecureTable("Route"),
        SecureTable("Incident"),
        SecureTable("Case"),
        SecureTable("CaseEntry"),
        SecureTable("Mention"),
        SecureTable("CaseReading"),
        SecureTable("SavedFilter"),
        SecureTable("HandOver"),
        SecureTable("TouchDay"),
        SecureTable("CaseDay"),
    ]
