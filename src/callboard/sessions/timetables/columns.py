"""The fields of a session in a table, and which column is most likely which."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.people.roster.columns import plain

FIELDS: dict[str, tuple[str, ...]] = {
    "id": ("id", "session id", "external id", "lesson id", "class id", "booking id", "event id"),
    "title": ("title", "name", "session", "lesson", "summary", "course", "titulo", "class"),
    "subject": ("subject", "topic", "asignatura", "materia", "fach"),
    "level": ("level", "grade", "nivel", "curso"),
    "starts_at": ("start", "starts", "starts at", "start at", "begin", "begins", "from",
                  "start time and date", "start date time", "datetime", "date time", "inicio"),
    "date": ("date", "day", "start date", "fecha", "datum"),
    "time": ("time", "start time", "hora", "hora de inicio", "uhrzeit"),
    "ends_at": ("end", "ends", "ends at", "to", "end date time", "fin"),
    "end_time": ("end time", "until time", "hora de fin"),
    "minutes": ("minutes", "duration", "length", "duration minutes", "min", "duracion", "dauer"),
    "zone": ("time zone", "timezone", "tz", "zone", "zona horaria"),
    "instructor": ("instructor", "teacher", "tutor", "coach", "instructor id", "teacher id", "tutor id",
                   "instructor email", "teacher email", "tutor email", "profesor", "lehrer"),
    "learners": ("learners", "students", "student", "learner", "pupils", "student id", "student ids",
                 "student email", "student emails", "attendees", "participants", "alumnos", "alumno"),
    "repeats": ("repeats", "recurrence", "rrule", "repeat", "recurring", "repite"),
    "until": ("until", "repeats until", "last date", "last day", "hasta"),
    "recording": ("recording", "record", "recorded", "record it", "grabar"),
    "link": ("link", "url", "meeting link", "room", "zoom", "join url", "enlace"),
    "state": ("status", "state", "cancelled", "canceled", "estado"),
    "reason": ("reason", "note", "cancel reason", "motivo"),
}  # fmt: skip

_OF = {spelling: name for name, spellings in FIELDS.items() for spelling in spellings}


def guessed(header: Sequence[str]) -> list[str]:
    """For each column what it most likely is; each field at most once, the rest left out."""
    found: list[str] = []
    for name in header:
        choice = _OF.get(plain(name), "")
        found.append("" if choice in found else choice)
    if "date" in found and "starts_at" in found and "time" not in found:
        # "Date" and "Start" beside each other are a day and a time of day.
        found[found.index("starts_at")] = "time"
        if "ends_at" in found:
            found[found.index("ends_at")] = "end_time"
    return found
