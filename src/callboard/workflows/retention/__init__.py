"""What an organization keeps no longer is deleted, a week after it was said what that is.

1. Once a day, and whenever something of it was decided anew, each kind of thing is looked through: what
   will be too old in a week is announced, one by one; what may not go any more is withdrawn. So a hold that
   is lifted, a case that is closed, and a policy that is shortened all begin a week of their own.
2. What was announced, and whose time has come, is looked at once more, under a lock that holds and policies
   take too, and begun with: from there on nothing keeps it. Before the week is over the database refuses it.
3. Its files go, then its lines of the log, then its rows in one transaction with the word of it and with the
   figures of the day. Killed in between: what was begun with is finished first, by the next run.
4. What was deleted stands in the audit of settings, in numbers.
A store that does not answer holds up the kinds that have files there, and no other.
"""

from callboard.workflows.retention.running import KINDS, carry_out, changed, look, run

__all__ = ["KINDS", "carry_out", "changed", "look", "run"]
