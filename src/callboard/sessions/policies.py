"""What an organization says of itself, of a subject, or of one session, in versions that never change.

Whose policy it is decides what its values mean; here is what all of these share: the newest version of each
target is in force, and of those the narrowest wins.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from callboard.lib import clock
from callboard.lib.errors import Conflict, Invalid, NotFound
from callboard.lib.tenancy import TenantModel
from callboard.lib.together import Row, select
from callboard.people.models import User
from callboard.people.operations.changes import Asker, login_of, note
from callboard.sessions.models import Session, SessionStatus
from callboard.sessions.scopes import ORGANIZATION, SCOPES, SESSION, SUBJECT

Target = tuple[str, str]
"""A session, as policies see it: its subject and its key."""


class ScopedPolicy(TenantModel):
    """A version of what is said of the organization, of one `target` subject of it, or of one `target`
    session (its key). Versions count through all of them; `restored` is the one whose values it took up
    again.
    """

    version = models.PositiveIntegerField()
    scope = models.CharField(max_length=16, default=ORGANIZATION)
    target = models.CharField(max_length=100, blank=True, default="")
    restored = models.PositiveIntegerField(null=True, blank=True)
    values = models.JSONField(default=dict)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True


P = TypeVar("P", bound=ScopedPolicy)


class Versions(Generic[P]):
    """The versions of one kind of policy. Needs an organization's scope."""

    def __init__(self, model: type[P], what: str) -> None:
        """`what` changes of it are called among the changes of settings."""
        self.model, self.what = model, what

    def all(self) -> QuerySet[P]:
        """Every version, with who made it."""
        return self._rows().select_related("created_by")

    def history(self, scope: str = ORGANIZATION, target: str = "") -> QuerySet[P]:
        """Every version for one target, the newest first."""
        return self.all().filter(scope=scope, target=target).order_by("-version")

    def newest(self, scope: str = ORGANIZATION, target: str = "") -> P | None:
        return self.history(scope, target).first()

    def narrower(self) -> list[P]:
        """The newest version of each subject and session that says something of its own."""
        rows = (
            self.all()
            .exclude(scope=ORGANIZATION)
            .order_by("scope", "target", "-version")
            .distinct("scope", "target")
        )
        return [row for row in rows if row.values]

    def own(self) -> str:
        """A statement for lib.together: the version in force for the organization, as `read` takes it."""
        return select(
            self.model, ("version", "values"), "scope = 'organization' ORDER BY version DESC LIMIT 1"
        )

    def read(self, rows: Iterable[Row]) -> list[P]:
        """What `own` found: one, or none."""
        return [self.model(version=row[0], scope=ORGANIZATION, values=json.loads(row[1])) for row in rows]

    def in_force(self, targets: Iterable[Target]) -> list[tuple[P, ...]]:
        """For each of many sessions the policies that speak of it, the widest first; in one statement."""
        wanted = list(targets)
        newest = self._newest({subject for subject, _key in wanted}, {key for _subject, key in wanted})
        return [tuple(_of(newest, subject, key)) for subject, key in wanted]

    def put(
        self,
        values: Mapping[str, Any],
        by: Asker,
        *,
        scope: str,
        target: str,
        expected: int | None = None,
        restored: int | None = None,
    ) -> P:
        """Put values in force, and note the change. `expected` the version that the change was made to.

        Needs an open transaction. Raises Conflict (`policy_changed`) where somebody else was first.
        """
        current = self.newest(scope, target)
        if expected is not None and expected != (0 if current is None else current.version):
            raise _changed()
        last = self._rows().order_by("-version").values_list("version", flat=True).first() or 0
        try:
            with transaction.atomic():
                made = self._rows().create(
                    version=last + 1, scope=scope, target=target, values=dict(values),
                    created_by_id=login_of(by), restored=restored,
                )  # fmt: skip
        except IntegrityError as error:
            raise _changed() from error
        note(self.what, target, {} if current is None else current.values, made.values, by)
        return made

    def version(self, number: int) -> P:
        """Raises NotFound."""
        found = self._rows().filter(version=number).first()
        if found is None:
            raise NotFound
        return found

    def _rows(self) -> QuerySet[P]:
        return self.model.objects.all()

    def _newest(self, subjects: set[str], sessions: set[str]) -> dict[tuple[str, str], P]:
        rows = self._rows().filter(
            Q(scope=ORGANIZATION)
            | Q(scope=SUBJECT, target__in=subjects - {""})
            | Q(scope=SESSION, target__in=sessions - {""})
        )
        rows = rows.order_by("scope", "target", "-version").distinct("scope", "target")
        return {(row.scope, row.target): row for row in rows}


def _of(newest: Mapping[tuple[str, str], P], subject: str, key: str) -> Iterable[P]:
    for scope, target in ((ORGANIZATION, ""), (SUBJECT, subject), (SESSION, key)):
        found = newest.get((scope, target)) if target or scope == ORGANIZATION else None
        if found is not None:
            yield found


def refuse_target(scope: str, target: str) -> None:
    """Raises Invalid, by field, where there is no such target to speak of."""
    if scope not in SCOPES:
        raise Invalid(fields={"scope": _("The organization, a subject or a session.")})
    if (scope == ORGANIZATION) != (target == ""):
        raise Invalid(fields={"target": _("Say which subject or session; the organization needs none.")})
    if scope == SESSION and not Session.objects.filter(key=target).exists():
        raise Invalid(fields={"target": _("There is no such session.")})


def concerned(policy: ScopedPolicy, statuses: Sequence[SessionStatus]) -> QuerySet[Session]:
    """The sessions in these states that a policy speaks of."""
    rows = Session.objects.filter(status__in=statuses)
    if policy.scope == SUBJECT:
        return rows.filter(subject=policy.target)
    return rows.filter(key=policy.target) if policy.scope == SESSION else rows


def _changed() -> Conflict:
    return Conflict(_("Somebody else has just changed this."), code="policy_changed")
