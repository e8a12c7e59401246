"""A session on one time axis, as data for its script.

Promises, cases, presence, speech, connection, recorders. Times are epoch milliseconds; the script draws,
and knows neither zones' rules nor languages.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callboard.web import times, words
from callboard.web.presenters import queue, seen, why
from callboard.web.reads import log
from callboard.web.reads.seats import STATES
from callboard.web.reads.session import Story
from callboard.web.viewer import Viewer

BAD_LOSS, BAD_RTT_MS, BAD_JITTER_MS = 0.05, 500, 60
MERGE_S = 4.0


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def timeline(story: Story, viewer: Viewer, now: datetime) -> dict[str, Any]:
    session = story.session
    presence = log.presence(story.events)
    moments = [event.at for event in story.events]
    first = min([session.starts_at - timedelta(minutes=10), *moments[:1]])
    last = max([session.ends_at + timedelta(minutes=5), *moments[-1:]])
    if session.status == "live":
        last = max(last, now + timedelta(minutes=2))
    limit = now if session.ended_at is None else session.ended_at
    rows = [_person(story, seat.key, viewer, presence, now, limit) for seat in story.seats]
    known = {seat.key for seat in story.seats}
    recorders = _recordings(story, limit)
    rows += [_stranger(key, spans, limit) for key, spans in presence.items() if key not in known]
    return {
        "from": ms(max(first, session.starts_at - timedelta(minutes=30))),
        "to": ms(min(last, session.ends_at + timedelta(hours=1))),
        "now": ms(now) if session.ended_at is None else None,
        "start": ms(session.starts_at),
        "end": ms(session.ends_at),
        "zone": viewer.tz.key,
        "promises": _promises(story, viewer, now),
        "promised": _kept(story),
        "cases": _cases(story, viewer, limit),
        "cased": _open(story),
        "people": rows,
        "recordings": recorders,
        "connection": _connection(story),
        "words": {
            "promises": _("Promises"),
            "cases": _("Cases"),
            "recording": _("Recording"),
            "recorders": ngettext("%(n)d recorder", "%(n)d recorders", len(recorders))
            % {"n": len(recorders)},
            "loss": _("packets lost, upward"),
            "threshold": _("5%% for 20 s raises a case") % {},
        },
    }


def _kept(story: Story) -> str:
    kept = sum(1 for each in story.promises if each.status in ("met", "late"))
    late = sum(1 for each in story.promises if each.status == "late")
    missed = sum(1 for each in story.promises if each.status == "missed")
    parts = [_("%(n)d kept") % {"n": kept - late}]
    if late:
        parts.append(_("%(n)d late") % {"n": late})
    if missed:
        parts.append(_("%(n)d missed") % {"n": missed})
    return ", ".join(parts)


def _open(story: Story) -> str:
    standing = sum(1 for case in story.cases if case.over_at is None)
    over = len(story.cases) - standing
    return _("%(open)d open, %(over)d over") % {"open": standing, "over": over}


def _promises(story: Story, viewer: Viewer, now: datetime) -> list[dict[str, Any]]:
    """One mark each; the learners' are told as one, at the last of them."""
    found: list[dict[str, Any]] = []
    learners = [each for each in story.promises if each.kind == "learner_in"]
    for each in story.promises:
        if each.kind == "learner_in" and each is not learners[-1]:
            continue
        states = [one.status for one in learners] if each.kind == "learner_in" else [each.status]
        state = next((one for one in ("missed", "late", "due", "met") if one in states), each.status)
        text = words.promise(each.kind)
        if each.kind == "learner_in" and len(learners) > 1:
            late = sum(1 for one in states if one == "late")
            text = _("Learners in, %(n)d late") % {"n": late} if late else _("Learners in")
        at = each.met_at or each.due_at
        found.append(
            {"text": text, "at": ms(at), "state": STATES.get(state, "due"),
             "said": f"{text}, {times.hms(at, viewer.tz)}"}
        )  # fmt: skip
    return found


def _cases(story: Story, viewer: Viewer, limit: datetime) -> list[dict[str, Any]]:
    found = []
    for case in story.cases:
        end = case.cleared_at or case.over_at
        who = times.first(why.subject(case, story.seats)) if case.person_id else ""
        text = words.kind(case.kind) + (f", {who}" if who else "")
        found.append(
            {
                "id": case.pk,
                "text": text,
                "severity": case.severity,
                "over": case.over_at is not None,
                "from": ms(case.raised_at),
                "to": ms(min(end, limit) if end else limit),
                "length": times.age((end or limit) - case.raised_at),
                "href": reverse("web:case", args=[case.pk]),
                "state": queue.state_of(case, mine=case.owner_id == viewer.member),
            }
        )
    return found


