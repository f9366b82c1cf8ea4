"""Resident ID numbers: what makes one readable, and what it says of its holder (R6)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from shared.domain import Problem

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
YOUNGEST, OLDEST = 16, 100
# Provinces of GB/T 2260: the county part changes too often for a list to be trusted.
PROVINCES = frozenset(re.findall(r"\d\d", "1112131415212223313233343536374142434445465051525354616263646571818283"))
_BLANKS = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]")


@dataclass(frozen=True)
class ResidentId:
    """A readable ID number and what follows from it."""

    number: str
    born_on: date
    sex: str


def check_digit(first_seventeen: str) -> str:
    """The last character that belongs to the first seventeen (ISO 7064 MOD 11-2)."""
    return CHECK_DIGITS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first_seventeen, strict=True)) % 11]


def read_resident_id(value: object, where: str, on: date) -> tuple[ResidentId | None, list[Problem]]:
    """The ID number in a cell, and everything that is wrong with it; ages are taken on the day `on`."""
    if isinstance(value, bool | int | float):
        return None, [Problem("id_is_a_number", where)]
    text = _BLANKS.sub("", unicodedata.normalize("NFKC", str(value or ""))).upper().removeprefix("'")
    if not text:
        return None, [Problem("id_missing", where)]
    problems = []
    if len(text) != 18:
        problems.append(Problem("id_length", where, {"length": len(text)}))
    if not re.fullmatch(r"[0-9]*[0-9X]", text, re.ASCII):
        problems.append(Problem("id_characters", where))
    return (None, problems) if problems else _read_parts(text, where, on)


def _read_parts(text: str, where: str, on: date) -> tuple[ResidentId | None, list[Problem]]:
    problems = []
    born_on = _birthday(text[6:14])
    if born_on is None:
        problems.append(Problem("id_date", where))
    elif not YOUNGEST <= age(born_on, on) <= OLDEST:
        problems.append(Problem("id_age", where, {"age": age(born_on, on), "youngest": YOUNGEST, "oldest": OLDEST}))
    if text[17] != check_digit(text[:17]):
        problems.append(Problem("id_checksum", where))
    if text[:2] not in PROVINCES:
        problems.append(Problem("id_area", where, {"area": text[:6]}, warning=True))
    if born_on is None or any(not problem.warning for problem in problems):
        return None, problems
    return ResidentId(text, born_on, "男" if int(text[16]) % 2 else "女"), problems


def age(born_on: date, on: date) -> int:
    """Full years on the day `on`."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def masked(number: str) -> str:
    """An ID number as it is shown: first two and last two characters (R44)."""
    return f"{number[:2]}{'*' * (len(number) - 4)}{number[-2:]}"


def _birthday(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
