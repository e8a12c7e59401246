"""What people type to add a person and to book a session: shape alone; operations say what may be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from callboard.web.forms import PlainForm

KINDS = [("student", _("Student")), ("instructor", _("Instructor")), ("guardian", _("Guardian"))]
LENGTHS = [(minutes, _("%(minutes)d min") % {"minutes": minutes}) for minutes in (30, 45, 60, 90, 120)]


class PersonForm(PlainForm):
    """Someone new. `wards`: the students whom a guardian answers for."""

    kind = forms.ChoiceField(label=_("They are"), choices=KINDS)
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(
        label=_("Email address"),
        required=False,
        help_text=_("Their join links and codes go there. A student without one is reached by a guardian."),
    )
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    zone = forms.ChoiceField(label=_("Their time zone"), required=False)
    of_age_on = forms.DateField(
        label=_("Of age from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("For a student: from that day they speak for themselves, whoever their guardians are."),
    )
    ward = forms.ChoiceField(label=_("Guardian of"), required=False)
    recording = forms.BooleanField(label=_("They have agreed to being recorded"), required=False)

    def __init__(self, *args: Any, students: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
        self.fields["zone"].choices = [  # type: ignore[attr-defined]
            ("", _("The organization's")),
            *((name, name) for name in zones),
        ]
        self.fields["ward"].choices = [("", _("Nobody")), *students]  # type: ignore[attr-defined]


class BookingForm(PlainForm):
    """A session in the viewer's own zone. People are ids."""

    title = forms.CharField(label=_("Title"), max_length=200)
    subject = forms.CharField(label=_("Subject"), max_length=100, required=False)
    starts_at = forms.DateTimeField(
        label=_("Starts"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    minutes = forms.TypedChoiceField(label=_("Length"), coerce=int, choices=LENGTHS, initial=60)
    weeks = forms.IntegerField(
        label=_("Weeks"),
        min_value=1,
        max_value=53,
        initial=1,
        help_text=_("1: once. More: the same hour each week, as one series; all of them or none."),
    )
    instructor = forms.TypedChoiceField(label=_("Instructor"), coerce=int)
    learners = forms.TypedMultipleChoiceField(
        label=_("Learners"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    recording_wanted = forms.BooleanField(
        label=_("Record it"),
        required=False,
        help_text=_("Only where all who take part have agreed to it."),
    )
    provider = forms.ChoiceField(label=_("Room"))

    def __init__(
        self,
        *args: Any,
        instructors: list[tuple[int, str]],
        students: list[tuple[int, str]],
        providers: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instructor"].choices = instructors  # type: ignore[attr-defined]
        self.fields["learners"].choices = students  # type: ignore[attr-defined]
        self.fields["provider"].choices = providers  # type: ignore[attr-defined]

    @property
    def times(self) -> tuple[datetime, datetime]:
        starts: datetime = self.cleaned_data["starts_at"]
        return starts, starts + timedelta(minutes=self.cleaned_data["minutes"])

    def starts(self, tz: ZoneInfo) -> list[datetime]:
        """The local start of each week."""
        first = self.cleaned_data["starts_at"].astimezone(tz)
        return [first + timedelta(weeks=week) for week in range(self.cleaned_data["weeks"])]
