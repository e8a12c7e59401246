"""What a value must be, said the same way wherever it is asked for."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from callboard.lib.errors import Invalid
from callboard.people.models import User


def check_zone(zone: str) -> None:
    """Raises Invalid for a name that IANA's list of time zones lacks."""
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise Invalid(fields={"zone": _("There is no such time zone.")}) from error


def checked_email(email: str) -> str:
    """The address in small letters. Raises Invalid for what is none, or a domain that no mail can go to."""
    email = email.strip().lower()
    try:
        validate_email(email)
        email.rpartition("@")[2].encode("idna")
    except (ValidationError, UnicodeError) as error:
        raise Invalid(fields={"email": _("This is not an email address.")}) from error
    return email


def check_password(password: str, user: User | None = None) -> None:
    """Raises Invalid with what is wrong with it, in the words of Django's validators."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(fields={"password": " ".join(error.messages)}) from error
