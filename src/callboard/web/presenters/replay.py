"""Why a case was raised, as a page: the rule as it was, its session up to the moment, and what was held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from callboard.cases.models import Case
from callboard.live import monitors
from callboard.live.why import Said, Step, Why
from callboard.web import times, words
from callboard.web.presenters import rules as rule_presenter
from callboard.web.presenters.versions import target_words
from callboard.web.viewer import Viewer

TURNS = {
    "end": lazy("Over, for nobody is in"),
    "calm": lazy("Calm again"),
    "recording": lazy("The recording is looked at"),
}
"""What time brings that is no kind of case."""

SAID = {
    "raised": lazy("Raised: %(what)s"),
    "cleared": lazy("Cleared: %(what)s"),
    "withdrawn": lazy("Was not so: %(what)s"),
}


@dataclass(frozen=True)
class StepRow:
    at: str
    what: str
    late: str
    evidence: bool
    said: list[str]


@dataclass(frozen=True)
class Page:
    title: str
    rule: str
    versions: list[tuple[int, str, str, str]]
    thresholds: list[tuple[str, str, str]]
    severity: str
    steps: list[StepRow]
    left_out: int
    inside: str
    live: str
    pending: list[tuple[str, str]]
    held: bool


def page(case: Case, why: Why, names: Mapping[str, str], viewer: Viewer, now: datetime) -> Page:
    """`names` are by the ids that events carry."""
    rule, held = why.rule, why.held
    thresholds = [] if rule is None else [
        (str(monitors.THRESHOLDS[name]), _figure(name, value), "" if value == usual else _figure(name, usual))
        for name, (value, usual) in rule.thresholds.items()
    ]  # fmt: skip
    made = () if rule is None else rule.policies
    return Page(
        title=str(words.kind(case.kind)),
        rule="" if rule is None else monitors.explained(case.kind, rule.values),
        versions=[
            (
                each.version,
                target_words(each.scope, each.target),
                (each.created_by.name or each.created_by.email) if each.created_by else _("a program"),
                times.when(each.created_at, viewer.tz, now),
            )
            for each in made
        ],
        thresholds=thresholds,
        severity="" if rule is None else rule.severity,
        steps=[_step(each, names, viewer) for each in why.steps],
        left_out=why.left_out,
        inside="" if held is None else _inside(held.view, names),
        live="" if held is None else _live(held.view),
        pending=[]
        if held is None
        else [(times.hms(at, viewer.tz), _named(kind, who, names)) for at, kind, who in held.pending],
        held=held is not None,
    )


def _figure(name: str, value: float) -> str:
    unit = rule_presenter.scale(name)[1]
    return f"{rule_presenter.shown(name, value)} {unit}".strip()


def _step(step: Step, names: Mapping[str, str], viewer: Viewer) -> StepRow:
    who = names.get(step.participant or "", step.participant or "")
    told = words.EVENTS.get(step.kind)
    source = words.SOURCES.get(step.about, step.about)
    usual = {"who": who, "recorder": step.about, "seconds": "", "source": source, "figures": ""}
    what = _("Time passed") if not step.kind else step.kind if told is None else str(told) % usual
    late = (step.received_at - step.at).total_seconds()
    return StepRow(
        times.hms(step.at, viewer.tz),
        what.replace("  ", " ").strip(" ,:"),
        f"{late:.1f} s" if late >= 0.1 else "",
        step.evidence,
        [_said(each, names) for each in step.said],
    )


def _said(said: Said, names: Mapping[str, str]) -> str:
    return str(SAID[said.what]) % {"what": _named(said.kind, said.participant, names)}


def _named(kind: str, who: str | None, names: Mapping[str, str]) -> str:
    title = TURNS.get(kind) or monitors.SHOWN.get(kind, (kind,))[0]
    return f"{title}: {names.get(who, who)}" if who else str(title)


def _inside(view: Mapping[str, Any], names: Mapping[str, str]) -> str:
    people = [names.get(one["participant"], one["participant"]) for one in view["people"] if one["inside"]]
    return times.names(people, 12) or _("Nobody")


def _live(view: Mapping[str, Any]) -> str:
    if view["live_since"] is None:
        return _("not live")
    return _("live, and being recorded") if view["recording"] else _("live")
