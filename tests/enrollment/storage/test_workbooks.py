"""Workbooks as they are sent, and as they must not be (R5, R6, R8)."""

import struct
import tracemalloc
import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook

from services.enrollment.storage import workbooks
from shared.domain import Malformed
from tests.enrollment.sheets import csv, xlsx


def read(content, file_name="roster.xlsx", is_roster=lambda rows: True):
    return workbooks.read_rows(content, file_name, is_roster)[1]


def refused(content, file_name="roster.xlsx"):
    with pytest.raises(Malformed) as refusal:
        read(content, file_name)
    return [problem.code for problem in refusal.value.problems]


def with_part(content, name, text):
    """The archive with one part replaced or added."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, text)
    return stream.getvalue()


def test_a_number_stays_a_number_and_a_text_a_text():
    assert read(xlsx([["131099196802260001", 131099196802260001.0]])) == [["131099196802260001", 131099196802260000.0]]


def test_blank_rows_keep_their_place_so_that_cells_are_named_right():
    assert read(xlsx([[None], [None, None], [None, "x"]])) == [["", ""], ["", ""], ["", "x"]]


def test_a_school_merged_beside_several_people_counts_for_each():
    rows = [["单位", "姓名"], ["第一小学", "甲乙"], ["", "丙丁"]]
    assert read(xlsx(rows, merge=["A2:A3"])) == [["单位", "姓名"], ["第一小学", "甲乙"], ["第一小学", "丙丁"]]


def test_the_sheet_that_is_a_roster_is_found_among_others():
    book = Workbook()
    book.worksheets[0].append(["说明"])
    book.create_sheet("名单").append(["姓名", "身份证号"])
    stream = BytesIO()
    book.save(stream)
    place, rows = workbooks.read_rows(stream.getvalue(), "a.xlsx", lambda rows: "姓名" in rows[0])
    assert (place, rows) == (1, [["姓名", "身份证号"]])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_csv_is_utf_8_or_gb18030_with_characters_that_gbk_has_not(encoding):
    rows = [["姓名", "单位"], ["李𬭼㛃", "示例,小学"]]
    assert read(csv(rows, encoding), "名单.CSV") == rows


def test_csv_keeps_an_id_number_that_excel_wrote_as_a_formula():
    assert read(b'name\t="131099196802260001"\tx\n', "a.csv") == [["name", "131099196802260001", "x"]]


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 and then nothing of a workbook",
        xlsx([["x"]])[:-40],
        xlsx([["x"]])[:200],
        with_part(xlsx([["x"]]), "xl/worksheets/sheet1.xml", "<worksheet><sheetData><row r='1'><c r='A1'>"),
        with_part(xlsx([["x"]]), "xl/workbook.xml", "nothing"),
        with_part(xlsx([["x"]]), "xl/sharedStrings.xml", ""),
    ],
)
def test_a_broken_workbook_is_refused_as_broken(content):
    assert refused(content) == ["workbook_broken"]


def test_a_flipped_byte_is_noticed():
    content = bytearray(xlsx([[f"text {number}"] for number in range(200)]))
    content[len(content) // 2] ^= 0xFF
    assert refused(bytes(content)) == ["workbook_broken"]


@pytest.mark.parametrize("content", [b"\xd0\xcf\x11\xe0 an old .xls", b"%PDF-1.7", b"", b"plain text"])
def test_another_kind_of_file_is_refused_by_name(content):
    assert refused(content, "名单.xls") == ["workbook_unknown"]


def test_csv_that_is_no_text_is_refused():
    assert refused(b"\x00\x01\x02\xff\xfe", "a.csv") == ["workbook_broken"]


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    bomb = with_part(xlsx([["x"]]), "xl/worksheets/sheet1.xml", b" " * (workbooks.MOST_BYTES + 1))
    assert len(bomb) < 1_000_000
    tracemalloc.start()
    try:
        assert refused(bomb) == ["workbook_too_large"]
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_a_zip_bomb_that_lies_about_its_size_is_refused():
    bomb = bytearray(with_part(xlsx([["x"]]), "xl/worksheets/sheet1.xml", b" " * (workbooks.MOST_BYTES + 1)))
    size = struct.pack("<L", workbooks.MOST_BYTES + 1)
    assert bomb.count(size) == 2
    assert refused(bytes(bomb.replace(size, struct.pack("<L", 100)))) == ["workbook_broken"]


def test_a_stray_cell_at_the_far_end_costs_nothing():
    book = Workbook()
    book.worksheets[0]["A1"] = "姓名"
    book.worksheets[0]["XFD1048576"] = "x"
    stream = BytesIO()
    book.save(stream)
    assert [row[0] for row in read(stream.getvalue())] == ["姓名"]


def test_cells_without_places_are_read_one_by_one():
    sheet = (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        "<row><c><v>1</v></c><c><v>2</v></c></row></sheetData></worksheet>"
    )
    assert read(with_part(xlsx([["x"]]), "xl/worksheets/sheet1.xml", sheet)) == [[1, 2]]


def test_a_long_text_shared_by_many_cells_is_not_copied_into_each():
    rows = [["长" * 30_000] * 20 for _ in range(100)]
    tracemalloc.start()
    try:
        assert len(read(xlsx(rows))) == 100
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()
