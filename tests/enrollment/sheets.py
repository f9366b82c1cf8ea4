"""Rosters for the tests: made cell by cell, as counties make them, in .xlsx and CSV."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

COLUMNS = (
    "序号", "县(市、区)", "单位全称", "学校类型", "姓名", "性别", "民族", "出生年月",
    "政治面貌", "职务", "身份证号", "手机", "是否住宿", "备注",
)  # fmt: skip
FIELDS = dict(
    zip(
        (
            "number",
            "county",
            "school",
            "school_type",
            "name",
            "sex",
            "nation",
            "born",
            "status",
            "post",
            "id",
            "phone",
            "lodging",
            "remarks",
        ),
        COLUMNS,
        strict=True,
    )
)


def person(number: int, resident_id: str, **changes: Any) -> dict[str, Any]:
    """A person of 霸州市 with nothing wrong; `changes` by the names in `FIELDS`."""
    values = {
        "number": number,
        "county": "霸州市",
        "school": "霸州市示例第一小学",
        "school_type": "公办",
        "name": "王小明",
        "sex": "男" if int(resident_id[16]) % 2 else "女",
        "nation": "汉",
        "born": f"{resident_id[6:10]}.{resident_id[10:12]}",
        "status": "中共党员",
        "post": "党支部书记",
        "id": resident_id,
        "phone": f"131{number:08d}",
        "lodging": "是",
        "remarks": None,
    }
    assert changes.keys() <= values.keys()
    return {FIELDS[name]: value for name, value in (values | changes).items()}


def table(people: Sequence[dict[str, Any]], columns: Sequence[str] = COLUMNS) -> list[list[Any]]:
    """A heading row and a row for each person, nothing around them."""
    return [list(columns), *([person.get(column) for column in columns] for person in people)]


def as_sent(people: Sequence[dict[str, Any]], blank_after: Sequence[int] = ()) -> list[list[Any]]:
    """The same with title, unit line, blank rows and footer: the headings stand in row 3, the first person in row 4."""
    width = len(COLUMNS)
    rows: list[list[Any]] = [["培训班报名表"] + [None] * (width - 1), ["填报单位:霸州市教育工委", None, None, "填报日期:2023年4月26日"]]
    heading, *body = table(people)
    rows.append(heading)
    for place, row in enumerate(body, start=1):
        rows.append(row)
        if place in blank_after:
            rows.append([None] * width)
    return [*rows, ["填报人:示例", None, None, "联系电话:13100000000", None, None, "(盖章)"]]


def xlsx(rows: Sequence[Sequence[Any]], merge: Sequence[str] = ()) -> bytes:
    """An .xlsx file; texts stay texts, numbers numbers."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False})
    sheet = book.add_worksheet("Sheet")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                (sheet.write_string if isinstance(value, str) else sheet.write)(number, column, value)
    for cells in merge:
        sheet.merge_range(cells, "")
        first = cells.split(":")[0]
        letter, number = first[0], int(first[1:])
        sheet.write(first, rows[number - 1][ord(letter) - ord("A")])
    book.close()
    return stream.getvalue()


def csv(rows: Sequence[Sequence[Any]], encoding: str = "utf-8-sig") -> bytes:
    """A CSV file."""
    lines = (",".join("" if value is None else f'"{value}"' for value in row) for row in rows)
    return "\r\n".join(lines).encode(encoding)
