"""Static files straight from the package, for installations without a web server of their own in front.

Names under dist/assets carry a hash of what they hold, so browsers keep them for good. Files are read once.
"""

from __future__ import annotations

import gzip
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified

COMPRESSED = {"text/css", "text/javascript", "image/svg+xml", "application/json"}


@dataclass(frozen=True)
class Asset:
    body: bytes
    squeezed: bytes | None
    kind: str
    tag: str
    forever: bool


@lru_cache(maxsize=256)
def _asset(path: str) -> Asset:
    found = finders.find(path)
    if not isinstance(found, str) or not Path(found).is_file():
        raise Http404
    body = Path(found).read_bytes()
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    kind = "text/javascript" if path.endswith(".js") else "font/woff2" if path.endswith(".woff2") else kind
    squeezed = gzip.compress(body, 9, mtime=0) if kind in COMPRESSED else None
    forever = path.startswith(("dist/assets/", "dist/icons-"))
    return Asset(body, squeezed, kind, f'"{sha256(body).hexdigest()[:16]}"', forever)


def serve(request: HttpRequest, path: str) -> HttpResponse:
    asset = _asset(path)
    response: HttpResponse
    if request.headers.get("If-None-Match") == asset.tag:
        response = HttpResponseNotModified()
    elif asset.squeezed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(asset.squeezed, content_type=asset.kind)
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(asset.body, content_type=asset.kind)
    response["ETag"] = asset.tag
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = (
        "public, max-age=31536000, immutable" if asset.forever else "public, max-age=60"
    )
    return response
