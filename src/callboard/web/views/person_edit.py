"""Changing a person: their profile, their family, the archive, and taking a change back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from callboard.lib import clock
from callboard.lib.errors import CallboardError, Conflict, Invalid, NotFound
from callboard.people import queries
from callboard.people.models import Person
from callboard.people.operations import editing
from callboard.web.forms_person import EditForm
from callboard.web.presenters import frame
from callboard.web.viewer import STAFF, Viewer, page
from callboard.workflows import archive_person, take_back

OFFERED = 20


@page(*STAFF)
def edit(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    viewer.access.require("people.manage")
    person = _person(pk)
    initial = EditForm.initial_of(editing.profile_of(person), editing.latest_change(person))
    form = EditForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = editing.edit_person(viewer.access, pk, form.profile(), seen=form.cleaned_data["seen"])
            messages.info(
                request, _("Kept. It can be taken back below.") if made else _("Nothing was changed.")
            )
            return redirect("web:person", pk)
        except (Invalid, Conflict) as error:
            form.refuse(error)
    context = {"frame": frame.frame(viewer, clock.now(), "people"), "person": person, "form": form}
    return render(request, "web/person_edit.html", context, status=422 if form.errors else 200)


@require_safe
@page(*STAFF)
def family(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    """Look for whoever answers for them, or for whom they answer, to link them."""
    viewer.access.require("people.manage")
    person, text = _person(pk), request.GET.get("q", "").strip()[:100]
    linked = {each.pk for each in [person, *queries.guardians(pk), *queries.wards(pk)]}
    found = [each for each in queries.found_people(text)[: OFFERED + len(linked)] if each.pk not in linked]
    context = {
        "frame": frame.frame(viewer, clock.now(), "people"),
        "person": person,
        "text": text,
        "found": found[:OFFERED] if len(text) >= 2 else [],
        "looked": len(text) >= 2,
    }
    return render(request, "web/person_family.html", context)


@require_POST
@page(*STAFF)
def link(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    """`other` answers for them (`as` guardian), or they for `other` (`as` ward); `relation` in words."""
    other = _number(request.POST.get("other", ""))
    guardian, student = (other, pk) if request.POST.get("as") == "guardian" else (pk, other)
    return _then(request, pk, _("They are linked."), lambda: editing.link_guardian(
        viewer.access, guardian, student, request.POST.get("relation", "")
    ))  # fmt: skip


@require_POST
@page(*STAFF)
def unlink(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    other = _number(request.POST.get("other", ""))
    guardian, student = (other, pk) if request.POST.get("as") == "guardian" else (pk, other)
    words = _("They are linked no more. Taken back on the page of the student.")
    return _then(request, pk, words, lambda: editing.unlink_guardian(viewer.access, guardian, student))


@require_POST
@page(*STAFF)
def archive(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    words = _("They are in the archive: in no list, and kept for the record.")
    return _then(request, pk, words, lambda: archive_person.archive(viewer.access, pk))


@require_POST
@page(*STAFF)
def restore(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    return _then(request, pk, _("They are back."), lambda: editing.restore_person(viewer.access, pk))


@require_POST
@page(*STAFF)
def undo(request: HttpRequest, viewer: Viewer, pk: int, change: int) -> HttpResponse:
    return _then(request, pk, _("Taken back."), lambda: take_back.take_back(viewer.access, pk, change))


def _then(request: HttpRequest, pk: int, words: str, doing: Any) -> HttpResponse:
    """Back to their page, with what came of it."""
    try:
        doing()
        messages.info(request, words)
    except (Conflict, Invalid) as error:
        messages.error(request, _words(error))
    return redirect("web:person", pk)


def _words(error: CallboardError) -> str:
    fields = getattr(error, "fields", None)
    return " ".join(str(text) for text in fields.values()) if fields else str(error)


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise NotFound
    return int(text)


def _person(pk: int) -> Person:
    found = queries.person(pk)
    if found is None or found.erased_at is not None:
        raise NotFound
    return found
