"""The CSVs of an archive, opened with an eye on what an archive can hide."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from callboard.lib import sheets
from callboard.lib.sheets import BadFile, Sheet

KNOWN = ("users", "roles", "relationships", "orgs", "courses", "classes", "enrollments")
MOST_MEMBERS = 1_000
MOST_UNPACKED = 256 << 20
"""Bytes of all that is read, unpacked: what one says of its size is not believed."""


@dataclass(frozen=True)
class Table:
    """One CSV: its rows by the names of their columns, in small letters."""

    name: str
    sheet: Sheet

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(each.casefold() for each in self.sheet.header)

    def rows(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        """With the line in which each begins. Raises BadFile."""
        names = self.columns
        for line, cells in self.sheet.rows():
            yield line, dict(zip(names, cells, strict=False))


def tables(content: bytes) -> dict[str, Table]:
    """By name ("users"). A CSV alone is taken for that of users. Raises BadFile."""
    found = _unpacked(content) if content.startswith(b"PK") else {"users": content}
    read = {}
    for name, text in found.items():
        try:
            read[name] = Table(name, sheets.read(text))
        except BadFile as error:
            raise BadFile(f"{name}.csv: {error.fields['file']}", line=error.line) from error
    if "users" not in read:
        raise BadFile(_("There is no users.csv in it."))
    if "sourcedid" not in read["users"].columns:
        raise BadFile(_("users.csv has no column sourcedId. For a table of your own, choose “People”."))
    return read


def _unpacked(content: bytes) -> dict[str, bytes]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise BadFile(_("The archive is broken or cut short.")) from error
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise BadFile(_("There are more than %(most)d files in the archive.") % {"most": MOST_MEMBERS})
    found: dict[str, bytes] = {}
    left = MOST_UNPACKED
    for member in members:
        place = member.filename.replace("\\", "/").casefold()
        name = place.rpartition("/")[2].removesuffix(".csv")
        if not place.endswith(".csv") or name not in KNOWN or place.startswith("__macosx/"):
            continue
        if name in found:
            raise BadFile(_("There are two of %(name)s.csv in the archive.") % {"name": name})
        found[name] = _member(archive, member, left)
        left -= len(found[name])
    return found


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    if member.flag_bits & 0x1:
        raise BadFile(_("The archive is locked by a password."))
    try:
        with archive.open(member) as opened:
            text = opened.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as error:
        raise BadFile(_("The archive is broken or cut short.")) from error
    if len(text) > most:
        raise BadFile(_("Unpacked, the archive is larger than %(most)d MB.") % {"most": MOST_UNPACKED >> 20})
    return text
