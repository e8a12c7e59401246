"""Rosters in the shape of OneRoster and School Data Sync."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from callboard.integrations.oneroster import files
from callboard.lib.sheets import BadFile
from callboard.people import queries
from callboard.people.models import Guardianship, Instructor, Person, Student
from tests.people.rosters.conftest import BringIn, bring_in, nora

__all__ = ["bring_in", "nora"]
pytestmark = pytest.mark.django_db

USERS = """sourcedId,username,givenName,familyName,password,email,phone
u1,joan@maple.example,Joan,Serra,secret-1,,
u2,paula,Paula,Serra,,paula@serra.example,+34 600 000 001
u3,marta@maple.example,Marta,Vidal,,,
u4,olga@maple.example,Olga,Office,,,
"""
ROLES = """userSourcedId,orgSourcedId,role,sessionSourcedId,grade
u1,o1,student,t1,8
u3,o1,teacher,t1,
u4,o1,administrator,t1,
"""
RELATIONSHIPS = "userSourcedId,relationshipUserSourcedId,relationshipRole\nu1,u2,guardian\n"
CLASSES = "sourcedId,orgSourcedId,title,courseSourcedId\nc1,o1,Algebra 8 A,k1\n"
COURSES = "sourcedId,orgSourcedId,title,code,subject,grade\nk1,o1,Algebra,ALG,maths,8\n"
ENROLLMENTS = "classSourcedId,userSourcedId,role\nc1,u1,student\nc1,u3,teacher\n"
SCHOOL = {
    "users": USERS,
    "roles": ROLES,
    "relationships": RELATIONSHIPS,
    "classes": CLASSES,
    "courses": COURSES,
    "enrollments": ENROLLMENTS,
}


def packed(tables: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables.items():
            archive.writestr(f"roster/{name}.csv", text)
    return out.getvalue()


def test_users_become_students_instructors_and_guardians(bring_in: BringIn) -> None:
    row = bring_in(packed({**SCHOOL}), kind="oneroster")
    assert (row.status, row.faults) == ("done", [])
    assert row.found["counts"]["ignored"] == 1
    joan = Person.objects.get(external_id="u1")
    assert (joan.name, joan.email, Student.objects.get().level) == ("Joan Serra", "joan@maple.example", "8")
    assert Instructor.objects.get(person__external_id="u3").skills == ["algebra:8"]
    assert [each.name for each in queries.guardians(joan.pk)] == ["Paula Serra"]
    assert Guardianship.objects.get().relation == "guardian"


def test_again_changes_nothing(bring_in: BringIn) -> None:
    bring_in(packed({**SCHOOL}), kind="oneroster")
    counts = bring_in(packed({**SCHOOL}), kind="oneroster").found["counts"]
    assert (counts["added"], counts["changed"], counts["same"]) == (0, 0, 3)


def test_a_relation_to_nobody_is_said_with_its_file_and_line(bring_in: BringIn) -> None:
    broken = {**SCHOOL, "relationships": RELATIONSHIPS + "u1,u9,guardian\n"}
    row = bring_in(packed(broken), kind="oneroster")
    assert [(each["file"], each["line"], each["value"]) for each in row.faults] == [
        ("relationships.csv", 3, "u9")
    ]
    assert Person.objects.count() == 0
    assert bring_in(packed(broken), kind="oneroster", skip=True).status == "done"


def test_roles_may_stand_with_the_users_themselves(bring_in: BringIn) -> None:
    users = (
        "sourcedId,status,enabledUser,role,username,givenName,familyName,email,agentSourcedIds,grades\n"
        'a,active,true,student,joan,Joan,Serra,joan@s.example,b,"08,09"\n'
        "b,active,true,parent,paula,Paula,Serra,paula@s.example,,\n"
        "c,tobedeleted,true,student,omar,Omar,Haddad,,,\n"
    )
    row = bring_in(packed({"users": users}), kind="oneroster")
    assert row.found["counts"]["added"] == 2
    assert Student.objects.get().level == "08"
    assert Guardianship.objects.count() == 1


def test_an_archive_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_UNPACKED", 1 << 20)
    with pytest.raises(BadFile, match="larger than"):
        files.tables(packed({"users": b"sourcedId\n" + b"0" * (2 << 20)}))


@pytest.mark.parametrize("content", [b"PK\x03\x04 and no more", b"PK", packed({"orgs": "sourcedId\n1\n"})])
def test_what_is_no_roster_is_refused(content: bytes) -> None:
    with pytest.raises(BadFile):
        files.tables(content)


@pytest.mark.parametrize("version", ["v2", "v2.1"])
def test_the_samples_of_school_data_sync_come_in(shared_data: Path, bring_in: BringIn, version: str) -> None:
    folder = shared_data / "oneroster_sds" / "CSV Samples" / f"SDS {version}"
    if not folder.is_dir():
        pytest.skip(f"no rosters in {folder}")
    content = packed({each.stem: each.read_bytes() for each in folder.glob("*.csv")})
    row = bring_in(content, kind="oneroster")
    assert (row.status, row.faults) == ("done", [])
    assert Student.objects.exists()
    assert bring_in(content, kind="oneroster").found["counts"]["added"] == 0
