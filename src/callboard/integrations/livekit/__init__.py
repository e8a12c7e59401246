"""LiveKit: rooms on servers of one's own or LiveKit Cloud.

| module | owns |
|---|---|
| provider | `sessions.ports.RoomProvider` on one server, by `livekit-api` |
| api | the client's event loop, its patience, and its errors in words |
| door | what lets a person in: tokens and what they may do |
| seen | what LiveKit says of a room, in the port's shapes |
| events | a webhook's event as lines of evidence; pure |
| hooks | the address that LiveKit's webhooks call |
| recorders | LiveKit's own recorders (egress), as thin calls |
| about | its name, what it can do, what became of its webhooks |
| declared, trial | what the settings page draws, and the test of a connection |
| binary, server, local | the server's program, running one on this machine, making it an organization's |
"""
