"""The live rules on the settings page: each in a sentence, its fields, its versions, and its backtest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from callboard.cases.models import Queue
from callboard.live import monitors, rulebook
from callboard.live import policy as rules
from callboard.live.engine.kinds import KINDS
from callboard.live.models import Backtest
from callboard.web import times
from callboard.web.presenters import incident
from callboard.web.viewer import Viewer

SEVERITIES = {"now": lazy("Now"), "soon": lazy("Soon"), "watch": lazy("Watch")}
INCIDENTS, MEMBERS = 20, 4
"""How many incidents of a trial are listed, and how many sessions of each are named."""

MINUTES_FROM = 300
"""A threshold that is usually so many seconds or more is typed in minutes."""

NOTES = {
    "below_floor": lazy(
        "Of connection reports, those with little loss and short ways are kept in sum alone. A bound as low "
        "as this would need the reports themselves, so its cases can’t all be told."
    ),
    "not_kept": lazy("When providers fell silent is not kept by session, so this rule can’t be tried."),
}


@dataclass(frozen=True)
class RuleRow:
    kind: str
    title: str
    severity: str
    text: str
    off: bool
    own: bool
    href: str


@dataclass(frozen=True)
class Choice:
    value: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class Field:
    """`also`: the other rule that goes by the same threshold. Empty `value`: as usual."""

    name: str
    label: str
    value: str
    unit: str
    usual: str
    error: str = ""
    also: str = ""


@dataclass(frozen=True)
class FoundRow:
    what: str
    title: str
    severity: str
    session: str
    href: str
    when: str


@dataclass(frozen=True)
class FoundIncident:
    """`sessions` are the first few, by title and address; `others` how many more there are, in words."""

    what: str
    title: str
    shared: str
    when: str
    sessions: list[tuple[str, str]]
    others: str


@dataclass(frozen=True)
class Trial:
    pk: int
    status: str
    headline: str
    running: bool
    progress: str
    judged: int
    total: int
    kinds: list[tuple[str, int, int, str]] = field(default_factory=list)
    found: list[FoundRow] = field(default_factory=list)
    left_out: str = ""
    incidents: list[FoundIncident] = field(default_factory=list)
    incidents_left_out: str = ""
    notes: list[str] = field(default_factory=list)


def title(kind: str) -> str:
    return _("Incident") if kind == rules.INCIDENT else str(monitors.SHOWN[kind][0])


def rows(found: rulebook.InForce, own: Mapping[str, Any], query: str) -> list[RuleRow]:
    """`own`: what the target itself says."""
    made = []
    for kind, names in rules.THRESHOLDS_OF.items():
        setting = found.setting(kind)
        mine = any(name in own for name in names) or kind in own.get("rules", {})
        severity = "" if kind == rules.INCIDENT else setting.severity or KINDS[kind].severity
        href = reverse("web:rule", args=[kind]) + query
        text = monitors.explained(kind, found.values)
        made.append(RuleRow(kind, title(kind), severity, text, not setting.on, mine, href))
    return made


# -- fields, and back


def scale(name: str) -> tuple[float, str]:
    """By what a threshold is divided to be shown, and its unit."""
    if name.endswith("_s"):
        if rules.usual()[name] >= MINUTES_FROM:
            return 60, _("min")
        return 1, _("s")
    if name.endswith("_share") or name == "loss":
        return 0.01, "%"
    return (1, _("ms")) if name.endswith("_ms") else (1, "")


def shown(name: str, value: float) -> str:
    by, _unit = scale(name)
    return f"{round(value / by, 4):g}"


def typed(name: str, text: str) -> Any:
    """What was typed, as it is kept; what is no number stays as it is, to be refused."""
    by, _unit = scale(name)
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return text
    kept = round(value * by, 6)
    return int(kept) if kept == int(kept) else kept


def refused(scope: str, values: Mapping[str, Any], errors: Mapping[str, str]) -> dict[str, str]:
    """The words about thresholds, with bounds as they are shown."""
    said = dict(errors)
    for name, problem in rules.problems(values, scope).items():
        if problem.code == "out_of_bounds" and problem.least is not None and problem.most is not None:
            least, most = shown(name, problem.least), shown(name, problem.most)
            said[name] = _("Between %(least)s and %(most)s.") % {"least": least, "most": most}
    return said


def fields(kind: str, found: Mapping[str, Any], errors: Mapping[str, str]) -> list[Field]:
    """`found`: merged values, or what was typed."""
    usual = rules.usual()
    made = []
    for name in rules.THRESHOLDS_OF[kind]:
        value = found.get(name, usual[name])
        text = shown(name, value) if isinstance(value, int | float) else str(value)
        sharing = [each for each, names in rules.THRESHOLDS_OF.items() if name in names and each != kind]
        made.append(
            Field(
                name, str(monitors.THRESHOLDS[name]), text, scale(name)[1],
                _("usually %(value)s") % {"value": shown(name, usual[name])}, errors.get(name, ""),
                ", ".join(title(each) for each in sharing),
            )
        )  # fmt: skip
    return made


def severities(kind: str, chosen: str | None) -> list[Choice]:
    usual = KINDS[kind].severity
    offered = ["now"] if kind == "stranger" else list(SEVERITIES)
    return [Choice(each, str(SEVERITIES[each]), each == (chosen or usual)) for each in offered]


def queues(all_queues: Iterable[Queue], chosen: str | None) -> list[Choice]:
    return [Choice(each.slug, each.name, each.slug == chosen) for each in all_queues]


# -- versions and trials


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The rules of which two policies say something else."""
    return [title(kind) for kind in rules.THRESHOLDS_OF if _said(before, kind) != _said(after, kind)]


