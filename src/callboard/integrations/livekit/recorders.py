"""LiveKit's own recorders (egress), as thin calls: which there are, one more, one less.

A server of one's own has them only where LiveKit's egress service runs beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

from livekit.api import (
    EgressInfo,
    EgressStatus,
    EncodedFileOutput,
    ListEgressRequest,
    RoomCompositeEgressRequest,
    StopEgressRequest,
)

from callboard.integrations.livekit.api import Address, NotThere, ask

AT_WORK = frozenset({EgressStatus.EGRESS_STARTING, EgressStatus.EGRESS_ACTIVE})


def of_room(address: Address, room: str) -> Sequence[EgressInfo]:
    """Those of a room, done ones too, as long as LiveKit remembers them. Raises ProviderFailed."""
    return list(ask(address, lambda api: api.egress.list_egress(ListEgressRequest(room_name=room))).items)


def start(address: Address, room: str, request: str, output: EncodedFileOutput | None = None) -> str:
    """Record a room into a file named by the request, unless that request is at work already; answers the
    recorder's id.

    `output` says where the file goes; without it, into the egress service's own folder.
    """
    for one in of_room(address, room):
        if requested(one, request):
            return str(one.egress_id)
    file = output or EncodedFileOutput()
    file.filepath = file.filepath or path(room, request)
    wanted = RoomCompositeEgressRequest(room_name=room, layout="speaker", file_outputs=[file])
    return str(ask(address, lambda api: api.egress.start_room_composite_egress(wanted)).egress_id)


def stop_all(address: Address, room: str) -> None:
    """No recorder of the room is at work any more."""
    for one in of_room(address, room):
        if one.status in AT_WORK:
            stop(address, one.egress_id)


def stop(address: Address, recorder: str) -> None:
    """One that has stopped already is no failure."""
    try:
        ask(address, lambda api: api.egress.stop_egress(StopEgressRequest(egress_id=recorder)))
    except NotThere:
        return


def path(room: str, request: str) -> str:
    """Where the file of a request goes, within the folder or bucket."""
    return f"{room}/{request}.mp4"


def requested(info: EgressInfo, request: str) -> bool:
    """Whether an egress was started by this request: its file is named by it."""
    outputs = [*info.room_composite.file_outputs, info.room_composite.file]
    return any(request in one.filepath for one in outputs if one.filepath)
