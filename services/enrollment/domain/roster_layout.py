"""How a county's sheet is laid out: where the headings stand, which rows hold people, which are blank or a footer (R5)."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from shared.domain import Malformed, Problem

Rows = Sequence[Sequence[object]]
SEARCHED_FOR_HEADINGS = 30
MOST_ROWS = 20_000
REQUIRED = ("school", "name", "post", "id_number")

HEADINGS: dict[str, tuple[str, ...]] = {
    "number": ("序号", "编号", "no", "no."),
    "county": ("县(市、区)", "县市区", "县(市,区)", "县区", "区县", "所属县区", "所属县(市、区)", "县(区)", "county"),
    "school": ("单位全称", "单位", "单位名称", "工作单位", "学校", "学校名称", "学校全称", "所在单位", "所在学校", "school"),
    "school_type": ("学校类型", "办学性质", "学校性质", "单位性质", "公办/民办", "公办民办", "school type"),
    "name": ("姓名", "学员姓名", "参训人员姓名", "人员姓名", "name"),
    "sex": ("性别", "sex"),
    "ethnicity": ("民族", "ethnicity"),
    "born": ("出生年月", "出生日期", "出生年月日", "born"),
    "political_status": ("政治面貌", "political status"),
    "post": ("职务", "职务(岗位)", "现任职务", "党内职务", "职务/岗位", "岗位", "post"),
    "id_number": ("身份证号", "身份证号码", "身份证", "公民身份号码", "居民身份证号", "居民身份证号码", "id number"),
    "phone": ("手机", "手机号", "手机号码", "联系电话", "联系方式", "电话", "移动电话", "phone"),
    "lodging": ("是否住宿", "住宿", "住宿(是/否)", "lodging"),
    "remarks": ("备注", "清真餐/备注", "清真餐", "是否清真餐", "饮食要求", "说明", "remarks"),
}
LONGEST = {"county": 40, "school": 100, "post": 60, "political_status": 20, "ethnicity": 20, "remarks": 200}
_FIELD_OF = {heading: field for field, headings in HEADINGS.items() for heading in headings}
_FOOTER = re.compile(
    r"^(填报|填表|制表|审核|审批|负责人|经办人|主管|联系人|联系电话|单位\(|\(?盖章|\(?公章|备注:|注:|说明:|填写说明|合计|共计|总计|小计)|盖章\)|公章\)"
)


@dataclass(frozen=True)
class Layout:
    """The row of the headings (from 0) and the column of each field (from 0)."""

    heading_row: int
    columns: Mapping[str, int]

    @cached_property
    def letters(self) -> Mapping[str, str]:
        """The letters of each field's column, such as ``F``."""
        return {field: column_letters(column) for field, column in self.columns.items()}

    def cell(self, field: str, row: int) -> str:
        """The name of a cell as Excel shows it, such as ``F7``; `row` counts from 1. A column that is not there gives the row."""
        return f"{self.letters.get(field, 'A')}{row}"


@dataclass(frozen=True)
class RawRow:
    """One person's row as it came: its number in the sheet (from 1) and its cells by field."""

    number: int
    cells: Mapping[str, object]


def column_letters(column: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def plain(value: object) -> str:
    """A cell's text: full-width forms made plain, blanks at the ends off; whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return unicodedata.normalize("NFKC", str(value)).strip()


def find_layout(rows: Rows) -> Layout | None:
    """The layout of a sheet, from the row that names most columns; none when no row names a name and an ID number."""
    best: Layout | None = None
    for number, row in enumerate(rows[:SEARCHED_FOR_HEADINGS]):
        columns: dict[str, int] = {}
        for position, value in enumerate(row):
            field = _FIELD_OF.get(re.sub(r"\s", "", plain(value)).lower()) or _FIELD_OF.get(plain(value).lower())
            if field:
                columns.setdefault(field, position)
        if len(columns) >= 3 and (best is None or len(columns) > len(best.columns)):
            best = Layout(number, columns)
    return best


def require_columns(layout: Layout | None) -> Layout:
    """The layout, when it has what a roster needs. Raises `Malformed` naming every missing column at once."""
    if layout is None:
        raise Malformed([Problem("headings_missing")])
    missing = [field for field in REQUIRED if field not in layout.columns]
    if missing:
        where = f"A{layout.heading_row + 1}"
        raise Malformed([Problem("column_missing", where, {"column": HEADINGS[field][0]}) for field in missing])
    return layout


def people_rows(rows: Rows, layout: Layout) -> list[RawRow]:
    """The rows that hold people: blank rows, numbered but empty ones, repeated headings and the footer are left out."""
    found = list(_people_rows(rows, layout))
    if not found:
        raise Malformed([Problem("roster_empty")])
    if len(found) > MOST_ROWS:
        raise Malformed([Problem("roster_too_long", facts={"rows": len(found), "most": MOST_ROWS})])
    return found


def _people_rows(rows: Rows, layout: Layout) -> Iterator[RawRow]:
    for number, row in enumerate(rows[layout.heading_row + 1 :], start=layout.heading_row + 2):
        cells = {field: row[column] if column < len(row) else None for field, column in layout.columns.items()}
        if not any(plain(value) for field, value in cells.items() if field != "number"):
            continue
        if not plain(cells.get("id_number")) and not plain(cells.get("post")) and any(_is_footer(value) for value in row):
            continue
        if plain(cells.get("name")) in HEADINGS["name"] and plain(cells.get("id_number")).lower() in HEADINGS["id_number"]:
            continue
        yield RawRow(number, cells)


def _is_footer(value: object) -> bool:
    return isinstance(value, str) and bool(_FOOTER.search(re.sub(r"\s", "", plain(value))))
