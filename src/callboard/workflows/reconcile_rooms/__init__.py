"""What is, against what we were told: each server of rooms is asked, and what webhooks lost is written.

1. Every ten seconds a job is put in line, one at most; one at a time runs (`working`), for a minute, and the
   next follows on. It watches the servers of every organization, and providers that need no server and can
   be looked into. Killed: the reaper puts it back in line within seconds, and it reads all it needs anew.
2. Every 20 s each server is polled: its rooms and how many are in, in one call. Answered: `provider.polled`
   lies in the log. What our evidence says was read before (`evidence`); see `differences` for why.
3. Rooms are looked into, the most doubtful first (`choosing`): those whose numbers differ, those recorded,
   the rest by turns, as many as 12 s allow, and each at the least every 5 minutes.
4. What was seen and not told is written as evidence like everyone's, with the ids that webhooks give the
   same happenings, so that both are one. A room that is another's by then, moved away, is passed over.
   Killed before: the next poll sees the same.
5. Between polls a server is probed every 5 s. It fails to answer for 3.5 s: it is down since the first
   failure, which is said once (`ServerDown`), and each room in which somebody is has lost it (`room.lost`).
   It answers again: `ServerBack`, and a whole round at once.
A look that fails leaves its room to the next round. The database fails: the round is lost, not the watch.
"""

from callboard.workflows.reconcile_rooms.working import watch_rooms

__all__ = ["watch_rooms"]
