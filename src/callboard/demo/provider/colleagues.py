"""The other coordinators of the simulated school: they take cases that have waited, and settle them in time.

So that a queue nobody works does not grow for ever, while whoever watches always finds work left. They act
through the same operations as everyone, with the access of their logins.
"""

from __future__ import annotations

import random
from datetime import timedelta

from callboard.cases import queries, registry
from callboard.cases.models import Case, CaseStatus
from callboard.cases.operations import claim, resolve
from callboard.demo.stage.people import COLLEAGUES, address
from callboard.lib import clock
from callboard.lib.errors import CallboardError
from callboard.lib.tenancy import organization_scope
from callboard.people.access import Access, access_of_login
from callboard.people.models import User

LEFT_ALONE = timedelta(minutes=8)  # nobody takes a case before it has waited so long
SETTLED_AFTER = timedelta(minutes=4)
TAKEN_AT_FIRST = ("ended_early", "recording_bad", "overrun")


class Colleagues:
    """`live` is how many sessions there are: the more, the more cases they leave to whoever watches."""

    def __init__(self, organization: int, live: int) -> None:
        self._organization = organization
        self._left = max(4, round(12 * live / 300))
        self._rng = random.Random(organization)
        self._known: list[Access] = []

    def begin(self) -> int:
        """Take a few of the cases that are there when the day is first looked at; answers how many."""
        return sum(self._take(case) for case in self._open() if case.kind in TAKEN_AT_FIRST)

    def work(self) -> None:
        """Take what has waited too long, and settle what was taken a while ago. Called every few seconds."""
        now = clock.now()
        cases = self._open()
        for case in cases[self._left :]:
            if case.noticed_at < now - LEFT_ALONE:
                self._take(case)
                break
        for access in self._accesses():
            for case in self._held(access):
                if case.claimed_at and case.claimed_at < now - SETTLED_AFTER:
                    self._settle(access, case)
                    break

    def _open(self) -> list[Case]:
        """Nobody's cases, those that were noticed last first."""
        access = self._accesses()[0]
        with organization_scope(self._organization):
            rows = queries.open_cases(access).filter(status=CaseStatus.OPEN)
            return sorted(rows, key=lambda case: case.noticed_at, reverse=True)

    def _held(self, access: Access) -> list[Case]:
        with organization_scope(self._organization):
            return list(queries.open_cases(access, mine=True).order_by("claimed_at"))

    def _take(self, case: Case) -> bool:
        try:
            claim(self._rng.choice(self._accesses()), case.pk)
        except CallboardError:  # someone was faster, or it has cleared
            return False
        return True

    def _settle(self, access: Access, case: Case) -> None:
        outcomes = registry.kind(case.kind).outcomes
        outcome = "no_action" if case.cleared_at and "no_action" in outcomes else outcomes[0]
        try:
            resolve(access, case.pk, outcome)
        except CallboardError:
            return

    def _accesses(self) -> list[Access]:
        if not self._known:
            for login in COLLEAGUES:
                user = User.objects.get(email=address(login))
                self._known.append(access_of_login(user.pk))
        return self._known
