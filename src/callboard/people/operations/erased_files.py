"""Files that were led in, and name someone who is erased. Needs the organization's scope."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterable, Sequence

from callboard.lib import clock
from callboard.lib.redaction import Redaction
from callboard.people import imports
from callboard.people.erasing import Subject
from callboard.people.import_models import Import, ImportStatus
from callboard.people.operations.rosters import People

AT_WORK = (ImportStatus.FETCHING, ImportStatus.CHECKING, ImportStatus.WRITING)
OPEN = (ImportStatus.NEW, ImportStatus.CHECKED, ImportStatus.FAILED)


class AtWork(Exception):
    """A file that names them is being checked or written right now."""


def drop_files(subject: Subject, *, nobody_works: bool = False) -> int:
    """A file that names them goes, with what was found in it; one that waits is given up. Raises AtWork,
    unless `nobody_works`, in a database that is being restored: then it is given up too.
    """
    count = 0
    for row in Import.objects.order_by("pk").iterator(chunk_size=20):
        known = imports.kind(row.kind)
        of_people = known is not None and known.permission == People.permission
        redaction = subject.in_words if of_people else subject.redaction
        if not _names(row, redaction, of_people=of_people):
            continue
        if row.status in AT_WORK and not nobody_works:
            raise AtWork
        if row.status in (*OPEN, *AT_WORK):
            row.status, row.ended_at = ImportStatus.DISCARDED, clock.now()
        row.content, row.shown, row.found, row.faults = None, {}, {}, []
        row.file_name = redaction.text(row.file_name)
        row.url = redaction.text(row.url)[:500]
        row.problem = redaction.text(row.problem)[:500]
        row.choices = redaction.value(row.choices)
        row.save()
        count += 1
    return count


def _names(row: Import, redaction: Redaction, *, of_people: bool) -> bool:
    said = [row.shown, row.found, row.faults, row.choices, row.file_name, row.url, row.problem]
    if redaction.value(said) != said:
        return True
    names = [word for word in redaction.words if " " in word] if of_people else []
    if _in_parts(zip(*row.shown.get("examples", []), strict=False), names):
        return True
    if row.content is None:
        return False
    texts = _texts(bytes(row.content))
    # Of files whose columns are whatever somebody made them, a cell says a name or nothing of the kind.
    alone = {name.lower() for name in redaction.alone} if row.kind == People.name else set()
    return any(
        redaction.touches(text) or alone & _cells(text) or _in_parts(map(_cells, text.splitlines()), names)
        for text in texts
    )


def _in_parts(rows: Iterable[Iterable[str]], names: Collection[str]) -> bool:
    """Whether a row says a name in several cells: first name and family name, in whatever order and place."""
    told = [(set(words), _runs(words)) for words in (name.lower().split() for name in names)]
    for row in rows if told else ():
        cells = {" ".join(cell.lower().split()) for cell in row}
        if any(words == {word for run in runs & cells for word in run.split()} for words, runs in told):
            return True
    return False


def _runs(words: Sequence[str]) -> set[str]:
    """Every part of a name that a cell may hold: words that follow each other."""
    ends = range(1, len(words) + 1)
    return {" ".join(words[start:end]) for end in ends for start in range(end)}


def _cells(text: str) -> set[str]:
    return {cell.strip().lower() for cell in re.split(r'[,;|"\t\r\n]+', text)}


def _texts(content: bytes) -> list[str]:
    """What a file says, as text: of an archive, each of its files."""
    whole = zlib.decompress(content)
    if not whole.startswith(b"PK"):
        return [_text(whole)]
    try:
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            return [_text(archive.read(name)) for name in archive.namelist()]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error):
        return [_text(whole)]


def _text(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
