"""Every operation, asked with the ids of another organization, by a key that may everything in its own.

The answer is that for ids which nobody has, and nothing of theirs changes; with ids of one's own the
operation does answer, so the ids are real.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.apps import apps

from callboard.api.app import api
from callboard.lib.tenancy import organization_scope
from callboard.people.models import Organization
from tests.api.conftest import key_of
from tests.support.rows import one_of_each, sums

IDS = {
    "backtest": "live.Backtest.pk", "case_id": "cases.Case.pk", "filter_id": "cases.SavedFilter.pk",
    "pk": "people.Import.pk", "incident_id": "cases.Incident.pk", "invitation": "people.Invitation.pk",
    "key": "people.ApiKey.pk", "member": "people.Member.pk", "person": "people.Person.key",
    "guardian": "people.Person.key", "change": "people.PersonChange.pk", "word": "people.ConsentWord.pk",
    "copy_id": "people.PersonCopy.pk", "slug": "cases.Queue.slug", "recording": "sessions.Recording.pk",
    "server": "sessions.Server.pk", "session": "sessions.Session.key",
    "reference": "people.Erasure.reference", "takeout": "people.Takeout.pk",
    "hold": "sessions.Hold.pk",
}  # fmt: skip
"""Whose ids the parts of an address are."""

FIXED = {
    "/cases/{case_id}/actions": "resend_link",
    "/incidents": "claim",
    "/sessions": "message",
    "/people": "model",
}
NOT_OF_ROWS = {"login", "version", "kind"}
"""Parts that name nothing which another organization has: a login of one's own, a number within one's own."""

UNANSWERED = {
    ("DELETE", "/desk/filters/{filter_id}"): "a key has none",
    ("DELETE", "/people/{person}/guardians/{guardian}"): "nobody is their own guardian",
    ("GET", "/people/{person}/consents/{word}/proof"): "there is no form",
    ("GET", "/people/{person}/copies/{copy_id}/file"): "there is no file yet",
    ("GET", "/organization/takeouts/{takeout}/file"): "there is no file yet",
    ("POST", "/people/{person}/distinct"): "from whom?",
    ("POST", "/people/{person}/guardians"): "whose?",
    ("POST", "/people/{person}/merge"): "with whom?",
}
"""Operations that know the ids and have no answer for what is asked here."""


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    body: dict[str, Any] | None

    def at(self, ids: dict[str, Any]) -> str:
        def filled(part: re.Match[str]) -> str:
            model = IDS.get(part[1])
            return (
                str(ids[model])
                if model
                else next(FIXED[begin] for begin in FIXED if self.path.startswith(begin))
            )

        return re.sub(r"\{(\w+)\}", filled, self.path)

    def said(self, own: dict[str, Any]) -> dict[str, Any] | None:
        """Its body: to whom and where, within one's own organization."""
        places = {"member": own["people.Member.pk"], "queue": own["cases.Queue.slug"]}
        return self.body and {name: places.get(name, value) for name, value in self.body.items()}


def operations() -> Iterator[Operation]:
    schema = api.get_openapi_schema(path_prefix="/")
    for path, methods in sorted(schema["paths"].items()):
        names = set(re.findall(r"\{(\w+)\}", path))
        if names & set(IDS) and not (names - {"name"} - set(IDS) - {"kind"}):
            for method, described in methods.items():
                yield Operation(method.upper(), path, _body(described, schema))


def _body(described: Any, schema: Any) -> dict[str, Any] | None:
    content = described.get("requestBody", {}).get("content", {}).get("application/json")
    return None if content is None else _made(content["schema"], schema)


def _made(shape: Any, schema: Any) -> Any:
    """The least that the shape asks for."""
    if "$ref" in shape:
        shape = schema["components"]["schemas"][shape["$ref"].split("/")[-1]]
    if "allOf" in shape or "anyOf" in shape:
        return _made((shape.get("allOf") or shape["anyOf"])[0], schema)
    if shape.get("enum"):
        return shape["enum"][0]
    match shape.get("type"):
        case "object":
            return {n: _made(shape["properties"][n], schema) for n in shape.get("required", [])}
        case "array":
            return []
        case "integer" | "number":
            return 1
        case "boolean":
            return False
    return "2030-01-01T10:00:00Z" if shape.get("format") == "date-time" else "recording"


def ids_of(organization: Organization) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with organization_scope(organization.pk):
        for model in IDS.values():
            app, name, field = model.split(".")
            row = apps.get_model(f"callboard_{app}", name).objects.order_by("pk").first()
            found[model] = getattr(row, field)
    return found


REFUSALS = (403, 404, 409, 422)
NOBODYS = {model: 987_654_321 if model.endswith(".pk") else "nowhere" for model in IDS.values()}


def said(answer: Any, ids: dict[str, Any]) -> tuple[int, str]:
    """Status and words, but for the ids that were asked for."""
    words = answer.content.decode()
    for each in sorted(map(str, ids.values()), key=len, reverse=True):
        words = re.sub(rf"\b{each}\b", "#", words)
    return answer.status_code, words


@pytest.mark.django_db(transaction=True)
def test_anothers_ids_answer_as_those_that_nobody_has_and_nothing_of_theirs_changes(
    organization: Organization, other_organization: Organization, admin_connection: psycopg.Connection[Any]
) -> None:
    for each in (organization, other_organization):
        one_of_each(each)
    own, theirs = ids_of(organization), ids_of(other_organization)
    assert [model for model in own if own[model] == theirs[model]] == []
    key = key_of(organization)
    before = sums(admin_connection, other_organization.pk)
    faults: list[Any] = []
    for operation in operations():
        found, nobodys = (
            said(key.send(operation.method, operation.at(ids), operation.said(own)), ids)
            for ids in (theirs, NOBODYS)
        )
        made = operation.method == "PUT" and found[0] == 200  # under a name that one chooses oneself
        if found != nobodys or not (made or found[0] in REFUSALS):
            faults.append((operation.method, operation.path, found, nobodys))
    for operation in sorted(operations(), key=lambda each: each.method == "DELETE"):
        status = key.send(operation.method, operation.at(own), operation.said(own)).status_code
        if status in (404, 500) and (operation.method, operation.path) not in UNANSWERED:
            faults.append((operation.method, operation.path, "own", status))
    assert not faults, "\n".join(map(repr, faults))
    assert sums(admin_connection, other_organization.pk) == before


def test_every_part_of_an_address_is_somebodys_or_nobodys() -> None:
    paths = api.get_openapi_schema(path_prefix="/")["paths"]
    parts = {name for path in paths for name in re.findall(r"\{(\w+)\}", path)}
    assert parts == {*IDS, *NOT_OF_ROWS, "name"}
    assert len(list(operations())) > 60
