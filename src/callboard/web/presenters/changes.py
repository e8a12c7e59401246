"""Changes of settings as they are read: who, when, of what, what from and what to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from callboard.cases import registry
from callboard.cases.models import Queue, Route
from callboard.cases.operations.routes import FIELDS
from callboard.expectations import registry as promises
from callboard.live import monitors
from callboard.live import policy as rules
from callboard.people.models import ApiKey, Invitation, Member, Role, SettingChange
from callboard.people.operations import changes
from callboard.sessions.retention_models import HoldScope
from callboard.web import times, words
from callboard.web.forms import SCOPE_NAMES
from callboard.web.presenters import retention, routes
from callboard.web.presenters import rules as rule_presenter
from callboard.web.presenters.queues import DAYS, SEVERITIES
from callboard.web.viewer import Viewer

WHAT: Mapping[str, str | Promise] = {
    changes.ORGANIZATION: lazy("Organization"),
    changes.MEMBER: lazy("Member"),
    changes.INVITATION: lazy("Invitation"),
    changes.KEY: lazy("Key"),
    changes.QUEUE: lazy("Queue"),
    changes.ROUTES: lazy("Routes"),
    changes.SERVER: lazy("Provider"),
    changes.RECORDINGS: lazy("Recordings"),
    changes.ROOMS: lazy("Rooms"),
    changes.RULES: lazy("Rules"),
    changes.PROMISES: lazy("Promises"),
    changes.DATA: lazy("Data"),
}

LABELS: Mapping[str, str | Promise] = {
    "name": lazy("Name"),
    "zone": lazy("Time zone"),
    "locale": lazy("Language"),
    "role": lazy("Role"),
    "let_in": lazy("Let in"),
    "scopes": lazy("May"),
    "expires_at": lazy("Ends"),
    "open": lazy("Opens"),
    "kinds": lazy("Takes"),
    "deadlines": lazy("Deadlines"),
    "hours": lazy("Hours"),
    "week": lazy("Week"),
    "except": lazy("Other days"),
    "strict": lazy("Only its people take its cases"),
    "members": lazy("Worked by"),
    "stand_in": lazy("Stand-in"),
    "escalate_to": lazy("Not taken in time, goes to"),
    "escalate_member": lazy("Not taken in time, is told to"),
    "routes": lazy("Routes"),
    "kind": lazy("Kind"),
    "region": lazy("Region"),
    "zones": lazy("Time zones"),
    "enabled": lazy("On"),
    "on": lazy("On"),
    "position": lazy("Place in the list"),
    "secrets": lazy("New secrets"),
    "url": lazy("Address"),
    "own": lazy("Our own recorder"),
    "screen": lazy("The shared screen too"),
    "kept_days": lazy("Days that a file is kept"),
    "kept": lazy("Kept"),
    "deleted": lazy("Deleted by age"),
    "hold": lazy("Hold"),
    "scope": lazy("Of"),
    "until": lazy("Until"),
    "taken_out": lazy("File of everything"),
    "files": lazy("With files"),
    "deleted_from": lazy("Deletion of the organization, from"),
    "severity": lazy("Severity"),
    "queue": lazy("Goes to"),
    "minutes": lazy("Minutes"),
    "claim_minutes": lazy("Minutes to claim"),
    "resolve_minutes": lazy("Minutes to resolve"),
}


@dataclass(frozen=True)
class Difference:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class ChangeRow:
    """`made`, `gone`: it was not there before, or is not there any more."""

    at: str
    who: str
    what: str
    about: str
    differences: list[Difference]
    made: bool
    gone: bool


class _Names:
    """What ids and short names stand for, read once for a page."""

    def __init__(self, found: Sequence[SettingChange]) -> None:
        self.members = {
            each.pk: each.user.name or each.user.email for each in Member.objects.select_related("user")
        }
        self.queues = {each.slug: each for each in Queue.objects.all()}
        wanted = {what: _ids(found, what) for what in (changes.KEY, changes.INVITATION)}
        keys = ApiKey.objects.filter(pk__in=wanted[changes.KEY])
        self.keys = dict(keys.values_list("pk", "name"))
        invited = Invitation.objects.filter(pk__in=wanted[changes.INVITATION])
        self.invited = dict(invited.values_list("pk", "email"))

    def about(self, change: SettingChange) -> str:
        text = change.about
        by_id: Mapping[str, Mapping[int, str]] = {
            changes.MEMBER: self.members,
            changes.KEY: self.keys,
            changes.INVITATION: self.invited,
        }
        if change.what in by_id:
            return by_id[change.what].get(int(text), "") if text.isdecimal() else text
        return self.queue(text) if change.what == changes.QUEUE else text

    def queue(self, slug: str) -> str:
        found = self.queues.get(slug)
        return found.name if found is not None else slug


def _ids(found: Iterable[SettingChange], what: str) -> list[int]:
    return [int(each.about) for each in found if each.what == what and each.about.isdecimal()]


def kinds() -> list[tuple[str, str]]:
    return [(what, str(WHAT[what])) for what in changes.KINDS]


def rows(found: Sequence[SettingChange], viewer: Viewer, now: datetime) -> list[ChangeRow]:
    """`found` with `.login` and `.key`."""
    names = _Names(found)
    return [
        ChangeRow(
            times.when(each.at, viewer.tz, now),
            who(each),
            str(WHAT.get(each.what, each.what)),
            names.about(each),
            [
                Difference(label, _value(path, old, names), _value(path, new, names))
                for path, label, old, new in _differences(each.before, each.after)
            ],
            not each.before,
            not each.after,
        )
        for each in found
    ]


def who(change: SettingChange) -> str:
    """A person, a program by its key's name, or the system."""
    if change.login is not None:
        return change.login.name or change.login.email
    return change.key.name if change.key is not None else _("Callboard")


