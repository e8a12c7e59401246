"""All that is held of one person becomes a file that they, or whoever speaks for them, can read.

1. Asked for by a coordinator: written down with who asked, and a job put in line.
2. Everything that concerns them is read, domain by domain, in one transaction: as data (JSON) for programs,
   and as a page for people, in their language and zone. Forms on paper come along as files.
3. The file goes into the store, to the place that was written down before, then the copy is ready. Killed in
   between: made anew in the same place. The store is down: tried again for an hour, then said. They are
   erased when it lies there, or the organization is gone: deleted again.
4. After a week it is deleted, and so is what lies there of one that failed. Every fetching is noted.
Of others it names only whom they know by name anyway: guardians, wards, and who taught them.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable
from datetime import UTC
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.template.loader import render_to_string
from django.utils import timezone, translation
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from callboard.cases import registry as case_kinds
from callboard.cases.models import Case
from callboard.lib import clock, crash, facts, jobs
from callboard.lib.tenancy import organization_scope
from callboard.live.models import Attendance, Event
from callboard.people import queries as people
from callboard.people.facts import CopyAsked
from callboard.people.models import ConsentLink, ConsentWord, Invitation, Member, Person
from callboard.people.operations import copying, proofs
from callboard.people.queries import all_organizations
from callboard.people.records import CopyStatus, PersonChange, PersonCopy
from callboard.sessions.models import ConfirmedDevice, Deed, JoinLink, Participant, Recording

TRIES = 12


@jobs.job(name="copy_person.asked")
def asked(organization: int, fact: dict[str, Any]) -> None:
    told = facts.read(CopyAsked, fact)
    with organization_scope(organization):
        jobs.defer(make, organization=organization, copy=told.copy)


@jobs.job(queue="default", retry=RetryStrategy(max_attempts=TRIES, wait=300), name="copy_person.make")
def make(organization: int, copy: int) -> None:
    """Make the file of one copy."""
    from callboard.lib.store import StoreFailed, documents  # for those who work on files alone

    with organization_scope(organization):
        wanted = PersonCopy.objects.select_related("person").filter(pk=copy, status=CopyStatus.ASKED).first()
        if wanted is not None and wanted.person.erased_at is not None:
            copying.copy_failed(copy)
            wanted = None
    if wanted is None:
        _delete_unless_ready(organization, copy)
        return
    with organization_scope(organization):
        data = gather(wanted.person)
        page = as_page(wanted.person, data)
        papers = list(
            ConsentWord.objects.filter(person_id__in=_records(wanted.person)).exclude(proof="").order_by("pk")
        )
        place = copying.copy_place(wanted)
    with tempfile.TemporaryDirectory(prefix="callboard-") as folder:
        file = Path(folder) / "copy.zip"
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("index.html", page)
            archive.writestr("data.json", msgspec.json.format(msgspec.json.encode(data), indent=2))
            for word in papers:
                try:
                    content = proofs.read_proof(word)
                except Exception as error:
                    archive.writestr(f"papers/{word.pk}-missing.txt", type(error).__name__)
                else:
                    archive.writestr(f"papers/{word.pk}{proofs.suffix_of(word)}", content)
        try:
            size = documents().put(place, file)
        except StoreFailed:
            if wanted.asked_at < clock.now() - copying.ASKED_ANEW:
                with organization_scope(organization):
                    copying.copy_failed(copy)
                return
            raise
    crash.point("copy_person.stored")
    with organization_scope(organization):
        waited_for = copying.copy_made(copy, size)
    if not waited_for:
        _delete_under(organization, copy)


def _delete_unless_ready(organization: int, copy: int) -> None:
    """By a job that was killed before its last word, and has nothing to make any more."""
    with organization_scope(organization):
        ready = copying.is_copy_ready(copy)
    if not ready:
        _delete_under(organization, copy)


def _delete_under(organization: int, copy: int) -> None:
    from callboard.lib.store import documents

    with organization_scope(organization):
        beginning = copying.places_of_copy(copy)
    documents().delete_beginning(beginning)


@app.periodic(cron="37 * * * *", periodic_id="copy_person.forget")
@jobs.job(retry=False, name="copy_person.forget")
def forget(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which says nothing
    """Every hour. A run that fails or is killed is made good by the next."""
    organizations = all_organizations()
    for organization in organizations:
        forget_in(organization)


def forget_in(organization: int) -> int:
    """Delete what is kept no longer; answers how many."""
    with organization_scope(organization):
        past = copying.copies_past(clock.now())
    if not past:
        return 0
    from callboard.lib.store import documents

    for copy in past:
        documents().delete(copy.location)
        with organization_scope(organization):
            copying.copy_gone(copy.pk)
    return len(past)


# -- what is held


def _records(person: Person) -> list[int]:
    return people.records_of([person.pk])


def gather(person: Person) -> dict[str, Any]:
    """Everything, by domain. Needs the organization's scope. Times are UTC."""
    ids = _records(person)
    records = list(Person.objects.filter(pk__in=ids).order_by("pk").values_list("key", "external_id"))
    keys = [key for key, _elsewhere in records]
    organization = people.organization()
    known = people.person(person.pk) or person
    instructor, student = getattr(known, "instructor", None), getattr(known, "student", None)
    return {
        "organization": organization.name,
        "made_at": clock.now().astimezone(UTC),
        "person": {
            "id": person.key,
            "other_ids": [key for key in keys if key != person.key],
            "ids_elsewhere": [elsewhere for _key, elsewhere in records if elsewhere],
            "name": person.name,
            "email": person.email,
            "phone": person.phone,
            "zone": person.zone or organization.zone,
            "language": person.locale or organization.locale,
            "known_since": person.created_at,
            "archived_at": person.archived_at,
            "teaches": instructor.skills if instructor else None,
            "level": student.level if student else None,
            "of_age_on": student.of_age_on if student else None,
        },
        "guardians": [_other(each) for each in people.guardians(person.pk)],
        "answers_for": [_other(each) for each in people.wards(person.pk)],
        "consents": {"in_force": sorted(people.consents(person.pk)), "said": _words(ids)},
        "sessions": _sessions(ids, keys),
        "recordings": _recordings(ids),
        "cases": _cases(ids, keys),
        "told_or_asked_in_rooms": _deeds(keys),
        "ways_in": _ways_in(ids),
        "changes": _changes(ids),
        "evidence": _evidence(ids, keys),
    }


