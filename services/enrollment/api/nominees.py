"""Reads one nominee from a request, for both doors."""

from collections.abc import Mapping
from typing import Any

from services.enrollment.domain.nominee import Nominee, read_nominee
from services.enrollment.domain.post import read_post
from shared.domain import Malformed, Problem, city_date, now
from shared.vocabulary import Post


def nominee_from(fields: Mapping[str, Any]) -> Nominee:
    """The nominee in `fields` (as `schemas.NewNominee` loads them). Raises `Malformed` with every problem at its field."""
    post = read_post(fields["post"])
    problems = [] if post else [Problem("post_unknown", "post", {"post": str(fields["post"])[:40]})]
    try:
        nominee = read_nominee(
            fields,
            post=post or Post.PARTY_WORKER,  # stands in while the other fields are looked at
            school_id=fields["school_id"],
            on=city_date(now()),
            lodging=fields.get("lodging"),
            override_reason=fields.get("override_reason", ""),
        )
    except Malformed as error:
        raise Malformed([*error.problems, *problems]) from error
    if problems:
        raise Malformed(problems)
    return nominee
