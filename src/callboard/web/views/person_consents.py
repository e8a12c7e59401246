"""One person's consents, for coordinators: what was said, forms on paper, and asking again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from callboard.lib import clock, days
from callboard.lib.errors import CallboardError, Conflict, Invalid, NotFound
from callboard.people import operations, queries
from callboard.people.models import Person
from callboard.web.forms_consent import PaperForm
from callboard.web.presenters import consents as presenter
from callboard.web.presenters import frame
from callboard.web.viewer import STAFF, Viewer, page
from callboard.workflows import ask_consent


@require_safe
@page(*STAFF)
def show(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    return _page(request, viewer, _person(pk))


@require_POST
@page(*STAFF)
def paper(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    """A form on paper, with its day and where it lies."""
    person = queries.became(_person(pk))
    form = PaperForm(request.POST, request.FILES, signers=_signers(person))
    if form.is_valid():
        try:
            _note(viewer, person, form.cleaned_data)
            messages.info(request, _("Kept, with its proof. What follows from it is done."))
            return redirect("web:person_consents", person.pk)
        except (Invalid, Conflict) as error:
            form.refuse(error)
    return _page(request, viewer, person, form, status=422)


def _note(viewer: Viewer, person: Person, said: dict[str, Any]) -> None:
    signer = queries.person(int(said["said_by"])) if said["said_by"] else None
    operations.note_consent(
        viewer.access,
        person,
        said["kinds"],
        yes=said["answer"] == "yes",
        said_by=signer,
        said_at=signed_at(said["said_on"], queries.organization().zone),
        proof=operations.Proof(
            reference=said["reference"], content=said["file"].read() if said["file"] else b""
        ),
    )


def signed_at(day: date, zone: str) -> datetime:
    """A form says a day: it counts from its beginning, or from now where that is today."""
    now, there = clock.now(), ZoneInfo(zone)
    return now if day == days.today(now, there) else days.midnight(day, there)


@require_POST
@page(*STAFF)
def ask(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    """Mail whoever speaks for them the link to their page."""
    viewer.access.require("people.manage")
    try:
        to = ask_consent.ask_by_mail(_person(pk))
        messages.info(request, _("The link goes to %(addresses)s.") % {"addresses": ", ".join(to)})
    except CallboardError as error:
        messages.error(request, str(error))
    return redirect("web:person_consents", pk)


@require_safe
@page(*STAFF)
def proof(request: HttpRequest, viewer: Viewer, pk: int, word: int) -> HttpResponse:
    """A paper form's file, to look at or to keep. Never shown as a page of ours."""
    viewer.access.require("people.manage")
    found = operations.proof_of(pk, word)
    response = HttpResponse(operations.read_proof(found), content_type=found.proof_type)
    response["Content-Disposition"] = f'attachment; filename="{operations.proof_file_name(found)}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _page(
    request: HttpRequest, viewer: Viewer, person: Person, form: PaperForm | None = None, status: int = 200
) -> HttpResponse:
    speakers = queries.speakers(person)
    may = viewer.access.may("people.manage") and person.merged_into_id is None
    today = days.today(clock.now(), ZoneInfo(queries.organization().zone))
    context = {
        "frame": frame.frame(viewer, clock.now(), "people"),
        "person": person,
        "choices": presenter.choices(person, viewer.person, viewer.tz),
        "words": presenter.words_of(person, viewer.tz),
        "speakers": [(each.pk, each.name, each.pk == person.pk) for each in speakers],
        "reachable": any(each.email for each in speakers),
        "may": may,
        "form": (form or PaperForm(signers=_signers(person), initial={"said_on": today})) if may else None,
    }
    return render(request, "web/person_consents.html", context, status=status)


def _signers(person: Person) -> list[tuple[str, str]]:
    guardians = queries.guardians(person.pk)
    speakers = queries.speakers(person)
    those = [*speakers, *(each for each in [person, *guardians] if each not in speakers)]
    return [(str(each.pk), each.name) for each in those]


def _person(pk: int) -> Person:
    found = queries.person(pk)
    if found is None or found.erased_at is not None:
        raise NotFound
    return found
