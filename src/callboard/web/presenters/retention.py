"""What is kept for how long, what will be deleted when, and what must stay, as an admin sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from callboard.cases.models import Case
from callboard.people.import_models import Import
from callboard.people.models import Person
from callboard.sessions import retention, retention_queries
from callboard.sessions.models import Recording, Session
from callboard.sessions.retention_models import (
    Announced,
    AnnouncedFirst,
    DeletedDay,
    Hold,
    RetentionPolicy,
)
from callboard.sessions.retention_queries import Due
from callboard.web import times, words
from callboard.web.viewer import Viewer

EXAMPLES = 3
YEAR = 365
CHOICES = (30, 60, 90, 180, YEAR, 2 * YEAR, 3 * YEAR, 5 * YEAR, 7 * YEAR, 10 * YEAR)

TITLES: Mapping[str, str | Promise] = {
    retention.RECORDINGS: lazy("Recordings"),
    retention.SESSIONS: lazy("Sessions that are over"),
    retention.CASES: lazy("Cases of no session"),
    retention.PEOPLE: lazy("People in the archive"),
    retention.IMPORTS: lazy("Files brought in"),
    retention.READINGS: lazy("Who read what"),
    retention.CHANGES: lazy("Who changed what"),
}
ABOUT: Mapping[str, str | Promise] = {
    retention.RECORDINGS: lazy("The files, from their arrival on. That there was one stays known."),
    retention.SESSIONS: lazy("From their end on: evidence, attendance, promises, cases, recordings and all."),
    retention.CASES: lazy("Of a provider or a person, from the day that they are over."),
    retention.PEOPLE: lazy(
        "Each is erased for good, so long after they were archived. Who signs in, answers for somebody here, "
        "or has a session to come, waits."
    ),
    retention.IMPORTS: lazy("Their names, and when they came. What is in them goes by itself."),
    retention.READINGS: lazy("Who looked at which case, and listened to which recording."),
    retention.CHANGES: lazy("The audit of settings, changes of people’s records, hand-overs, invitations."),
}
"""What each kind is, for whoever decides about it."""


@dataclass(frozen=True)
class Choice:
    """`days` as the form sends them: empty for good."""

    days: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class Kept:
    kind: str
    title: str
    about: str
    said: str
    choices: list[Choice]
    error: str


@dataclass(frozen=True)
class DueRow:
    title: str
    day: str
    count: str
    examples: str
    href: str


@dataclass(frozen=True)
class Thing:
    """One that will be deleted. `hold`: where to keep it."""

    name: str
    href: str
    since: str
    goes: str
    hold: str


@dataclass(frozen=True)
class HoldRow:
    pk: int
    title: str
    href: str
    reason: str
    placed: str
    until: str
    over: str


@dataclass(frozen=True)
class DeletedRow:
    day: str
    title: str
    count: str


def length(days: int | None) -> str:
    """ "2 years", "90 days", "for good"."""
    if days is None:
        return _("for good")
    if days % YEAR == 0:
        years = days // YEAR
        return ngettext("%(n)d year", "%(n)d years", years) % {"n": years}
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def kept(
    in_force: Mapping[str, int | None],
    typed: Mapping[str, int | None] | None = None,
    errors: Mapping[str, str] | None = None,
) -> list[Kept]:
    """`typed` in place of what is in force, with what was refused of it."""
    chosen = {**in_force, **(typed or {})}
    return [
        Kept(
            kind,
            str(TITLES[kind]),
            str(ABOUT[kind]),
            length(in_force[kind]),
            _choices(kind, chosen[kind]),
            (errors or {}).get(kind, ""),
        )
        for kind in retention.KINDS
    ]


def _choices(kind: str, chosen: int | None) -> list[Choice]:
    offered = {days for days in CHOICES if days >= retention.LEAST[kind]} | ({chosen} if chosen else set())
    return [
        Choice("", length(None), chosen is None),
        *(Choice(str(days), length(days), days == chosen) for days in sorted(offered)),
    ]


def version(policy: RetentionPolicy, viewer: Viewer) -> str:
    if not policy.version:
        return _("As it comes: apart from recordings, everything is kept for good.")
    who = (policy.created_by and (policy.created_by.name or policy.created_by.email)) or _("a program")
    return _("Version %(version)d, by %(who)s, %(day)s.") % {
        "version": policy.version,
        "who": who,
        "day": times.day(policy.created_at, viewer.tz),
    }


# -- what will be deleted


def due(
    found: Sequence[Due], viewer: Viewer, examples: Callable[[str], Sequence[Announced]] = lambda _kind: ()
) -> list[DueRow]:
    """`examples` gives some of a kind."""
    rows, named = [], set()
    for each in found:
        first = each.kind not in named
        named.add(each.kind)
        some = things(each.kind, list(examples(each.kind))[:EXAMPLES], viewer) if first else []
        rows.append(
            DueRow(
                title(each.kind),
                times.day(each.day, viewer.tz),
                count(each.kind, each.items, each.rows),
                ", ".join(thing.name for thing in some),
                reverse("web:announced", args=[each.kind]) if each.kind in TITLES else "",
            )
        )
    return rows


def title(kind: str) -> str:
    return str(TITLES.get(kind, kind))


def count(kind: str, items: int, rows: int) -> str:
    """ "12 sessions", "3 days, 240 lines"."""
    n = {"n": items}
    if kind in retention.BY_DAYS:
        lines = ngettext("%(n)d line", "%(n)d lines", rows) % {"n": rows}
        return _("%(lines)s of %(days)s") % {"lines": lines, "days": times.age(timedelta(days=items))}
    said = {
        retention.RECORDINGS: ngettext("%(n)d file", "%(n)d files", items),
        retention.SESSIONS: ngettext("%(n)d session", "%(n)d sessions", items),
        retention.CASES: ngettext("%(n)d case", "%(n)d cases", items),
        retention.PEOPLE: ngettext("%(n)d person", "%(n)d people", items),
        retention.IMPORTS: ngettext("%(n)d file", "%(n)d files", items),
    }
    return said.get(kind, "%(n)d") % n


def things(kind: str, units: Sequence[Announced], viewer: Viewer) -> list[Thing]:
    """What stands announced, each with its name as it is known now."""
    refs = [each.ref for each in units]
    named = _named(kind, refs, viewer)
    return [_thing(each, *named.get(each.ref, (_("Not there any more"), "", "")), viewer) for each in units]


def _thing(unit: Announced, name: str, href: str, hold: str, viewer: Viewer) -> Thing:
    return Thing(
        name,
        href,
        format_date(unit.moment.astimezone(viewer.tz), "j M Y"),
        times.day(unit.due_at, viewer.tz),
        hold,
    )


def _named(kind: str, refs: Sequence[int], viewer: Viewer) -> dict[int, tuple[str, str, str]]:
    """By `ref`: what it is called, where it is shown, and where to place a hold on it."""
    if kind == retention.SESSIONS:
        rows: Iterable[Model] = Session.objects.filter(pk__in=refs)
        return {row.pk: _session(row, viewer) for row in rows}
    if kind == retention.RECORDINGS:
        rows = Recording.objects.filter(pk__in=refs).select_related("session")
        return {row.pk: _session(row.session, viewer) for row in rows}
    if kind == retention.PEOPLE:
        rows = Person.objects.filter(pk__in=refs)
        return {
            row.pk: (row.name, reverse("web:person", args=[row.pk]), _hold(person=row.key)) for row in rows
        }
    if kind == retention.CASES:
        rows = Case.objects.filter(pk__in=refs)
        return {
            row.pk: (f"{row}, {words.kind(row.kind)}", reverse("web:case", args=[row.pk]), "") for row in rows
        }
    if kind == retention.IMPORTS:
        rows = Import.objects.filter(pk__in=refs).only("pk", "file_name")
        return {row.pk: (row.file_name or str(row), *_at("import", row.pk), "") for row in rows}
    return {ref: (format_date(date.fromordinal(ref), "D j M Y"), "", "") for ref in refs if ref > 0}


def _session(session: Any, viewer: Viewer) -> tuple[str, str, str]:
    at = format_date(session.starts_at.astimezone(viewer.tz), "j M Y")
    name = _("%(title)s, %(day)s") % {"title": session.title, "day": at}
    return name, reverse("web:session", args=[session.key]), _hold(session=session.key)


def _at(name: str, pk: int) -> tuple[str]:
    return (reverse(f"web:{name}", args=[pk]),)


def _hold(**what: str) -> str:
    return f"{reverse('web:place_hold')}?{urlencode(what)}"


def hold_of(session: Session, viewer: Viewer) -> tuple[str, str]:
    """On a session's page: what keeps it, or what could, and where; empty where it is not for the viewer."""
    if not viewer.access.may("data.manage") or session.status not in ("ended", "cancelled"):
        return "", ""
    kept = retention_queries.held()
    if kept.everything or Session.objects.filter(kept.sessions_held(), pk=session.pk).exists():
        return _("A hold keeps this session."), reverse("web:retention")
    return _("Hold: never delete this session by age"), _hold(session=session.key)


