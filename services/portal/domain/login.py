"""Sign-in names: how they are written, and how one is made for a trainee who has none."""

import re
import secrets
import unicodedata

from shared.domain import Problem

_WRITTEN = re.compile(r"[\w.@-]{2,50}")
_ID_NUMBER = re.compile(r"\d{17}[\dx]")


def tidy_login(login: str) -> str:
    """The one way a sign-in name is stored: full-width letters narrowed, no blanks around, lower case."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def login_problems(login: str, *, where: str = "login") -> list[Problem]:
    """What is wrong with a tidy sign-in name; an ID number is refused, since the name stands in lists (R43)."""
    if _ID_NUMBER.fullmatch(login):
        return [Problem("login_is_id_number", where)]
    return [] if _WRITTEN.fullmatch(login) else [Problem("login_form", where)]


def new_login() -> str:
    """Nine digits that say nothing about the person; the trainee may choose another when activating."""
    return str(secrets.randbelow(900_000_000) + 100_000_000)
