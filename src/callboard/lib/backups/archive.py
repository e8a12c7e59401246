"""The file of a backup: a tar of parts, and last a manifest with the length and SHA-256 of each.

```
database.dump          pg_dump's own format, which pg_restore reads without us
recordings/…           the files of the recordings' store, where they were asked for
manifest.json          what this is, of when, and what is in it; sealed with the installation's key
```

A file that was cut short has no manifest; one that was changed does not match it.
"""

from __future__ import annotations

import errno
import hashlib
import hmac
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

FORMAT = 1
DATABASE = "database.dump"
RECORDINGS = "recordings/"
MANIFEST = "manifest.json"
CHUNK = 1 << 20
CANNOT = {errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL}
"""What a file system says of what it does not have: hard links (exFAT), or fsync of folders."""


class BadBackup(Exception):
    """The file is no backup, was cut short or changed, or does not fit; the words say which."""


@dataclass(frozen=True)
class Part:
    size: int
    sha256: str


@dataclass
class Manifest:
    """`taken_at` is RFC 3339; `migrations` "app.name"; `rows` by table, as the dump holds them.

    `key` is the fingerprint of the secret key that sealed what is sealed within; `secret_key` the key itself,
    where it was asked for. `skipped`: recordings that went while they were being read.
    """

    version: str
    taken_at: str
    postgresql: str
    migrations: list[str]
    rows: dict[str, int]
    key: str
    format: int = FORMAT
    parts: dict[str, Part] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    secret_key: str = ""


def fingerprint(secret_key: str) -> str:
    """Tells one key from another, and tells nothing of it."""
    return _mac(secret_key, b"fingerprint")[:16]


def _mac(secret_key: str, message: bytes) -> str:
    return hmac.new(f"callboard backup:{secret_key}".encode(), message, hashlib.sha256).hexdigest()


class _Hashing(io.RawIOBase):
    """Reads through, and adds up what went by."""

    def __init__(self, source: IO[bytes], expected: int) -> None:
        self._source, self._left = source, expected
        self.sha256 = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = self._source.read(min(len(buffer), self._left))
        self._left -= len(content)
        self.sha256.update(content)
        buffer[: len(content)] = content
        return len(content)


class Writer:
    """Adds parts; the manifest comes last."""

    def __init__(self, tar: tarfile.TarFile, manifest: Manifest) -> None:
        self._tar, self._manifest = tar, manifest

    def add(self, name: str, source: IO[bytes], size: int) -> None:
        """A part of exactly `size` bytes."""
        reading = _Hashing(source, size)
        header = tarfile.TarInfo(name)
        header.size, header.mode = size, 0o600
        self._tar.addfile(header, io.BufferedReader(reading, CHUNK))
        self._manifest.parts[name] = Part(size, reading.sha256.hexdigest())

    def finish(self, secret_key: str) -> None:
        body = json.dumps(asdict(self._manifest), sort_keys=True)
        document = {"manifest": body, "seal": _mac(secret_key, body.encode())}
        content = json.dumps(document).encode()
        header = tarfile.TarInfo(MANIFEST)
        header.size, header.mode = len(content), 0o600
        self._tar.addfile(header, io.BytesIO(content))


@contextmanager
def written(path: Path, manifest: Manifest, secret_key: str) -> Iterator[Writer]:
    """A new file, there wholly or not at all, readable by its owner alone. Never replaces one."""
    partial = path.with_name(f"{path.name}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            with tarfile.open(fileobj=handle, mode="w|", format=tarfile.PAX_FORMAT) as tar:
                writer = Writer(tar, manifest)
                yield writer
                writer.finish(secret_key)
            handle.flush()
            os.fsync(handle.fileno())
        _name(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    _keep_folder(path.parent)


def _name(partial: Path, path: Path) -> None:
    """Give a whole file its name. Raises FileExistsError where another has it."""
    try:
        os.link(partial, path)
    except OSError as error:
        if error.errno not in CANNOT:
            raise
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # no hard links here
        partial.replace(path)


def _keep_folder(folder: Path) -> None:
    """Until its folder is on the disk too, a crash of the machine can take the name away."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in CANNOT:
            raise
    finally:
        os.close(descriptor)


def read(path: Path, keep: Callable[[str, IO[bytes]], None] | None = None) -> tuple[Manifest, str, str]:
    """Read the whole file and hold it against its manifest; answers that, its text and its seal.

    `keep` gets each part as it goes by. Raises BadBackup; OSError where the file cannot be read or `keep`
    has no room, which says nothing of the backup.
    """
    found: dict[str, Part] = {}
    document: dict[str, str] | None = None
    try:
        with tarfile.open(path, mode="r|") as tar:
            for member in tar:
                source = tar.extractfile(member)
                if source is None:
                    raise BadBackup(f"{path.name} has a part that is no file: {member.name!r}.")
                if member.name == MANIFEST:
                    document = json.loads(source.read())
                    continue
                reading = _Hashing(source, member.size)
                through = io.BufferedReader(reading, CHUNK)
                if keep is not None:
                    keep(member.name, through)
                while through.read(CHUNK):
                    pass
                found[member.name] = Part(member.size, reading.sha256.hexdigest())
        manifest = _manifest(document)
    except (tarfile.TarError, EOFError, ValueError, TypeError, KeyError) as error:
        raise BadBackup(f"{path.name} is no backup of Callboard, or was cut short.") from error
    if document is None or manifest is None:
        raise BadBackup(f"{path.name} was cut short: its manifest, which comes last, is not there.")
    wrong = sorted(name for name in {*found, *manifest.parts} if found.get(name) != manifest.parts.get(name))
    if wrong:
        raise BadBackup(f"{path.name} was changed or damaged: {', '.join(wrong[:5])} is not what was saved.")
    return manifest, document["manifest"], document["seal"]


def _manifest(document: dict[str, str] | None) -> Manifest | None:
    if document is None:
        return None
    told = json.loads(document["manifest"])
    if told["format"] != FORMAT:
        raise BadBackup(f"This backup has format {told['format']}, and this Callboard reads {FORMAT}.")
    return Manifest(**{**told, "parts": {name: Part(**part) for name, part in told["parts"].items()}})


def sealed_by(secret_key: str, text: str, seal: str) -> bool:
    """Whether this key sealed the manifest, so that nobody else wrote it."""
    return hmac.compare_digest(_mac(secret_key, text.encode()), seal)
