"""Tables of people: logins, organizations, who belongs to them and as what, and what they agreed to."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from callboard.lib import clock, ids
from callboard.lib.folding import Folded
from callboard.lib.tenancy import TenantModel
from callboard.people import erasure_models as erasure_models  # its table is this app's too
from callboard.people import import_models as import_models  # its table is this app's too
from callboard.people import leaving_models as leaving_models  # its tables are this app's too
from callboard.people import records as records  # their tables are this app's too


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A login, global to the installation. What it may do is said by its memberships, none here."""

    email = models.EmailField(_("email address"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, blank=True)
    locale = models.CharField(_("language"), max_length=16, blank=True)
    shortcuts = models.BooleanField(_("keyboard shortcuts"), default=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    memberships: list[Member] | None = None
    """The active ones, where the login came with them (people.signed_in)."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return f"user {self.pk}"


class Organization(models.Model):
    """The tenant. `zone` is the clock on its walls."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    zone = models.CharField(max_length=64, default="UTC")
    locale = models.CharField(max_length=16, default="en")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return self.slug


class Person(TenantModel):
    """Someone an organization knows: an instructor, a student, a guardian, or several of these.

    `key` is the id that events carry; erasing a person replaces it. `external_id` is what another system
    calls them, where one does, and never reaches a log. `erased_at` set: only the row is left.
    `archived_at` set: kept for the record, and in no list. `merged_into`: a double, whose past stands under
    its own key and is shown as that of whom it names. `folded` is what a search looks in.
    """

    key = models.CharField(max_length=40, default=ids.person_key)
    external_id = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    zone = models.CharField(max_length=64, blank=True)
    locale = models.CharField(max_length=16, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="doubles"
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    folded = models.GeneratedField(
        expression=Folded("name", "email", "external_id"), output_field=models.TextField(), db_persist=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="person_key_once"),
            models.UniqueConstraint(
                fields=["organization", "external_id"],
                condition=~models.Q(external_id=""),
                name="person_external_id_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "name"]),
            models.Index(fields=["organization", "email"], name="person_by_email"),
        ]

    def __str__(self) -> str:
        return self.key


class Instructor(TenantModel):
    """A person who teaches. `skills` are "subject:level"; `buffer_minutes` lie free round their sessions."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="instructor")
    skills = models.JSONField(default=list)
    buffer_minutes = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)


class Student(TenantModel):
    """A person who learns. Not `active`: has left, keeps their history.

    From the day `of_age_on` they speak for themselves, whoever answered for them before; where it is not
    known, whoever has a guardian does not.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="student")
    level = models.CharField(max_length=40, blank=True)
    of_age_on = models.DateField(null=True, blank=True)
    active = models.BooleanField(default=True)


class Guardianship(TenantModel):
    """That one person answers for another, and is told of their sessions."""

    guardian = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="wards")
    student = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="guardians")
    relation = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "guardian", "student"], name="guardianship_once"),
            models.CheckConstraint(
                condition=~models.Q(guardian=models.F("student")), name="guardianship_of_another"
            ),
        ]


class Role(models.TextChoices):
    ADMIN = "admin", _("Admin")
    COORDINATOR = "coordinator", _("Coordinator")
    INSTRUCTOR = "instructor", _("Instructor")
    GUARDIAN = "guardian", _("Guardian")
    STUDENT = "student", _("Student")
    SERVICE = "service", _("Service account")


class Member(TenantModel):
    """That a login belongs to an organization, as what, and as which person of it.

    Active, or not (`deactivated_at`): then it opens nothing and stays for the record.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="members")
    role = models.CharField(max_length=16, choices=Role.choices)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    deactivated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "user"], name="member_once")]


class ConsentKind(models.TextChoices):
    RECORDING = "recording", _("being recorded")
    TRANSCRIPT = "transcript", _("a transcript of what they say")
    MODEL = "model", _("language models reading the transcript")


class Consent(TenantModel):
    """What was agreed to for a person, by whom and when. In force until `withdrawn_at`."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=16, choices=ConsentKind.choices)
    given_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    given_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "person", "kind"],
                condition=models.Q(withdrawn_at=None),
                name="consent_once",
            )
        ]


class ConsentSaid(models.TextChoices):
    GIVEN = "given", _("agreed")
    REFUSED = "refused", _("did not agree")
    WITHDRAWN = "withdrawn", _("withdrew it")


class ConsentWay(models.TextChoices):
    LINK = "link", _("by their link")
    SIGN_IN = "sign_in", _("signed in")
    PAPER = "paper", _("on paper")
    FILE = "file", _("in a file that was brought in")
    NOTED = "noted", _("noted by the school")


class ConsentWord(TenantModel):
    """What was said once about one kind of consent: never changed, the last one holds.

    `said_by` is who said it for `person`, null where the school did not note that; `said_at` when they did,
    `noted_at` when it came to be known here, `noted_by` who entered it, where it was not themselves. A paper
    form has a `reference` in words, or a file in our store (`proof`), or both; what a file said has its name.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consent_words")
    kind = models.CharField(max_length=16, choices=ConsentKind.choices)
    said = models.CharField(max_length=16, choices=ConsentSaid.choices)
    said_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    said_at = models.DateTimeField(default=clock.now)
    noted_at = models.DateTimeField(default=clock.now)
    noted_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    way = models.CharField(max_length=16, choices=ConsentWay.choices, default=ConsentWay.NOTED)
    reference = models.CharField(max_length=200, blank=True)
    proof = models.CharField(max_length=300, blank=True)
    proof_type = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "person", "kind", "noted_at"], name="consent_last_word")
        ]


class ConsentLink(TenantModel):
    """Someone's way to the page where they agree or not, for themselves and for whom they answer for.

    Its token is signed, not stored, and names `generation`: replaced, the former tokens open nothing.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    generation = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)


class Invitation(TenantModel):
    """A link that lets someone in, once. Waiting, accepted, revoked, or past `expires_at`.

    Only the hash of its token is kept. `person` says whom the new member will be.
    """

    email = models.EmailField()
    role = models.CharField(max_length=16, choices=Role.choices)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class ApiKey(TenantModel):
    """A program's way in: only its hash is kept, `hint` (its first characters) tells keys apart.

    In force until `revoked_at` or `expires_at`. `scopes` as in people.rules.
    """

    name = models.CharField(max_length=100)
    hint = models.CharField(max_length=16)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class SettingChange(TenantModel):
    """That a setting was changed: by whom (a login, a program's `key`, or neither: the system) and when.

    `what` is a code of people.operations.changes; `about` tells settings of one kind apart: a slug, a
    subject, or the id of a row, so that nobody's name is kept here. `before` and
    `after` hold what differs: {} before it was made, {} after it was removed. Never a secret.
    """

    at = models.DateTimeField(default=clock.now)
    login = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    key = models.ForeignKey(ApiKey, on_delete=models.SET_NULL, null=True, related_name="+")
    what = models.CharField(max_length=40)
    about = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["organization", "at"], name="setting_change_by_time")]
