"""Join links: one per person and series of sessions (or single session), leading to where it now is.

A link finds the session and proves nothing: to enter, its person signs in, or confirms their device once
(`devices`). Its token is signed and not stored; replacing the link lets the former token only say so.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from callboard.lib import clock, signing, tenancy
from callboard.lib.errors import NotFound
from callboard.people.models import Organization, Person
from callboard.sessions import queries, rules
from callboard.sessions.models import JoinLink, Participant, RoomStatus, Session
from callboard.sessions.operations import letters

PURPOSE = "join"


@dataclass(frozen=True)
class Door:
    """Where a link leads. `state`: early, open, late, not_ready, over, cancelled, replaced (someone else is
    in their place), replaced_link, or nothing (no session at all). `following`: the next one, where `session`
    is closed. `role`: as what they take part.
    """

    link: JoinLink
    person: Person
    organization: Organization
    state: str
    session: Session | None = None
    following: Session | None = None
    role: str = ""

    @property
    def opens_at(self) -> datetime | None:
        """When people may come in; None where there is no session."""
        return self.session.starts_at - rules.DOOR_OPENS if self.session else None

    @property
    def lets_in(self) -> bool:
        return self.state in rules.MAY_ENTER


def organization_of(token: str) -> int:
    """Whose link it is, by its signature alone. Raises NotFound (`link_unknown`)."""
    return _read(token)[0]


def resolve(token: str) -> Door:
    """Where a link leads now. Needs its organization's scope. Raises NotFound (`link_unknown`)."""
    organization, pk, generation = _read(token)
    if organization != tenancy.current_organization():
        raise _unknown()
    link = JoinLink.objects.select_related("person").filter(pk=pk, person__erased_at=None).first()
    if link is None:
        raise _unknown()
    whose = Organization.objects.get()
    if generation != link.generation:
        return Door(link, link.person, whose, "replaced_link")
    link = _followed(link)
    rows = queries.meetings(link)
    now = clock.now()
    chosen, following = rules.leads_to([_meeting(session, parts) for session, parts in rows], now)
    if chosen is None:
        return Door(link, link.person, whose, "nothing")
    by_id = {session.pk: session for session, _parts in rows}
    parts = next(parts for session, parts in rows if session.pk == chosen.id)
    return Door(
        link,
        link.person,
        whose,
        chosen.state(now),
        by_id[chosen.id],
        by_id[following.id] if following else None,
        next((each.role for each in parts if each.active), parts[0].role),
    )


def link_for(person: int, session_key: str) -> str:
    """The address of a person's link to a session's series, or to the session; made where there is none.

    Raises NotFound where they have no part in it.
    """
    return url(_link(person, session_key))


def links_of(session: Session, people: Collection[int]) -> dict[int, str]:
    """The addresses of their links to it, by person; those that there are not yet are made."""
    there = JoinLink.objects.filter(person_id__in=people, **_leads(session))
    lacking = set(people) - set(there.values_list("person_id", flat=True))
    if lacking:
        made = [JoinLink(person_id=each, **_leads(session)) for each in sorted(lacking)]
        JoinLink.objects.bulk_create(made, ignore_conflicts=True)
    return {each.person_id: url(each) for each in there.all()}


def path_for(person: int, session_key: str) -> str:
    """The same without the host."""
    return path(_link(person, session_key))


def replace(person: int, session_key: str) -> str:
    """A new address; whoever opens a former one is told that it was replaced. Raises NotFound."""
    link = _link(person, session_key)
    held = JoinLink.objects.select_for_update().get(pk=link.pk)
    held.generation += 1
    held.replaced_at = clock.now()
    held.save(update_fields=["generation", "replaced_at"])
    return url(held)


def send(organization: int, person: int, session_key: str) -> tuple[str, ...]:
    """Mail a person (or who answers for them) their link; answers the addresses, masked.

    Opens the organization's scope itself, and speaks to the mail server after it, so: not within a
    transaction. Raises NotFound, Conflict (`no_address`), letters.NotSent.
    """
    with tenancy.organization_scope(organization):
        link = _link(person, session_key)
        letter = letters.of_link(queries.by_key(session_key), link.person, url(link))
    letters.hand_over(letter)
    return letter.masked


def send_later(person: int, session_key: str) -> tuple[str, ...]:
    """Mail it once the open transaction is committed; answers the addresses, masked. Raises as `send`."""
    link = _link(person, session_key)
    letter = letters.of_link(queries.by_key(session_key), link.person, url(link))
    letters.hand_over_later(letter)
    return letter.masked


def note_used(link: JoinLink) -> None:
    """That it let its person in just now."""
    JoinLink.objects.filter(pk=link.pk).update(used_at=clock.now())


def path(link: JoinLink) -> str:
    return f"/j/{signing.sign(PURPOSE, tenancy.current_organization(), link.pk, link.generation)}"


def url(link: JoinLink) -> str:
    return settings.BASE_URL.rstrip("/") + path(link)


def _link(person: int, session_key: str) -> JoinLink:
    session = queries.by_key(session_key)
    if not Participant.objects.filter(session=session, person_id=person).exists():
        raise NotFound(_("They are not expected in this session."), session=session_key)
    links = JoinLink.objects.select_related("person")
    return links.get_or_create(person_id=person, **_leads(session))[0]


def _leads(session: Session) -> dict[str, Any]:
    """Where a link to it leads, as it is kept: to its series, where it has one."""
    return {"session_id": session.pk} if session.series_id is None else {"series_id": session.series_id}


def _followed(link: JoinLink) -> JoinLink:
    """The link of whom a double became, where the double's own could not go over: it had one already."""
    if link.person.merged_into_id is None:
        return link
    same = JoinLink.objects.select_related("person").filter(
        person_id=link.person.merged_into_id, **leads_of(link)
    )
    return same.first() or link


def leads_of(link: JoinLink) -> dict[str, Any]:
    """Where a link leads: to a series or to a single session."""
    return {"series_id": link.series_id, "session_id": link.session_id}


def _read(token: str) -> tuple[int, int, int]:
    try:
        organization, pk, generation = signing.read(PURPOSE, token)
        return int(organization), int(pk), int(generation)
    except ValueError:  # BadToken is one
        raise _unknown() from None


def _unknown() -> NotFound:
    return NotFound(_("This link leads nowhere."), code="link_unknown")


def _meeting(session: Session, parts: list[Participant]) -> rules.Meeting:
    room = session.room
    return rules.Meeting(
        id=session.pk,
        status=session.status,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        room_stands=room.status == RoomStatus.READY and bool(room.external_id or room.url),
        taking_part=any(each.active for each in parts),
    )
