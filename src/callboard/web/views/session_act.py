"""Asking something of a session's room or people, from its page."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from callboard.lib.errors import Invalid
from callboard.web import words
from callboard.web.presenters import deeds
from callboard.web.reads import session as reads
from callboard.web.viewer import STAFF, Viewer, page
from callboard.workflows.actions.asking import ask


@require_http_methods(["GET", "POST"])
@page(*STAFF)
def act(request: HttpRequest, viewer: Viewer, key: str, name: str) -> HttpResponse:
    """GET: the fields of its form. POST: scripts get 204 and an event with the words; others the session's
    page again.
    """
    session = reads.by_key(key)
    if request.method == "GET":
        context = {"inputs": deeds.inputs(name, session, ""), "where": f"ask-{name}"}
        return render(request, "web/parts/inputs.html", context)
    given = {
        field: str(value)
        for field, value in request.POST.items()
        if field != "csrfmiddlewaretoken" and str(value).strip()
    }
    try:
        deed = ask(viewer.access, session.key, name, given)
    except Invalid as error:
        shown = deeds.inputs(name, session, "")
        raise Invalid(deeds.first_problem({k: str(v) for k, v in error.fields.items()}, shown)) from error
    done = {"action": words.action(name).text}
    text = (_("%(action)s: done.") if deed.state == "confirmed" else _("%(action)s: asked for.")) % done
    if not request.headers.get("HX-Request"):
        messages.info(request, text)
        return redirect("web:session", key)
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps({"callboard:done": {"text": text, "undo": "", "name": name}})
    return response
