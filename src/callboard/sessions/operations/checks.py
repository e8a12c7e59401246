"""What must hold before a session is written, and saying so by field, or who is taken by what."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from callboard.lib.errors import Conflict, Invalid
from callboard.people.models import Instructor, Person
from callboard.sessions import queries, rules
from callboard.sessions.models import Series, Session
from callboard.sessions.queries import Clash

T = TypeVar("T")

IN_ONE_PLACE = "participant_in_one_place"
KEY_ONCE = "session_key_once"
Wish = tuple[int, datetime, datetime]

PROBLEMS: Mapping[str, str | Promise] = {
    "no_title": lazy("A session needs a title."),
    "too_long": lazy("At most %(most)d characters."),
    "no_provider": lazy("A session needs a provider of its room."),
    "key_length": lazy("Between 1 and %(most)d characters."),
    "no_learner": lazy("A session needs at least one learner."),
    "too_many": lazy("At most %(most)d learners."),
    "twice": lazy("Someone is listed twice."),
    "both": lazy("The instructor cannot be a learner of the same session."),
    "no_offset": lazy("A time needs its offset from UTC."),
    "ends_first": lazy("The end must come after the start."),
    "too_far": lazy("At most %(most)d hours."),
}
"""What rules.problems finds, in words."""

REFUSALS: Mapping[str, str | Promise] = {
    "live": lazy("The session is live."),
    "ended": lazy("The session is over."),
    "cancelled": lazy("The session is cancelled."),
    "scheduled": lazy("The session has no room yet."),
    "ready": lazy("The session has not begun."),
}
"""Why a change is not possible, by the state that the session is in."""


def known_series(keys: Collection[str]) -> dict[str, int]:
    """Their ids by key. Raises Invalid where one does not exist."""
    if not keys:
        return {}
    known = dict(Series.objects.filter(key__in=keys).values_list("key", "pk"))
    if len(known) < len(set(keys)):
        raise Invalid(fields={"series": _("There is no such series.")})
    return known


def check_shape(bookings: Sequence[rules.Booking]) -> None:
    """Raises Invalid, its fields prefixed with the booking's position where there are several."""
    fields = {
        (name if len(bookings) == 1 else f"{position}.{name}"): _said(problem)
        for position, booking in enumerate(bookings)
        for name, problem in rules.problems(booking).items()
    }
    if fields:
        raise Invalid(fields=fields)


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Raises Invalid."""
    found = rules.problems_of_times(starts_at, ends_at)
    if found:
        raise Invalid(fields={name: _said(problem) for name, problem in found.items()})


def _said(problem: tuple[str, int]) -> str:
    code, most = problem
    return str(PROBLEMS[code]) % {"most": most}


def known_people(people: Collection[int]) -> dict[int, Person]:
    """By id; the unknown, the erased, the archived and doubles are absent."""
    known = Person.objects.filter(erased_at=None, archived_at=None, merged_into=None)
    return known.in_bulk(set(people))


def buffers_of(instructors: Collection[int]) -> dict[int, int]:
    """Minutes by person, of those who teach now."""
    return dict(
        Instructor.objects.filter(person_id__in=set(instructors), active=True).values_list(
            "person_id", "buffer_minutes"
        )
    )


def check_people(
    bookings: Sequence[rules.Booking], known: dict[int, Person], buffers: dict[int, int]
) -> None:
    """Raises Invalid where someone does not exist, or is to teach and does not."""
    fields: dict[str, str] = {}
    for position, booking in enumerate(bookings):
        prefix = "" if len(bookings) == 1 else f"{position}."
        if booking.instructor not in buffers or booking.instructor not in known:
            fields[f"{prefix}instructor"] = _("This is not one of the instructors.")
        missing = [str(learner) for learner in booking.learners if learner not in known]
        if missing:
            fields[f"{prefix}learners"] = _("There is no such person: %(ids)s.") % {"ids": ", ".join(missing)}
    if fields:
        raise Invalid(fields=fields)


def check_free(wishes: Sequence[Wish], besides: int | None = None) -> None:
    """Raises Conflict (`double_booked`), saying who is taken and by which session."""
    taken = queries.clashes(wishes, besides)
    if taken:
        raise double_booked(taken)


def check_state(session: Session, change: str) -> None:
    """Raises Conflict (`not_now`) where the session's state does not allow the change."""
    if session.status not in rules.MAY_BE[change]:
        raise Conflict(REFUSALS[session.status], code="not_now", session=session.key, status=session.status)


def double_booked(taken: Sequence[Clash]) -> Conflict:
    first = taken[0]
    words = ngettext(
        "%(count)d person is already taken at that time.",
        "%(count)d people are already taken at that time.",
        len({clash.person for clash in taken}),
    ) % {"count": len({clash.person for clash in taken})}
    return Conflict(
        words,
        code="double_booked",
        person=first.person_key,
        session=first.session,
        clashes=[
            {
                "person": clash.person_key,
                "person_id": clash.person,
                "session": clash.session,
                "busy_from": clash.begins.isoformat(),
                "busy_to": clash.ends.isoformat(),
                "booking": clash.wanted,
            }
            for clash in taken
        ],
    )


def explained(write: Callable[[], T], wishes: Sequence[Wish], besides: int | None = None) -> T:
    """Run a write that the constraints guard; where one refuses, say why in our own words.

    Under the locks of `lock_people` the check has spoken before; the constraint speaks where someone wrote
    without them.
    """
    try:
        with transaction.atomic():
            return write()
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if constraint == KEY_ONCE:
            raise Conflict(_("There is a session with this id already."), code="key_taken") from error
        if constraint != IN_ONE_PLACE:
            raise
        taken = queries.clashes(wishes, besides)
        if not taken:
            raise Conflict(_("Someone is already taken at that time."), code="double_booked") from error
        raise double_booked(taken) from error
