"""What the API keeps for itself: the answers to requests that may be sent again."""

from __future__ import annotations

from django.db import models

from callboard.lib import clock
from callboard.lib.tenancy import TenantModel


class IdempotentAnswer(TenantModel):
    """The answer to a request that had an Idempotency-Key, kept for a day in the transaction of its effect.

    `asker` is the key or the member ("key:3"); `request_hash` tells the same request from another.
    `body` null: the answer held a secret and cannot be given again.
    """

    asker = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "asker", "key"], name="idempotent_answer_once")
        ]
        indexes = [models.Index(fields=["organization", "created_at"], name="idempotent_answer_by_age")]
