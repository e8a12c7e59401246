"""The queue: a coordinator's home, with the selected case beside it; what is looked for; many at once."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from callboard.cases import operations, queries
from callboard.cases.queries import Wanted
from callboard.lib import clock
from callboard.lib.errors import NotFound
from callboard.web import deeds
from callboard.web.done import done
from callboard.web.presenters import board, calm, case, frame, incident, looking
from callboard.web.reads import case as case_reads
from callboard.web.reads import incident as incident_reads
from callboard.web.reads import queue as reads
from callboard.web.viewer import STAFF, Viewer, page


@page(*STAFF)
def show(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    now = clock.now()
    wanted = Wanted.read(request.GET.dict())
    slug, view = wanted.queue, request.GET.get("view", "")
    chosen = next((each for each in reads.queues() if each.slug == slug), None) if slug else None
    if slug and chosen is None:
        raise NotFound
    searching = bool(set(wanted.query()) - {"queue"})
    selected = request.GET.get("case", "")
    shown_now = min(max(deeds.number(request.GET.get("shown", "")), reads.SHOWN), reads.SHOWN_AT_MOST)
    waiting = reads.waiting(
        now,
        viewer.member,
        queue=chosen.pk if chosen else None,
        owner=viewer.member if view == "mine" else None,
        snoozed=view == "snoozed",
        found=queries.selected(viewer.access, wanted) if searching else None,
        shown=shown_now,
        selected=deeds.number(selected),
    )
    link = _link(wanted, view, shown_now)
    drawn = board.board(waiting, viewer, now, link, searching=searching)
    colleagues = queries.colleagues()
    looked = looking.looking(wanted, viewer, colleagues, searching=searching)
    heading = chosen.name if chosen else {"mine": _("Mine"), "snoozed": _("Snoozed")}.get(view, _("Queue"))
    here = looked.here or (f"queue-{slug}" if chosen else view or "queue")
    try:
        shown = _selected(selected, viewer)
    except NotFound:
        shown, selected = {}, ""
    return render(
        request,
        "web/queue.html",
        {
            "frame": frame.frame(viewer, now, here),
            "board": drawn,
            "calm": calm.calm(viewer, now) if drawn.empty and not searching else None,
            "looking": looked,
            "selected": selected,
            "heading": looked.name or heading,
            "link": link,
            "more": _more(drawn.more, wanted, view, shown_now),
            "outcomes": looking.outcomes(),
            "colleagues": colleagues,
            **shown,
        },
    )


def _link(wanted: Wanted, view: str, shown: int) -> str:
    """The queue's address with what it was asked for."""
    query = urlencode(
        {
            **wanted.query(),
            **({"view": view} if view else {}),
            **({"shown": shown} if shown > reads.SHOWN else {}),
        }
    )
    return reverse("web:queue") + (f"?{query}" if query else "")


def _more(rest: int, wanted: Wanted, view: str, shown: int) -> dict[str, object] | None:
    """How to be shown more: how many, how many that makes, and the address; None where that is all."""
    step = min(rest, reads.STEP, reads.SHOWN_AT_MOST - shown)
    return {"n": step, "shown": shown + step, "link": _link(wanted, view, shown + step)} if step > 0 else None


def _selected(key: str, viewer: Viewer) -> dict[str, object]:
    """The case, or ("i5") the incident, that is shown beside the list."""
    now = clock.now()
    if deeds.number(key):
        operations.looked(viewer.access, deeds.number(key))
        return {"case": case.view(case_reads.whole(viewer.access, deeds.number(key)), viewer, now)}
    if key.startswith("i") and deeds.number(key[1:]):
        whole = incident_reads.whole(viewer.access, deeds.number(key[1:]))
        return {"incident": incident.view(whole, viewer, now)}
    raise NotFound


@page(*STAFF)
def pane(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    """The selected case alone, for the right side of the queue."""
    return render(request, "web/parts/pane.html", _selected(str(pk), viewer))


@require_POST
@page(*STAFF)
def act_on(request: HttpRequest, viewer: Viewer, name: str) -> HttpResponse:
    """Do the same to many cases; their ids come as "cases", with commas between."""
    form = {key: str(value) for key, value in request.POST.items()}
    cases = [deeds.number(each) for each in form.get("cases", "").split(",")]
    many = operations.act_on(viewer.access, filter(None, cases), name, **deeds.parameters(name, form))
    undo = reverse("web:undo_many", args=[many.batch]) if many.undoable else ""
    return done(request, deeds.told(name, many), undo=undo, name=name, failed=bool(many.failed))


@require_POST
@page(*STAFF)
def undo_many(request: HttpRequest, viewer: Viewer, batch: str) -> HttpResponse:
    many = operations.undo_batch(viewer.access, batch)
    text = _("Undone.") if not many.failed else deeds.told("undo", many)
    return done(request, text, name="undo", failed=bool(many.failed))


@require_POST
@page(*STAFF)
def save_filter(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Keep what is looked for under a name."""
    form = request.POST.dict()
    kept = operations.save_filter(viewer.access, form.get("name", ""), form, bool(form.get("shared")))
    return redirect(f"{reverse('web:queue')}?{urlencode(kept.query)}")


@require_POST
@page(*STAFF)
def remove_filter(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    operations.remove_filter(viewer.access, pk)
    return redirect("web:queue")
