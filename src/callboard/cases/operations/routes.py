"""The rules that send cases to queues before the queues' own kinds do, and where an example would go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from callboard.cases import rules
from callboard.cases.models import Case, Queue, Route
from callboard.cases.operations.routing import Desk, Facts, minutes_of
from callboard.cases.ports import Asked
from callboard.lib import clock, pubsub
from callboard.lib.errors import Conflict, Invalid
from callboard.people.models import SettingChange
from callboard.people.operations import changes
from callboard.people.operations.changes import Asker

FIELDS: Final = ("kinds", "severities", "subjects", "regions", "providers")
"""What a rule may ask for; an empty list fits all."""

MOST_WORDS = 100


def save_routes(
    routes: Sequence[Mapping[str, Any]],
    by: Asker = None,
    expected: Sequence[Mapping[str, Any]] | None = None,
) -> int | None:
    """Let exactly these rules send cases to queues, the first that fits winning. Answers the id of the
    change, which can be undone; None where nothing is another.

    Each is {"queue": slug, "kinds": [...], ...} with lists by `FIELDS`, an empty one fitting all. Raises
    Invalid, by "place.field"; Conflict (`changed_since`) where the rules in force are not those `expected`.
    Needs an open transaction: two who save have their turn, or the lists of both would stand.
    """
    queues = {queue.slug: queue for queue in Queue.objects.select_for_update(no_key=True).order_by("pk")}
    wrong: dict[str, Any] = {}
    for place, route in enumerate(routes):
        wrong |= {f"{place}{name and '.'}{name}": text for name, text in _wrong(route, queues).items()}
    if wrong:
        raise Invalid(fields=wrong)
    before = told()
    if expected is not None and before != list(expected):
        raise Conflict(_("Somebody else has just changed the routes."), code="changed_since")
    Route.objects.all().delete()
    made = [
        Route(
            queue=queues[route["queue"]],
            position=place,
            **{field: list(route.get(field) or ()) for field in FIELDS},
        )
        for place, route in enumerate(routes)
    ]
    Route.objects.bulk_create(made)
    change = changes.note(changes.ROUTES, "", {"routes": before}, {"routes": told()}, by)
    pubsub.publish("queue", id=None)
    return None if change is None else change.pk


def _wrong(route: Mapping[str, Any], queues: Mapping[str, Queue]) -> dict[str, str]:
    found = {}
    if route.get("queue") not in queues:
        found["queue"] = _("There is no such queue.")
    if set(route.get("severities") or ()) - set(rules.SEVERITIES):
        found["severities"] = _("now, soon or watch.")
    for field in FIELDS:
        if any(not each or len(each) > MOST_WORDS for each in route.get(field) or ()):
            found[field] = _("At most %(most)d characters each.") % {"most": MOST_WORDS}
    if not any(route.get(field) for field in FIELDS):
        found[""] = _("A rule that fits all would leave nothing for the others.")
    return found


def told() -> list[dict[str, Any]]:
    """The rules in force, in their order, as `save_routes` takes them."""
    rows = Route.objects.select_related("queue").order_by("position", "pk")
    return [{"queue": row.queue.slug, **{field: getattr(row, field) for field in FIELDS}} for row in rows]


def undo_routes(change: int, by: Asker = None) -> None:
    """Put the rules back as they were before a change of them (its id).

    Raises Conflict (`changed_since`) where they have been changed again, or a queue is gone.
    """
    found = SettingChange.objects.filter(pk=change, what=changes.ROUTES).first()
    if found is None:
        raise Conflict(_("The rules have been changed again since."), code="changed_since")
    try:
        save_routes(found.before.get("routes", []), by, expected=found.after.get("routes", []))
    except Invalid as error:
        raise Conflict(_("One of the queues is gone."), code="changed_since") from error


@dataclass(frozen=True)
class Placed:
    """Where an example would go. `by`: policy, route (number `route`, from 1), kind, or default.

    `queue` is its stand-in where the queue that was meant (`meant`) is closed. Minutes are those to claim and
    to resolve.
    """

    queue: Queue
    meant: Queue
    by: str
    route: int
    claim: int
    resolve: int


def where(kind: str, severity: str, *, subject: str = "", region: str = "", provider: str = "") -> Placed:
    """Where a case that is raised now would go, by all that says so. Raises Invalid for no such severity."""
    if severity not in rules.SEVERITIES:
        raise Invalid(fields={"severity": _("now, soon or watch.")})
    desk = Desk()
    case = Case(kind=kind, severity=severity, provider=provider)
    facts = Facts(subject, region, provider)
    said = desk.policies([Asked(kind, severity, None, subject)])[0]
    meant, by, route = desk.meant(case, facts, said)
    desk.place(case, facts, said, clock.now())
    spent = minutes_of(case, case.queue)
    return Placed(case.queue, meant, by, route, spent.claim, spent.resolve)
