"""How the files of recordings are named in the store: pure."""

from __future__ import annotations

from collections.abc import Iterable

SUFFIX = ".webm"


def parts_folder(organization: int, session: str, recorder: str) -> str:
    """Where our own recorder's parts lie, named `<epoch>-<offset>`, while they are not one file."""
    return f"parts/{organization}/{session}/{recorder}"


def file_name(organization: int, session: str, recorder: str) -> str:
    """The one file that is made of them."""
    return f"recordings/{organization}/{session}/{recorder}{SUFFIX}"


def streams(parts: Iterable[tuple[str, int]]) -> dict[int, list[str]]:
    """The parts of each stream in order, by epoch; parts come as (name, bytes).

    A gap ends its stream: what lies behind it belongs to no stream that could be read.
    """
    found: dict[int, list[str]] = {}
    reached: dict[int, int] = {}
    for name, size in sorted(parts):
        epoch_text, _, offset_text = name.rpartition("/")[2].partition("-")
        epoch, offset = int(epoch_text), int(offset_text)
        if offset == reached.get(epoch, 0):
            found.setdefault(epoch, []).append(name)
            reached[epoch] = offset + size
    return found


def of_request(names: Iterable[str], request: str) -> str | None:
    """The file that a provider's recorder made for a request: its name holds the request."""
    return next((name for name in sorted(names) if is_of(name, [request])), None)


def is_of(name: str, requests: Iterable[str]) -> bool:
    """Whether a provider's recorder made the file for one of these requests."""
    own = name.rpartition("/")[2]
    return any(request in own for request in requests if request)


def has_pictures(location: str, screen: bool) -> bool:
    """Whether there is something to be seen in it. `screen`: our own recorder took the shared screen."""
    return location.endswith(".mp4") or screen


def media_type(location: str) -> str:
    """As what it is handed out. A player takes sound alone as video too."""
    return "video/mp4" if location.endswith(".mp4") else "video/webm"
