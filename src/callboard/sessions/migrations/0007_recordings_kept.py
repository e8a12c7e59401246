"""What is wanted of recorders and who is at it; where files lie, who looked, and for how long they are kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import callboard.lib.clock
import callboard.lib.tenancy
from callboard.lib.tenancy import SecureTable


class Migration(migrations.Migration):
    dependencies = [
        ("callboard_people", "0003_cache"),
        ("callboard_sessions", "0006_deeds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
            name="RecordingPolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("created_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                (
                    "created_by",
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
            name="RecordingView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asker", models.CharField(blank=True, max_length=100)),
                ("asked_at", models.DateTimeField(default=callboard.lib.clock.now)),
                ("played_at", models.DateTimeField(blank=True, null=True)),
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
            ],
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
            ],
        ),
        migrations.AddField(
            model_name="recording",
            name="deleted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="recording",
            name="location",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="recording",
            name="quiet_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="recording",
            index=models.Index(
                condition=models.Q(("deleted_at", None), models.Q(("location", ""), _negated=True)),
                fields=["organization", "file_at"],
                name="recording_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordingpolicy",
            constraint=models.UniqueConstraint(
                fields=("organization", "version"), name="recording_policy_version"
            ),
        ),
        migrations.AddIndex(
            model_name="recordingview",
            index=models.Index(
                fields=["organization", "recording", "asked_at"], name="callboard_s_organiz_0b068d_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="recordingwish",
            index=models.Index(
                fields=["organization", "session", "wanted_at"], name="callboard_s_organiz_2691ea_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="recordingwish",
            constraint=models.UniqueConstraint(
                fields=("organization", "request"), name="recording_wish_once"
            ),
        ),
        SecureTable("RecordingWish", referable=False),
        SecureTable("RecordingPolicy", referable=False),
        SecureTable("RecordingView", referable=False),
    ]
