"""The fields of one nominated person in a form."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from sqlalchemy import Connection

from services.enrollment.api.nominees import nominee_from
from services.enrollment.domain.nominee import Nominee
from services.enrollment.pages.door import actor
from services.enrollment.queries import organizations
from shared.domain import Malformed, Problem
from shared.vocabulary import Role
from shared.web.doors import reading

FIELDS = ("name", "id_number", "phone", "post", "nation", "political_status", "remarks", "override_reason", "school", "lodging", "reason")
MOST_OFFERED = 2000


def offered_schools(connection: Connection) -> Sequence[Any]:
    """The organizations a contact may nominate people from; a whole city's are typed by name instead."""
    return [] if actor().is_any(Role.ORGANIZER) else organizations.visible(connection, actor(), limit=MOST_OFFERED)


def typed_fields() -> dict[str, str]:
    """What was typed, field by field."""
    return {name: request.form.get(name, "").strip()[:300] for name in FIELDS}


def typed_nominee(form: Mapping[str, str]) -> Nominee:
    """The nominee who was typed, with the school found by its name. Raises `Malformed` with every problem at its field."""
    with reading() as connection:
        found = organizations.visible(connection, actor(), name=form["school"], limit=MOST_OFFERED) if form["school"] else []
    named = [organization for organization in found if organization.name == form["school"]]
    school_id = named[0].id if len(named) == 1 else None
    lodging = {"yes": True, "no": False}.get(form["lodging"])
    problems = [] if school_id else [Problem("school_unknown", "school", {"school": form["school"][:100]})]
    try:
        nominee = nominee_from({**form, "lodging": lodging, "school_id": school_id})
    except Malformed as error:
        raise Malformed([*error.problems, *problems]) from error
    if problems:
        raise Malformed(problems)
    return nominee
