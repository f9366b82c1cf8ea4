"""One row of a roster: what it says, and everything that is wrong with the row itself (R5–R8)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from services.enrollment.domain.name import read_ethnicity, read_name
from services.enrollment.domain.phone import read_phone
from services.enrollment.domain.post import SchoolType, read_post
from services.enrollment.domain.resident_id import ResidentId, read_resident_id
from services.enrollment.domain.roster_layout import LONGEST, Layout, RawRow, plain
from shared.domain import Problem
from shared.vocabulary import Post

_SCHOOL_TYPES = {"公办": SchoolType.PUBLIC, "民办": SchoolType.PRIVATE, "public": SchoolType.PUBLIC, "private": SchoolType.PRIVATE}
_SEXES = {"男": "男", "男性": "男", "女": "女", "女性": "女"}
_YES = frozenset({"是", "住宿", "住", "需要", "需", "yes", "y", "1", "√"})
_NO = frozenset({"否", "不住", "不住宿", "不需要", "不", "无", "no", "n", "0", "×"})


@dataclass
class RosterRow:
    """A row as it will be judged against register, people and quota; `problems` grows on the way."""

    number: int
    cells: dict[str, str]
    name: str
    sex: str
    ethnicity: str
    political_status: str
    post: Post | None
    post_title: str
    id_number: ResidentId | None
    phone: str
    lodging: bool | None
    remarks: str
    county: str
    school: str
    school_type: SchoolType | None
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        """Whether anything but warnings stands against the row."""
        return any(not problem.warning for problem in self.problems)

    def complain(self, code: str, field: str, *, warning: bool = False, **facts: object) -> None:
        """Note a problem at the cell of `field`."""
        self.problems.append(Problem(code, self.cells.get(field, f"A{self.number}"), facts, warning))


def read_row(raw: RawRow, layout: Layout, on: date) -> RosterRow:
    """Read one row; every problem of it is noted, none stops the reading."""
    where = {name: layout.cell(name, raw.number) for name in (*layout.columns, "name", "id_number", "school", "post", "phone")}
    cells = raw.cells
    name = read_name(cells.get("name"), where["name"])
    resident_id, id_problems = read_resident_id(cells.get("id_number"), where["id_number"], on)
    phone, phone_problems = read_phone(cells.get("phone"), where["phone"]) if "phone" in layout.columns else ("", [])
    row = RosterRow(
        number=raw.number,
        cells=where,
        name=name.text,
        sex=resident_id.sex if resident_id else name.sex or "",
        ethnicity=name.ethnicity or read_ethnicity(cells.get("ethnicity")),
        political_status=plain(cells.get("political_status")),
        post=read_post(cells.get("post")),
        post_title=plain(cells.get("post")),
        id_number=resident_id,
        phone=phone,
        lodging=None,
        remarks=plain(cells.get("remarks")),
        county=plain(cells.get("county")),
        school=plain(cells.get("school")),
        school_type=None,
        problems=[*name.problems, *id_problems, *phone_problems],
    )
    _read_codes(row, cells)
    _check_against_id(row, cells, name.sex, name.ethnicity)
    _check_lengths(row, cells)
    return row


def _read_codes(row: RosterRow, cells: Mapping[str, object]) -> None:
    if not row.school:
        row.complain("school_missing", "school")
    if not row.post_title:
        row.complain("post_missing", "post")
    elif row.post is None:
        row.complain("post_unknown", "post", post=row.post_title[:40])
    school_type = plain(cells.get("school_type"))
    if school_type:
        row.school_type = next((kind for wording, kind in _SCHOOL_TYPES.items() if wording in school_type.lower()), None)
        if row.school_type is None:
            row.complain("school_type_unknown", "school_type", text=school_type[:20])
    lodging = plain(cells.get("lodging")).lower()
    row.lodging = True if lodging in _YES else False if lodging in _NO else None
    if lodging and row.lodging is None:
        row.complain("lodging_unclear", "lodging", warning=True, text=lodging[:20])


def _check_against_id(row: RosterRow, cells: Mapping[str, object], suffix_sex: str | None, suffix_ethnicity: str | None) -> None:
    column_ethnicity = read_ethnicity(cells.get("ethnicity"))
    if suffix_ethnicity and column_ethnicity and suffix_ethnicity != column_ethnicity:
        row.complain("ethnicity_from_suffix", "ethnicity", warning=True, suffix=suffix_ethnicity, column=column_ethnicity)
    sex = plain(cells.get("sex"))
    if sex and sex not in _SEXES:
        row.complain("sex_unreadable", "sex", text=sex[:20])
    if row.id_number is None:
        row.sex = row.sex or _SEXES.get(sex, "")
        return
    if _SEXES.get(sex, row.id_number.sex) != row.id_number.sex:
        row.complain("sex_disagrees", "sex", column=_SEXES[sex], id_sex=row.id_number.sex)
    if suffix_sex and suffix_sex != row.id_number.sex:
        row.complain("sex_disagrees", "name", column=suffix_sex, id_sex=row.id_number.sex)
    born = cells.get("born")
    if plain(born):
        months = birth_months(born)
        id_month = (row.id_number.born_on.year, row.id_number.born_on.month)
        if not months:
            row.complain("born_unreadable", "born", warning=True, text=plain(born)[:20])
        elif id_month not in months:
            row.complain("born_disagrees", "born", column=f"{months[0][0]}.{months[0][1]:02d}", id_month=f"{id_month[0]}.{id_month[1]:02d}")


def _check_lengths(row: RosterRow, cells: Mapping[str, object]) -> None:
    for name, most in LONGEST.items():
        length = len(plain(cells.get(name)))
        if length > most:
            row.complain("text_too_long", name, length=length, most=most)


def birth_months(value: object) -> list[tuple[int, int]]:
    """The months a birth cell may mean: 1969.02, 1969年2月, 196902, a date; 1980.1 typed as a number may be January or October."""
    if isinstance(value, datetime | date):
        return [(value.year, value.month)]
    text = re.sub(r"\s", "", plain(value))
    match = re.fullmatch(r"(\d{4})[.\-/年](\d{1,2})(?:[.\-/月](?:\d{1,2}日?)?)?", text) or re.fullmatch(r"(\d{4})(\d{2})(?:\d{2})?", text)
    if match is None:
        return []
    year, month = int(match[1]), int(match[2])
    months = [(year, month)] if 1 <= month <= 12 else []
    return [*months, (year, 10)] if isinstance(value, float) and match[2] == "1" else months
