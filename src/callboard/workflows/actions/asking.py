"""Asking for a deed: from a case or from a session's page, by a person or a program.

1. The wish is checked and written down, with what is ours to change, in one transaction.
2. `carry_out` asks the provider, outside any transaction. It fails: that is said at once, with the reason,
   and nothing is tried behind the person's back. Killed: asked again.
3. `look` looks for the evidence, often at first; past three times what is usual it is said to have failed,
   and looked for a while longer, since a late confirmation counts too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from callboard.cases import operations as cases
from callboard.lib import clock, crash, jobs, tenancy
from callboard.lib.errors import CallboardError, Conflict, Forbidden, Invalid, NotFound
from callboard.lib.tenancy import organization_scope
from callboard.people.access import Access
from callboard.sessions import queries
from callboard.sessions.models import Deed, DeedState, Session
from callboard.sessions.ports import ProviderFailed
from callboard.workflows import deeds, rooms
from callboard.workflows.actions import kinds
from callboard.workflows.actions.kinds import Field, Kind

AT_LEAST = timedelta(seconds=30)
USUAL_TIMES = 3
LOOKED_FOR = timedelta(minutes=10)
"""How long evidence may take, and how long it is looked for."""


def ask(
    access: Access,
    session_key: str,
    name: str,
    params: Mapping[str, Any],
    *,
    participant: str = "",
    entry: int = 0,
) -> Deed:
    """Needs an open transaction in the organization's scope. `participant`: whom a case is about; `entry`:
    its line of history.

    Raises NotFound, Forbidden, Conflict (`not_available`, and what the change itself raises), Invalid.
    """
    if not access.may_any(("sessions.book", "cases.act")):
        raise Forbidden(permission="cases.act")
    known = kinds.kind(name)
    if known is None:
        raise NotFound(_("There is no such action."), code="unknown_action")
    session = queries.by_key(session_key)
    if not known.available(session):
        raise Conflict(_("This cannot be done here now."), code="not_available")
    values = _values(known, session, params, participant)
    text = values.pop("text", "")
    deed = deeds.write(
        session, name, usual_s=known.usual_s, member=access.member, entry=entry, text=text, data=values
    )
    if known.begin is not None:
        known.begin(access, session, deed)
    organization = tenancy.current_organization()
    if known.carry is not None:
        jobs.defer(carry_out, organization=organization, deed=deed.pk)
    elif known.look is not None:
        jobs.defer(look, at=clock.now() + timedelta(seconds=1), organization=organization, deed=deed.pk)
    else:
        deeds.confirm(deed.pk)
    deed.refresh_from_db()
    return deed


def by_itself(session: Session, name: str, *, case: int, data: Mapping[str, Any], text: str = "") -> Deed:
    """The system's own deed, with its line on the case. Needs an open transaction, as `ask`."""
    known = kinds.kind(name)
    assert known is not None
    entry = cases.record(case, name, usual_s=known.usual_s, data=data)
    deed = deeds.write(session, name, usual_s=known.usual_s, entry=entry.pk, text=text, data=data)
    if known.begin is not None:
        known.begin(None, session, deed)
    jobs.defer(carry_out, organization=tenancy.current_organization(), deed=deed.pk)
    return deed


def _values(known: Kind, session: Session, params: Mapping[str, Any], participant: str) -> dict[str, Any]:
    """By field, what was said, else what is usual. Raises Invalid."""
    fields = {field.name: field for field in known.fields}
    wrong = {name: _("The action does not take this.") for name in params if name not in fields}
    values: dict[str, Any] = {}
    for name, field in fields.items():
        given = params.get(name)
        if given in (None, "") and field.about and participant:
            values[name] = participant
            continue
        if given in (None, ""):
            given = field.default
        if given in (None, ""):
            if field.required:
                wrong[name] = _("This is needed.")
            continue
        try:
            values[name] = _read(field, session, given)
        except ValueError as error:
            wrong[name] = str(error)
    if wrong:
        raise Invalid(fields=wrong)
    return values


def _read(field: Field, session: Session, given: Any) -> Any:
    """Raises ValueError, with words fit to be shown."""
    if field.kind == "number":
        text = str(given).strip()
        if isinstance(given, bool) or not text.isdecimal() or not 1 <= int(text[:9]) <= field.most:
            raise ValueError(_("A whole number from 1 to %(most)d.") % {"most": field.most})
        return int(text)
    if not isinstance(given, str):
        raise ValueError(_("This is to be a text."))
    text = given.strip()
    if field.kind == "text" and len(text) > field.most:
        raise ValueError(_("At most %(most)d characters.") % {"most": field.most})
    if field.choices is not None and text not in {value for value, _label in field.choices(session)}:
        raise ValueError(_("Choose one of those listed."))
    return text


@jobs.job(queue="rooms", name="actions.carry_out")
def carry_out(organization: int, deed: int) -> None:
    """Step 2."""
    with organization_scope(organization):
        row = Deed.objects.select_related("session").filter(pk=deed, state=DeedState.ASKED).first()
    known = kinds.kind(row.name) if row is not None else None
    if row is None or known is None or known.carry is None:
        return
    standing = rooms.standing(organization, row.session.key)
    try:
        if known.needs is not None and not (standing.stands and standing.can(known.needs)):
            raise ProviderFailed(_("There is no room that could do it."))
        words = known.carry(organization, row, standing)
    except (ProviderFailed, CallboardError) as failure:
        reason = {"done": known.not_done, "why": str(failure)}
        deeds.failed(organization, deed, _("%(done)s %(why)s Nothing has changed.") % reason)
        return
    crash.point("actions.carried_out")
    if known.look is None:
        deeds.confirmed(organization, deed, str(words))
        return
    with organization_scope(organization):
        jobs.defer(look, at=clock.now() + timedelta(seconds=1), organization=organization, deed=deed)


@jobs.job(queue="rooms", name="actions.look")
def look(organization: int, deed: int) -> None:
    """Step 3: once, and in line again where it is not seen yet."""
    with organization_scope(organization):
        row = Deed.objects.select_related("session").filter(pk=deed).first()
        known = kinds.kind(row.name) if row is not None else None
        if row is None or known is None or known.look is None or row.state == DeedState.CONFIRMED:
            return
        seen = known.look(row)
        if seen is not None:
            deeds.confirm(deed, words=str(seen.words), evidence=seen.evidence)
            return
        now, usual = clock.now(), timedelta(seconds=row.usual_s)
        age = now - row.asked_at
        if age > max(AT_LEAST, USUAL_TIMES * usual) and row.state == DeedState.ASKED:
            deeds.fail(deed, _("%(done)s No sign of it has come.") % {"done": known.not_done})
        if age < LOOKED_FOR:
            pause = 1 if age < 2 * usual + AT_LEAST else 10
            jobs.defer(look, at=now + timedelta(seconds=pause), organization=organization, deed=deed)
