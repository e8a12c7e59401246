"""Settings of the organization: what it is called, who signs in, invitations, keys for programs."""

from __future__ import annotations

import functools
from datetime import timedelta
from typing import Any
from zoneinfo import available_timezones

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from callboard.lib import clock
from callboard.lib.errors import Conflict, Invalid, NotFound
from callboard.people import mail, operations, queries
from callboard.people.models import Invitation, Role
from callboard.web.forms import InviteForm, KeyForm, OrganizationForm
from callboard.web.presenters import frame
from callboard.web.presenters import settings as presenter
from callboard.web.viewer import STAFF, Viewer, page


@page(*STAFF)
def show(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    return _page(request, viewer)


@require_POST
@page(Role.ADMIN.value)
def change_organization(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    form = OrganizationForm(request.POST, zones=zones())
    if form.is_valid():
        try:
            operations.change_organization(viewer.access, **form.cleaned_data)
            messages.info(request, _("Kept. Days and deadlines are told in the new zone from now on."))
            return redirect("web:settings")
        except Invalid as error:
            form.refuse(error)
    return _page(request, viewer, organization_form=form, status=422)


@require_POST
@page(*STAFF)
def invite(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    form = InviteForm(request.POST, roles=_staff_roles(viewer))
    if form.is_valid():
        try:
            made = operations.invite(form.cleaned_data["email"], form.cleaned_data["role"], by=viewer.access)
            return _page(request, viewer, link=tell(request, viewer, *made), invited=made[0].email)
        except (Invalid, Conflict) as error:
            form.refuse(error)
    return _page(request, viewer, invite_form=form, status=422)


@require_POST
@page(*STAFF)
def revoke_invitation(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    if operations.revoke_invitation(pk, by=viewer.access):
        messages.info(request, _("The invitation is revoked."))
    return redirect("web:settings")


@require_POST
@page(*STAFF)
def change_member(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    """`role`: make them that; `active` 0 or 1: let them in no more, or again."""
    if "role" in request.POST:
        operations.change_role(viewer.access, pk, request.POST["role"])
    elif request.POST.get("active") == "0":
        operations.deactivate_member(viewer.access, pk)
    elif request.POST.get("active") == "1":
        operations.reactivate_member(viewer.access, pk)
    return redirect("web:settings")


@require_POST
@page(Role.ADMIN.value)
def make_key(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    form = KeyForm(request.POST)
    if form.is_valid():
        days = form.cleaned_data["expires"]
        try:
            _key, token = operations.create_api_key(
                form.cleaned_data["name"],
                form.cleaned_data["scopes"],
                by=viewer.access,
                expires_at=clock.now() + timedelta(days=int(days)) if days else None,
            )
            return _page(request, viewer, token=token)
        except (Invalid, Conflict) as error:
            form.refuse(error)
    return _page(request, viewer, key_form=form, status=422)


@require_POST
@page(Role.ADMIN.value)
def revoke_key(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    if operations.revoke_api_key(pk, by=viewer.access):
        messages.info(request, _("The key opens nothing any more."))
    return redirect("web:settings")


@page(*STAFF)
def invite_person(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    """Invite a person of the organization to sign in as what they are to it."""
    viewer.access.require("people.manage")
    person = queries.person(pk)
    if person is None:
        raise NotFound
    roles = queries.roles_of(person)
    form = InviteForm(request.POST or None, roles=roles, initial={"email": person.email, "role": roles[0]})
    context: dict[str, Any] = {"person": person, "form": form}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = operations.invite(
                    form.cleaned_data["email"], form.cleaned_data["role"], person, by=viewer.access
                )
                context["link"], status = tell(request, viewer, *made), 200
            except (Invalid, Conflict) as error:
                form.refuse(error)
    context["frame"] = frame.frame(viewer, clock.now(), "people")
    return _secret(render(request, "web/invite_person.html", context, status=status))


def tell(request: HttpRequest, viewer: Viewer, invitation: Invitation, token: str) -> str:
    """The link of an invitation, mailed too once it is committed."""
    link = request.build_absolute_uri(reverse("web:invitation", args=[token]))
    transaction.on_commit(
        lambda: mail.send_invitation(
            invitation.email, link, viewer.access.organization_name, viewer.access.locale
        ),
        robust=True,
    )
    return link


def _page(request: HttpRequest, viewer: Viewer, *, status: int = 200, **extra: Any) -> HttpResponse:
    now, access = clock.now(), viewer.access
    context: dict[str, Any] = {
        "frame": frame.frame(viewer, now, "settings"),
        "members": presenter.members(queries.members(), viewer),
        "invitations": presenter.invitations(queries.invitations_waiting(), viewer, now),
        "tab": "settings",
        "organization_form": _organization_form(viewer),
        "may_invite": bool(_staff_roles(viewer)),
        "may_keys": access.may("keys.manage"),
        "invite_form": InviteForm(roles=_staff_roles(viewer)),
        "key_form": KeyForm(initial={"expires": "365"}),
        "keys": presenter.keys(queries.api_keys(), viewer, now) if access.may("keys.manage") else [],
    }
    return _secret(render(request, "web/settings.html", {**context, **extra}, status=status))


def _organization_form(viewer: Viewer) -> OrganizationForm | None:
    if not viewer.access.may("settings.manage"):
        return None
    known = queries.organization()
    initial = {"name": known.name, "zone": known.zone, "locale": known.locale}
    return OrganizationForm(initial=initial, zones=zones())


@functools.cache
def zones() -> list[str]:
    """The zones that people live in, by name."""
    return sorted(
        name
        for name in available_timezones()
        if ("/" in name and not name.startswith("Etc/")) or name == "UTC"
    )


def _staff_roles(viewer: Viewer) -> list[str]:
    """Roles that need not be a person of the organization, as far as the viewer may let them in."""
    return [role for role in (Role.COORDINATOR.value, Role.ADMIN.value) if viewer.access.may_grant(role)]


def _secret(response: HttpResponse) -> HttpResponse:
    """Keep a page that may show a secret out of every cache."""
    response["Cache-Control"] = "no-store"
    return response