def news(found: Sequence[AnnouncedFirst]) -> str:
    """That something will be deleted for the first time under what was decided; empty: nothing is new."""
    kinds = [title(each.kind) for each in found]
    if not kinds:
        return ""
    return _("To be deleted in a week: %(kinds)s.") % {"kinds": ", ".join(kinds)}


# -- holds, and what was deleted


def holds(found: Iterable[Hold], viewer: Viewer, now: datetime) -> list[HoldRow]:
    return [_row(each, viewer, now) for each in found]


def _row(hold: Hold, viewer: Viewer, now: datetime) -> HoldRow:
    title, href = _("Everything"), ""
    if hold.person is not None:
        title, href = hold.person.name, reverse("web:person", args=[hold.person.pk])
    elif hold.session is not None:
        title, href, _hold_again = _session(hold.session, viewer)
    who = hold.placed_by.user if hold.placed_by is not None else None
    name = (who.name or who.email) if who is not None else hold.by_key.name if hold.by_key else _("Somebody")
    return HoldRow(
        hold.pk,
        title,
        href,
        hold.reason,
        _("%(who)s, %(at)s") % {"who": name, "at": times.when(hold.placed_at, viewer.tz, now)},
        _until(hold, viewer),
        _over(hold, viewer, now),
    )


def _until(hold: Hold, viewer: Viewer) -> str:
    if hold.until is None:
        return _("until it is lifted")
    last = (hold.until - timedelta(seconds=1)).astimezone(viewer.tz)
    return _("through %(day)s") % {"day": format_date(last, "j M Y")}


def _over(hold: Hold, viewer: Viewer, now: datetime) -> str:
    """Why it keeps nothing any more; empty: it does."""
    if hold.lifted_at is not None:
        return _("lifted %(at)s") % {"at": times.when(hold.lifted_at, viewer.tz, now)}
    return _("over") if hold.until is not None and hold.until <= now else ""


def deleted(found: Iterable[DeletedDay]) -> list[DeletedRow]:
    return [
        DeletedRow(
            format_date(each.day, "j M Y"),
            title(each.kind),
            count(each.kind, each.items, sum(each.rows.values())),
        )
        for each in found
    ]
