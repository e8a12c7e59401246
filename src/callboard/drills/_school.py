"""A school for drills: a few instructors, more learners, one organization."""

from __future__ import annotations

from dataclasses import dataclass

from callboard.lib.tenancy import organization_scope
from callboard.people import operations as people


@dataclass(frozen=True)
class School:
    """Ids: the organization's, and its people's."""

    organization: int
    instructors: list[int]
    learners: list[int]


def build(instructors: int, learners: int, *, buffer_minutes: int = 0) -> School:
    """Make one. Every second instructor has the buffer."""
    organization = people.create_organization("Drill", "drill")
    drafts = [
        people.Draft(
            name=f"Instructor {n}", skills=["maths:8"], buffer_minutes=buffer_minutes if n % 2 else 0
        )
        for n in range(instructors)
    ] + [people.Draft(name=f"Learner {n}", level="8") for n in range(learners)]
    with organization_scope(organization.pk):
        made = [person.pk for person in people.create_people(drafts)]
    return School(organization.pk, made[:instructors], made[instructors:])
