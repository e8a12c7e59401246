"""A session on one time axis, as data for its script.

Promises, cases, presence, speech, connection, recorders. Times are epoch milliseconds; the script draws,
and knows neither zones' rules nor languages.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callboard.web import times, words
from callboard.web.presenters import queue, seen, why
from callboard.web.presenters.measured import BAD_LOSS, Measured, fold
from callboard.web.reads import log
from callboard.web.reads.measures import Measure
from callboard.web.reads.seats import STATES, Seat
from callboard.web.reads.story import Story
from callboard.web.viewer import Viewer

Spans = list[tuple[datetime, datetime | None]]


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def timeline(story: Story, measures: Iterable[Measure], viewer: Viewer, now: datetime) -> dict[str, Any]:
    session = story.session
    presence = log.presence(story.told)
    measured = fold(measures)
    moments = [ms(event.at) for event in story.told]
    moments += [at for at in (measured.first, measured.last) if at is not None]
    first = min([ms(session.starts_at - timedelta(minutes=10)), *moments])
    last = max([ms(session.ends_at + timedelta(minutes=5)), *moments])
    if session.status == "live":
        last = max(last, ms(now + timedelta(minutes=2)))
    limit = now if session.ended_at is None else session.ended_at
    rows = [
        _person(story, seat, viewer, presence.get(seat.key, []), measured, now, limit) for seat in story.seats
    ]
    known = {seat.key for seat in story.seats}
    recorders = _recordings(story, measured, limit)
    rows += [_stranger(key, spans, limit) for key, spans in presence.items() if key not in known]
    return {
        "from": max(first, ms(session.starts_at - timedelta(minutes=30))),
        "to": min(last, ms(session.ends_at + timedelta(hours=1))),
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
        "connection": _connection(story, measured),
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
        said = f"{text}, {times.hms(at, viewer.tz)}"
        if each.status == "waived" and each.why in words.WAIVED:
            said = f"{said}: {_('waived')}, {words.WAIVED[each.why]}"
        found.append(
            {"text": text, "at": ms(at), "state": STATES.get(state, "due"), "said": said}
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
    story: Story, seat: Seat, viewer: Viewer, spans: Spans, measured: Measured, now: datetime, limit: datetime
) -> dict[str, Any]:
    zone = seat.zone or viewer.tz.key
    place = times.elsewhere(now, zone, viewer.tz)
    sub = _("instructor · %(place)s") % {"place": times.city(zone)} if seat.instructor else place
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
    return {
        "key": seat.key,
        "name": seat.name,
        "sub": sub,
        "href": reverse("web:person", args=[seat.person]) if viewer.is_staff else "",
        "spans": [[ms(a), ms(b or limit)] for a, b in spans],
        "speech": measured.speech.get(seat.key, []),
        "bad": measured.bad.get(seat.key, []),
        "expected": expected,
        "missing": missing,
    }


def _stranger(key: str, spans: Spans, limit: datetime) -> dict[str, Any]:
    return {
        "key": key, "name": f"“{key}”", "sub": _("not on the roster"), "href": "", "speech": [], "bad": [],
        "spans": [[ms(a), ms(b or limit)] for a, b in spans], "expected": [],
        "missing": "", "stranger": True,
    }  # fmt: skip


def _connection(story: Story, measured: Measured) -> dict[str, Any] | None:
    """The upward loss of whoever has the worst, point by point; none where nobody's is worth drawing."""
    worst = measured.worst
    if worst is None:
        return None
    name = times.first(story.names.get(worst, worst))
    return {
        "name": _("%(name)s’s connection") % {"name": name},
        "points": measured.lost[worst],
        "limit": BAD_LOSS,
    }


def _recordings(story: Story, measured: Measured, limit: datetime) -> list[dict[str, Any]]:
    """Recorders as the log tells of them, each from its start to its last progress or end."""
    found: dict[str, dict[str, Any]] = {
        name: {"name": name, "from": each.first, "to": each.last, "state": "running", "seconds": each.seconds}
        for name, each in measured.progress.items()
    }
    for event in story.told:
        if not event.kind.startswith("recording."):
            continue
        name, at = str(event.data.get("recorder") or ""), ms(event.at)
        row = found.setdefault(name, {"name": name, "from": at, "to": at, "state": "running", "seconds": 0.0})
        row["from"] = min(row["from"], at)
        if event.kind in ("recording.stopped", "recording.failed"):
            row["to"], row["state"] = max(row["to"], at), event.kind.rsplit(".", 1)[1]
        elif event.kind == "recording.file":
            row["state"] = "filed"
    for row in found.values():
        row["text"] = seen.recorder(row["name"], row["seconds"], row["state"])
        if row["state"] == "running" and ms(limit) - row["to"] < 60_000:
            row["to"] = ms(limit)
    return sorted(found.values(), key=lambda row: (row["from"], row["name"]))