def _other(person: Person) -> dict[str, Any]:
    return {"name": person.name}


def _words(ids: list[int]) -> list[dict[str, Any]]:
    rows = ConsentWord.objects.filter(person_id__in=ids).select_related("said_by").order_by("said_at", "pk")
    return [
        {
            "about": word.kind,
            "said": word.said,
            "by": word.said_by.name if word.said_by else None,
            "at": word.said_at,
            "way": word.way,
            "reference": word.reference,
            "paper": f"papers/{word.pk}{proofs.suffix_of(word)}" if word.proof else None,
        }
        for word in rows
    ]


def _sessions(ids: list[int], keys: list[str]) -> list[dict[str, Any]]:
    parts = Participant.objects.filter(person_id__in=ids).select_related("session").order_by("busy", "pk")
    sessions = {part.session_id for part in parts}
    there = {
        row.session_id: row
        for row in Attendance.objects.filter(session_id__in=sessions, participant__in=keys)
    }
    taught = dict(
        Participant.objects.filter(session_id__in=sessions, role="instructor", active=True).values_list(
            "session_id", "person__name"
        )
    )
    found = []
    for part in parts:
        row, session = there.get(part.session_id), part.session
        found.append(
            {
                "id": session.key,
                "title": session.title,
                "subject": session.subject,
                "starts_at": session.starts_at,
                "ends_at": session.ends_at,
                "as": part.role,
                "took_part": part.active,
                "instructor": taught.get(part.session_id, ""),
                "status": session.status,
                "marked_absent_at": part.marked_absent_at,
                "came_at": row.joined_at if row else None,
                "left_at": row.left_at if row else None,
                "came_in_times": row.joins if row else 0,
                "present_seconds": round(row.present_s) if row else 0,
                "spoke_seconds": round(row.talk_s) if row else 0,
            }
        )
    return found


