"""Two records of one person become one, or are two again.

1. Both are locked, their timetables too; who is in a session right now, or would have to be in two places
   at once, is refused.
2. `people` lays the two together (people.operations.merging).
3. Sessions to come, and the links that lead to them, go over, each with a plan of its own in the log. In one
   of both the double's place goes. The past stays under the double's key, and is shown as the kept one's.
4. What was done is written down. Within a day it can be taken back: all goes where it was; sessions booked
   and fields changed since stay with the kept one.
All in one transaction: nothing, or the whole of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from callboard.lib import pubsub
from callboard.lib.errors import CallboardError, Conflict, NotFound
from callboard.people import queries
from callboard.people.access import Access
from callboard.people.models import Person
from callboard.people.operations import editing, merging
from callboard.people.operations.consents import ends
from callboard.people.records import ChangeKind, PersonChange
from callboard.sessions.models import Participant
from callboard.sessions.operations import handing
from callboard.sessions.operations.locks import lock_people


@dataclass(frozen=True)
class Preview:
    """What merging would do. `refusal`: why it cannot be done, empty where it can. `filled`: fields that the
    kept one gets; `to_come`, `past`: sessions of the double; `guardians`, `wards`: names that go over;
    `consents`: kinds in force for the kept one afterwards.
    """

    kept: Person
    double: Person
    refusal: str
    filled: tuple[str, ...]
    to_come: int
    past: int
    guardians: tuple[str, ...]
    wards: tuple[str, ...]
    signs_in: bool
    consents: tuple[str, ...]


def preview(access: Access, kept_id: int, double_id: int) -> Preview:
    """Needs the organization's scope. Raises NotFound, Forbidden."""
    access.require("people.manage")
    kept, double = _person(kept_id), _person(double_id)
    refusal = ""
    try:
        merging.check_mergeable(kept, double)
        if handing.in_session_now(double.pk):
            raise Conflict(_("They are in a session right now. Try again when it is over."))
        if handing.both_in_at_once(double.pk, kept.pk):
            raise Conflict(
                _("They would have to be in two places at once. Move one of their sessions first.")
            )
    except CallboardError as error:
        refusal = str(error)
    to_come = handing.sessions_to_come(double.pk)
    all_of_theirs = Participant.objects.filter(person=double).values("session").distinct().count()
    has = {each.pk for each in [*queries.guardians(kept.pk), *queries.wards(kept.pk)]}
    return Preview(
        kept,
        double,
        refusal,
        tuple(name for name in merging.FILLED if not getattr(kept, name) and getattr(double, name)),
        len(to_come),
        all_of_theirs - len(to_come),
        tuple(each.name for each in queries.guardians(double.pk) if each.pk not in has),
        tuple(each.name for each in queries.wards(double.pk) if each.pk not in has),
        queries.members().filter(person=double, deactivated_at=None).exists(),
        tuple(_agreed(kept, double)),
    )


def _agreed(kept: Person, double: Person) -> list[str]:
    last = queries.last_words([kept.pk, double.pk])
    found = set(queries.consents(kept.pk))
    for (person, kind), word in last.items():
        mine = last.get((kept.pk, kind))
        if person == double.pk and (mine is None or ends(word, mine)):
            found = found | {kind} if word.said == "given" else found - {kind}
    return sorted(found)


def merge(access: Access, kept_id: int, double_id: int) -> PersonChange:
    """Do it. Needs an open transaction in the organization's scope. Raises NotFound, Forbidden, Conflict."""
    lock_people({kept_id, double_id})  # a cancelled session that stands again seats one of the two
    was = merging.absorb(access, kept_id, double_id)
    handed = handing.hand_over(double_id, kept_id)
    was |= {"sessions": handed.over, "shared": handed.shared}
    was["links"] = handing.hand_links(double_id, kept_id)
    pubsub.publish("person", person=double_id)
    return editing.note(access, _person(kept_id), ChangeKind.MERGED, was, {"double": double_id})


def unmerge(access: Access, kept_id: int, change_id: int) -> PersonChange:
    """Take it back, within a day. Raises NotFound, Forbidden, Conflict (`undone_already`, `too_late`)."""
    kept = editing.held(access, kept_id)
    change = editing.change_to_undo(kept, change_id)
    if change.kind != ChangeKind.MERGED:
        raise NotFound
    was: dict[str, Any] = change.before
    double = merging.release(kept, was)
    handing.return_links(was["links"], double.pk)
    handing.hand_over(kept.pk, double.pk, was["sessions"])
    handing.seat_again(double.pk, was.get("shared", ()))
    pubsub.publish("person", person=double.pk)
    return editing.undone(change)


def _person(person_id: int) -> Person:
    found = queries.person(person_id)
    if found is None or found.erased_at is not None:
        raise NotFound(_("There is no such person."), code="person_not_found")
    return found
