"""Every table of an organization, and of which kind its rows are: with what they go, or why they stay.

A test holds this list against the models, so that whoever adds a table decides here how long its rows live.
What no organization has, and what goes by itself after days, is not in it: jobs, logins, caches, the files of
copies and exports.
"""

from __future__ import annotations

from collections.abc import Mapping

from callboard.sessions.retention import CASES, CHANGES, IMPORTS, PEOPLE, READINGS, SESSIONS

KINDS: Mapping[str, str] = {
    # goes with its session; cases and incidents of no session have a kind of their own
    "callboard_sessions.Session": SESSIONS,
    "callboard_sessions.Series": SESSIONS,
    "callboard_sessions.Participant": SESSIONS,
    "callboard_sessions.Room": SESSIONS,
    "callboard_sessions.Deed": SESSIONS,
    "callboard_sessions.JoinLink": SESSIONS,
    "callboard_sessions.Recording": SESSIONS,
    "callboard_sessions.RecordingWish": SESSIONS,
    "callboard_expectations.Expectation": SESSIONS,
    "callboard_live.Event": SESSIONS,
    "callboard_live.Signals": SESSIONS,
    "callboard_live.LiveState": SESSIONS,
    "callboard_live.Attendance": SESSIONS,
    "callboard_cases.Case": CASES,
    "callboard_cases.CaseEntry": CASES,
    "callboard_cases.Mention": CASES,
    "callboard_cases.Incident": CASES,
    # goes with the person
    "callboard_people.Person": PEOPLE,
    "callboard_people.Instructor": PEOPLE,
    "callboard_people.Student": PEOPLE,
    "callboard_people.Guardianship": PEOPLE,
    "callboard_people.Consent": PEOPLE,
    "callboard_people.ConsentWord": PEOPLE,
    "callboard_people.ConsentLink": PEOPLE,
    # has days of its own
    "callboard_people.Import": IMPORTS,
    "callboard_cases.CaseReading": READINGS,
    "callboard_sessions.RecordingView": READINGS,
    "callboard_people.SettingChange": CHANGES,
    "callboard_people.PersonChange": CHANGES,
    "callboard_people.PersonCopy": CHANGES,
    "callboard_people.Takeout": CHANGES,
    "callboard_people.Departure": CHANGES,
    "callboard_people.Invitation": CHANGES,
    "callboard_sessions.ConfirmedDevice": CHANGES,
    "callboard_sessions.DeviceCode": CHANGES,
    "callboard_sessions.Hold": CHANGES,
    "callboard_cases.HandOver": CHANGES,
    "callboard_live.Backtest": CHANGES,
}

STAYS: Mapping[str, str] = {
    "callboard_people.Member": "who did what, under an id; blank once the person is erased",
    "callboard_people.ApiKey": "the organization's programs; audits name them",
    "callboard_people.Erasure": "that someone was erased, so that it can be shown; no one's id",
    "callboard_sessions.Server": "the organization's own",
    "callboard_sessions.RecordingPolicy": "settings, in versions",
    "callboard_sessions.RoomPolicy": "settings, in versions",
    "callboard_sessions.RetentionPolicy": "settings, in versions: what was decided, by whom",
    "callboard_sessions.Announced": "goes with what it announces",
    "callboard_sessions.AnnouncedFirst": "one row for each kind and version of the policy",
    "callboard_sessions.DeletedDay": "figures of a day: that something was deleted can be shown",
    "callboard_expectations.ExpectationPolicy": "settings; plans in the log name their versions",
    "callboard_expectations.PromiseDay": "figures of a day, of no one",
    "callboard_live.LivePolicy": "settings; plans in the log name their versions",
    "callboard_cases.Queue": "the organization's own",
    "callboard_cases.QueueMember": "the organization's own",
    "callboard_cases.Route": "the organization's own",
    "callboard_cases.SavedFilter": "its maker's own, who can remove it",
    "callboard_cases.TouchDay": "figures of a day, of no one",
    "callboard_cases.CaseDay": "figures of a day, of no one",
    "callboard_api.IdempotentAnswer": "goes by itself after a day",
}
