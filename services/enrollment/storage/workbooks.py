"""Reads the rows of a workbook or CSV file as it was sent, however it was meant or broken (R5, R8)."""

import csv
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from typing import Any

from openpyxl import load_workbook
from python_calamine import CalamineError, CalamineWorkbook

from shared.domain import Malformed, Problem

Rows = list[list[object]]

MOST_BYTES = 64 * 1024 * 1024  # unpacked
MOST_PARTS = 500
MOST_ROWS, MOST_COLUMNS = 30_000, 100
MOST_TEXT = 64 * 1024 * 1024
_ZIP = b"PK\x03\x04"
# A cell beyond column CZ or row 29999: reading a sheet whole lays out every cell before it.
_FAR_AWAY = re.compile(rb"""\br=["'](?:[A-Za-z]{3}\d|[D-Zd-z][A-Za-z]\d|[A-Za-z]{0,2}(?:[3-9]\d{4}|\d{6}))""")
_CELL = re.compile(rb"<c[\s/>]")
_CELL_WITH_PLACE = re.compile(rb"""<c\s(?:[^>]*\s)?r=["']""")
_TEXT_FORMULA = re.compile(r'="(.*)"')


def read_rows(content: bytes, file_name: str, is_roster: Callable[[Rows], bool]) -> tuple[int, Rows]:
    """The sheet (from 0) and rows of the first sheet that `is_roster`, else of the first one.

    A number stays a number and a text a text, since an ID number typed as a number is damaged (R6).
    Raises `Malformed` when the file is not a workbook or CSV, is broken, or would unpack to something huge.
    """
    if content.startswith(_ZIP):
        sheets = _xlsx_sheets(content)
    elif file_name.lower().endswith((".csv", ".txt")):
        sheets = iter([_csv_rows(content)])
    else:
        raise _wrong("workbook_unknown", file=file_name[-100:])
    first: Rows | None = None
    for place, rows in enumerate(sheets):
        if is_roster(rows):
            return place, rows
        first = rows if first is None else first
    return 0, first or []


def _wrong(code: str, **facts: object) -> Malformed:
    return Malformed([Problem(code, facts=facts)])


def _xlsx_sheets(content: bytes) -> Iterator[Rows]:
    try:
        sheets = _with_calamine(content) if _is_compact(content) else _with_openpyxl(content)
        yield from sheets
    except Malformed:
        raise
    except (CalamineError, OSError, KeyError, ValueError, TypeError, IndexError, AttributeError, SyntaxError, zipfile.BadZipFile) as error:
        raise _wrong("workbook_broken") from error


def _with_calamine(content: bytes) -> Iterator[Rows]:
    with CalamineWorkbook.from_object(BytesIO(content)) as workbook:
        for place in range(len(workbook.sheet_names)):
            sheet = workbook.get_sheet_by_index(place)
            rows: Rows = [list(row) for row in sheet.to_python(skip_empty_area=False)]
            for start, end in sheet.merged_cell_ranges or ():
                _fill_down(rows, start, end)
            yield rows


def _fill_down(rows: Rows, start: tuple[int, int], end: tuple[int, int]) -> None:
    # A county or school written once beside several people counts for each of them.
    (top, column), (bottom, last_column) = start, end
    if column == last_column and top < len(rows) and column < len(rows[top]):
        for row in rows[top + 1 : bottom + 1]:
            row[column] = rows[top][column]


def _with_openpyxl(content: bytes) -> Iterator[Rows]:
    # Slower, but reads row by row, so that a stray cell at the far end of a sheet costs nothing.
    workbook = load_workbook(BytesIO(content), read_only=True, data_only=True)
    try:
        for sheet in workbook.worksheets:
            rows = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True)
            yield _without_empty_end([_without_empty_end(list(row)) for row in rows])
    finally:
        workbook.close()


def _without_empty_end(values: list[Any]) -> list[Any]:
    while values and not values[-1]:
        values.pop()
    return values


def _is_compact(content: bytes) -> bool:
    """Whether the sheets may be read whole. Raises `Malformed` when the archive is broken or unpacks to too much."""
    cells = longest = 0
    compact = True
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
                raise _wrong("workbook_too_large", most=MOST_BYTES // 1024 // 1024)
            for part in parts:
                # Reading a part checks that it is as long as it says: a lie ends here, not in memory.
                text = archive.read(part)
                if part.filename.startswith("xl/worksheets/"):
                    cells += len(_CELL.findall(text))
                    compact = compact and not _FAR_AWAY.search(text) and len(_CELL.findall(text)) == len(_CELL_WITH_PLACE.findall(text))
                elif part.filename.lower() == "xl/sharedstrings.xml":
                    longest = max(map(len, text.split(b"<si")))
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, UnicodeError, zlib.error) as error:
        raise _wrong("workbook_broken") from error
    # A text shared by many cells is copied into each of them when a sheet is read whole.
    return compact and cells * longest <= MOST_TEXT


def _csv_rows(content: bytes) -> Rows:
    text = _decoded(content)
    tabs = text.count("\t") > text.count(",")
    try:
        rows: Rows = [
            [_csv_value(value) for value in row[:MOST_COLUMNS]] for row in csv.reader(StringIO(text), delimiter="\t" if tabs else ",")
        ]
    except csv.Error as error:
        raise _wrong("workbook_broken") from error
    return rows[:MOST_ROWS]


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _wrong("workbook_broken")


def _csv_value(value: str) -> str | None:
    # Excel keeps a number a text in CSV by writing ="…".
    quoted = _TEXT_FORMULA.fullmatch(value)
    return (quoted[1] if quoted else value) or None
