"""A file of people, sessions or both is brought in.

1. A person puts it in and says what its columns are (`people.operations.imports`); nothing else is written.
2. It is read, outside of any transaction: a file that cannot be read ends here, with the line and the reason.
3. In one transaction: who and what is known is found; asked to write, the rest is written by sets, sessions
   by the booking's own rules; and the import is said to be checked or done. Whatever fails leaves none of it.
   A worker that is killed leaves none either, and the job runs again from 2; one killed after the commit
   finds it done.
4. What follows from what was written (rooms, consents) are jobs of their own, in the same transaction.
"""

from __future__ import annotations

from typing import Any

from callboard.lib import jobs
from callboard.people.operations import imports


@jobs.job(name="callboard.workflows.import_roster.asked")
def asked(organization: int, fact: dict[str, Any]) -> None:
    """Someone waits for a file to be checked, or written."""
    imports.run(organization, fact["id"])
