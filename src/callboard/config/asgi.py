"""The ASGI application: the lean ingest path beside Django."""

from __future__ import annotations

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callboard.config.settings")

django = get_asgi_application()

from django.conf import settings  # noqa: E402 - Django stands only now

from callboard.live.ingest import PATH, IngestApp  # noqa: E402

ingest = IngestApp(settings.INGEST_DATABASE_URL)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Evidence goes past Django; all else goes to it. Nothing has to be done at the server's start or end."""
    if scope["type"] == "http":
        await (ingest if scope["path"] == PATH else django)(scope, receive, send)
    elif scope["type"] == "lifespan":
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        await send({"type": "lifespan.shutdown.complete"})
