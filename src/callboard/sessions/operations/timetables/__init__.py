"""A file's sessions against what is booked: booked, moved and called off by the operations of single ones.

1. People are found by id, address or name; who is nobody, or could be several, is a fault of the row.
2. What is called off in the file is called off; what has another time is moved; what is new and still to
   come is booked, all by the rules of any booking. Who is taken is a fault, with what is in the way.
3. What people have done here since is left: a session called off or moved away here, or taught by someone
   else, stays so, and is told.
A dry run does the same and takes it all back.
"""

from callboard.sessions.operations.timetables.kind import Sessions
from callboard.sessions.operations.timetables.settling import settle

__all__ = ["Sessions", "settle"]
