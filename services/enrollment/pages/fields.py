"""Reads what was typed into a form's fields; what cannot be read is a problem at its field."""

from datetime import date, datetime
from typing import TypeVar

from shared.domain import CITY_TIME, Malformed, Problem
from shared.vocabulary import Word

Code = TypeVar("Code", bound=Word)


def whole(text: str, where: str, *, most: int) -> int | None:
    """A whole number from 1 to `most`; none when nothing was typed."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 0 < int(text) <= most):
        raise Malformed([Problem("number_unreadable", where, {"most": most})])
    return int(text)


def day(text: str, where: str) -> date:
    """A date."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Malformed([Problem("date_unreadable", where)]) from error


def moment(text: str, where: str) -> datetime | None:
    """A moment on the city's clocks; none when nothing was typed."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=CITY_TIME) if text else None
    except ValueError as error:
        raise Malformed([Problem("date_unreadable", where)]) from error


def code(words: type[Code], text: str, where: str) -> Code:
    """One of the codes of `words`."""
    try:
        return words(text)
    except ValueError as error:
        raise Malformed([Problem("choice_missing", where)]) from error
