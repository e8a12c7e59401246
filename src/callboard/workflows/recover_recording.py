"""A session that is to be recorded is recorded, whatever becomes of one recorder.

1. Every five seconds, each session that is live and to be recorded, and of which no recorder is known to run,
   gets a job (`look`). Only of providers whose recorder it is ours to start.
2. `look` sees what was asked and what the evidence says, and asks the provider itself where something was
   asked and nothing is known to run: webhooks may be lost. `sessions.recovery` decides: the provider, a
   restart, the spare, or to wait. What is wanted is written down first, under a request of its own.
3. The provider is asked, outside any transaction. It refuses or does not answer: that is noted, and the spare
   follows. Killed before the answer is noted: asked again by the same request, which starts nothing twice.
   Our own recorder takes its wishes itself (integrations.recorder).
4. Nothing helps: the rule's case, a minute after recording stopped, as without all this.
What a person asks for (`ask`) goes the same way, and is tried until the session is over.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from procrastinate.contrib.django import app

from callboard.lib import clock, crash, jobs
from callboard.lib.errors import Conflict
from callboard.lib.tenancy import organization_scope
from callboard.people.queries import all_organizations
from callboard.sessions import queries, recording_queries, recovery
from callboard.sessions.models import SessionStatus
from callboard.sessions.operations import gate, recorders
from callboard.sessions.ports import LISTEN, RECORD, ProviderFailed, providers
from callboard.sessions.recording_models import OwnRecorder, RecordingWish, WishBy
from callboard.workflows import rooms
from callboard.workflows.rooms import Standing

LOOKED_EVERY_S = 5


@app.periodic(cron="* * * * * */5", periodic_id="recover_recording.sweep")
@jobs.job(queue="rooms", retry=False, name="recover_recording.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which says nothing
    """Every five seconds. A run that fails is made good by the next."""
    names = _ours()
    if not names:
        return
    slot = int(clock.now().timestamp()) // LOOKED_EVERY_S
    organizations = all_organizations()
    for organization in organizations:
        with organization_scope(organization):
            beside = recording_queries.policy().own == OwnRecorder.BESIDE
            for session in recording_queries.unrecorded(names, beside=beside):
                name = f"recover:{organization}:{session}"
                if jobs.once(f"{name}:{slot}"):
                    jobs.defer(look, lock=name, organization=organization, session=session)


def _ours() -> list[str]:
    """The kinds of server whose recorder we start, or whose rooms our own can hear."""
    return [
        name
        for name in providers.names()
        if providers.has_servers(name) and (providers.can(name, RECORD) or providers.can(name, LISTEN))
    ]


@jobs.job(queue="rooms", retry=False, name="recover_recording.look")
def look(organization: int, session: str) -> None:
    """See to one session's recording. A run that fails is made good by the next sweep."""
    standing = rooms.standing(organization, session)
    if standing.status != SessionStatus.LIVE or not standing.recording or not standing.stands:
        return
    truth = _truth(organization, standing)
    with organization_scope(organization):
        row = queries.by_key(session)
        picture = recording_queries.picture(
            row, provider=standing.can(RECORD), own=providers.can(standing.provider_name, LISTEN)
        )
        picture = replace(
            picture, seen=_corrected(picture.seen, truth), starting="starting" in truth.values()
        )
        for step in recovery.steps(picture, clock.now()):
            recorders.want_recorder(row, step.by, step.why)
        unasked = recording_queries.unasked(row)
    crash.point("recover_recording.decided")
    for wish in unasked:
        try:
            _ask(organization, standing, wish)
        except ProviderFailed as failure:
            with organization_scope(organization):
                recorders.refused_wish(wish.pk, str(failure))


def _truth(organization: int, standing: Standing) -> dict[str, str]:
    """The recorders that the provider knows of, and how they are; asked only where one was asked for."""
    if standing.provider is None or not standing.can(RECORD):
        return {}
    with organization_scope(organization):
        asked = RecordingWish.objects.filter(session__key=standing.session, by=WishBy.PROVIDER).exists()
    if not asked:
        return {}
    try:
        return {one.recorder: one.status for one in standing.provider.look(standing.external_id).recorders}
    except ProviderFailed:
        return {}


def _corrected(seen: Any, truth: dict[str, str]) -> list[recovery.Seen]:
    """What the evidence says, and what the provider says runs although no evidence has come."""
    known = {one.recorder for one in seen}
    return [*seen, *(recovery.Seen(name) for name, status in truth.items()
                     if status == "running" and name not in known)]  # fmt: skip


def ask(organization: int, session: str, request: str, why: str) -> None:
    """Ask the provider to record, by a person's wish or since the room is another; where it has no recorder,
    our own.

    By `request`: asked twice, it is done once. Raises ProviderFailed where trying again may help.
    """
    standing = rooms.standing(organization, session)
    over = standing.status in {SessionStatus.ENDED, SessionStatus.CANCELLED}
    if over or not standing.recording or not standing.stands:
        return
    by = WishBy.PROVIDER if standing.can(RECORD) else WishBy.OWN
    if by == WishBy.OWN and not providers.can(standing.provider_name, LISTEN):
        return
    try:
        with organization_scope(organization):
            if by == WishBy.OWN and recording_queries.own_at_work(session):
                return
            wish = recorders.want_recorder(queries.by_key(session), by, why, request)
    except Conflict:
        return  # a consent went meanwhile
    if by == WishBy.PROVIDER:
        _ask(organization, standing, wish)


def _ask(organization: int, standing: Standing, wish: RecordingWish) -> None:
    """The gate before, and once more after: a consent that went while it started stops it again."""
    assert standing.provider is not None
    try:
        with organization_scope(organization):
            leave = gate.leave(queries.by_key(standing.session), standing.external_id, wish.request)
    except Conflict as refusal:
        with organization_scope(organization):
            recorders.refused_wish(wish.pk, str(refusal))
        return
    name = standing.provider.start_recording(leave)
    crash.point("recover_recording.asked")
    with organization_scope(organization):
        recorders.took_wish(wish.pk, name)
        allowed = gate.may_record(queries.by_key(standing.session))
    if not allowed:
        standing.provider.stop_recording(standing.external_id)