def _person(
    story: Story,
    key: str,
    viewer: Viewer,
    presence: dict[str, list[tuple[datetime, datetime | None]]],
    now: datetime,
    limit: datetime,
) -> dict[str, Any]:
    seat = next(each for each in story.seats if each.key == key)
    spans = presence.get(key, [])
    place = times.elsewhere(now, seat.zone or viewer.tz.key, viewer.tz)
    sub = _("instructor · %(place)s") % {"place": times.city(seat.zone)} if seat.instructor else place
    expected: list[list[int]] = []
    missing = ""
    grace = timedelta(minutes=2 if seat.instructor else 10)
    if story.session.starts_at < now and (not spans or spans[0][0] > story.session.starts_at + grace):
        until = min(spans[0][0] if spans else limit, story.session.ends_at)
        expected.append([ms(story.session.starts_at), ms(until)])
        if not spans:
            missing = _("not seen")
    if (
        spans
        and spans[-1][1] is not None
        and spans[-1][1] < min(limit, story.session.ends_at) - timedelta(seconds=90)
    ):
        expected.append([ms(spans[-1][1]), ms(min(limit, story.session.ends_at))])
        missing = _("away %(age)s") % {"age": times.exact(min(limit, story.session.ends_at) - spans[-1][1])}
    row = story.attendance.get(key)
    return {
        "key": key,
        "name": seat.name,
        "sub": sub,
        "href": reverse("web:person", args=[seat.person]) if viewer.is_staff else "",
        "spans": [[ms(a), ms(b or limit)] for a, b in spans],
        "speech": _speech(story, key),
        "bad": _bad(story, key),
        "expected": expected,
        "missing": missing,
        "talk": times.age(timedelta(seconds=row.talk_s)) if row else "",
    }


def _stranger(key: str, spans: list[tuple[datetime, datetime | None]], limit: datetime) -> dict[str, Any]:
    return {
        "key": key, "name": f"“{key}”", "sub": _("not on the roster"), "href": "", "speech": [], "bad": [],
        "spans": [[ms(a), ms(b or limit)] for a, b in spans], "expected": [],
        "missing": "", "stranger": True, "talk": "",
    }  # fmt: skip


def _speech(story: Story, key: str) -> list[list[int]]:
    merged: list[list[int]] = []
    for event in story.events:
        if event.kind != "speech" or event.participant != key:
            continue
        try:
            until = datetime.fromisoformat(str(event.data.get("ends_at")))
        except ValueError:
            continue
        start, end = ms(event.at), ms(until)
        if merged and start - merged[-1][1] < MERGE_S * 1000:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


def _badness(event: log.Seen) -> int:
    """0 fine, 1 bad, 2 very bad: as the rule judges it, and at three times its thresholds."""
    worst = 0.0
    for name, limit in (("loss", BAD_LOSS), ("rtt_ms", BAD_RTT_MS), ("jitter_ms", BAD_JITTER_MS)):
        value = event.data.get(name)
        if isinstance(value, int | float):
            worst = max(worst, value / limit)
    return 2 if worst > 3 else 1 if worst > 1 else 0


def _bad(story: Story, key: str) -> list[list[int]]:
    merged: list[list[int]] = []
    for event in story.events:
        if event.kind != "connection.report" or event.participant != key:
            continue
        level = _badness(event)
        if not level:
            continue
        interval = event.data.get("interval")
        start = ms(event.at) - int(float(interval if isinstance(interval, int | float) else 10) * 1000)
        if merged and merged[-1][2] == level and start <= merged[-1][1] + 1000:
            merged[-1][1] = ms(event.at)
        else:
            merged.append([start, ms(event.at), level])
    return merged


def _connection(story: Story) -> dict[str, Any] | None:
    """The upward loss of whoever has the worst, point by point; none where nobody's is worth drawing."""
    series: dict[str, list[list[float]]] = {}
    for event in story.events:
        loss = event.data.get("loss")
        if (
            event.kind == "connection.report"
            and event.data.get("direction") == "up"
            and isinstance(loss, int | float)
        ):
            series.setdefault(event.participant, []).append([ms(event.at), float(loss)])
    if not series:
        return None
    worst = max(series, key=lambda key: sum(point[1] for point in series[key]) / len(series[key]))
    if max(point[1] for point in series[worst]) <= BAD_LOSS / 2:
        return None
    name = times.first(story.names.get(worst, worst))
    return {"name": _("%(name)s’s connection") % {"name": name}, "points": series[worst], "limit": BAD_LOSS}


def _recordings(story: Story, limit: datetime) -> list[dict[str, Any]]:
    """Recorders as the log tells of them, each from its start to its last progress or end."""
    found: dict[str, dict[str, Any]] = {}
    for event in story.events:
        if not event.kind.startswith("recording."):
            continue
        name = str(event.data.get("recorder") or "")
        row = found.setdefault(
            name, {"name": name, "from": ms(event.at), "to": ms(event.at), "state": "running", "seconds": 0.0}
        )
        seconds = event.data.get("seconds")
        if (
            event.kind == "recording.progress"
            and isinstance(seconds, int | float)
            and seconds > row["seconds"]
        ):
            row["seconds"], row["to"] = float(seconds), ms(event.at)
        elif event.kind in ("recording.stopped", "recording.failed"):
            row["to"], row["state"] = ms(event.at), event.kind.rsplit(".", 1)[1]
        elif event.kind == "recording.file":
            row["state"] = "filed"
    for row in found.values():
        row["text"] = seen.recorder(row["name"], row["seconds"], row["state"])
        if row["state"] == "running" and ms(limit) - row["to"] < 60_000:
            row["to"] = ms(limit)
    return sorted(found.values(), key=lambda row: (row["from"], row["name"]))