def _recordings(ids: list[int]) -> list[dict[str, Any]]:
    theirs = Participant.objects.filter(person_id__in=ids, active=True).values("session_id")
    rows = (
        Recording.objects.filter(session_id__in=theirs).select_related("session").order_by("started_at", "pk")
    )
    return [
        {
            "session": row.session.key,
            "title": row.session.title,
            "from": row.started_at,
            "to": row.stopped_at,
            "seconds": row.file_seconds if row.file_seconds is not None else row.seconds,
            "kept": bool(row.location) and row.deleted_at is None,
            "deleted_at": row.deleted_at,
        }
        for row in rows
    ]


def _cases(ids: list[int], keys: list[str]) -> list[dict[str, Any]]:
    rows = Case.objects.filter(person_id__in=ids) | Case.objects.filter(participant__in=keys)
    return [
        {
            "about": str(case_kinds.kind(case.kind).title),
            "kind": case.kind,
            "session": case.session.key if case.session else None,
            "raised_at": case.raised_at,
            "over_at": case.over_at,
            "status": case.status,
            "outcome": case.outcome,
            "why": case.why,
        }
        for case in rows.select_related("session").distinct().order_by("raised_at", "pk")
    ]


def _deeds(keys: list[str]) -> list[dict[str, Any]]:
    rows = Deed.objects.filter(data__person__in=keys).select_related("session").order_by("asked_at", "pk")
    return [
        {
            "what": row.name,
            "session": row.session.key,
            "at": row.asked_at,
            "state": row.state,
            "text": row.text,
        }
        for row in rows
    ]


def _ways_in(ids: list[int]) -> dict[str, Any]:
    return {
        "join_links": [
            {"made_at": row.created_at, "used_at": row.used_at, "replaced_at": row.replaced_at}
            for row in JoinLink.objects.filter(person_id__in=ids).order_by("pk")
        ],
        "consent_links": [
            {"made_at": row.created_at, "sent_at": row.sent_at, "used_at": row.used_at}
            for row in ConsentLink.objects.filter(person_id__in=ids).order_by("pk")
        ],
        "devices": [
            {"label": row.label, "confirmed_at": row.confirmed_at, "seen_at": row.seen_at,
             "revoked_at": row.revoked_at}
            for row in ConfirmedDevice.objects.filter(person_id__in=ids).order_by("pk")
        ],
        "logins": [
            {"email": row.user.email, "role": row.role, "since": row.created_at, "last": row.user.last_login,
             "ended_at": row.deactivated_at}
            for row in Member.objects.filter(person_id__in=ids).select_related("user").order_by("pk")
        ],
        "invitations": [
            {"email": row.email, "role": row.role, "at": row.created_at, "accepted_at": row.accepted_at}
            for row in Invitation.objects.filter(person_id__in=ids).order_by("pk")
        ],
    }  # fmt: skip


def _changes(ids: list[int]) -> list[dict[str, Any]]:
    rows = PersonChange.objects.filter(person_id__in=ids).order_by("at", "pk")
    return [
        {"what": row.kind, "at": row.at, "before": row.before if row.kind == "edited" else {},
         "after": row.after if row.kind == "edited" else {}, "taken_back_at": row.undone_at}
        for row in rows
    ]  # fmt: skip


def _evidence(ids: list[int], keys: list[str]) -> Iterable[dict[str, Any]]:
    """What the log still holds of them: comings and goings, connection, what they used."""
    theirs = Participant.objects.filter(person_id__in=ids).values_list("session__key", flat=True).distinct()
    rows = Event.objects.filter(session__in=list(theirs), participant__in=keys).order_by("seq")
    return [
        {
            "session": row.session,
            "kind": row.kind,
            "at": row.at,
            "data": msgspec.json.decode(row.data or "{}"),
        }
        for row in rows.iterator(chunk_size=5000)
    ]


def as_page(person: Person, data: dict[str, Any]) -> str:
    """The same for people to read, but for the raw evidence, of which it tells how much there is."""
    organization = people.organization()
    with (
        translation.override(person.locale or organization.locale),
        timezone.override(ZoneInfo(person.zone or organization.zone)),
    ):
        return render_to_string("copies/index.html", {"copy": data, "zone": data["person"]["zone"]})
