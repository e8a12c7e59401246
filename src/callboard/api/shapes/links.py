"""Join links and devices as the API tells them."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema


class LinkItem(Schema):
    url: str


class LinkSent(Schema):
    """`sent_to`: the addresses, as far as their owners need to know them again."""

    sent_to: list[str]


class DeviceItem(Schema):
    id: int
    label: str
    confirmed_at: datetime
    seen_at: datetime | None


class DeviceList(Schema):
    items: list[DeviceItem]
