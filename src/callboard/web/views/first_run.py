"""The first page of an empty installation: the organization, and oneself as its admin."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from callboard.lib.errors import CallboardError, Conflict, Invalid
from callboard.people import operations
from callboard.people.access import CHOSEN
from callboard.web.forms import FirstRunForm
from callboard.web.viewer import failed
from callboard.web.views.settings import zones


@never_cache
def show(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks; POST makes it, and signs in."""
    form = FirstRunForm(request.POST or None, zones=zones(), initial={"zone": "UTC"})
    try:
        operations.check_first_run(token)
        if request.method == "POST" and form.is_valid():
            member = operations.set_up(token, **form.cleaned_data)
            login(request, member.user, backend=settings.AUTHENTICATION_BACKENDS[0])
            request.session[CHOSEN] = member.organization_id
            return redirect("web:home")
    except (Invalid, Conflict) as error:
        form.refuse(error)
    except CallboardError as error:
        return failed(request, error)
    return render(request, "web/first_run.html", {"form": form}, status=422 if form.errors else 200)
