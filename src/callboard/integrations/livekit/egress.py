"""Where LiveKit's egress service puts its files: where our recordings are kept.

Into an S3-compatible store it uploads by itself, and gets the keys for that with each request. A folder it
must be able to write to: the same path on its machine, or in its container.
"""

from __future__ import annotations

import os
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from livekit.api import EncodedFileOutput, EncodedFileType, S3Upload

from callboard.integrations.livekit.recorders import path


def output(room: str, request: str, address: str = "") -> EncodedFileOutput:
    """The file of a request, in the store of that address (lib.store), else the installation's."""
    address = address or settings.RECORDINGS
    name = path(room, request)
    if not address.startswith("s3://"):
        return EncodedFileOutput(file_type=EncodedFileType.MP4, filepath=f"{address.rstrip('/')}/{name}")
    parts = urlsplit(address)
    said = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    prefix = parts.path.strip("/")
    return EncodedFileOutput(
        file_type=EncodedFileType.MP4,
        filepath=f"{prefix}/{name}" if prefix else name,
        s3=S3Upload(
            access_key=os.environ.get("AWS_ACCESS_KEY_ID", ""),
            secret=os.environ.get("AWS_SECRET_ACCESS_KEY", ""),
            region=said.get("region", "us-east-1"),
            endpoint=said.get("endpoint", ""),
            bucket=parts.netloc,
            force_path_style="endpoint" in said,
        ),
    )
