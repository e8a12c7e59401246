"""A server that was set up is tried by a job, and what came of it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from callboard.lib import facts, integration
from callboard.lib.integration import Integration, IntegrationFailed
from callboard.sessions.facts import ServerTestAsked
from callboard.sessions.models import Server
from tests.workflows.fleet import CAPABILITIES, KIND, Fleet

pytestmark = pytest.mark.django_db
RunJobs = Callable[..., list[str]]


def _test(values: Mapping[str, str]) -> str:
    if "url" not in values:
        raise IntegrationFailed("It has no address.")
    return "It answers; 3 rooms stand."


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    integration.register(
        Integration(
            name=KIND, title="Fleet", does="Rooms.", settings=(), capabilities=CAPABILITIES, test=_test
        )
    )
    yield
    integration._known.pop(KIND)


@pytest.mark.parametrize(
    ("settings", "words", "failed"),
    [({"url": "x"}, "It answers; 3 rooms stand.", False), ({}, "It has no address.", True)],
)
def test_what_came_of_a_trial_is_kept_with_the_server(
    fleet: Fleet, run_jobs: RunJobs, settings: dict[str, str], words: str, failed: bool
) -> None:
    server = fleet.add("madrid", settings=settings)
    facts.publish(ServerTestAsked(server=server.pk))
    run_jobs()
    server.refresh_from_db()
    assert (server.test_words, server.test_failed) == (words, failed)
    assert server.tested_at is not None


def test_secrets_sealed_with_another_key_are_said_and_not_tried(fleet: Fleet, run_jobs: RunJobs) -> None:
    server = fleet.add("madrid", sealed="gAAAAA")
    facts.publish(ServerTestAsked(server=server.pk))
    run_jobs()
    assert Server.objects.get(pk=server.pk).test_failed


def test_a_server_that_is_gone_meanwhile_is_passed_over(fleet: Fleet, run_jobs: RunJobs) -> None:
    facts.publish(ServerTestAsked(server=99))
    assert run_jobs() == ["try_server.try_out"]
