"""Sends what happens to the product, as any provider would: batches over HTTP, again until they are taken."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable

import httpx
import msgspec

from callboard.demo.play.happenings import Happening

BATCH = 2_000
PATIENCE = 10.0  # seconds for one request

log = logging.getLogger(__name__)


class Sender:
    """In order, each batch until it was taken; what comes meanwhile waits."""

    def __init__(self, url: str, key: str) -> None:
        self._client = httpx.Client(
            base_url=url, headers={"authorization": f"Bearer {key}"}, timeout=PATIENCE, trust_env=False
        )
        self._waiting: deque[Happening] = deque()

    def add(self, happenings: Iterable[Happening]) -> None:
        self._waiting.extend(happenings)

    def send(self) -> bool:
        """Send what waits; False where the product did not take it, and it is to be sent again."""
        encode = msgspec.json.encode
        while self._waiting:
            batch = [self._waiting[index] for index in range(min(BATCH, len(self._waiting)))]
            body = b"[" + b",".join(encode(each.told()) for each in batch) + b"]"
            try:
                answer = self._client.post(
                    "/api/v1/events", content=body, headers={"content-type": "application/json"}
                )
            except httpx.HTTPError as error:
                log.warning("the product cannot be reached: %s", type(error).__name__)
                return False
            if answer.status_code != 202:
                log.warning("the product answered %s", answer.status_code)
                return False
            rejected = answer.json()["rejected"]
            if rejected:
                log.warning("%s events were refused, the first as %s", len(rejected), rejected[0]["code"])
            for _ in batch:
                self._waiting.popleft()
        return True

    def close(self) -> None:
        self._client.close()
