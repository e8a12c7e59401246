"""Where Callboard may know of a person: every table and every kind of file, and what erasing does there.

`ERASED`: the rows about them go. `BLANK`: the row stays, and says nothing of anybody. `TEXTS`: rows that are
not about a person; `everywhere` takes out what somebody wrote of one, and ids. `IDS`: ids alone, which give
way to others. `NO_ONES`: says by the id of a row that someone did or was something, and the row is blank.
`STAYS`: nothing of a person. A test holds this list against the catalogue of the database and against whoever
writes files, so that whoever adds a table or a file decides here what becomes of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    ERASED = "erased"
    BLANK = "blank"
    TEXTS = "texts"
    IDS = "ids"
    NO_ONES = "no_ones"
    STAYS = "stays"


@dataclass(frozen=True)
class Place:
    """`step`: of `steps`, who does it; empty where nothing is done. `why`: what stays, and why."""

    fate: Fate
    step: str = ""
    why: str = ""


def _texts(why: str) -> Place:
    return Place(Fate.TEXTS, "everywhere", why)


def _erased(step: str, why: str = "") -> Place:
    return Place(Fate.ERASED, step, why)


def _stays(why: str) -> Place:
    return Place(Fate.STAYS, "", why)


def _no_ones(why: str) -> Place:
    return Place(Fate.NO_ONES, "", why)


_POLICY = _texts("settings, and which login made them: a blank one, if it was theirs")
_FIGURES = _stays("figures of a day")

TABLES: dict[str, Place] = {
    # people
    "callboard_people_person": Place(
        Fate.BLANK, "", "blank from the moment it is asked for, under another key: sessions need the row"
    ),
    "callboard_people_user": Place(
        Fate.BLANK, "ways_in", "blank, unless it opens another organization; what it did here stays done"
    ),
    "callboard_people_member": Place(Fate.BLANK, "", "who did what, under an id: it names no one any more"),
    "callboard_people_instructor": _erased("family"),
    "callboard_people_student": _erased("family"),
    "callboard_people_guardianship": _erased("family"),
    "callboard_people_consent": _erased("consents", "what they said for others holds, said by no one"),
    "callboard_people_consentword": _erased("consents", "likewise; and forms that stand for others too"),
    "callboard_people_consentlink": _erased("ways_in"),
    "callboard_people_invitation": _erased("ways_in"),
    "callboard_people_personchange": _erased("copies"),
    "callboard_people_personcopy": _erased("copies"),
    "callboard_people_import": Place(Fate.ERASED, "imports", "the row says that a file was led in, and when"),
    "callboard_people_apikey": _texts("a program's way in; its name is what somebody wrote"),
    "callboard_people_settingchange": _texts("who changed which setting, under an id"),
    "callboard_people_erasure": _no_ones("that someone was erased, when, and who asked"),
    "callboard_people_takeout": _erased("copies", "the row says that there was a file, and who asked"),
    "callboard_people_departure": _no_ones("that the organization is to be deleted, and who asked, by id"),
    "callboard_people_organization": _stays("the organization itself"),
    # sessions
    "callboard_sessions_session": _texts("the session of all who were in it"),
    "callboard_sessions_series": _texts("the sessions of all who are in it"),
    "callboard_sessions_participant": _no_ones("that someone was there: attendance and loads of the others"),
    "callboard_sessions_room": _texts("where a session was"),
    "callboard_sessions_server": _texts("the organization's own servers"),
    "callboard_sessions_deed": Place(Fate.TEXTS, "words", "what was asked of a room"),
    "callboard_sessions_joinlink": _erased("ways_in"),
    "callboard_sessions_confirmeddevice": _erased("ways_in"),
    "callboard_sessions_devicecode": _erased("ways_in"),
    "callboard_sessions_recording": Place(
        Fate.ERASED,
        "recordings",
        "the row says that there was one; those of groups stay where that was asked",
    ),
    "callboard_sessions_recordingwish": _texts("that a recorder was asked for"),
    "callboard_sessions_recordingview": _texts("who has looked, under an id"),
    "callboard_sessions_recordinglease": _stays("which recorder has which session in hand; ids of rows"),
    "callboard_sessions_recordingpolicy": _no_ones("settings, and which login made them"),
    "callboard_sessions_roompolicy": _POLICY,
    "callboard_sessions_retentionpolicy": _no_ones("settings, and which login made them"),
    "callboard_sessions_announced": _stays("what is to be deleted when; ids of rows and of sessions"),
    "callboard_sessions_announcedfirst": _no_ones("which admin saw that something is to be deleted"),
    "callboard_sessions_deletedday": _FIGURES,
    "callboard_sessions_hold": _texts("that something is not to be deleted, and why"),
    # expectations
    "callboard_expectations_expectation": _texts("what was promised, and to whom, under an id"),
    "callboard_expectations_expectationpolicy": _POLICY,
    "callboard_expectations_promiseday": _FIGURES,
    # cases
    "callboard_cases_case": Place(Fate.TEXTS, "everywhere", "that something went wrong, under an id"),
    "callboard_cases_caseentry": Place(Fate.TEXTS, "words", "what was done about it"),
    "callboard_cases_incident": _texts("many cases with one cause"),
    "callboard_cases_mention": _no_ones("who should look at which case"),
    "callboard_cases_casereading": _no_ones("who looked at which case"),
    "callboard_cases_handover": Place(Fate.TEXTS, "words", "the end of a shift"),
    "callboard_cases_savedfilter": _texts("a selection of cases"),
    "callboard_cases_queue": _texts("the organization's queues"),
    "callboard_cases_queuemember": _no_ones("who works which queue"),
    "callboard_cases_route": _texts("the organization's routes"),
    "callboard_cases_touchday": _FIGURES,
    "callboard_cases_caseday": _FIGURES,
    # the live path
    "callboard_live_event": Place(Fate.IDS, "log", "what happened, under an id that is no one's"),
    "callboard_live_partitionlease": _stays("which engine owns what"),
    "callboard_live_enginetick": _stays("moments"),
    "callboard_live_sighting": Place(Fate.IDS, "log"),
    "callboard_live_enginesnapshot": Place(Fate.IDS, "log"),
    "callboard_live_signals": Place(Fate.IDS, "log"),
    "callboard_live_livestate": _texts("what the boards show, under an id"),
    "callboard_live_attendance": _texts("who was there for how long, under an id"),
    "callboard_live_livepolicy": _POLICY,
    "callboard_live_backtest": _texts("what other rules would have raised, under an id"),
    # the API, jobs, and what others keep with us
    "callboard_api_idempotentanswer": _texts("answers that may be asked for again, for a day"),
    "callboard_jobs_done": Place(Fate.IDS, "jobs", "those with an id that somebody chose go after 30 days"),
    "procrastinate_jobs": Place(Fate.ERASED, "jobs", "jobs that wait go on, under the new id"),
    "procrastinate_events": _stays("what became of jobs; goes with them"),
    "procrastinate_periodic_defers": _stays("when periodic jobs last ran"),
    "procrastinate_workers": _stays("which workers are alive"),
    "callboard_cache": _erased("caches"),
    "account_emailaddress": _erased("ways_in"),
    "account_emailconfirmation": _erased("ways_in", "goes with the address"),
    "usersessions_usersession": _erased("ways_in"),
    "mfa_authenticator": _erased("ways_in"),
    "django_session": _erased("ways_in", "a login's id, sealed, that opens nothing any more"),
    "django_migrations": _stays("which migrations ran"),
    "django_content_type": _stays("what models there are"),
    "auth_permission": _stays("what models there are"),
    "auth_group": _stays("not used"),
    "auth_group_permissions": _stays("not used"),
    "callboard_people_user_groups": _stays("not used"),
    "callboard_people_user_user_permissions": _stays("not used"),
}

FILES: dict[str, Place] = {
    "proofs/": _erased("consents", "a form that stands for another too stays"),
    "copies/": _erased("copies"),
    "exports/": _erased("copies", "whole files of the organization, which hold them too"),
    "recordings/": _erased("recordings", "those of groups stay where that was asked"),
    "parts/": _erased("recordings"),
    "erasures/": _stays("the list that outlives the database: ids of rows, and moments"),
}
"""What lies in the stores, by the folder that its name begins with. What a provider records lies in folders
that it names itself, and goes with `recordings`.
"""

WRITERS: dict[str, str] = {
    "callboard.people.operations.proofs": "proofs/",
    "callboard.workflows.copy_person": "copies/",
    "callboard.workflows.take_out": "exports/",
    "callboard.workflows.keep_recordings": "recordings/",
    "callboard.integrations.recorder.spool": "parts/",
    "callboard.lib.backups.erasures": "erasures/",
    "callboard.cli.restore": "",
    "callboard.config.health": "",
}
"""Who puts files into a store, and where. A restore puts back what lay there, and erases again; the check of
the installation's health takes its own file away.
"""

WORDS: dict[str, tuple[str, ...]] = {
    "callboard_people_apikey": ("name",),
    "callboard_people_consentword": ("reference",),
    "callboard_people_import": ("file_name",),
    "callboard_people_personchange": ("asker",),
    "callboard_sessions_session": ("title", "cancel_reason"),
    "callboard_sessions_series": ("title",),
    "callboard_sessions_deed": ("words", "text"),
    "callboard_sessions_confirmeddevice": ("label",),
    "callboard_sessions_recordingview": ("asker",),
    "callboard_sessions_hold": ("reason",),
    "callboard_cases_caseentry": ("text",),
    "callboard_cases_handover": ("text",),
    "callboard_cases_savedfilter": ("name",),
}
"""Columns in which people write as they like. A name of one word that is all that stands there goes; in any
other column it may be a level, a subject, a server, and stays.
"""

PEOPLES_IDS: dict[str, tuple[str, ...]] = {
    "callboard_sessions_deed": ("data", "evidence"),
    "callboard_expectations_expectation": ("evidence",),
    "callboard_cases_case": ("participant", "details", "evidence"),
    "callboard_cases_caseentry": ("data",),
    "callboard_live_attendance": ("participant",),
    "callboard_live_livestate": ("state",),
    "callboard_live_backtest": ("found", "incidents"),
}
"""Columns that keep ids of people. One that somebody chose and that could be anything ("7") gives way here,
where it is a whole text, and stays in any other column.
"""

BYTES: dict[str, str] = {
    "callboard_people_import.content": "imports",
    "callboard_live_sighting.data": "log",
    "callboard_live_enginesnapshot.state": "log",
    "callboard_live_signals.data": "log",
}
"""Columns of bytes, which no look at text goes through, and whose step each is."""
