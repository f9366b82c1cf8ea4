"""One nominated person, read field by field with everything that is wrong at once (R2, R6, R8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.enrollment.domain.name import read_ethnicity, read_name
from services.enrollment.domain.phone import read_phone
from services.enrollment.domain.post import read_post
from services.enrollment.domain.resident_id import ResidentId, read_resident_id
from shared.domain import Malformed, Problem
from shared.vocabulary import Post

LONGEST_REMARK = 200


@dataclass(frozen=True)
class Nominee:
    """A person as nominated by hand: readable in every field."""

    name: str
    resident_id: ResidentId
    phone: str
    post: Post
    school_id: UUID
    nation: str = ""
    political_status: str = ""
    lodging: bool | None = None
    remarks: str = ""
    override_reason: str = ""


def read_nominee(fields: Mapping[str, Any], on: date) -> Nominee:
    """The nominee in `fields`; raises `Malformed` with every problem, each at its field."""
    name = read_name(fields.get("name"), "name")
    resident_id, id_problems = read_resident_id(fields.get("id_number"), "id_number", on)
    phone, phone_problems = read_phone(fields.get("phone"), "phone")
    post = read_post(fields.get("post"))
    problems = [*name.problems, *id_problems, *phone_problems]
    if post is None:
        problems.append(Problem("post_unknown", "post", {"post": str(fields.get("post") or "")[:40]}))
    for field in ("remarks", "override_reason"):
        if len(fields.get(field) or "") > LONGEST_REMARK:
            problems.append(Problem("text_too_long", field, {"length": len(fields[field]), "most": LONGEST_REMARK}))
    errors = [problem for problem in problems if not problem.warning]
    if errors or resident_id is None or post is None:
        raise Malformed(errors)
    return Nominee(
        name=name.text,
        resident_id=resident_id,
        phone=phone,
        post=post,
        school_id=fields["school_id"],
        nation=name.ethnicity or read_ethnicity(fields.get("nation")),
        political_status=fields.get("political_status") or "",
        lodging=fields.get("lodging"),
        remarks=fields.get("remarks") or "",
        override_reason=fields.get("override_reason") or "",
    )
