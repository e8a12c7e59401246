"""Where files are kept: a folder, or an S3-compatible store; which one, an address says.

`/var/lib/callboard/recordings`, or `s3://bucket/prefix` with `?endpoint=http://…&region=…`. Keys and secret
of an S3 store come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or the machine's role.
A file is there wholly or not at all: both kinds replace in one step.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import obstore
from django.conf import settings
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

TRIED_FOR = timedelta(seconds=8)
ANSWERS_WITHIN = "20 seconds"
CHUNK = 1 << 20


class StoreFailed(Exception):
    """The store did not do it; trying again later may help. The words name no key and no secret."""


class Missing(StoreFailed):
    """There is no such file."""


class Store:
    """Files by name; a name's parts are parted by `/`."""

    def __init__(self, address: str) -> None:
        """Raises StoreFailed where the address cannot be meant."""
        self.address = address
        self.is_folder = not address.startswith("s3://")
        try:
            self._store: Any = _folder(address) if self.is_folder else _bucket(address)
        except (BaseError, OSError, ValueError) as error:
            raise StoreFailed(f"{_without_query(address)} cannot be used: {type(error).__name__}") from error

    def put(self, name: str, content: bytes | Path) -> int:
        """Keep a file, in place of what had its name; answers its length in bytes."""
        with _failing("kept"):
            obstore.put(self._store, name, content)
        return len(content) if isinstance(content, bytes) else content.stat().st_size

    def size(self, name: str) -> int:
        """In bytes. Raises Missing."""
        with _failing("found"):
            return int(obstore.head(self._store, name)["size"])

    def read(self, name: str, start: int, end: int) -> bytes:
        """The bytes of [start, end). Raises Missing."""
        with _failing("read"):
            return bytes(obstore.get_range(self._store, name, start=start, end=end))

    def fetch(self, name: str, to: Path) -> int:
        """Copy a file into the folder's file `to`; answers its length. Raises Missing."""
        length = self.size(name)
        with to.open("wb") as out:
            for start in range(0, length, CHUNK):
                out.write(self.read(name, start, min(length, start + CHUNK)))
        return length

    def names(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Every file whose name lies under `prefix/`, with its length, by name."""
        with _failing("listed"):
            found = [
                (str(each["path"]), int(each["size"]))
                for chunk in obstore.list(self._store, prefix)
                for each in chunk
            ]
        return iter(sorted(found))

    def delete(self, name: str) -> None:
        """It is gone; one that is gone already is no failure."""
        try:
            with _failing("deleted"):
                obstore.delete(self._store, name)
        except Missing:
            pass

    def delete_beginning(self, beginning: str) -> None:
        """Every file of a folder whose name begins so is gone."""
        for name, _size in self.names(beginning.rpartition("/")[0]):
            if name.startswith(beginning):
                self.delete(name)

    def link(self, name: str, lasting: timedelta) -> str | None:
        """An address that opens the file for a while, without us; None where the store has none to give."""
        if self.is_folder:
            return None
        with _failing("signed"):
            return str(obstore.sign(self._store, "GET", name, lasting))


@functools.lru_cache(maxsize=8)
def at(address: str) -> Store:
    """The store of an address. Raises StoreFailed."""
    return Store(address)


def recordings() -> Store:
    """Where this installation keeps its recordings. Raises StoreFailed."""
    return at(settings.RECORDINGS)


def documents() -> Store:
    """Where papers and archives are kept: in the same place, under names of their own. Raises StoreFailed."""
    return recordings()


class _failing:  # noqa: N801 - reads as a phrase: with _failing("kept")
    """Makes a vendor's failure one of ours."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, FileNotFoundError):
            raise Missing(f"the file could not be {self._what}: it is not there") from None
        if isinstance(error, BaseError | OSError | ValueError):
            raise StoreFailed(f"the file could not be {self._what}: {type(error).__name__}") from None


def _folder(address: str) -> Any:
    folder = Path(address.removeprefix("file://")).expanduser().absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalStore(folder)


def _bucket(address: str) -> Any:
    parts = urlsplit(address)
    said = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    options: dict[str, Any] = {"region": said.get("region", "us-east-1")}
    if "endpoint" in said:
        options["endpoint"] = said["endpoint"]
        options["virtual_hosted_style_request"] = False
    return S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        client_options={
            "allow_http": said.get("endpoint", "").startswith("http:"),
            "timeout": ANSWERS_WITHIN,
        },
        retry_config={"max_retries": 4, "retry_timeout": TRIED_FOR},
        **options,
    )


def _without_query(address: str) -> str:
    return address.partition("?")[0]
