"""Every page and act, with the ids of another organization, and for every role.

An address whose ids are another organization's answers as one whose ids nobody has, and changes nothing of
theirs, while the same address with one's own ids does answer: the ids are real. Each role gets the pages that
it may see; what it may not is refused before anything is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, reverse

from callboard.lib.tenancy import organization_scope
from callboard.people import operations
from callboard.people.models import Organization
from callboard.web.urls import urlpatterns
from tests.support.rows import one_of_each, sums

pytestmark = pytest.mark.django_db

IDS: dict[str, dict[str, str]] = {
    "queue/cases/": {"pk": "cases.Case"},
    "queue/incidents/": {"pk": "cases.Incident"},
    "queue/filters/": {"pk": "cases.SavedFilter"},
    "queue/undo/": {"batch": "cases.CaseEntry.batch"},
    "incidents/": {"pk": "cases.Incident"},
    "cases/": {"pk": "cases.Case", "entry": "cases.CaseEntry"},
    "sessions/": {"key": "sessions.Session.key", "pk": "sessions.Recording"},
    "people/": {
        "pk": "people.Person", "other": "people.Person", "change": "people.PersonChange",
        "word": "people.ConsentWord", "key": "sessions.Session.key",
    },
    "imports/": {"pk": "people.Import"},
    "settings/rules/trials/": {"pk": "live.Backtest"},
    "settings/queues/routes/undo/": {"change": "people.SettingChange"},
    "settings/queues/routes/": {"pk": "cases.Route"},
    "settings/queues/": {"slug": "cases.Queue.slug"},
    "settings/providers/": {"pk": "sessions.Server"},
    "settings/data/holds/": {"pk": "sessions.Hold"},
    "settings/invitations/": {"pk": "people.Invitation"},
    "settings/members/": {"pk": "people.Member"},
    "settings/keys/": {"pk": "people.ApiKey"},
}  # fmt: skip
"""By how an address begins, the longest first: whose ids its parts are; a model's `pk`, or a field of it."""

ACTS = {
    "incident_act": "claim", "case_act": "claim", "session_act": "cancel", "route_act": "remove",
    "server_act": "test",
}  # fmt: skip

NOT_OF_ROWS = {
    "act_on": "the cases are in the form",
    "unkept": "a kind", "rule": "a kind", "promise_policy": "a kind", "announced": "a kind",
    "add_server": "a kind",
    "try_server": "a kind", "care": "a switch",
    "restore_rules": "a number within one's own", "restore_promises": "a number within one's own",
    "end_login": "of the login, whichever organization it works for",
}  # fmt: skip
"""Addresses whose parts name nothing that an organization has."""

BY_TOKEN = (
    "j/",
    "c/",
    "setup/",
    "invitation/",
    "recordings/<str:token>",
    "copies/<str:token>",
    "exports/<str:token>",
)
"""Addresses that open by a secret alone: tests of their own."""

UNANSWERED = {
    "remove_filter": "it is of another member", "consent_proof": "there is no form",
    "link_guardian": "whose?", "unlink_guardian": "whose?", "remove_queue": "and its cases?",
    "import_faults": "there are none",
}  # fmt: skip
"""Addresses that know the ids and have no answer for what is asked here."""


REFUSALS = {302, 403, 404, 405, 409, 422}


@dataclass(frozen=True)
class Address:
    name: str
    models: dict[str, str]
    fixed: dict[str, str]

    def of(self, ids: dict[str, Any]) -> str:
        return reverse(
            f"web:{self.name}", kwargs={**self.fixed, **{p: ids[m] for p, m in self.models.items()}}
        )


def route(pattern: URLPattern) -> str:
    return str(pattern.pattern)


def parts(pattern: URLPattern) -> set[str]:
    return set(pattern.pattern.converters)


def addresses() -> Iterator[Address]:
    for pattern in urlpatterns:
        name = pattern.name or ""
        if not parts(pattern) or name in NOT_OF_ROWS or route(pattern).startswith(BY_TOKEN):
            continue
        begins = max((each for each in IDS if route(pattern).startswith(each)), key=len)
        named = {part: IDS[begins][part] for part in parts(pattern) if part in IDS[begins]}
        fixed = {part: ACTS[name] for part in parts(pattern) - set(named)}  # noqa: C420 - most have none
        yield Address(name, named, fixed)


