"""Files of the store on their way to whoever asked: by the store itself, or by us, piece by piece."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.http import HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.utils.translation import gettext as _

from callboard.lib.errors import Conflict, NotFound

if TYPE_CHECKING:
    from callboard.lib.store import Store

PIECE = 2 << 20
DIRECT = timedelta(minutes=10)
"""How long an address of the store's own lasts; whoever needs longer comes back here for another."""


def direct(store: Store, name: str) -> str | None:
    """The store's own address of a file; None where it gives none, or one in the clear, which no page plays.
    Raises lib.store.StoreFailed.
    """
    address = store.link(name, DIRECT)
    return address if address is not None and address.startswith("https:") else None


async def pieces(store: Store, name: str, size: int) -> AsyncIterator[bytes]:
    """A file of so many bytes, each piece read when the one before is gone: memory stays as it is. Raises
    lib.store.StoreFailed.
    """
    read = sync_to_async(store.read, thread_sensitive=False)
    for start in range(0, size, PIECE):
        yield await read(name, start, min(size, start + PIECE))


def attachment(name: str, file_name: str) -> HttpResponseBase:
    """A zip among the documents, to be kept under `file_name`, or where the store itself hands it out.

    Raises NotFound where it is not there any more, Conflict (`store_down`).
    """
    from callboard.lib.store import Missing, StoreFailed, documents  # for those who work on files alone

    try:
        store = documents()
        size, elsewhere = store.size(name), direct(store, name)
    except Missing as error:
        raise NotFound(_("The file is not there any more."), code="file_gone") from error
    except StoreFailed as error:
        words = _("The place where files are kept does not answer. Try again in a while.")
        raise Conflict(words, code="store_down") from error
    answer: HttpResponseBase
    if elsewhere is not None:
        answer = HttpResponseRedirect(elsewhere)
    else:
        answer = StreamingHttpResponse(pieces(store, name, size), content_type="application/zip")
        answer["Content-Length"] = str(size)
        answer["Content-Disposition"] = f'attachment; filename="{file_name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