Path = tuple[str, ...]


def _differences(before: Any, after: Any, path: Path = ()) -> Iterator[tuple[Path, str, Any, Any]]:
    """Every leaf that is another now, with its label."""
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        old: Mapping[str, Any] = before if isinstance(before, Mapping) else {}
        new: Mapping[str, Any] = after if isinstance(after, Mapping) else {}
        for name in {**old, **new}:
            yield from _differences(old.get(name), new.get(name), (*path, name))
    elif before != after:
        yield path, _label(path), before, after


def _label(path: Path) -> str:
    return ", ".join(_part(part) for part in path if part != "rules")


def _part(name: str) -> str:
    if name in LABELS:
        return str(LABELS[name])
    if name in monitors.THRESHOLDS:
        of = [kind for kind, names in rules.THRESHOLDS_OF.items() if name in names]
        return f"{rule_presenter.title(of[0])}, {monitors.THRESHOLDS[name]}" if of else name
    tables: tuple[Mapping[str, Any], ...] = (SEVERITIES, DAYS, words.CARE, retention.TITLES)
    for known in tables:
        if name in known:
            return str(known[name])
    if name in promises.kinds():
        return words.promise(name)
    if name in {kind.name for kind in registry.kinds()}:
        return words.kind(name)
    return name.replace("_", " ").capitalize()


def _value(path: Path, value: Any, names: _Names) -> str:
    name = path[-1] if path else ""
    if path[:1] == ("kept",) and (value is None or isinstance(value, int)):
        return retention.length(value)
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in monitors.THRESHOLDS and isinstance(value, int | float):
        return f"{rule_presenter.shown(name, value)} {rule_presenter.scale(name)[1]}".strip()
    if name in ("stand_in", "escalate_to", "queue"):
        return names.queue(str(value))
    if name == "escalate_member":
        return names.members.get(value, "")
    if name == "role" and value in Role.values:
        return str(Role(value).label)
    if name == "severity" and value in SEVERITIES:
        return str(SEVERITIES[value])
    if name == "scope" and value in HoldScope.values:
        return str(HoldScope(value).label)
    if name in ("expires_at", "until", "deleted_from"):
        at = parse_datetime(str(value))
        return str(value) if at is None else at.date().isoformat()
    if isinstance(value, list):
        return _list(path, value, names)
    return str(value)


def _list(path: Path, value: list[Any], names: _Names) -> str:
    name = path[-1]
    if name == "routes":
        return " ".join(f"{number}. {_route(each, names)}" for number, each in enumerate(value, start=1))
    if "deadlines" in path:
        return _("%(minutes)s min") % {"minutes": ", ".join(map(str, value))}
    if "hours" in path:
        return ", ".join("-".join(map(str, span)) for span in value)
    known: Mapping[str, Mapping[Any, Any]] = {"members": names.members, "scopes": SCOPE_NAMES}
    if name == "kinds":
        return ", ".join(words.kind(each) for each in value)
    return ", ".join(str(known.get(name, {}).get(each, each)) for each in value)


def _route(said: Mapping[str, Any], names: _Names) -> str:
    slug = str(said.get("queue", ""))
    queue = names.queues.get(slug) or Queue(slug=slug, name=slug)
    return routes.sentence(Route(queue=queue, **{field: said.get(field, []) for field in FIELDS}))
