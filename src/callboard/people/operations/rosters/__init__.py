"""People out of a file, written by sets: who is known is found, what differs is changed, the rest is made.

1. The people of the file go into a temporary table by COPY (which row-level security does not allow into the
   tables themselves).
2. Statements over the whole set find who is known: by id, else address and name, else number and name, else
   the family. Who could be several people is a fault.
3. What would change is marked; a dry run ends here, and tells it.
4. The rest is written in the same transaction. Any failure, a kill too, leaves nothing.
"""

from callboard.people.operations.rosters.kind import People, Settled, faults, settle, source

__all__ = ["People", "Settled", "faults", "settle", "source"]
