"""Queues on the settings page: what each takes, by when, when it is worked, by whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from callboard.cases import registry
from callboard.cases.hours import WEEKDAYS
from callboard.cases.models import Queue
from callboard.cases.queries.deadlines import USUAL_DEADLINES, claim_minutes
from callboard.web import words

DAYS = dict(
    zip(
        WEEKDAYS,
        (
            lazy("Monday"),
            lazy("Tuesday"),
            lazy("Wednesday"),
            lazy("Thursday"),
            lazy("Friday"),
            lazy("Saturday"),
            lazy("Sunday"),
        ),
        strict=True,
    )
)
SEVERITIES = {"now": lazy("Now"), "soon": lazy("Soon"), "watch": lazy("Watch")}


@dataclass(frozen=True)
class QueueRow:
    name: str
    takes: str
    members: str
    claim: str
    hours: str
    href: str


@dataclass(frozen=True)
class Choice:
    value: str
    text: str
    chosen: bool
    note: str = ""
    taken: bool = False


@dataclass(frozen=True)
class DeadlineRow:
    severity: str
    text: str
    claim: str
    resolve: str
    error: str


@dataclass(frozen=True)
class DayRow:
    key: str
    text: str
    value: str
    error: str


@dataclass(frozen=True)
class Form:
    """What is typed where something was refused, else what is kept. `default` takes what no other does."""

    slug: str
    name: str
    default: bool
    kinds: list[Choice]
    members: list[Choice]
    deadlines: list[DeadlineRow]
    always: bool
    days: list[DayRow]
    stand_in: list[Choice]
    escalate_to: list[Choice]
    escalate_member: list[Choice]
    strict: bool
    others: list[Choice]
    errors: Mapping[str, str]


def rows(queues: Iterable[Queue], members: Mapping[int, Sequence[int]]) -> list[QueueRow]:
    return [
        QueueRow(
            name=each.name,
            takes=_("all that no other queue takes")
            if each.is_default
            else ", ".join(words.kind(kind) for kind in each.kinds) or _("nothing by itself"),
            members=_people(len(members.get(each.pk, ()))),
            claim=", ".join(_minutes(claim_minutes(each, name)) for name in SEVERITIES),
            hours=_("in its hours") if (each.hours or {}).get("week") else _("always"),
            href=reverse("web:settings_queue", args=[each.slug]),
        )
        for each in queues
    ]


def _people(number: int) -> str:
    if not number:
        return _("everybody")
    return ngettext("%(n)d person", "%(n)d people", number) % {"n": number}


def _minutes(number: int) -> str:
    return _("%(n)d min") % {"n": number}


def form(
    queue: Queue | None,
    queues: Sequence[Queue],
    chosen: Iterable[int],
    staff: Sequence[tuple[int, str]],
    typed: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Form:
    """`typed` is what a person sent, as `views.queues` reads it."""
    said = typed if typed is not None else kept(queue, chosen)
    wrong = dict(errors or {})
    own = queue.slug if queue is not None else ""
    holders = {kind: each.name for each in queues if each.slug != own for kind in each.kinds}
    others = [each for each in queues if each.slug != own]
    week = said["hours"].get("week")
    return Form(
        slug=own,
        name=said["name"],
        default=queue is not None and queue.is_default,
        kinds=[
            Choice(each.name, words.kind(each.name), each.name in said["kinds"], holders.get(each.name, ""),
                   each.name in holders)
            for each in registry.kinds()
        ],
        members=[Choice(str(pk), name, pk in said["members"]) for pk, name in staff],
        deadlines=[
            _deadline(severity, str(text), said["deadlines"], wrong.get(f"deadlines.{severity}", ""))
            for severity, text in SEVERITIES.items()
        ],
        always=week is None,
        days=[
            DayRow(key, str(text), _spans((week or {}).get(key, [])), wrong.get(f"hours.{key}", ""))
            for key, text in DAYS.items()
        ],
        stand_in=_queues(others, said["stand_in"]),
        escalate_to=_queues(others, said["escalate_to"]),
        escalate_member=[Choice(str(pk), name, pk == said["escalate_member"]) for pk, name in staff],
        strict=said["strict"],
        others=_queues(others, ""),
        errors=wrong,
    )  # fmt: skip


def _deadline(severity: str, text: str, deadlines: Mapping[str, Any], error: str) -> DeadlineRow:
    claim, resolve = deadlines.get(severity, USUAL_DEADLINES[severity])
    return DeadlineRow(severity, text, str(claim), str(resolve), error)


def kept(queue: Queue | None, chosen: Iterable[int]) -> dict[str, Any]:
    """A queue as the form shows it; a new one with the usual deadlines."""
    if queue is None:
        usual = {name: list(pair) for name, pair in USUAL_DEADLINES.items()}
        return {"name": "", "kinds": [], "members": set(), "deadlines": usual, "hours": {},
                "stand_in": "", "escalate_to": "", "escalate_member": 0, "strict": False}  # fmt: skip
    return {
        "name": queue.name,
        "kinds": queue.kinds,
        "members": set(chosen),
        "deadlines": queue.deadlines,
        "hours": queue.hours or {},
        "stand_in": queue.stand_in.slug if queue.stand_in else "",
        "escalate_to": queue.escalate_to.slug if queue.escalate_to else "",
        "escalate_member": queue.escalate_member_id or 0,
        "strict": queue.strict,
    }


def _queues(queues: Iterable[Queue], chosen: str) -> list[Choice]:
    return [Choice(each.slug, each.name, each.slug == chosen) for each in queues]


def _spans(spans: Sequence[Any]) -> str:
    """09:00-12:00, 14:00-18:00; what cannot be read stays as it was typed."""
    return ", ".join("-".join(str(end) for end in span) for span in spans)
