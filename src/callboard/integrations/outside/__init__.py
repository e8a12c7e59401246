"""Any room that a link leads to: Zoom, Meet, Jitsi, a telephone bridge. Also the adapter to copy.

Such a room tells us nothing. What is known of it comes from people and browsers: who passes our door is in
until the planned end (`workflows/watch_outside`), and whatever else is sent to the events API counts too.

To write an adapter for another system, copy this folder and go through its files in this order; the how-to is
docs/how-to/write-an-adapter.md.

| file | says |
|---|---|
| declared.py | its name, settings, connection test; registers all with the installation |
| provider.py | fills `sessions.ports.RoomProvider`: its capabilities; the rest it inherits from `Unable` |
| (hooks.py) | where its webhooks arrive, if it has any; see the folders livekit and bigbluebutton |

Then add its `declare()` to `config/wiring.py`: nothing else knows the list.
"""
