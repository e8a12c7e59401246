"""What BigBlueButton can do over its API, claimed by its filling and on the settings page alike."""

from callboard.sessions.ports import CREATE_ROOM, END_ROOM, ENTER, POLL, STOP_RECORD

CAPABILITIES = frozenset({CREATE_ROOM, END_ROOM, POLL, ENTER, STOP_RECORD})
