"""The one table of jobs that is our own; the others are Procrastinate's."""

from __future__ import annotations

from django.db import models


class Done(models.Model):
    """That the effect of this key has happened (see `once`). No tenant's: keys are ids."""

    key = models.CharField(max_length=200, primary_key=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key
