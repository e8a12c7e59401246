"""Where one is signed in, and signing out there: each person's own."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from callboard.lib import clock
from callboard.people import operations
from callboard.web.presenters import frame
from callboard.web.presenters import logins as presenter
from callboard.web.viewer import EVERYONE, Viewer, page


@page(*EVERYONE)
def show(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    now = clock.now()
    rows = operations.logins(viewer.access.user or 0, request.session.session_key)
    context = {"frame": frame.frame(viewer, now, "you"), "rows": presenter.logins(rows, viewer, now)}
    return render(request, "web/logins.html", context)


@require_POST
@page(*EVERYONE)
def end(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    """One of them."""
    if operations.end_login(viewer.access.user or 0, pk):
        messages.info(request, _("That browser is signed out."))
    return redirect("web:logins")


@require_POST
@page(*EVERYONE)
def end_others(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """All but this one."""
    count = operations.end_other_logins(viewer.access.user or 0, request.session.session_key)
    words = ngettext("%(count)s browser is signed out.", "%(count)s browsers are signed out.", count)
    messages.info(request, words % {"count": count})
    return redirect("web:logins")
