"""Settings of recordings: what our own recorder does, and how long files are kept."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from callboard.lib import clock
from callboard.lib.errors import Invalid
from callboard.sessions import recording_queries
from callboard.sessions.operations.recorders import LONGEST_KEPT, set_recording_policy
from callboard.sessions.recording_models import RecordingPolicy
from callboard.web import times
from callboard.web.forms import PlainForm
from callboard.web.presenters import frame
from callboard.web.viewer import STAFF, Viewer, page

CHOICES = [
    ("off", lazy("Off: the provider’s recorder alone")),
    ("spare", lazy("The spare: it steps in when the provider’s fails")),
    ("beside", lazy("Beside: it always records too")),
]


class PolicyForm(PlainForm):
    own = forms.ChoiceField(label=lazy("Our own recorder"), choices=CHOICES, widget=forms.RadioSelect)
    screen = forms.BooleanField(label=lazy("It records the shared screen too"), required=False)
    kept_days = forms.IntegerField(
        label=lazy("Days that a file is kept"),
        min_value=0,
        max_value=LONGEST_KEPT,
        help_text=lazy("0 keeps it for good. Holds for what is kept already, too."),
    )


@page(*STAFF)
def show(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The policy in force, and for an admin the means to change it."""
    in_force = recording_queries.policy()
    kept = {"own": in_force.own, "screen": in_force.screen, "kept_days": in_force.kept_days}
    form = PolicyForm(request.POST if request.method == "POST" else None, initial=kept)
    if request.method == "POST":
        viewer.access.require("settings.manage")
        if form.is_valid():
            try:
                set_recording_policy(form.cleaned_data, by=viewer.access)
            except Invalid as error:
                form.refuse(error)
            else:
                messages.info(request, _("Kept, and in force from now on."))
                return redirect("web:recording_policy")
    context = {
        "frame": frame.frame(viewer, clock.now(), "settings"),
        "tab": "recordings",
        "form": form,
        "may": viewer.access.may("settings.manage"),
        "said": _said(in_force, viewer),
        "sentence": dict(CHOICES)[in_force.own],
        "policy": in_force,
    }
    return render(request, "web/recording_policy.html", context)


def _said(policy: RecordingPolicy, viewer: Viewer) -> str:
    """Which version it is, and whose."""
    if not policy.version:
        return _("As it comes: nobody has changed it.")
    who = policy.created_by.name or policy.created_by.email if policy.created_by else _("a program")
    day = times.day(policy.created_at, viewer.tz)
    return _("Version %(version)d, by %(who)s, %(day)s.") % {
        "version": policy.version,
        "who": who,
        "day": day,
    }