def ids_of(organization: Organization) -> dict[str, Any]:
    """What the addresses ask for, of the rows that the organization has."""
    found: dict[str, Any] = {}
    with organization_scope(organization.pk):
        for model in {one for named in IDS.values() for one in named.values()}:
            app, name, *field = model.split(".")
            row = apps.get_model(f"callboard_{app}", name).objects.order_by("pk").first()
            found[model] = getattr(row, field[0] if field else "pk") or "nothing"
    return found


NOBODYS = {
    model: "nowhere" if model.count(".") > 1 else 987_654_321
    for named in IDS.values()
    for model in named.values()
}


def signed_in(organization: Organization, role: str) -> Client:
    with organization_scope(organization.pk):
        person = None
        if role in ("instructor", "guardian", "student"):
            person = operations.create_person(role.title())
        user = operations.create_login(f"{role}@{organization.slug}.example", role.title())
        operations.add_member(user, role, person)
    client = Client()
    client.force_login(user)
    return client


def said(answer: Any) -> tuple[int, str, str]:
    """Status, where it leads, and its words, but for numbers, tokens and keys."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    plain = re.sub(r"[A-Za-z0-9_-]{40,}|\d+|nowhere|\bn#\b", "#", body.decode())
    return (
        answer.status_code,
        re.sub(r"\d+|nowhere", "#", answer.get("Location", "")),
        re.sub(r"\bn#", "#", plain),
    )


def test_every_address_is_tried_or_says_why_not() -> None:
    names = {pattern.name for pattern in urlpatterns if parts(pattern)}
    assert set(NOT_OF_ROWS) <= names
    assert set(ACTS) | set(UNANSWERED) <= names
    assert len(list(addresses())) > 45


@pytest.mark.django_db(transaction=True)
def test_anothers_ids_answer_as_those_that_nobody_has_and_nothing_of_theirs_changes(
    organization: Organization, other_organization: Organization, admin_connection: psycopg.Connection[Any]
) -> None:
    for each in (organization, other_organization):
        one_of_each(each)
    own, theirs = ids_of(organization), ids_of(other_organization)
    assert [model for model in own if own[model] == theirs[model] != "nothing"] == []
    admin = signed_in(organization, "admin")
    before = sums(admin_connection, other_organization.pk)
    faults: list[tuple[Any, ...]] = []
    for address in addresses():
        for method in (admin.get, admin.post):
            method(address.of(NOBODYS))  # what is made once, such as the first queues, is made by now
            answer, nobodys = said(method(address.of(theirs))), said(method(address.of(NOBODYS)))
            if answer[0] not in REFUSALS or answer != nobodys:
                faults.append((address.name, method.__name__, answer, nobodys))
    for address in addresses():
        answers = {method(address.of(own)).status_code for method in (admin.get, admin.post)}
        if answers <= {404, 405} and address.name not in UNANSWERED:
            faults.append((address.name, "own", *answers))
    assert not faults, "\n".join(repr(fault) for fault in faults)
    assert sums(admin_connection, other_organization.pk) == before


ROLES = ("admin", "coordinator", "instructor", "guardian", "student")
PAGES: dict[str, set[str]] = {
    "admin": {
        "audit", "audit_settings", "health", "data", "retention", "place_hold", "add_queue", "add_route",
    },
    "admin coordinator": {
        "queue", "incidents", "mentions", "hand_over", "touches", "wall", "wall_cells", "wall_frame",
        "sessions", "book", "promises", "people", "add_person", "doubles", "find", "imports", "start",
        "settings", "rules", "promise_policies", "recording_policy", "settings_queues", "routes", "servers",
    },
    "instructor student": {"today"},
    "guardian": {"family"},
    "instructor guardian student": {"lessons", "consents"},
    "admin coordinator instructor guardian student": {"home", "you", "logins", "organizations", "stream"},
}  # fmt: skip
"""Pages without ids, by who may see them."""


def test_each_role_sees_the_pages_that_it_may_and_no_other(organization: Organization) -> None:
    names = [p.name or "" for p in urlpatterns if not parts(p) and p.name != "static"]
    seen: dict[str, set[str]] = {}
    for role in ROLES:
        client = signed_in(organization, role)
        for name in names:
            answer = client.get(reverse(f"web:{name}"))
            assert answer.status_code in (200, 302, 403, 405), (role, name, answer.status_code)
            if answer.status_code in (200, 302):
                seen.setdefault(name, set()).add(role)
    found: dict[str, set[str]] = {}
    for name, who in seen.items():
        found.setdefault(" ".join(role for role in ROLES if role in who), set()).add(name)
    assert found == PAGES
