"""Tables out of files that people bring, in whatever way they were saved."""

from __future__ import annotations

import pytest

from callboard.lib import sheets
from callboard.lib.sheets import BadFile

ROWS = [(2, ["Joan", "joan@x.example"]), (3, ["Niño", "n@x.example"])]
TEXT = "Name,Email\nJoan,joan@x.example\nNiño,n@x.example\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_table_is_read_however_it_was_saved(encoding: str, delimiter: str, ending: str) -> None:
    sheet = sheets.read(TEXT.replace(",", delimiter).replace("\n", ending).encode(encoding))
    assert (sheet.header, list(sheet.rows())) == (("Name", "Email"), ROWS)


def test_excels_own_first_line_names_the_delimiter() -> None:
    sheet = sheets.read(b"sep=;\nName;Note\nJoan;a,b,c\n")
    assert (sheet.header, list(sheet.rows())) == (("Name", "Note"), [(3, ["Joan", "a,b,c"])])


def test_a_row_is_told_by_the_line_in_which_it_begins() -> None:
    sheet = sheets.read(b'Name,Note\n"Joan","two\nlines"\n\nIris,\n')
    assert [line for line, _cells in sheet.rows()] == [2, 5]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"PK\x03\x04rest", "workbook"),
        (b"\xd0\xcf\x11\xe0rest", "workbook"),
        (b"Name\nJo\x00an\n", "NUL"),
        (b"Name\n\x81\x8d\n", "not text"),
        (b"\xff\xfeN", "cut short"),
        (b",".join(b"c%d" % n for n in range(201)), "201 columns"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(content: bytes, words: str) -> None:
    with pytest.raises(BadFile) as refused:
        sheets.read(content)
    assert words in str(refused.value)


def test_a_quotation_that_never_closes_is_told_by_its_line() -> None:
    sheet = sheets.read(b'Name,Email\nJoan,a\n"Iris,b\n' + b"x,y\n" * 50)
    with pytest.raises(BadFile) as refused:
        list(sheet.rows())
    assert refused.value.line == 3


def test_a_cell_without_end_is_refused() -> None:
    sheet = sheets.read(b"Name\nJoan\n" + b"x" * (sheets.LONGEST_CELL + 1) + b"\n")
    with pytest.raises(BadFile) as refused:
        list(sheet.rows())
    assert refused.value.line == 3


@pytest.mark.parametrize("cell", ["=1+1", "+34600", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_spreadsheet_runs_what_we_write(cell: str) -> None:
    assert sheets.written(["It says"], [[cell]]).splitlines()[1].lstrip('"').startswith("'")
