"""The ASGI application: the lean ingest path beside Django."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callboard.config.settings")

application = get_asgi_application()
