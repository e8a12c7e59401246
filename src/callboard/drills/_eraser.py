"""Whoever carries erasures through, as a victim: what the job does, over and over, with no queue in between.

How jobs of a killed worker come back is another drill's (`jobs`); here each life is spent on erasing.
"""

from __future__ import annotations

import logging
import os
import time

from callboard.drills._frame import say_ready

log = logging.getLogger(__name__)


def main() -> None:
    """Run it, in the order that CALLBOARD_PROCESS says: the one forwards, the other backwards."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callboard.config.settings")
    import django

    django.setup()
    from django.db import Error

    from callboard.lib.tenancy import organization_scope
    from callboard.people.operations import erasures
    from callboard.people.queries import all_organizations
    from callboard.workflows import erase_person

    backwards = os.environ.get("CALLBOARD_PROCESS", "").endswith("-b")
    say_ready()
    while True:
        organizations = all_organizations()
        for organization in organizations:
            with organization_scope(organization):
                running = erasures.running()
            for erasure in running[::-1] if backwards else running:
                try:
                    erase_person.carry_through(organization, erasure)
                except Error as error:  # two at the same one: the job would be tried again too
                    log.warning("an erasure is tried again: %s", type(error).__name__)
        time.sleep(0.05)


if __name__ == "__main__":
    main()
