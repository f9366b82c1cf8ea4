"""A request for a correction of the own data: what it has to say before anybody looks at it (R6, R8, R48)."""

import re
import unicodedata
from datetime import date

from services.enrollment.domain.name import read_name
from services.enrollment.domain.phone import masked as masked_phone
from services.enrollment.domain.phone import read_phone
from services.enrollment.domain.post import read_post
from services.enrollment.domain.resident_id import masked as masked_id
from services.enrollment.domain.resident_id import read_resident_id
from services.enrollment.domain.words import CorrectionField
from shared.domain import Malformed, Problem

LONGEST_VALUE, LONGEST_TEXT = 100, 500
# A phone or an ID number, also with blanks or hyphens in between: the text is for people to read.
_LONG_NUMBER = re.compile(r"(?:[0-9][\s-]?){10}[0-9Xx]")


def read_request(field: CorrectionField, stated: str, text: str, *, on: date) -> tuple[str, str]:
    """(what it should say, why), tidied. Raises `Malformed` with everything that is wrong; ages are taken on the day `on`."""
    value, problems = _read_stated(field, stated.strip(), on)
    why = " ".join(text.split())
    if not why:
        problems.append(Problem("text_missing", "text"))
    if len(why) > LONGEST_TEXT:
        problems.append(Problem("text_too_long", "text", {"length": len(why), "most": LONGEST_TEXT}))
    if has_long_number(why):
        problems.append(Problem("number_in_text", "text"))
    errors = [problem for problem in problems if not problem.warning]
    if not errors and not value and field is not CorrectionField.OTHER:
        errors.append(Problem("stated_missing", "stated"))  # nothing but blanks and brackets was typed
    if errors:
        raise Malformed(errors)
    return value, why


def has_long_number(text: str) -> bool:
    """Whether there is an ID number or a phone in a text, in whatever digits."""
    return _LONG_NUMBER.search(unicodedata.normalize("NFKC", text)) is not None


def masked_value(field: CorrectionField, stated: str) -> str:
    """The stated value as it is shown (R44)."""
    if field is CorrectionField.ID_NUMBER and stated:
        return masked_id(stated)
    return masked_phone(stated) if field is CorrectionField.PHONE else stated


def _read_stated(field: CorrectionField, stated: str, on: date) -> tuple[str, list[Problem]]:
    if field is CorrectionField.OTHER:
        return "", []
    if not stated:
        return "", [Problem("stated_missing", "stated")]
    if field is CorrectionField.NAME:
        name = read_name(stated, "stated")
        return name.text, name.problems
    if field is CorrectionField.ID_NUMBER:
        found, problems = read_resident_id(stated, "stated", on)
        return (found.number if found else ""), problems
    if field is CorrectionField.PHONE:
        return read_phone(stated, "stated")
    if field is CorrectionField.POST and read_post(stated) is None:
        return "", [Problem("post_unknown", "stated", {"post": stated[:40]})]
    if len(stated) > LONGEST_VALUE:
        return "", [Problem("text_too_long", "stated", {"length": len(stated), "most": LONGEST_VALUE})]
    return stated, [Problem("number_in_text", "stated")] if has_long_number(stated) else []
