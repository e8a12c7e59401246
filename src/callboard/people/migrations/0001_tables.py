"""Who there is, and the organizations that everything else belongs to; the cache, which is no tenant's."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations, models

import callboard.lib.clock
import callboard.lib.ids
import callboard.lib.tenancy
from callboard.lib.tables import CreateTables
from callboard.lib.tenancy import CURRENT_ORGANIZATION, CURRENT_USER, SecureTable

ORGANIZATIONS = f"""
ALTER TABLE callboard_people_organization ENABLE ROW LEVEL SECURITY;
ALTER TABLE callboard_people_organization FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON callboard_people_organization
    USING (id = {CURRENT_ORGANIZATION}) WITH CHECK (id = {CURRENT_ORGANIZATION});
CREATE POLICY membership ON callboard_people_organization FOR SELECT
    USING (EXISTS (SELECT FROM callboard_people_member AS member
                   WHERE member.organization_id = callboard_people_organization.id
                     AND member.user_id = {CURRENT_USER}));
CREATE POLICY sweep ON callboard_people_organization FOR SELECT
    USING (current_setting('app.sweep', true) = 'on');
"""
"""Whose rows a login may list before it has chosen one; `sweep` is for periodic jobs, that then enter each."""

BEFORE_ENTERING = f"""
CREATE POLICY own_login ON callboard_people_member FOR SELECT
    USING (user_id = {CURRENT_USER});
CREATE POLICY presented ON callboard_people_apikey FOR SELECT
    USING (key_hash = nullif(current_setting('app.api_key', true), ''));
CREATE POLICY presented ON callboard_people_invitation FOR SELECT
    USING (token_hash = nullif(current_setting('app.invitation', true), ''));
