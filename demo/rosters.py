"""Rosters as counties send them: merged titles, a footer, blank rows, and each clerk's own habits."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO

import xlsxwriter

from demo.city import County
from demo.people import Person

COLUMNS = (
    "序号", "县(市、区)", "单位全称", "学校类型", "姓名", "性别", "民族", "出生年月",
    "政治面貌", "职务", "身份证号", "手机", "是否住宿", "备注",
)  # fmt: skip
FULL_WIDTH = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}


def workbook(county: County, people: Sequence[Person], on: date) -> bytes:
    """One county's roster as .xlsx bytes."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False})
    sheet = book.add_worksheet("Sheet")
    title = book.add_format({"bold": True, "align": "center", "font_size": 16})
    sheet.merge_range(0, 0, 0, len(COLUMNS) - 1, "廊坊市中小学校党组织书记培训班报名表", title)
    sheet.write_string(1, 0, f"填报单位:{county.name}教育工委")
    sheet.write_string(1, 3, f"填报日期:{on.year}年{on.month}月{on.day}日")
    sheet.write_row(2, 0, COLUMNS, book.add_format({"bold": True, "border": 1}))
    row = 3
    for number, person in enumerate(people, start=1):
        if number % 9 == 0:
            row += 1  # the blank row a busy clerk leaves
        sheet.write_number(row, 0, number)
        for column, text in enumerate(_cells(county, person, number), start=1):
            sheet.write_string(row, column, text)
        row += 1
    sheet.write_string(row + 1, 0, "填报人:示例")
    sheet.write_string(row + 1, 6, "(盖章)")
    book.close()
    return stream.getvalue()


def _cells(county: County, person: Person, number: int) -> tuple[str, ...]:
    name = person.name.replace("·", "•") if number % 2 else person.name
    if number % 7 == 0 and len(name) == 2:
        name = f"{name[0]}\u3000{name[1]}"
    phone = person.phone.translate(FULL_WIDTH) if number % 5 == 0 else person.phone
    kind = "公办" if person.school.is_public else "民办"
    halal = "清真餐" if person.nation == "回" else ""
    born = f"{person.birthday.year}.{person.birthday.month:02d}"
    lodging = "否" if number % 3 == 0 else "是"
    return (
        county.name, person.school.name, kind, name, person.sex, person.nation, born, "中共党员",
        person.post, person.resident_id, phone, lodging, halal,
    )  # fmt: skip
