"""Choosing between organizations, for a login that belongs to several."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from callboard.lib.errors import CallboardError
from callboard.people.access import memberships
from callboard.people.models import Role, User
from callboard.web.access import access_of, choose
from callboard.web.viewer import failed


@login_required
def show(request: HttpRequest) -> HttpResponse:
    """GET lists them; POST `organization` (an id) works for that one from now on, and goes to `next`."""
    assert isinstance(request.user, User)
    if request.method == "POST":
        wanted = request.POST.get("organization", "")
        try:
            choose(request, int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0)
        except CallboardError as error:
            return failed(request, error)
        wanted = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(
            wanted, {request.get_host()}, require_https=request.is_secure()
        )
        return redirect(wanted if safe else "web:home")
    theirs = memberships(request.user.pk)
    here = access_of(request).organization if theirs else 0
    rows = [
        (each.organization, each.name, Role(each.role).label, each.organization == here) for each in theirs
    ]
    title = _("Where to?") if rows else _("You belong to no organization any more.")
    return render(request, "web/organizations.html", {"rows": rows, "title": title})
