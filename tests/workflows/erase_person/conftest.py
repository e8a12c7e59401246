"""Ana Vidal, who is to be erased, her twin Berta, who shares what twins share, and their school."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from callboard.lib.tenancy import organization_scope
from callboard.people import operations as people
from callboard.people.access import Access
from callboard.people.models import Organization, Person
from tests.people.cast import access

NAME, EMAIL, PHONE, ELSEWHERE = "Ana Vidal Puig", "ana.vidal@maple.example", "+34 600 123 456", "SIS-204711"
SHARED_PHONE = "+34 977 555 010"


@dataclass(frozen=True)
class House:
    """`nora` administers. Ids of rows."""

    organization: Organization
    nora: Access
    ana: int
    berta: int
    clara: int
    iris: int
    key: str

    def row(self, pk: int | None = None) -> Person:
        with organization_scope(self.organization.pk):
            return Person.objects.get(pk=pk or self.ana)


@pytest.fixture
def house(organization: Organization, settings: Any, tmp_path: Path) -> House:
    settings.RECORDINGS = str(tmp_path / "recordings")
    settings.ERASURES = str(tmp_path / "erasures")
    nora = access(organization, "admin", "nora@maple.example")
    with organization_scope(organization.pk):
        drafts = [
            people.Draft(name=NAME, email=EMAIL, phone=PHONE, level="8", consents=["recording"]),
            people.Draft(name="Berta Vidal Puig", phone=SHARED_PHONE, level="8", consents=["recording"]),
            people.Draft(name="Clara Puig", email="clara@maple.example", phone=SHARED_PHONE),
            people.Draft(name="Iris Soto", skills=["maths:8"], consents=["recording"]),
        ]
        ana, berta, clara, iris = people.create_people(drafts)
        Person.objects.filter(pk=ana.pk).update(external_id=ELSEWHERE)
        people.add_guardian(clara, ana, "mother")
        people.add_guardian(clara, berta, "mother")
    return House(organization, nora, ana.pk, berta.pk, clara.pk, iris.pk, ana.key)