"""
"""The one row that a key or an invitation opens, to whoever presents its hash."""

CACHE = """
CREATE TABLE callboard_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX callboard_cache_expires ON callboard_cache (expires);
"""


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("callboard_people", "0001_initial"),
        ("callboard_people", "0002_row_level_security"),
        ("callboard_people", "0003_cache"),
    ]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        CreateTables(
            migrations.CreateModel(
                name="User",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("password", models.CharField(max_length=128, verbose_name="password")),
                    ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                    (
                        "is_superuser",
                        models.BooleanField(
                            default=False,
                            help_text="Designates that this user has all permissions without explicitly assigning them.",
                            verbose_name="superuser status",
                        ),
                    ),
                    ("email", models.EmailField(max_length=254, unique=True, verbose_name="email address")),
                    ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                    ("zone", models.CharField(blank=True, max_length=64, verbose_name="time zone")),
                    ("locale", models.CharField(blank=True, max_length=16, verbose_name="language")),
                    ("shortcuts", models.BooleanField(default=True, verbose_name="keyboard shortcuts")),
                    ("is_active", models.BooleanField(default=True)),
                    ("is_staff", models.BooleanField(default=False)),
                    ("created_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                    (
                        "groups",
                        models.ManyToManyField(
                            blank=True,
                            help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                            related_name="user_set",
                            related_query_name="user",
                            to="auth.group",
                            verbose_name="groups",
                        ),
                    ),
                    (
                        "user_permissions",
                        models.ManyToManyField(
                            blank=True,
                            help_text="Specific permissions for this user.",
                            related_name="user_set",
                            related_query_name="user",
                            to="auth.permission",
                            verbose_name="user permissions",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            django.db.models.functions.text.Lower("email"), name="user_email_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Organization",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("slug", models.SlugField(unique=True)),
                    ("name", models.CharField(max_length=200)),
                    ("zone", models.CharField(default="UTC", max_length=64)),
                    ("locale", models.CharField(default="en", max_length=16)),
                    ("created_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                ],
            ),
            migrations.CreateModel(
                name="Person",
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
                    ("key", models.CharField(default=callboard.lib.ids.person_key, max_length=40)),
                    ("name", models.CharField(max_length=200)),
                    ("email", models.EmailField(blank=True, max_length=254)),
                    ("phone", models.CharField(blank=True, max_length=40)),
                    ("zone", models.CharField(blank=True, max_length=64)),
                    ("locale", models.CharField(blank=True, max_length=16)),
                    ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ("created_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["organization", "name"], name="callboard_p_organiz_193ec1_idx")
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("organization", "key"), name="person_key_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Instructor",
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
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="instructor",
                            to="callboard_people.person",
                        ),
                    ),
                    ("skills", models.JSONField(default=list)),
                    ("buffer_minutes", models.PositiveSmallIntegerField(default=0)),
                    ("active", models.BooleanField(default=True)),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Student",
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
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="student",
                            to="callboard_people.person",
                        ),
                    ),
                    ("level", models.CharField(blank=True, max_length=40)),
                    ("active", models.BooleanField(default=True)),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Guardianship",
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
                        "guardian",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="wards",
                            to="callboard_people.person",
                        ),
                    ),
                    (
                        "student",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="guardians",
                            to="callboard_people.person",
                        ),
                    ),
                    ("relation", models.CharField(blank=True, max_length=40)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("organization", "guardian", "student"), name="guardianship_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("guardian", models.F("student")), _negated=True),
                            name="guardianship_of_another",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Member",
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
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="members",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "role",
                        models.CharField(
                            choices=[
                                ("admin", "Admin"),
                                ("coordinator", "Coordinator"),
                                ("instructor", "Instructor"),
                                ("guardian", "Guardian"),
                                ("student", "Student"),
                                ("service", "Service account"),
                            ],
                            max_length=16,
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
                    ("deactivated_at", models.DateTimeField(blank=True, null=True)),
                    ("created_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("organization", "user"), name="member_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Consent",
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
                            related_name="consents",
                            to="callboard_people.person",
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("recording", "being recorded"),
                                ("transcript", "a transcript of what they say"),
                                ("model", "language models reading the transcript"),
                            ],
                            max_length=16,
                        ),
                    ),
                    (
                        "given_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="callboard_people.person",
                        ),
                    ),
                    ("given_at", models.DateTimeField(default=callboard.lib.clock.now)),
                    ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("withdrawn_at", None)),
                            fields=("organization", "person", "kind"),
                            name="consent_once",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Invitation",
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
                    ("email", models.EmailField(max_length=254)),
                    (
                        "role",
                        models.CharField(
                            choices=[
                                ("admin", "Admin"),
                                ("coordinator", "Coordinator"),
                                ("instructor", "Instructor"),
                                ("guardian", "Guardian"),
                                ("student", "Student"),
                                ("service", "Service account"),
                            ],
                            max_length=16,
                        ),
                    ),
                    (
                        "person",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="callboard_people.person",
                        ),
                    ),
                    ("token_hash", models.CharField(max_length=64, unique=True)),
                    (
                        "invited_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("created_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                    ("expires_at", models.DateTimeField()),
                    ("accepted_at", models.DateTimeField(blank=True, null=True)),
                    ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="ApiKey",
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
                    ("name", models.CharField(max_length=100)),
                    ("hint", models.CharField(max_length=16)),
                    ("key_hash", models.CharField(max_length=64, unique=True)),
                    ("scopes", models.JSONField(default=list)),
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
                    ("last_used_at", models.DateTimeField(blank=True, null=True)),
                    ("expires_at", models.DateTimeField(blank=True, null=True)),
                    ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "abstract": False,
                },
            ),
        ),
        SecureTable("Person"),
        SecureTable("Instructor"),
        SecureTable("Student"),
        SecureTable("Guardianship"),
        SecureTable("Member"),
        SecureTable("Consent"),
        SecureTable("Invitation"),
        SecureTable("ApiKey"),
        migrations.RunSQL(ORGANIZATIONS, migrations.RunSQL.noop),
        migrations.RunSQL(BEFORE_ENTERING, migrations.RunSQL.noop),
        migrations.RunSQL(CACHE, "DROP TABLE callboard_cache"),
    ]
