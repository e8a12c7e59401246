"""The audit of settings: who changed what from what to what."""

from __future__ import annotations

import csv
import json
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from callboard.lib import clock
from callboard.people import queries
from callboard.people.models import SettingChange
from callboard.web import deeds
from callboard.web.presenters import changes as presenter
from callboard.web.presenters import frame
from callboard.web.viewer import Viewer, page
from callboard.web.views.desk import EXPORT_AT_MOST, moment, safe

AT_ONCE = 100


@page("admin")
def listed(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    now = clock.now()
    given = {name: request.GET.get(name, "").strip() for name in ("who", "what", "since", "before")}
    found = queries.setting_changes(
        viewer.access,
        login=deeds.number(given["who"]) or None,
        what=given["what"],
        since=moment(given["since"], viewer),
        before=moment(given["before"], viewer),
    )
    if request.GET.get("format") == "csv":
        return _csv(list(found[:EXPORT_AT_MOST]))
    rows = list(found[: AT_ONCE + 1])
    query = {name: value for name, value in given.items() if value}
    more = rows[AT_ONCE - 1].at.isoformat() if len(rows) > AT_ONCE else ""
    staff = [(str(each.user_id), each.user.name or each.user.email) for each in queries.members()]
    context = {
        "frame": frame.frame(viewer, now, "audit"),
        "rows": presenter.rows(rows[:AT_ONCE], viewer, now),
        "given": given,
        "staff": staff,
        "kinds": presenter.kinds(),
        "more": f"?{urlencode({**query, 'before': more})}" if more else "",
        "export": f"?{urlencode({**query, 'format': 'csv'})}",
    }
    return render(request, "web/audit_settings.html", context)


def _csv(found: list[SettingChange]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="settings-audit.csv"'
    out = csv.writer(response)
    out.writerow(["at", "name", "what", "about", "before", "after"])
    for each in found:
        out.writerow(
            [each.at.isoformat(), safe(presenter.who(each)), each.what, safe(each.about),
             json.dumps(each.before), json.dumps(each.after)]
        )  # fmt: skip
    return response
