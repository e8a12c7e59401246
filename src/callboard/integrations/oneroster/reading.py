"""What the tables say: users with their roles, grades and skills, and who answers for whom.

1. A user is what `roles` or their own row says: a student, one who teaches, or one who answers for others.
   Whoever is none of these (staff, administrators, those to be deleted) is passed over and counted.
2. A student's level is their first grade; who teaches has the courses of their classes as skills.
3. `relationships` (School Data Sync) or `agentSourcedIds` (OneRoster 1.1) say who answers for whom.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from callboard.integrations.oneroster.files import Table
from callboard.people.roster import rows as cells
from callboard.people.roster.families import Families
from callboard.people.roster.rows import GUARDIAN, INSTRUCTOR, STUDENT, Entry, Problem

TEACHING = frozenset(("teacher", "professor", "instructor", "faculty", "tutor", "lecturer", "primaryteacher"))
LEARNING = frozenset(("student", "learner"))
ANSWERING = frozenset(("parent", "guardian", "relative", "contact", "emergencycontact", "counselor"))
ANSWERS = frozenset(
    ("parent", "guardian", "relative", "aunt", "uncle", "grandparent", "mother", "father", "other")
)

Row = Mapping[str, str]


@dataclass
class Understood:
    """`problems` by the table that they are in."""

    families: Families = field(default_factory=Families)
    problems: dict[str, list[Problem]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[str, int] = field(default_factory=lambda: {"rows": 0, "ignored": 0})


def understood(tables: Mapping[str, Table], progress: Callable[[int], None]) -> Understood:
    """Raises BadFile."""
    found = Understood()
    roles, grades = _roles(tables)
    skills = _skills(tables)
    wards, answering = _relations(tables, found)
    for line, row in tables["users"].rows():
        found.counts["rows"] += 1
        if found.counts["rows"] % 2000 == 0:
            progress(found.counts["rows"])
        source = row.get("sourcedid", "")
        role = _role({*roles.get(source, ()), *_words(row.get("role", ""))}, answers=source in answering)
        if not role or _gone(row):
            found.counts["ignored"] += 1
            continue
        entry, problems = _entry(line, row, role)
        entry.level = grades.get(source) or _first(row.get("grade") or row.get("grades", ""))
        if role == INSTRUCTOR:
            entry.skills = tuple(sorted(skills.get(source, ())))
        if role != STUDENT:
            entry.level = ""
        found.problems["users"] += problems or found.families.add(entry)
    for line, student, guardian, relation in wards:
        if not found.families.link(guardian, student, relation, line):
            found.counts["ignored"] += 1
    return found


def _entry(line: int, row: Row, role: str) -> tuple[Entry, list[Problem]]:
    problems: list[Problem] = []

    def take(column: str, understand: Callable[[str], tuple[str, str]]) -> str:
        text = row.get(column.casefold(), "")
        if not text:
            return ""
        value, code = understand(text)
        if code:
            problems.append(Problem(line, column, code, text[:100]))
        return value

    email = take("email", cells.email)
    if not email and "@" in row.get("username", "") and not cells.email(row["username"])[1]:
        email = cells.email(row["username"])[0]
    parts = [take("givenName", cells.name), take("familyName", cells.name)]
    entry = Entry(
        line=line,
        role=role,
        ext=take("sourcedId", cells.ext),
        name=" ".join(part for part in parts if part),
        email=email,
        phone=take("phone", cells.phone) or take("sms", cells.phone),
    )
    if not entry.ext and not problems:
        problems.append(Problem(line, "sourcedId", "no_id"))
    if not entry.name and not problems:
        problems.append(Problem(line, "familyName", "no_name"))
    return entry, problems


def _roles(tables: Mapping[str, Table]) -> tuple[dict[str, set[str]], dict[str, str]]:
    roles: dict[str, set[str]] = defaultdict(set)
    grades: dict[str, str] = {}
    if "roles" in tables:
        for _line, row in tables["roles"].rows():
            if _gone(row):
                continue
            user = row.get("usersourcedid", "")
            roles[user] |= _words(row.get("role", ""))
            if grade := _first(row.get("grade", "")):
                grades.setdefault(user, grade)
    return roles, grades


def _skills(tables: Mapping[str, Table]) -> dict[str, set[str]]:
    """What each who teaches can teach: the courses of their classes, as "course" or "course:grade"."""
    courses = {
        row.get("sourcedid", ""): row
        for _line, row in (tables["courses"].rows() if "courses" in tables else ())
    }
    named: dict[str, str] = {}
    for _line, row in tables["classes"].rows() if "classes" in tables else ():
        course = courses.get(row.get("coursesourcedid", ""), {})
        title = course.get("title") or row.get("title", "")
        grade = _first(course.get("grade") or course.get("grades") or row.get("grades", ""))
        named[row.get("sourcedid", "")] = _skill(title, grade)
    found: dict[str, set[str]] = defaultdict(set)
    for _line, row in tables["enrollments"].rows() if "enrollments" in tables else ():
        skill = named.get(row.get("classsourcedid", ""), "")
        if skill and not _gone(row) and _words(row.get("role", "")) & TEACHING:
            found[row.get("usersourcedid", "")].add(skill)
    return found


def _relations(
    tables: Mapping[str, Table], found: Understood
) -> tuple[list[tuple[int, str, str, str]], set[str]]:
    """(line, student, guardian, relation), and who answers for anyone."""
    relations: list[tuple[int, str, str, str]] = []
    if "relationships" in tables:
        for line, row in tables["relationships"].rows():
            role = row.get("relationshiprole", "")
            if role.casefold() in ANSWERS:
                student, guardian = row.get("usersourcedid", ""), row.get("relationshipusersourcedid", "")
                relations.append((line, student, guardian, role[:40]))
            else:
                found.counts["ignored"] += 1
    known = {row.get("sourcedid", "") for _line, row in tables["users"].rows()} if relations else set()
    for line, student, guardian, _relation in relations:
        for column, user in (("userSourcedId", student), ("relationshipUserSourcedId", guardian)):
            if user not in known:
                found.problems["relationships"].append(Problem(line, column, "no_user", user[:100]))
    if "agentsourcedids" in tables["users"].columns:
        for line, row in tables["users"].rows():
            for agent in _list(row.get("agentsourcedids", "")):
                if _words(row.get("role", "")) & LEARNING:
                    relations.append((line, row.get("sourcedid", ""), agent, ""))
    return relations, {guardian for _line, _student, guardian, _relation in relations}


def _role(words: set[str], *, answers: bool) -> str:
    if words & TEACHING:
        return INSTRUCTOR
    if words & LEARNING:
        return STUDENT
    return GUARDIAN if answers and (not words or words & ANSWERING) else ""


def _gone(row: Row) -> bool:
    return (
        row.get("status", "").casefold() == "tobedeleted" or row.get("enableduser", "").casefold() == "false"
    )


def _words(role: str) -> set[str]:
    return {"".join(part.split()).casefold() for part in _list(role)}


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]


def _first(text: str) -> str:
    return next(iter(_list(text)), "")[:40]


def _skill(title: str, grade: str) -> str:
    bare = " ".join(title.replace(":", " ").casefold().split())[:80]
    return f"{bare}:{grade.casefold()}" if bare and grade else bare
