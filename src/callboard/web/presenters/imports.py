"""Files that are brought in, as pages show them: which column is what, what would happen, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from callboard.people.import_models import Import
from callboard.people.imports import kind
from callboard.people.operations.imports import AT_WORK, OPEN
from callboard.people.roster import words
from callboard.web import times
from callboard.web.viewer import Viewer

SHOWN_FAULTS = 100
STEPS = {
    "reading": lazy("Reading"),
    "comparing": lazy("Comparing with what is known"),
    "writing": lazy("Writing"),
}
DELIMITERS = {",": lazy("commas"), ";": lazy("semicolons"), "\t": lazy("tabs"), "|": lazy("bars")}
ENCODINGS = {"cp1252": "Windows-1252", "utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16"}


@dataclass(frozen=True)
class Row:
    name: str
    kind: str
    when: str
    state: str
    wrong: bool
    href: str


@dataclass(frozen=True)
class Column:
    """One column of the file, and what it may be; `groups` are (title, [(choice, name, chosen)])."""

    number: int
    header: str
    examples: str
    groups: list[tuple[str, list[tuple[str, str, bool]]]]


@dataclass(frozen=True)
class View:
    pk: int
    kind: str
    title: str
    file_name: str
    status: str
    running: bool
    progress: str
    done: int
    total: int
    problem: str
    read_as: str
    columns: list[Column]
    settings: list[tuple[str, str, str, str]]
    unknown: list[tuple[str, str, int, str]]
    passed: list[str]
    left: list[tuple[int, str, str]]
    fetched: bool
    figures: list[tuple[str, str]]
    headline: str
    faults: list[dict[str, Any]]
    faults_more: str
    changed: list[tuple[int, str, str]]
    added: list[tuple[int, str, str]]
    neighbours: list[tuple[int, str, str]]
    write_label: str
    skip_label: str
    may_write: bool
    over: bool


def rows(found: list[Import], viewer: Viewer, now: datetime) -> list[Row]:
    return [
        Row(
            each.file_name or _("Unnamed file"),
            title(each),
            times.when(each.created_at, viewer.tz, now),
            _state(each),
            each.status == "failed" or (each.status == "checked" and each.fault_count > 0),
            reverse("web:import", args=[each.pk]),
        )
        for each in found
    ]


def title(row: Import) -> str:
    known = kind(row.kind)
    return str(known.title) if known else row.kind


def _state(row: Import) -> str:
    counts = row.found.get("counts", {})
    if row.status == "done":
        return _done(counts)
    if row.status == "checked" and row.fault_count:
        return ngettext("%(n)d thing is wrong", "%(n)d things are wrong", row.fault_count) % {
            "n": row.fault_count
        }
    return str(row.get_status_display())


def _done(counts: Mapping[str, int]) -> str:
    return _("%(added)d added, %(changed)d changed, %(same)d as they were") % {
        name: counts.get(name, 0) for name in ("added", "changed", "same")
    }


def view(row: Import) -> View:
    counts, samples = row.found.get("counts", {}), row.found.get("samples", {})
    to_write = counts.get("added", 0) + counts.get("changed", 0)
    left_out = counts.get("left_out", 0)
    return View(
        pk=row.pk,
        kind=row.kind,
        title=title(row),
        file_name=row.file_name or _("Unnamed file"),
        status=row.status,
        running=row.status in AT_WORK,
        progress=_progress(row),
        done=row.done_rows,
        total=row.total_rows,
        problem=row.problem,
        read_as=_read_as(row),
        columns=_columns(row),
        settings=[
            (name, str(label), str(row.choices[name]), str(hint))
            for name, (label, hint) in SETTINGS.items()
            if name in row.choices and row.status in OPEN
        ],
        unknown=[
            (each["address"], each["name"], each["events"], row.choices["people"].get(each["address"], ""))
            for each in samples.get("unknown", [])
        ],
        passed=[
            str(PASSED[name]) % {"n": count}
            for name, count in samples.get("passed", {}).items()
            if name in PASSED
        ],
        left=[(each["line"], each["name"], each["about"]) for each in samples.get("left", [])],
        fetched=bool(row.url) and row.status in OPEN,
        figures=_figures(counts),
        headline=_headline(row, counts),
        faults=row.faults[:SHOWN_FAULTS],
        faults_more=_("and %(n)d more") % {"n": row.fault_count - SHOWN_FAULTS}
        if row.fault_count > SHOWN_FAULTS
        else "",
        changed=[
            (each["line"], each["name"], _changes(each["fields"])) for each in samples.get("changed", [])
        ],
        added=[(each["line"], each["name"], _about(each)) for each in samples.get("added", [])],
        neighbours=[(each["line"], each["name"], each["other"]) for each in samples.get("neighbours", [])],
        write_label=_("Bring in"),
        skip_label=ngettext(
            "Leave out the %(n)d row that is wrong", "Leave out the %(n)d rows that are wrong", left_out
        )
        % {"n": left_out},
        may_write=row.status == "checked" and to_write > 0,
        over=row.status not in OPEN and row.status not in AT_WORK,
    )


def _progress(row: Import) -> str:
    if row.status == "fetching":
        return _("Being fetched")
    if not row.step:
        return _("Waiting for a worker")
    step = str(STEPS.get(row.step, row.step))
    if row.step == "reading" and row.total_rows:
        return _("%(step)s: row %(done)d of %(total)d") % {
            "step": step,
            "done": row.done_rows,
            "total": row.total_rows,
        }
    return step


def _read_as(row: Import) -> str:
    if "delimiter" not in row.shown:
        return ""
    return _("Read as %(encoding)s, its cells parted by %(delimiter)s.") % {
        "encoding": ENCODINGS.get(row.shown["encoding"], row.shown["encoding"]),
        "delimiter": str(DELIMITERS.get(row.shown["delimiter"], row.shown["delimiter"])),
    }


def _columns(row: Import) -> list[Column]:
    known = kind(row.kind)
    chosen = row.choices.get("columns")
    if known is None or chosen is None or row.status not in OPEN or "header" not in row.shown:
        return []
    fields = known.fields()
    return [
        Column(
            number,
            header,
            ", ".join(each for each in row.shown["examples"][number] if each) or _("empty"),
            [
                (group, [(choice, name, choice == chosen[number]) for choice, name in those])
                for group, those in fields
            ],
        )
        for number, header in enumerate(row.shown["header"])
    ]


SETTINGS = {
    "zone": (lazy("Time zone of times without one"), lazy("Empty: the organization’s.")),
    "minutes": (lazy("Minutes that a session lasts, where no column says it"), ""),
    "instructor": (
        lazy("Who teaches where no instructor is asked"),
        lazy("Their id, address or name. For a calendar that is one teacher’s own."),
    ),
}
PASSED = {
    "all_day": lazy("All day, so no session: %(n)d."),
    "past": lazy("Over: %(n)d."),
    "nobody": lazy("With nobody in it: %(n)d."),
}
FIGURES = {
    "rows": lazy("Rows"),
    "students_added": lazy("New students"),
    "instructors_added": lazy("New instructors"),
    "guardians_added": lazy("New guardians"),
    "sessions_added": lazy("New sessions"),
    "changed": lazy("Changed"),
    "moved": lazy("Moved"),
    "cancelled": lazy("Called off"),
    "same": lazy("As they are"),
    "families": lazy("Guardians linked"),
    "consents": lazy("Consents noted"),
    "left_out": lazy("Rows that are wrong"),
    "ignored": lazy("Entries passed over"),
}


def _figures(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    return [(str(name), f"{counts[key]:,}") for key, name in FIGURES.items() if counts.get(key)]


def _headline(row: Import, counts: Mapping[str, int]) -> str:
    if row.status == "done":
        return _done(counts) + "."
    if row.status != "checked":
        return ""
    said = {name: counts.get(name, 0) for name in ("added", "changed", "same")}
    if row.fault_count and not any(said.values()):
        return _("Nothing can be brought in as it stands.")
    if not said["added"] and not said["changed"]:
        return _("Nothing is new in this file: %(same)d are here as it says.") % said
    return _("%(added)d would be added, %(changed)d changed, %(same)d left as they are.") % said


def _changes(fields: list[list[str]]) -> str:
    parts = []
    for choice, before, after in fields:
        name = words.field_name(choice) if choice in words.FIELD_NAMES else str(OTHERS.get(choice, choice))
        if not before and not after:
            parts.append(name)
        else:
            parts.append(f"{name}: {before or '–'} → {after or '–'}")
    return "; ".join(parts)


OTHERS = {"guardians": lazy("Guardians"), "consents": lazy("Consents")}
ROLES = {"student": lazy("Student"), "instructor": lazy("Instructor"), "guardian": lazy("Guardian")}


def _about(each: Mapping[str, Any]) -> str:
    parts = [str(ROLES.get(each.get("role", ""), each.get("about", ""))), each.get("email", "")]
    if each.get("guardians"):
        parts.append(_("with %(names)s") % {"names": times.names(each["guardians"])})
    return ", ".join(part for part in parts if part)
