"""Adding a person and booking a session by hand, once or weekly. Rosters and timetables come as files."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from callboard.lib import clock, integration
from callboard.lib.errors import CallboardError, Conflict, Invalid
from callboard.people import operations as people
from callboard.people import queries as persons
from callboard.people.models import ConsentKind
from callboard.people.operations.persons import Draft
from callboard.sessions import operations, queries
from callboard.web.forms_booking import BookingForm, PersonForm
from callboard.web.presenters import clashes, frame
from callboard.web.viewer import STAFF, Viewer, page

MOST = 500
"""People that a form offers; whoever has more books over the API."""


@page(*STAFF)
def add_person(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Someone new: a student, an instructor, or a guardian of a student."""
    viewer.access.require("people.manage")
    form = PersonForm(request.POST or None, students=_offered("student"))
    if request.method == "POST" and form.is_valid():
        try:
            pk = _add(form)
            messages.info(request, _("%(name)s is in.") % {"name": form.cleaned_data["name"]})
            return redirect("web:person", pk)
        except (Invalid, Conflict) as error:
            form.refuse(error)
    context = {"frame": frame.frame(viewer, clock.now(), "people"), "form": form}
    return render(request, "web/add_person.html", context, status=422 if form.errors else 200)


def _add(form: PersonForm) -> int:
    said = form.cleaned_data
    kind = said["kind"]
    draft = Draft(
        name=said["name"],
        email=said["email"],
        phone=said["phone"],
        zone=said["zone"],
        skills=() if kind == "instructor" else None,
        level="" if kind == "student" else None,
        consents=(ConsentKind.RECORDING.value,) if said["recording"] else (),
        of_age_on=said["of_age_on"],
    )
    made = people.create_people([draft])[0]
    if kind == "guardian" and said["ward"]:
        ward = persons.person(int(said["ward"]))
        if ward is not None:
            people.add_guardian(made, ward)
    return made.pk


@page(*STAFF)
def book(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Book one session; who is taken is said beside their field, and nothing typed is lost."""
    viewer.access.require("sessions.book")
    instructors, students = _offered("instructor"), _offered("student")
    usual = queries.usual_provider()
    form = BookingForm(
        request.POST or None,
        instructors=instructors,
        students=students,
        providers=_providers(),
        initial={"provider": usual},
    )
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("web:session", _book(form, viewer))
        except Conflict as error:
            form.add_error(None, clashes.said(error, form.starts(viewer.tz), viewer.tz))
        except CallboardError as error:
            form.refuse(error)
    context = {
        "frame": frame.frame(viewer, clock.now(), "sessions"),
        "form": form,
        "lacking": not instructors or not students,
        "zone": viewer.tz.key,
    }
    return render(request, "web/book.html", context, status=422 if form.errors else 200)


def _book(form: BookingForm, viewer: Viewer) -> str:
    """Its key; of a weekly one, the first's."""
    said = form.cleaned_data
    starts_at, ends_at = form.times
    booking = operations.Booking(
        title=said["title"],
        subject=said["subject"],
        starts_at=starts_at,
        ends_at=ends_at,
        instructor=said["instructor"],
        learners=said["learners"],
        recording_wanted=said["recording_wanted"],
        provider=said["provider"],
    )
    if said["weeks"] > 1:
        return operations.book_weekly(booking, said["weeks"], viewer.tz)[0].key
    return operations.book(booking).key


def _offered(role: str) -> list[tuple[int, str]]:
    return [(person.pk, person.name) for person in persons.those_who_are(role)[:MOST]]


def _providers() -> list[tuple[str, str]]:
    """Those with a server of this organization; without one, the one that rooms have by default."""
    titles = {one.name: str(one.title) for one in integration.known()}
    kinds = queries.provider_kinds() or [queries.usual_provider()]
    return [(kind, titles.get(kind, kind)) for kind in kinds]
