"""People of an organization."""

from __future__ import annotations

from typing import Any

import pytest

from callboard.lib.errors import Conflict, Invalid
from callboard.people import operations, queries
from callboard.people.models import Guardianship, Organization, Person

pytestmark = pytest.mark.django_db


def test_many_are_made_at_once_in_a_handful_of_statements(
    in_organization: Organization, django_assert_max_num_queries: Any
) -> None:
    drafts = [
        operations.Draft(name=f"Student {n}", level="8", consents=("recording", "transcript"))
        for n in range(200)
    ] + [operations.Draft(name=f"Instructor {n}", skills=["algebra:8"], buffer_minutes=5) for n in range(50)]
    with django_assert_max_num_queries(12):
        made = operations.create_people(drafts)
    assert [each.name for each in made] == [draft.name for draft in drafts]
    assert queries.people_list(role="student").total == 200
    assert queries.people_list(role="instructor").total == 50
    assert queries.lacking_consent([each.pk for each in made], "recording") == [
        each.pk for each in made[200:]
    ]


@pytest.mark.parametrize("email", ["nobody", "\U000ed839", f"joan@{'ä' * 60}.example"])
def test_what_no_mail_can_go_to_is_refused(in_organization: Organization, email: str) -> None:
    with pytest.raises(Invalid) as refusal:
        operations.create_people([operations.Draft(name="Bo"), operations.Draft(name="Joan", email=email)])
    assert set(refusal.value.fields) == {"email"}
    assert not Person.objects.exists()


def test_a_key_of_ones_own_is_kept_and_given_once(in_organization: Organization) -> None:
    assert operations.create_person("Ana", key="ana").key == "ana"
    with pytest.raises(Conflict) as refusal:
        operations.create_people([operations.Draft(name="Bo"), operations.Draft(name="Ana", key="ana")])
    assert refusal.value.code == "key_taken"
    assert Person.objects.count() == 1


def test_a_nameless_person_or_an_unknown_zone_is_refused(in_organization: Organization) -> None:
    with pytest.raises(Invalid):
        operations.create_person("  ")
    with pytest.raises(Invalid):
        operations.create_person("Ana", zone="Mars/Base")


def test_teaching_and_learning_can_be_changed_and_ended(in_organization: Organization) -> None:
    ana = operations.create_person("Ana")
    operations.add_instructor(ana, ["algebra:8", "algebra:8"])
    assert operations.add_instructor(ana, ["biology:9"], 10).skills == ["biology:9"]
    operations.add_student(ana, "9")
    with pytest.raises(Invalid):
        operations.add_instructor(ana, [], 241)
    assert queries.roles_of(ana) == ["instructor", "student"]
    operations.leave(ana)
    assert queries.people_list(role="instructor").total == queries.people_list(role="student").total == 0


def test_a_guardian_has_contacts_and_wards(in_organization: Organization) -> None:
    paula, joan = operations.create_people(
        [operations.Draft(name="Paula", phone="+34 600"), operations.Draft(name="Joan")]
    )
    operations.add_guardian(paula, joan, "mother")
    operations.add_guardian(paula, joan, "grandmother")
    operations.add_guardians([(paula, joan, "mother")])
    assert Guardianship.objects.get().relation == "grandmother"
    assert queries.wards(paula.pk) == [joan]
    assert queries.guardians(joan.pk) == [paula]
    assert queries.contacts([joan.pk])[joan.pk].guardians == (paula,)
    with pytest.raises(Invalid):
        operations.add_guardian(joan, joan)
    operations.remove_guardian(paula, joan)
    assert queries.wards(paula.pk) == []
