"""How far a long job is, told on a connection of its own: its transaction shows nothing before it commits."""

from __future__ import annotations

import contextvars
import threading
from types import TracebackType

from django.db import connection

from callboard.lib import pubsub, tenancy
from callboard.people.import_models import Import

EVERY_S = 0.5


class Teller:
    """Call it with a step, how far, of how many; a thread writes the last word, at most twice a second."""

    def __init__(self, organization: int, pk: int) -> None:
        self._organization, self._pk = organization, pk
        self._word: tuple[str, int, int] | None = None
        self._over = threading.Event()
        # A context of its own: the scope of the work's transaction is not this thread's.
        self._thread = threading.Thread(target=contextvars.Context().run, args=(self._work,), daemon=True)

    def __call__(self, step: str, done: int, total: int) -> None:
        self._word = (step, done, total)

    def __enter__(self) -> Teller:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        told: tuple[str, int, int] | None = None
        try:
            while not self._over.wait(EVERY_S):
                word = self._word
                if word is None or word == told:
                    continue
                told = word
                step, done, total = word
                with tenancy.organization_scope(self._organization):
                    # Past a row that the work holds by now: its own word comes next.
                    row = Import.objects.filter(pk=self._pk)
                    if row.select_for_update(skip_locked=True).values_list("pk").first() is not None:
                        row.update(step=step, done_rows=done, total_rows=total)
                        pubsub.publish("import", id=self._pk)
        finally:
            connection.close()
