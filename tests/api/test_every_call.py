"""Every call of the description, called with nonsense: the answer is a problem and no surprise."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from ninja import Schema

from callboard.api.app import api
from tests.api.conftest import Caller, School

pytestmark = pytest.mark.django_db

BODIES: list[Any] = [
    None,
    {},
    [],
    "text",
    {"name": "", "key": "a/b", "starts_at": "yesterday", "learners": "joan", "minutes": -1, "members": [0]},
    {"name": "x\u0000y", "title": "\u0000", "text": "\u0000", "outcome": "\u0000", "email": "\u0000"},
    {"until": "9999-12-31T23:59:59Z", "member": 2**70, "entry": 2**70, "scopes": ["all"], "role": "king"},
]
QUERIES: list[dict[str, Any]] = [
    {},
    {"limit": 0, "cursor": "!!", "status": "nonsense", "page": 0, "begins": "soon"},
    {"cursor": "W10", "search": "\u0000", "person": "\u0000", "kind": "\u0000", "page": 10**9},
    {"cursor": "WyIyMDI2LTAxLTAxVDAwOjAwOjAwWiIsIDFd", "limit": 1},
]
IDS = ["1", "99999999999999999999999", "joan", "%00", "a b"]


def calls() -> list[tuple[str, str]]:
    paths = api.get_openapi_schema(path_prefix="/")["paths"]
    return sorted(
        (method.upper(), path)
        for path, methods in paths.items()
        for method in methods
        if path.split("/")[1] not in ("events", "stream", "v1") and not path.startswith("//")
    )


@pytest.mark.parametrize(("method", "path"), calls())
def test_nonsense_is_answered_with_a_problem(school: School, key: Caller, method: str, path: str) -> None:
    def ask(place: str, query: dict[str, Any], body: Any) -> None:
        where = place + "?" + "&".join(f"{name}={value}" for name, value in query.items())
        answer = key.send(method, where, body)
        assert answer.status_code < 500, (where, body, answer.content)
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json", (where, body)
            assert answer.json()["code"]

    for one in IDS if "{" in path else IDS[:1]:
        ask(re.sub(r"\{[^}]+\}", one, path), {}, None)
    place = re.sub(r"\{[^}]*session[^}]*\}", "s-1", path)
    place = re.sub(r"\{[^}]*person[^}]*\}", "joan", place)
    place = re.sub(r"\{[^}]+\}", str(school.case.pk), place)
    if method == "GET":
        for query in QUERIES:
            ask(place, query, None)
    elif method != "DELETE":
        for body in BODIES:
            ask(place, {}, body)


def test_there_are_calls_to_try() -> None:
    assert len(calls()) > 40


def test_no_two_shapes_have_one_name_in_the_description() -> None:
    """The second would silently stand for the first, and clients made from it would refuse our answers."""
    names = Counter(
        shape.__name__ for shape in _shapes(Schema) if shape.__module__.startswith("callboard.api")
    )
    assert [name for name, count in names.items() if count > 1] == []


def _shapes(shape: type[Any]) -> set[type[Any]]:
    return {shape}.union(*(_shapes(each) for each in shape.__subclasses__()))


@pytest.mark.parametrize("path", ["/nowhere", "/cases/a%0Ab", "/imports/%0A"])
def test_what_is_no_address_is_a_problem_too(school: School, key: Caller, path: str) -> None:
    answer = key.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