def _said(values: Mapping[str, Any], kind: str) -> Any:
    return [values.get(name) for name in rules.THRESHOLDS_OF[kind]], values.get("rules", {}).get(kind)


def trial(
    row: Backtest, names: Mapping[str, str], people: dict[str, str], viewer: Viewer, now: datetime
) -> Trial:
    """`names`: the sessions' titles, `people`: the instructors' names, by key."""
    figures = row.figures
    then = sum(each["then"] for kind, each in figures.items() if kind != rules.INCIDENT)
    before = sum(each["now"] for kind, each in figures.items() if kind != rules.INCIDENT)
    running = row.status in ("waiting", "running")
    progress = _("%(judged)d of %(total)d sessions judged") % {"judged": row.judged, "total": row.total}
    found = [
        FoundRow(
            _change(one),
            title(one["kind"]),
            one["severity"],
            names.get(one["session"], one["session"]),
            reverse("web:session", args=[one["session"]]),
            times.when(datetime.fromisoformat(one["raised_at"]), viewer.tz, now),
        )
        for one in row.found[:40]
    ]
    differ = sum(each["more"] + each["less"] for kind, each in figures.items() if kind != rules.INCIDENT)
    return Trial(
        row.pk, row.status, headline(row, then, before), running, progress, row.judged, max(1, row.total),
        [(title(kind), each["now"], each["then"], _difference(each)) for kind, each in figures.items()],
        found,
        _left_out(differ - len(found)),
        [_incident(one, names, people, viewer, now) for one in row.incidents[:INCIDENTS]],
        _left_out(len(row.incidents) - INCIDENTS),
        [str(NOTES[each]) for each in row.notes],
    )  # fmt: skip


def _change(one: Mapping[str, Any]) -> str:
    return _("more") if one["change"] == "more" else _("gone")


def _left_out(number: int) -> str:
    return _("and %(n)d more") % {"n": number} if number > 0 else ""


def _incident(
    one: Mapping[str, Any],
    names: Mapping[str, str],
    people: dict[str, str],
    viewer: Viewer,
    now: datetime,
) -> FoundIncident:
    keys = one["sessions"]
    return FoundIncident(
        _change(one),
        title(one["kind"]),
        " ".join(incident.shared(one["key"], people)),
        times.when(datetime.fromisoformat(one["raised_at"]), viewer.tz, now),
        [(names.get(key, key), reverse("web:session", args=[key])) for key in keys[:MEMBERS]],
        _left_out(len(keys) - MEMBERS),
    )


def named_sessions(row: Backtest) -> set[str]:
    """The keys of the sessions that a trial names."""
    members = {key for one in row.incidents[:INCIDENTS] for key in one["sessions"][:MEMBERS]}
    return members | {one["session"] for one in row.found}


def named_instructors(row: Backtest) -> set[str]:
    """The keys of the instructors whose sessions made incidents."""
    keys = (one["key"].partition(":") for one in row.incidents[:INCIDENTS])
    return {name for kind, _colon, name in keys if kind == "instructor"}


def headline(row: Backtest, then: int, now: int) -> str:
    """ "Over the last 30 days this would have raised 41 cases, 12 fewer than now." """
    if not row.total and row.status == "done":
        return _("No session of the last %(days)d days has closed, so there is no past to try it on.") % {
            "days": row.days
        }
    said = {"days": row.days, "then": then, "differ": abs(then - now)}
    whole = (
        ngettext(
            "Over the last %(days)d days this would have raised %(then)d case",
            "Over the last %(days)d days this would have raised %(then)d cases",
            then,
        )
        % said
    )
    if then == now:
        return _("%(whole)s, as many as now.") % {"whole": whole}
    fewer = _("%(whole)s, %(differ)d fewer than now.")
    more = _("%(whole)s, %(differ)d more than now.")
    return (fewer if then < now else more) % {**said, "whole": whole}


def _difference(each: Mapping[str, int]) -> str:
    parts = []
    if each["more"]:
        parts.append(_("%(n)d more") % {"n": each["more"]})
    if each["less"]:
        parts.append(_("%(n)d gone") % {"n": each["less"]})
    if each["louder"]:
        parts.append(_("%(n)d of another severity") % {"n": each["louder"]})
    return ", ".join(parts) or _("the same")
