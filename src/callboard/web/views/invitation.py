"""An invitation's link: who invites, and the one step to being in."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from callboard.lib.errors import CallboardError, Invalid
from callboard.people import operations
from callboard.people.access import CHOSEN
from callboard.people.models import User
from callboard.web.forms import AcceptForm
from callboard.web.viewer import failed


@never_cache
def show(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows who invites; POST accepts, as a new login or as the one that is signed in."""
    user = request.user if isinstance(request.user, User) else None
    form = AcceptForm(request.POST or None)
    try:
        opened = operations.open_invitation(token)
        if request.method == "POST" and (user or form.is_valid()):
            return _accept(request, token, user, form)
    except Invalid as error:
        form.refuse(error)
    except CallboardError as error:
        return failed(request, error)
    context = {
        "opened": opened,
        "form": form,
        "theirs": user is not None and user.email.lower() == opened.invitation.email,
        "another": user is not None and user.email.lower() != opened.invitation.email,
        "sign_in": f"{reverse('account_login')}?{urlencode({'next': request.path})}",
    }
    return render(request, "web/invitation.html", context, status=422 if form.errors else 200)


def _accept(request: HttpRequest, token: str, user: User | None, form: AcceptForm) -> HttpResponse:
    if user is not None:
        member = operations.accept_invitation(token, user=user)
    else:
        member = operations.accept_invitation(
            token, name=form.cleaned_data["name"], password=form.cleaned_data["password"]
        )
        login(request, member.user)
    request.session[CHOSEN] = member.organization_id
    return redirect("web:home")
