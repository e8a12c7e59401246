"""Erasing a person: what it would do, the typed name, and how far it is."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from callboard.lib import clock
from callboard.lib.errors import Conflict, Invalid
from callboard.web.forms_erase import EraseForm
from callboard.web.presenters import erasures as presenter
from callboard.web.presenters import frame
from callboard.web.viewer import Viewer, page
from callboard.workflows import erase_person


@page("admin")
def erase(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    seen = erase_person.preview(viewer.access, pk)
    form = EraseForm(request.POST or None)
    refusal = seen.refusal
    if request.method == "POST" and form.is_valid():
        try:
            erase_person.ask(
                viewer.access, pk, form.cleaned_data["typed"], form.cleaned_data["kept_recordings"]
            )
            messages.info(request, _("They are blank already. The rest goes within minutes; see below."))
            return redirect("web:data")
        except Invalid as error:
            form.refuse(error)
        except Conflict as error:
            refusal = str(error)
    context = {
        "frame": frame.frame(viewer, clock.now(), "people"),
        "seen": seen,
        "refusal": refusal,
        "goes": presenter.goes(seen),
        "stays": presenter.stays(seen),
        "notices": presenter.notices(seen),
        "form": form,
    }
    status = 422 if form.errors else 409 if refusal and request.method == "POST" else 200
    return render(request, "web/person_erase.html", context, status=status)
