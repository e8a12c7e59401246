"""A person is erased: from every table, file and line in which Callboard knows of them.

0. An admin asks, typing their name. In that one transaction they are blank, signed out and out of every list,
   and the erasure is written down with what is still sought. Who is in a session, or teaches one to come, is
   refused. There is no way back.
1. The list that outlives the database gets the ids of their rows, before anything is deleted.
2. to 13. One step after the other (`steps`), each right to be done twice, each noted when it is done. Killed
   in between: the job is put back in line within seconds, and goes on at the step that is not noted. A store
   that is down, a file that is being checked: tried again, at most five minutes apart, until it is done.
14. What is sought is forgotten. What is left: a row without a name, under an id that was made for it.
After a restore of a backup that still has them, all of it again, before anybody works on it (`again`).
Which table and which file is whose step, or stays and why, says `places`; a test holds that none is missing.
"""

from callboard.workflows.erase_person.asking import Preview, ask, ask_by_policy, preview
from callboard.workflows.erase_person.running import carry_through, run

__all__ = ["Preview", "ask", "ask_by_policy", "carry_through", "preview", "run"]
