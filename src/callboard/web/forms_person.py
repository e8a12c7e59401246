"""What people type to change a person and their family: shape alone; operations say what may be."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from callboard.people.operations.editing import Profile
from callboard.web.forms import PlainForm


class EditForm(PlainForm):
    """A person's profile. `seen`: the latest change that was known when it was opened."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.CharField(label=_("Email address"), max_length=254, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    zone = forms.ChoiceField(label=_("Their time zone"), required=False)
    locale = forms.ChoiceField(label=_("Language"), required=False)
    learns = forms.BooleanField(label=_("They are a student"), required=False)
    level = forms.CharField(label=_("Level"), max_length=40, required=False)
    of_age_on = forms.DateField(
        label=_("Of age from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("From that day they speak for themselves, whoever their guardians are."),
    )
    teaches = forms.BooleanField(label=_("They are an instructor"), required=False)
    skills = forms.CharField(
        label=_("Can teach"),
        max_length=2000,
        required=False,
        help_text=_("Subject and level, with a comma between: maths:8, physics:9."),
    )
    buffer_minutes = forms.IntegerField(
        label=_("Minutes free around a session"), min_value=0, max_value=240, required=False
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
        whole: Any = self.fields
        whole["zone"].choices = [("", _("The organization's")), *((name, name) for name in zones)]
        whole["locale"].choices = [("", _("The organization's")), *settings.LANGUAGES]

    @staticmethod
    def initial_of(profile: Profile, seen: int) -> dict[str, Any]:
        return {
            "name": profile.name,
            "email": profile.email,
            "phone": profile.phone,
            "zone": profile.zone,
            "locale": profile.locale,
            "learns": profile.level is not None,
            "level": profile.level or "",
            "of_age_on": profile.of_age_on,
            "teaches": profile.skills is not None,
            "skills": ", ".join(profile.skills or ()),
            "buffer_minutes": profile.buffer_minutes,
            "seen": seen,
        }

    def profile(self) -> Profile:
        said = self.cleaned_data
        skills = tuple(each.strip() for each in said["skills"].split(",") if each.strip())
        return Profile(
            name=said["name"],
            email=said["email"],
            phone=said["phone"],
            zone=said["zone"],
            locale=said["locale"],
            skills=skills if said["teaches"] else None,
            buffer_minutes=said["buffer_minutes"] or 0,
            level=said["level"] if said["learns"] else None,
            of_age_on=said["of_age_on"],
        )
