"""A person as nominated for a cohort, one at a time; rosters bring many (R6, R8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.enrollment.domain.name import read_ethnicity, read_name
from services.enrollment.domain.phone import read_phone
from services.enrollment.domain.resident_id import ResidentId, read_resident_id
from services.enrollment.domain.roster_layout import LONGEST, plain
from shared.domain import Malformed, Problem
from shared.vocabulary import Post


@dataclass(frozen=True)
class Nominee:
    """Who is to have a place, and as what; sex and birthday follow from the ID number."""

    name: str
    id_number: ResidentId
    post: Post
    school_id: UUID
    phone: str = ""
    nation: str = ""
    political_status: str = ""
    lodging: bool | None = None
    remarks: str = ""
    override_reason: str = ""


def read_nominee(
    fields: Mapping[str, object], *, post: Post, school_id: UUID, on: date, lodging: bool | None = None, override_reason: str = ""
) -> Nominee:
    """The nominee whom `fields` describe: name, id_number and, if given, phone, nation, political_status, remarks.

    Ages are taken on the day `on`. Raises `Malformed` naming everything that is wrong, each at its field; warnings are let pass.
    """
    name = read_name(fields.get("name"), "name")
    id_number, id_problems = read_resident_id(fields.get("id_number"), "id_number", on)
    phone, phone_problems = read_phone(fields.get("phone"), "phone")
    problems = [*name.problems, *id_problems, *phone_problems, *_too_long(fields)]
    if name.sex and id_number and name.sex != id_number.sex:
        problems.append(Problem("sex_disagrees", "name", {"column": name.sex, "id_sex": id_number.sex}))
    errors = [problem for problem in problems if not problem.warning]
    if errors or id_number is None:
        raise Malformed(errors)
    return Nominee(
        name=name.text,
        id_number=id_number,
        post=post,
        school_id=school_id,
        phone=phone,
        nation=name.ethnicity or read_ethnicity(fields.get("nation")),
        political_status=plain(fields.get("political_status")),
        lodging=lodging,
        remarks=plain(fields.get("remarks")),
        override_reason=override_reason,
    )


def _too_long(fields: Mapping[str, object]) -> list[Problem]:
    limits = {"nation": LONGEST["ethnicity"], "political_status": LONGEST["political_status"], "remarks": LONGEST["remarks"]}
    lengths = {name: len(plain(fields.get(name))) for name in limits}
    return [
        Problem("text_too_long", name, {"length": lengths[name], "most": most}) for name, most in limits.items() if lengths[name] > most
    ]
