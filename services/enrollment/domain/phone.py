"""Mobile phone numbers as people write them (R8)."""

import re
import unicodedata

from shared.domain import Problem

_NOISE = re.compile(r"[\s\-\u2010-\u2015\u200b-\u200d\u2060\ufeff()]")


def read_phone(value: object, where: str) -> tuple[str, list[Problem]]:
    """Eleven digits beginning 13–19, or why not; a missing one is only a warning."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # eleven digits survive Excel's numbers, eighteen do not
    text = _NOISE.sub("", unicodedata.normalize("NFKC", str(value if value is not None else "")))
    text = re.sub(r"^(\+|00)86", "", text)
    if len(text) == 13 and text.startswith("86"):
        text = text[2:]
    if not text:
        return "", [Problem("phone_missing", where, warning=True)]
    if not re.fullmatch(r"1[3-9][0-9]{9}", text, re.ASCII):
        return "", [Problem("phone_wrong", where)]
    return text, []


def masked(number: str) -> str:
    """A phone number as it is shown: ``138****1234`` (R44)."""
    return f"{number[:3]}****{number[-4:]}" if number else ""
