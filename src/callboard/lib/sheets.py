"""Tables out of files that people bring: a CSV in whatever way it was saved, read row by row.

Encodings: UTF-8 with or without a mark, UTF-16 with one, else Windows-1252. Delimiters: comma, semicolon, tab
or bar, or what Excel's `sep=` line says. What is no table, or too large to be one, is refused as a whole.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from callboard.lib.errors import Invalid

MOST_BYTES = 64 << 20
MOST_COLUMNS = 200
MOST_ROWS = 500_000
LONGEST_CELL = 20_000

DELIMITERS = ",;\t|"
SNIFFED = 20
"""Rows that say which character parts the cells."""

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class BadFile(Invalid):
    """A file that cannot be read as what it should be. `line` counts from 1, where there is one."""

    code = "bad_file"

    def __init__(self, message: str, *, line: int | None = None) -> None:
        super().__init__(message, fields={"file": message})
        self.details = {**self.details, "line": line}
        self.line = line


@dataclass(frozen=True)
class Sheet:
    """A table with its first row as `header`. `rows` are told with the line in which each begins."""

    header: tuple[str, ...]
    encoding: str
    delimiter: str
    _text: str
    _skipped: int

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row, its cells stripped, as many as the header has or more. Empty rows are left out.

        Raises BadFile in the midst, where the file cannot be read further.
        """
        for number, (line, cells) in enumerate(_lines(self._text, self.delimiter, self._skipped)):
            if number == 0:
                continue
            if number > MOST_ROWS:
                raise BadFile(_("There are more than %(most)d rows.") % {"most": MOST_ROWS}, line=line)
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield line, stripped + [""] * (len(self.header) - len(stripped))

    def first(self, count: int) -> list[list[str]]:
        """The first few rows."""
        found = []
        for _line, cells in self.rows():
            found.append(cells)
            if len(found) == count:
                break
        return found


def read(content: bytes) -> Sheet:
    """The table in a file. Raises BadFile, for people to read."""
    if len(content) > MOST_BYTES:
        raise BadFile(_("The file is larger than %(most)d MB.") % {"most": MOST_BYTES >> 20})
    if content.startswith(WORKBOOKS):
        raise BadFile(_("This is no CSV but a workbook or an archive. Save the sheet as CSV and take that."))
    text, encoding = _decoded(content)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BadFile(_("There is a NUL character in it, which no text has."), line=line)
    delimiter, skipped = _declared(text)
    delimiter = delimiter or _sniffed(text)
    first = next(_lines(text, delimiter, skipped), None)
    header = [" ".join(cell.split()) for cell in first[1]] if first else []
    while header and not header[-1]:
        header.pop()
    if not header:
        raise BadFile(_("The file is empty. Its first row must name the columns."))
    if len(header) > MOST_COLUMNS:
        raise BadFile(
            _("There are %(count)d columns; at most %(most)d are read.")
            % {"count": len(header), "most": MOST_COLUMNS},
            line=1,
        )
    names = tuple(name[:200] or _("Column %(number)d") % {"number": n} for n, name in enumerate(header, 1))
    return Sheet(names, encoding, delimiter, text, skipped)


def shown(sheet: Sheet, examples: int) -> dict[str, Any]:
    """What a page shows of a table: its header, the first cells of each column, how it was read."""
    first = sheet.first(examples)
    return {
        "header": list(sheet.header),
        "examples": [[row[place][:60] for row in first] for place in range(len(sheet.header))],
        "encoding": sheet.encoding,
        "delimiter": sheet.delimiter,
    }


def checked_columns(chosen: Any, before: Sequence[str], known: Container[str]) -> list[str]:
    """What a person has said of each column, where it can be meant. Raises Invalid."""
    if not isinstance(chosen, list) or len(chosen) != len(before):
        raise Invalid(fields={"columns": _("Say for each column what it is.")})
    named = [each for each in chosen if each]
    if any(not isinstance(each, str) or each not in known for each in named):
        raise Invalid(fields={"columns": _("There is no such field.")})
    if len(set(named)) < len(named):
        raise Invalid(fields={"columns": _("Two columns cannot be the same.")})
    return chosen


def written(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A CSV that a spreadsheet opens without running any of it: what looks like a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([[_harmless(str(cell)) for cell in row] for row in rows])
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _decoded(content: bytes) -> tuple[str, str]:
    for mark, encoding in MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise BadFile(_("The text is cut short or broken; save it as UTF-8.")) from error
    for encoding in ("utf-8", "cp1252"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise BadFile(_("This is not text in UTF-8 or Windows-1252. Save the sheet as CSV in UTF-8."))


def _declared(text: str) -> tuple[str, int]:
    """What Excel's own first line says, and how many lines to skip for it."""
    first = text[:16].split("\n", 1)[0].strip()
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4], 1
    return "", 0


def _sniffed(text: str) -> str:
    """The character that parts the first rows into the most cells, the same number in each."""
    head = "\n".join(text[:200_000].splitlines()[: SNIFFED + 1])

    def score(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(head), delimiter=delimiter) if any(row)]
        except csv.Error:
            return 0, 0
        width = widths[0] if widths else 0
        return (width if width > 1 else 0), sum(each == width for each in widths)

    return max(DELIMITERS, key=score)


def _lines(text: str, delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    # Not StringIO's own newlines: a carriage return alone ends a line of files from old Macs.
    source = io.StringIO(text, newline="" if "\n" in text else None)
    for _each in range(skipped):
        source.readline()
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1 + skipped
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise BadFile(
                _("This row cannot be read: a quotation mark is not closed, or stands in the wrong place."),
                line=line,
            ) from error
        if row is None:
            return
        if any(len(cell) > LONGEST_CELL for cell in row):
            raise BadFile(_("A cell is longer than %(most)d characters.") % {"most": LONGEST_CELL}, line=line)
        yield line, row
