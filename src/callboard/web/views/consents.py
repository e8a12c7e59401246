"""What may be done with what is said and seen: given and withdrawn by whoever decides for a person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from callboard.lib import clock
from callboard.lib.errors import Forbidden
from callboard.people import operations, queries
from callboard.people.models import Role
from callboard.web.presenters import consents as presenter
from callboard.web.presenters import frame
from callboard.web.viewer import Viewer, page

DECIDERS = (Role.INSTRUCTOR.value, Role.GUARDIAN.value, Role.STUDENT.value)


@page(*DECIDERS)
def show(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """GET lists them by person; POST gives or withdraws one (`person`, `kind`, `do`)."""
    if request.method == "POST":
        return _changed(request, viewer)
    context = {
        "frame": frame.frame(viewer, clock.now(), "you"),
        "people": presenter.rows(queries.decides_for(viewer.access), viewer),
    }
    return render(request, "web/consents.html", context)


def _changed(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    theirs = {str(each.pk): each for each in queries.decides_for(viewer.access)}
    person, giver = theirs.get(request.POST.get("person", "")), queries.person(viewer.person)
    if person is None or giver is None:
        raise Forbidden(code="not_theirs")
    kind = request.POST.get("kind", "")
    if request.POST.get("do") == "withdraw":
        operations.withdraw_consent(person, kind)
    else:
        operations.give_consent(person, kind, giver)
    return redirect("web:consents")
