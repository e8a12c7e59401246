"""What people type, where a page asks for more than a button: shape alone; operations say what may be."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from callboard.lib.errors import CallboardError
from callboard.people.access import SCOPES
from callboard.people.models import Role

EXPIRY = [("90", _("in 90 days")), ("365", _("in a year")), ("", _("never"))]

SCOPE_NAMES = {
    "events.write": _("send events"),
    "sessions.read": _("read sessions"),
    "sessions.book": _("book, move and cancel sessions"),
    "cases.read": _("read cases"),
    "cases.act": _("claim and settle cases"),
    "live.read": _("read what is live"),
    "people.read": _("read people"),
    "people.manage": _("add people and invite them"),
    "settings.manage": _("change settings"),
    "people.erase": _("erase people"),
    "data.manage": _("take everything out, and delete the organization"),
    "keys.manage": _("make and revoke keys"),
}


class PlainForm(forms.Form):
    def refuse(self, error: CallboardError) -> None:
        """Show what an operation refused, beside the field that it is about where it is about one."""
        fields = getattr(error, "fields", None) or {"": error.message}
        for name, text in fields.items():
            self.add_error(name if name in self.fields else None, lazystr(str(text)))


class AcceptForm(PlainForm):
    name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters. A sentence is easier to keep than a puzzle."),
    )


class OrganizationForm(PlainForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("The clock in the header, and where days begin.")
    )
    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, zones: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = [(zone, zone) for zone in zones]  # type: ignore[attr-defined]


class FirstRunForm(PlainForm):
    organization = forms.CharField(label=_("What your organization is called"), max_length=200)
    zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("The clock in the header, and where days begin.")
    )
    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("Your email address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters. A sentence is easier to keep than a puzzle."),
    )

    def __init__(self, *args: Any, zones: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = [(zone, zone) for zone in zones]  # type: ignore[attr-defined]


class InviteForm(PlainForm):
    email = forms.EmailField(label=_("Email address"))
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, roles: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, Role(role).label) for role in roles]  # type: ignore[attr-defined]


class KeyForm(PlainForm):
    name = forms.CharField(label=_("For which program"), max_length=100)
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=[(scope, text) for scope, text in SCOPE_NAMES.items() if scope in SCOPES],
        widget=forms.CheckboxSelectMultiple,
    )
    expires = forms.ChoiceField(label=_("Ends"), choices=EXPIRY, required=False)
