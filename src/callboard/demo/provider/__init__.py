"""The simulated provider: a process that plays the sessions, tells what happens, and does what it is asked
to.

`service` is that process, `api` its HTTP side, `adapter` fills `sessions.ports.RoomProvider` by talking to
it.
"""
