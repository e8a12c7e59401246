"""Settings of queues: what each takes, by when, when it is worked, and by whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from callboard.cases import operations, queries
from callboard.cases.hours import WEEKDAYS
from callboard.cases.models import Queue, QueueMember
from callboard.cases.queries.deadlines import SEVERITIES
from callboard.lib import clock
from callboard.lib.errors import CallboardError, Conflict, Invalid, NotFound
from callboard.people.models import Role
from callboard.web.presenters import frame
from callboard.web.presenters import queues as presenter
from callboard.web.viewer import STAFF, Viewer, page

ADMIN = Role.ADMIN.value
RESERVED = ("new", "routes")
"""Short names under which the settings have pages of their own."""


@page(*STAFF)
def listed(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    members: dict[int, list[int]] = defaultdict(list)
    for queue, member in QueueMember.objects.values_list("queue_id", "member_id"):
        members[queue].append(member)
    context = {
        "frame": frame.frame(viewer, clock.now(), "settings"),
        "tab": "queues",
        "rows": presenter.rows(operations.all_queues(), members),
        "routes": queries.routes(viewer.access).count(),
        "may": viewer.access.may("settings.manage"),
    }
    return render(request, "web/settings_queues.html", context)


@page(ADMIN)
def add(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    if request.method != "POST":
        return _form(request, viewer, None)
    said = typed(request.POST)
    slug = slugify(said["name"])[:50]
    if slug in RESERVED:
        slug += "-queue"
    if not slug or Queue.objects.filter(slug=slug).exists():
        wrong = {"name": _("It needs a name that no other queue has.")}
        return _form(request, viewer, None, said, Invalid(fields=wrong))
    return _saved(request, viewer, None, slug, said)


@page(ADMIN)
def change(request: HttpRequest, viewer: Viewer, slug: str) -> HttpResponse:
    queue = Queue.objects.select_related("stand_in", "escalate_to").filter(slug=slug).first()
    if queue is None:
        raise NotFound
    if request.method != "POST":
        return _form(request, viewer, queue)
    return _saved(request, viewer, queue, slug, typed(request.POST))


@require_POST
@page(ADMIN)
def remove(request: HttpRequest, viewer: Viewer, slug: str) -> HttpResponse:
    """Its cases go to the queue named in `to`."""
    other = operations.remove_queue(slug, request.POST.get("to", ""), by=viewer.access)
    messages.info(request, _("Removed. Its cases are in %(name)s now.") % {"name": other.name})
    return redirect("web:settings_queues")


def _saved(
    request: HttpRequest, viewer: Viewer, queue: Queue | None, slug: str, said: dict[str, Any]
) -> HttpResponse:
    try:
        if not said["name"]:
            raise Invalid(fields={"name": _("It needs a name.")})
        operations.save_queue(slug, **_whole(queue, said), by=viewer.access)
    except (Invalid, Conflict) as error:
        return _form(request, viewer, queue, said, error)
    messages.info(request, _("%(name)s is kept.") % {"name": said["name"]})
    return redirect("web:settings_queues")


def _whole(queue: Queue | None, said: dict[str, Any]) -> dict[str, Any]:
    """With what the queue says that the form does not show: deadlines of kinds, and days of other hours."""
    if queue is None:
        return said
    others = {name: pair for name, pair in queue.deadlines.items() if name not in SEVERITIES}
    hours = said["hours"]
    if hours and "except" in queue.hours:
        hours = {**hours, "except": queue.hours["except"]}
    return {**said, "deadlines": {**others, **said["deadlines"]}, "hours": hours}


def typed(form: QueryDict) -> dict[str, Any]:
    """What was typed, as `cases.operations.save_queue` takes it; what cannot be read stays as it is."""
    week = {
        day: [[end.strip() for end in span.split("-", 1)] for span in spans.split(",")]
        for day in WEEKDAYS
        if (spans := form.get(f"hours.{day}", "").strip())
    }
    return {
        "name": form.get("name", "").strip()[:100],
        "kinds": form.getlist("kinds"),
        "members": {int(each) for each in form.getlist("members") if each.isdecimal() and len(each) < 19},
        "deadlines": {
            severity: [
                _number(form.get(f"{severity}.claim", "")),
                _number(form.get(f"{severity}.resolve", "")),
            ]
            for severity in SEVERITIES
        },
        "hours": {} if "always" in form else {"week": week},
        "stand_in": form.get("stand_in", ""),
        "escalate_to": form.get("escalate_to", ""),
        "escalate_member": _number(form.get("escalate_member", "")),
        "strict": "strict" in form,
    }


def _number(text: str) -> int:
    return int(text) if text.strip().isdecimal() and len(text) < 7 else 0


def _form(
    request: HttpRequest,
    viewer: Viewer,
    queue: Queue | None,
    said: Mapping[str, Any] | None = None,
    error: CallboardError | None = None,
) -> HttpResponse:
    chosen = (
        QueueMember.objects.filter(queue=queue).values_list("member_id", flat=True)
        if queue is not None
        else []
    )
    errors = {name: str(text) for name, text in getattr(error, "fields", {}).items()}
    if error is not None and not errors:
        errors = {"": str(error)}
    hours = next((text for name, text in errors.items() if name.startswith("hours")), "")
    if hours:
        errors.setdefault("hours", hours)
    context = {
        "frame": frame.frame(viewer, clock.now(), "settings"),
        "tab": "queues",
        "form": presenter.form(queue, operations.all_queues(), chosen, queries.colleagues(), said, errors),
        "error": errors.get(""),
        "name_error": errors.get("name"),
        "hours_error": errors.get("hours"),
    }
    return render(request, "web/settings_queue.html", context, status=422 if error else 200)
