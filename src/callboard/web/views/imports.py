"""Bringing files in: putting one in, saying what its columns are, looking at what it would do, doing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from callboard.lib import clock, sheets
from callboard.lib.errors import Conflict, Forbidden, Invalid
from callboard.people import queries
from callboard.people.import_models import Import
from callboard.people.imports import Kind, kinds
from callboard.people.operations import imports
from callboard.web.forms_imports import ImportForm
from callboard.web.presenters import frame
from callboard.web.presenters import imports as presenter
from callboard.web.viewer import STAFF, Viewer, page

NEWEST = 20


@page(*STAFF)
def listed(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The form, and what was brought in lately. `kind` in the address chooses beforehand."""
    theirs = _theirs(viewer)
    form = ImportForm(
        request.POST or None,
        request.FILES or None,
        kinds=[(kind.name, str(kind.title)) for kind in theirs],
        accepts=",".join(kind.accepts for kind in theirs),
        initial={"kind": request.GET.get("kind", "people")},
    )
    if request.method == "POST" and form.is_valid():
        file, url, kind = (form.cleaned_data[name] for name in ("file", "url", "kind"))
        try:
            if file is None and not url:
                raise sheets.BadFile(_("Choose a file, or give its address."))
            if file is None:
                return redirect("web:import", imports.put_in_from(viewer.access, kind, url).pk)
            if file.size > sheets.MOST_BYTES:
                raise sheets.BadFile(_("The file is larger than %(most)d MB.") % {"most": 64})
            row = imports.put_in(viewer.access, kind, file.read(), file.name)
            return redirect("web:import", row.pk)
        except Invalid as error:
            form.refuse(error)
    now = clock.now()
    context = {
        "frame": frame.frame(viewer, now, "people"),
        "form": form,
        "rows": presenter.rows(list(queries.imports(viewer.access)[:NEWEST]), viewer, now),
    }
    return render(request, "web/imports.html", context, status=422 if form.errors else 200)


@page(*STAFF)
def show(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    return _page(request, viewer, queries.import_by_id(viewer.access, pk))


@require_POST
@page(*STAFF)
def check(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    """Have it compared, its columns as chosen on the page."""
    row = queries.import_by_id(viewer.access, pk)
    chosen: dict[str, Any] = {
        name: request.POST[name]
        for name in row.choices
        if name in request.POST and name not in ("columns", "people")
    }
    if "people" in row.choices:
        said = {name[7:]: word for name, word in request.POST.items() if name.startswith("person:")}
        chosen["people"] = {**row.choices["people"], **{key: str(word) for key, word in said.items()}}
    if "columns" in row.choices and "column-0" in request.POST:
        count = len(row.choices["columns"])
        chosen["columns"] = [request.POST.get(f"column-{number}", "") for number in range(count)]
    try:
        imports.ask_check(viewer.access, pk, chosen)
    except (Invalid, Conflict) as error:
        row.choices = {**row.choices, **chosen}
        return _page(request, viewer, row, error=error)
    return redirect("web:import", pk)


@require_POST
@page(*STAFF)
def write(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    """Have it brought in. `skip`: without the rows that are wrong."""
    try:
        imports.ask_write(viewer.access, pk, skip="skip" in request.POST)
    except Conflict as error:
        return _page(request, viewer, queries.import_by_id(viewer.access, pk), error=error)
    return redirect("web:import", pk)


@require_POST
@page(*STAFF)
def fetch_again(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    imports.fetch_again(viewer.access, pk)
    return redirect("web:import", pk)


@require_POST
@page(*STAFF)
def discard(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    imports.discard(viewer.access, pk)
    messages.info(request, _("The file is discarded. Nothing of it was brought in."))
    return redirect("web:imports")


@page(*STAFF)
def faults(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    """What is wrong, as a CSV to work through."""
    row = queries.import_by_id(viewer.access, pk)
    header = [_("File"), _("Row"), _("Column"), _("It says"), _("What is wrong")]
    lines = [
        (each["file"] or row.file_name, each["line"], each["column"], each["value"], each["text"])
        for each in row.faults
    ]
    response = HttpResponse("\ufeff" + sheets.written(header, lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{pk}-mistakes.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _theirs(viewer: Viewer) -> list[Kind]:
    found = [kind for kind in kinds() if viewer.access.may(kind.permission)]
    if not found:
        raise Forbidden
    return found


def _page(
    request: HttpRequest, viewer: Viewer, row: Import, error: Invalid | Conflict | None = None
) -> HttpResponse:
    words = [str(text) for text in getattr(error, "fields", {}).values()] or ([str(error)] if error else [])
    context = {
        "frame": frame.frame(viewer, clock.now(), "people"),
        "file": presenter.view(row),
        "role": row.choices.get("role", ""),
        "errors": words,
    }
    return render(request, "web/import.html", context, status=422 if error else 200)
